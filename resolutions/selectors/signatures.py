"""Who stands behind which edition on a day: what public pages, the desk and the office read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from members.models import City
from members.models.cities import BodyKind
from resolutions.models import Edition, Instrument, Reservation, Signature, Signing
from resolutions.models.signatures import SigningState
from resolutions.rules.signatories import (
    EditionRow,
    ReservationRow,
    Signatory,
    SignatureKind,
    SignatureRow,
    standing_behind,
    yet_to_confirm,
)
from secretariat.kernel.calendar import network_zone


@dataclass(frozen=True, slots=True)
class Behind:
    """A city or body behind an edition on a day: its signature, the reservations that hold."""

    signature: Signature
    reservations: tuple[Reservation, ...]

    @property
    def city(self) -> City:
        return self.signature.city


@dataclass(frozen=True, slots=True)
class Signatories:
    """An edition on a day. `editions` are all that are or were open for signature, by number.

    `unconfirmed` stand behind an earlier edition and were asked to confirm this one; `former`
    stood behind this one and withdrew by that day.
    """

    instrument: Instrument
    editions: tuple[Signing, ...]
    shown: Signing
    on: date
    behind: tuple[Behind, ...]
    unconfirmed: tuple[Behind, ...]
    former: tuple[Signature, ...]

    @property
    def cities(self) -> tuple[Behind, ...]:
        return tuple(each for each in self.behind if each.city.body == BodyKind.CITY)

    @property
    def bodies(self) -> tuple[Behind, ...]:
        return tuple(each for each in self.behind if each.city.body != BodyKind.CITY)


def signings_of(*, instrument: Instrument) -> list[Signing]:
    """The editions of a text that are or were open for signature, by number. Two queries."""
    return list(
        Signing.objects.filter(edition__instrument=instrument)
        .select_related("edition__instrument", "decision")
        .prefetch_related("edition__languages")
        .order_by("edition__number")
    )


def signatories_of(
    *, instrument: Instrument, on: date, edition: int | None = None
) -> Signatories | None:
    """Who stands behind an edition on a day; None where it never was open for signature.

    Without a number it is the latest edition that was open by that day, else the first. As
    many queries for a hundred signatories as for one.
    """
    signings = signings_of(instrument=instrument)
    if not signings:
        return None
    zone = network_zone()
    editions = {each.pk: edition_row(each, zone) for each in signings}
    shown = _shown(signings, editions, on, edition)
    if shown is None:
        return None
    signatures = list(
        _signatures().filter(edition__instrument=instrument, edition__signing__isnull=False)
    )
    rows = {str(each.uuid): each for each in signatures}
    facts = [signature_row(each) for each in signatures]
    this = editions[shown.pk]
    return Signatories(
        instrument=instrument,
        editions=tuple(signings),
        shown=shown,
        on=on,
        behind=_found(standing_behind(on, edition=this, signatures=facts), rows),
        unconfirmed=_found(
            yet_to_confirm(on, edition=this, earlier=editions.values(), signatures=facts), rows
        ),
        former=tuple(
            each
            for each in sorted(signatures, key=lambda row: (row.signed_on, row.city.code))
            if each.edition_id == shown.edition_id
            and hasattr(each, "withdrawal")
            and each.withdrawal.withdrawn_on <= on
        ),
    )


def signed_by(*, city: City, on: date) -> list[Behind]:
    """The editions behind which the city stands on a day, latest signed first."""
    signatures = list(
        _signatures()
        .filter(city=city, edition__signing__isnull=False)
        .select_related("edition__signing")
        .prefetch_related("edition__languages", "edition__instrument__wordings")
    )
    rows = {str(each.uuid): each for each in signatures}
    zone = network_zone()
    found = [
        behind
        for each in signatures
        for behind in _found(
            standing_behind(
                on,
                edition=edition_row(each.edition.signing, zone),
                signatures=[signature_row(each)],
            ),
            rows,
        )
    ]
    return sorted(found, key=lambda each: (each.signature.signed_on, each.signature.pk))[::-1]


@dataclass(frozen=True, slots=True)
class Asked:
    """An edition that is open and that a city has not signed; `stands_behind` is the earlier
    edition of the same text behind which it stands, if any: then it is asked to confirm.
    """

    signing: Signing
    stands_behind: Edition | None


def open_for(*, city: City, on: date) -> list[Asked]:
    """The editions open for signature that the city has not signed, latest opened first.

    As many queries for ten as for one.
    """
    signings = list(
        Signing.objects.filter(state=SigningState.OPEN)
        .select_related("edition__instrument")
        .prefetch_related("edition__languages", "edition__instrument__wordings")
        .order_by("-opened_at", "-pk")
    )
    behind = signed_by(city=city, on=on) if signings else []
    signed = {each.signature.edition_id for each in behind}
    earlier: dict[int, Edition] = {}
    for each in sorted(behind, key=lambda row: row.signature.edition.number):
        earlier[each.signature.edition.instrument_id] = each.signature.edition
    return [
        Asked(each, earlier.get(each.edition.instrument_id))
        for each in signings
        if each.edition_id not in signed
    ]


def asked_to_confirm(*, signing: Signing, on: date) -> tuple[Behind, ...]:
    """Who stands behind an earlier edition and not behind this one."""
    edition = signing.edition
    found = signatories_of(instrument=edition.instrument, on=on, edition=edition.number)
    return found.unconfirmed if found is not None else ()


def stood_behind_earlier(*, edition: Edition, city: City, on: date) -> bool:
    """Whether the city stood behind an earlier edition of the same text on a day."""
    return any(
        each.signature.edition.instrument_id == edition.instrument_id
        and each.signature.edition.number < edition.number
        for each in signed_by(city=city, on=on)
    )


def signature_row(signature: Signature) -> SignatureRow:
    """The row as the rule reads it; give it with its withdrawal, edition and reservations."""
    withdrawal = getattr(signature, "withdrawal", None)
    return SignatureRow(
        uuid=str(signature.uuid),
        city=signature.city.slug,
        edition=signature.edition.number,
        kind=SignatureKind(signature.kind),
        signed_on=signature.signed_on,
        withdrawn_on=withdrawal.withdrawn_on if withdrawal else None,
        reservations=tuple(_reservation_row(each) for each in signature.reservations.all()),
    )


def edition_row(signing: Signing, zone: ZoneInfo) -> EditionRow:
    """The signing as the rule reads it, its days in the network's time zone."""
    ended_on = None
    if signing.state == SigningState.WITHDRAWN and signing.ended_at is not None:
        ended_on = signing.ended_at.astimezone(zone).date()
    return EditionRow(
        number=signing.edition.number,
        opened_on=signing.opened_at.astimezone(zone).date(),
        ended_on=ended_on,
    )


def _reservation_row(reservation: Reservation) -> ReservationRow:
    withdrawal = getattr(reservation, "withdrawal", None)
    return ReservationRow(
        uuid=str(reservation.uuid),
        provision_key=reservation.provision_key,
        entered_on=reservation.entered_on,
        withdrawn_on=withdrawal.withdrawn_on if withdrawal else None,
    )


def _signatures() -> QuerySet[Signature]:
    return (
        Signature.objects.select_related("city", "edition__instrument", "withdrawal")
        .prefetch_related(
            "city__name_rows",
            Prefetch(
                "reservations",
                queryset=Reservation.objects.select_related("withdrawal").order_by("pk"),
            ),
        )
        .order_by("pk")
    )


def _shown(
    signings: Sequence[Signing], rows: Mapping[int, EditionRow], on: date, number: int | None
) -> Signing | None:
    if number is not None:
        return next((each for each in signings if each.edition.number == number), None)
    open_by = [each for each in signings if rows[each.pk].opened_on <= on]
    return open_by[-1] if open_by else signings[0]


def _found(signatories: Iterable[Signatory], rows: dict[str, Signature]) -> tuple[Behind, ...]:
    found = []
    for each in signatories:
        signature = rows[each.signature.uuid]
        holding = {row.uuid for row in each.reservations}
        found.append(
            Behind(
                signature,
                tuple(row for row in signature.reservations.all() if str(row.uuid) in holding),
            )
        )
    return tuple(found)


def signing_of(*, slug: str, number: int) -> Signing | None:
    """One edition that is or was open for signature, with its languages, or None."""
    return (
        Signing.objects.filter(edition__instrument__slug=slug, edition__number=number)
        .select_related("edition__instrument", "decision")
        .prefetch_related("edition__languages")
        .first()
    )


def signature_of(*, edition: Edition, city: City) -> Signature | None:
    """The latest signature of a city under an edition, withdrawn or not, or None."""
    return _signatures().filter(edition=edition, city=city).order_by("-ordinal").first()
