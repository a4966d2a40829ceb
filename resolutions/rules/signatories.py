"""Who stands behind an edition on a day, with what reservation, and who has yet to confirm it.

A city or partner body stands behind an edition from the day it signed up to, not including,
the day its signature was withdrawn; where the edition itself was withdrawn, nobody stands
behind it from that day on. A reservation holds over a period of the same form. Every act is a
dated row, so the answer for a day depends on nothing that happened after it.

A signature is bound to its edition: a later edition begins without signatories. Those who stand
behind an earlier one are asked to confirm, and go on standing behind what they signed.

Pure. Source: the articles of a declaration on its signature (docs/decisions/0017).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SignatureKind(StrEnum):
    """How a city came to stand behind an edition; the values are those of `Signature.kind`."""

    SIGNATURE = "signature"
    ACCESSION = "accession"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationRow:
    """A reservation to a provision ("" for the whole), by language of its words."""

    uuid: str
    provision_key: str
    entered_on: date
    withdrawn_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it holds on `day`: its first day does, the day of withdrawal does not."""
        return _covers(day, self.entered_on, self.withdrawn_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow:
    """A signature under the edition of that number; `city` is the slug of the city or body."""

    uuid: str
    city: str
    edition: int
    kind: SignatureKind
    signed_on: date
    withdrawn_on: date | None = None
    reservations: tuple[ReservationRow, ...] = ()

    def stands(self, day: date) -> bool:
        """Whether the city stands behind the edition on `day` by this signature."""
        return _covers(day, self.signed_on, self.withdrawn_on)


@dataclass(frozen=True, slots=True)
class Signatory:
    """A city behind an edition on a day: its signature, and the reservations that then hold."""

    signature: SignatureRow
    reservations: tuple[ReservationRow, ...]

    @property
    def city(self) -> str:
        return self.signature.city


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRow:
    """An edition that is or was open for signature; days in the network's time zone.

    `ended_on` is the day from which nobody stands behind it: that of its withdrawal. Being
    superseded does not end what was signed.
    """

    number: int
    opened_on: date
    ended_on: date | None = None


def standing_behind(
    day: date, *, edition: EditionRow, signatures: Iterable[SignatureRow]
) -> tuple[Signatory, ...]:
    """Who stands behind the edition on `day`: in the order of signing, then by city."""
    if edition.ended_on is not None and edition.ended_on <= day:
        return ()
    standing = sorted(
        (row for row in signatures if row.edition == edition.number and row.stands(day)),
        key=lambda row: (row.signed_on, row.city, row.uuid),
    )
    return tuple(
        Signatory(
            row,
            tuple(
                sorted(
                    (each for each in row.reservations if each.holds(day)),
                    key=lambda each: (each.entered_on, each.provision_key, each.uuid),
                )
            ),
        )
        for row in standing
    )


def yet_to_confirm(
    day: date,
    *,
    edition: EditionRow,
    earlier: Iterable[EditionRow],
    signatures: Iterable[SignatureRow],
) -> tuple[Signatory, ...]:
    """Who stands behind an earlier edition on `day` and not behind this one, which is open.

    Of several earlier editions the latest counts; nobody is asked before the edition opens.
    """
    if day < edition.opened_on or (edition.ended_on is not None and edition.ended_on <= day):
        return ()
    rows = tuple(signatures)
    behind = {each.city for each in standing_behind(day, edition=edition, signatures=rows)}
    found: dict[str, Signatory] = {}
    for each in sorted(earlier, key=lambda row: row.number, reverse=True):
        if each.number >= edition.number:
            continue
        for signatory in standing_behind(day, edition=each, signatures=rows):
            if signatory.city not in behind:
                found.setdefault(signatory.city, signatory)
    return tuple(found[city] for city in sorted(found))


def kind_of_signature(
    signed_on: date, *, opened_on: date, stood_behind_earlier: bool
) -> SignatureKind:
    """A confirmation by who stands behind an earlier edition; else a signature up to and on the
    day on which the edition was opened for signature, an accession from the next day on.
    """
    if stood_behind_earlier:
        return SignatureKind.CONFIRMATION
    return SignatureKind.SIGNATURE if signed_on <= opened_on else SignatureKind.ACCESSION


def _covers(day: date, first: date, end: date | None) -> bool:
    return first <= day and (end is None or day < end)
