"""Who stands behind an edition, as pages show it: lines, seats, the map, the table to download.

Nothing here asks the database; what is given is read by `resolutions.selectors.signatures`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms import drawings
from cms.by_letter import STRUCK
from cms.components import Badge, CityMap, Place
from cms.editions import article_url, citation_from, title_of
from cms.seats import Mark, Seat, SeatField, SeatGroup
from cms.templatetags.formats import language_name, reader_language
from members.models import City
from members.rules.member_table import guarded
from resolutions.models import Edition, Reservation, Signature, Signing
from resolutions.models.signatures import SignatureKind, SigningState
from resolutions.rules.structure import Provision
from resolutions.selectors.signatures import Behind, Signatories
from resolutions.services.letter_kinds_reservations import (
    reservation_withdrawn_subject,
    reserved_subject,
)
from resolutions.services.letter_kinds_signatures import (
    restored_subject,
    signature_subject,
    withdrawn_subject,
)
from secretariat.kernel.models import LANGUAGES

Paths = Mapping[str, Mapping[str, tuple[Provision, ...]]]
"""Provision key → language → the way to it; what citations are made from."""

BYTE_ORDER_MARK = "\ufeff"
"""Tells a spreadsheet that the file is UTF-8; without it Korean is not shown."""

SIGNING_TONES = {
    SigningState.OPEN: "open",
    SigningState.SUPERSEDED: "neutral",
    SigningState.WITHDRAWN: "rejected",
}


def signing_badge(signing: Signing) -> Badge:
    """Open for signature, superseded or withdrawn."""
    return Badge(signing.get_state_display(), SIGNING_TONES[SigningState(signing.state)])


@dataclass(frozen=True)
class ReservationLine:
    """A reservation: what it is to, where that is read, its words by language, since when."""

    reservation: Reservation
    to: str
    url: str
    texts: Mapping[str, str]
    entered_on: date
    withdrawn_on: date | None = None
    marks: tuple[Badge, ...] = ()


@dataclass(frozen=True)
class SignatureLine:
    """One signature as lists show it; `marks` say which of its acts came by letter."""

    signature: Signature
    city: City
    seat: Seat
    name: str
    kind: str
    language: str
    marks: tuple[Badge, ...] = ()
    reservations: tuple[ReservationLine, ...] = ()
    withdrawn_on: date | None = None


@dataclass(frozen=True)
class Lines:
    """Everything that stands in the lists of an edition's page."""

    cities: tuple[SignatureLine, ...]
    bodies: tuple[SignatureLine, ...]
    unconfirmed: tuple[SignatureLine, ...] = field(default_factory=tuple)
    former: tuple[SignatureLine, ...] = field(default_factory=tuple)


def lines_of(found: Signatories, *, paths: Paths, marks: Mapping[str, Badge]) -> Lines:
    """The lists. `marks` by the subjects of letters; `paths` for the reserved provisions."""

    def line(each: Behind) -> SignatureLine:
        return signature_line(each.signature, each.reservations, paths=paths, marks=marks)

    return Lines(
        cities=tuple(line(each) for each in found.cities),
        bodies=tuple(line(each) for each in found.bodies),
        unconfirmed=tuple(line(each) for each in found.unconfirmed),
        former=tuple(signature_line(each, (), paths=paths, marks=marks) for each in found.former),
    )


def signature_line(
    signature: Signature,
    reservations: Iterable[Reservation],
    *,
    paths: Paths,
    marks: Mapping[str, Badge],
) -> SignatureLine:
    """One signature with the reservations to be shown."""
    withdrawal = getattr(signature, "withdrawal", None)
    return SignatureLine(
        signature=signature,
        city=signature.city,
        seat=drawings.city_seat(signature.city, Mark.SIGNED),
        name=signature.city.name_in(reader_language()),
        kind=SignatureKind(signature.kind).label.__str__(),
        language=language_name(signature.language),
        marks=_signature_marks(signature, marks),
        reservations=tuple(
            reservation_line(each, signature.edition, paths=paths, marks=marks)
            for each in reservations
        ),
        withdrawn_on=withdrawal.withdrawn_on if withdrawal else None,
    )


def letter_subjects(signature: Signature, reservations: Iterable[Reservation]) -> list[str]:
    """Under what the letters behind a line are found."""
    return [
        signature_subject(signature),
        restored_subject(signature),
        withdrawn_subject(signature),
        *(subject for each in reservations for subject in _reservation_subjects(each)),
    ]


def _signature_marks(signature: Signature, marks: Mapping[str, Badge]) -> tuple[Badge, ...]:
    found = [marks.get(signature_subject(signature)), marks.get(withdrawn_subject(signature))]
    before = marks.get(restored_subject(signature))
    if before is not None and before.tone == STRUCK:
        found.insert(1, before)
    return tuple(mark for mark in found if mark is not None)


def _reservation_subjects(reservation: Reservation) -> tuple[str, str]:
    return reserved_subject(reservation), reservation_withdrawn_subject(reservation)


def reservation_line(
    reservation: Reservation, edition: Edition, *, paths: Paths, marks: Mapping[str, Badge]
) -> ReservationLine:
    """A reservation, with the provision cited in the reader's language."""
    key = reservation.provision_key
    withdrawal = getattr(reservation, "withdrawal", None)
    return ReservationLine(
        reservation=reservation,
        to=citation_from(paths.get(key, {}), reader_language()) or key if key else _("the whole"),
        url=article_url(edition, key) if key else "",
        texts=reservation.texts,
        entered_on=reservation.entered_on,
        withdrawn_on=withdrawal.withdrawn_on if withdrawal else None,
        marks=tuple(
            marks[subject] for subject in _reservation_subjects(reservation) if subject in marks
        ),
    )


def reserved_keys(found: Signatories) -> set[str]:
    """The provisions to which somebody has a reservation that is shown."""
    return {
        row.provision_key
        for each in (*found.behind, *found.unconfirmed)
        for row in each.reservations
        if row.provision_key
    }


def behind_words(found: Signatories) -> str:
    """ "6 cities and 1 partner body stand behind it"."""
    words = ngettext("%(count)s stands behind it", "%(count)s stand behind it", len(found.behind))
    return words % {"count": _count_words(found)}


def _count_words(found: Signatories) -> str:
    cities, bodies = len(found.cities), len(found.bodies)
    words = ngettext("%(n)d city", "%(n)d cities", cities) % {"n": cities}
    if not bodies:
        return words
    others = ngettext("%(n)d partner body", "%(n)d partner bodies", bodies) % {"n": bodies}
    return _("%(cities)s and %(bodies)s") % {"cities": words, "bodies": others}


def signatory_field(found: Signatories) -> SeatField | None:
    """One square for each city and body; those who were asked to confirm stand apart."""
    groups = [
        SeatGroup(
            seats=tuple(
                drawings.city_seat(each.city, mark, note=_reserved_note(each)) for each in members
            ),
            label=label,
        )
        for label, members, mark in (
            (_("Cities"), found.cities, Mark.SIGNED),
            (_("Partner bodies"), found.bodies, Mark.SIGNED),
            (_("Asked to confirm this edition"), found.unconfirmed, Mark.ASKED),
        )
        if members
    ]
    if not groups:
        return None
    summary = ""
    if found.unconfirmed:
        number = len(found.unconfirmed)
        summary = f"{behind_words(found)}. " + ngettext(
            "%(n)d that stands behind an earlier edition has not confirmed yet.",
            "%(n)d that stand behind an earlier edition have not confirmed yet.",
            number,
        ) % {"n": number}
    return SeatField(groups=tuple(groups), summary=summary, table=False)


def _reserved_note(each: Behind) -> str:
    return _("with a reservation") if each.reservations else ""


def signatory_map(found: Signatories) -> CityMap | None:
    """The same on the map, those whose place is known."""
    language = reader_language()
    places = [
        Place(
            code=each.city.code,
            name=each.city.name_in(language),
            latitude=float(each.city.latitude),
            longitude=float(each.city.longitude),
            url=drawings.city_url(each.city),
            mark=mark,
        )
        for members, mark in ((found.behind, Mark.SIGNED), (found.unconfirmed, Mark.ASKED))
        for each in members
        if each.city.latitude is not None and each.city.longitude is not None
    ]
    if not places:
        return None
    return CityMap(places=places, table=False, label=_("Map of who stands behind the text"))


# ── the table to download ───────────────────────────────────────────────────────────────────


def csv_lines(found: Signatories, *, letter_of: Callable[[str], str]) -> Iterator[str]:
    """The lines of a CSV file, headings first, in the reader's language.

    `letter_of` gives the date of the letter behind a subject, or "". Reservations are in the
    last columns, one for each language; several of them are divided by an empty line.
    """
    writer = csv.writer(_Line())
    languages = [code for code, _name in LANGUAGES]
    headings = [
        _("Code"),
        _("Name"),
        _("City or body"),
        _("Text"),
        _("Edition"),
        _("On the day"),
        _("How"),
        _("Signed on"),
        _("Language version"),
        _("Office held"),
        _("By letter of"),
        _("Reservations by letter of"),
        _("SHA-256 of the edition"),
        *(_("Reservations") + f" ({code})" for code in languages),
    ]
    yield BYTE_ORDER_MARK + str(writer.writerow(headings))
    reader = reader_language()
    for each in found.behind:
        signature = each.signature
        cells: list[Any] = [
            each.city.code,
            each.city.name_in(reader),
            each.city.get_body_display(),
            title_of(found.shown.edition, reader),
            found.shown.edition.number,
            found.on.isoformat(),
            SignatureKind(signature.kind).label,
            signature.signed_on.isoformat(),
            signature.language,
            signature.signed_by,
            letter_of(signature_subject(signature)),
            " ".join(_letters_of_reservations(each, letter_of)),
            signature.sha256,
            *(_reservations_in(each, code) for code in languages),
        ]
        yield str(writer.writerow([guarded(str(cell)) for cell in cells]))


def _letters_of_reservations(each: Behind, letter_of: Callable[[str], str]) -> list[str]:
    days = (letter_of(_reservation_subjects(row)[0]) for row in each.reservations)
    return [day for day in days if day]


def _reservations_in(each: Behind, language: str) -> str:
    return "\n\n".join(
        " ".join(filter(None, (row.provision_key, row.texts[language])))
        for row in each.reservations
        if language in row.texts
    )


class _Line:
    """Takes what a csv writer writes, and hands it on."""

    def write(self, text: str) -> str:
        return text
