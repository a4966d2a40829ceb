"""Exporting a text: which edition or draft is meant, against which other, in which format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.exports.document import BOTH, ExportRefused, TextDocument
from resolutions.exports.formats import make, make_comparison
from resolutions.models import Edition, Instrument
from resolutions.rules.in_force import EditionDates, edition_on
from resolutions.selectors.edition_files import draft_document, edition_document
from secretariat.kernel.errors import InvalidInput, Missing


def export_edition(
    *,
    instrument: Instrument,
    number: int,
    format: str,
    language: str = BOTH,
    against: int | None = None,
    unpublished: bool = False,
) -> bytes:
    """An edition in a format; with `against`, with what changed since that edition.

    Public editions only, unless `unpublished` says that whoever asks may see the others.
    """
    document = edition_document(edition=_edition(instrument, number, unpublished=unpublished))
    return _made(document, instrument, format, language, against, unpublished=unpublished)


def export_comparison(
    *, instrument: Instrument, number: int, against: int, format: str, language: str = BOTH
) -> bytes:
    """The table of old and new between two public editions."""
    document = edition_document(edition=_edition(instrument, number, unpublished=False))
    older = edition_document(edition=_edition(instrument, against, unpublished=False))
    with exports_speak(instrument.slug):
        return make_comparison(document, format, lang=language, against=older)


def export_draft(
    *,
    instrument: Instrument,
    format: str,
    language: str = BOTH,
    against: int | None = None,
    table: bool = False,
    actor: Any,
    now: datetime,
) -> bytes:
    """The working draft in a format, marked as a draft; for the office.

    With `against`, what changed since that edition; with `table` too, as a table of old and new.
    """
    office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    document = draft_document(instrument=instrument, now=now)
    if document is None:
        raise Missing(_("There is no draft of this text."), where=instrument.slug)
    if table and against is not None:
        older = edition_document(edition=_edition(instrument, against, unpublished=True))
        with exports_speak(instrument.slug):
            return make_comparison(document, format, lang=language, against=older)
    return _made(document, instrument, format, language, against, unpublished=True)


def edition_meant(
    *, instrument: Instrument, on: date, number: int | None = None, day: date | None = None
) -> Edition:
    """The edition with this number, or in force on `day`; else in force on `on`, else the last.

    Public editions only. Raises Missing.
    """
    if number is not None:
        return _edition(instrument, number, unpublished=False)
    editions = {
        each.number: each
        for each in instrument.editions.exclude(publication=None).order_by("number")
    }
    dates = [EditionDates(e.number, e.in_force_from, e.adopted_on) for e in editions.values()]
    found = edition_on(day or on, dates)
    if found is not None:
        return editions[found.number]
    if day is not None:
        raise Missing(
            _("No edition of this text was in force on that day."),
            code="not_in_force",
            where=f"{instrument.slug} {day.isoformat()}",
        )
    if not editions:
        raise Missing(
            _("This text has no public edition. Export the draft instead."),
            code="no_edition",
            where=instrument.slug,
        )
    return editions[max(editions)]


def _made(
    document: TextDocument,
    instrument: Instrument,
    format: str,
    language: str,
    against: int | None,
    *,
    unpublished: bool,
) -> bytes:
    older = None
    if against is not None:
        older = edition_document(edition=_edition(instrument, against, unpublished=unpublished))
    with exports_speak(instrument.slug):
        return make(document, format, lang=language, against=older)


def _edition(instrument: Instrument, number: int, *, unpublished: bool) -> Edition:
    editions = instrument.editions.select_related("instrument", "corrects").filter(number=number)
    if not unpublished:
        editions = editions.exclude(publication=None)
    edition = editions.first()
    if edition is None:
        raise Missing(
            _("This text has no public edition with this number."),
            code="edition_missing",
            where=f"{instrument.slug}/{number}",
        )
    return edition


@contextmanager
def exports_speak(where: str) -> Iterator[None]:
    """Turn a refusal of the exports into one in the reader's language."""
    try:
        yield
    except ExportRefused as refusal:
        raise InvalidInput(refusal.message, code=refusal.code, where=where) from refusal
