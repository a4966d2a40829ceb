"""Drafting: which cities the office named to work on a text, and when that ended."""

from __future__ import annotations

from collections.abc import Iterator

from resolutions.integrity.entries import Book, Row, compare
from resolutions.models import DraftingCity
from secretariat.kernel.audit import Finding

PREFIX = "text:"


def verify_drafting(book: Book) -> Iterator[Finding]:
    """The rights to draft are those that were given."""
    rows: dict[str, Row] = {}
    times: dict[str, int] = {}
    named = DraftingCity.objects.select_related("instrument", "city").order_by("named_at", "pk")
    for row in named:
        place = f"{row.instrument.slug}/{row.city.slug}"
        times[place] = times.get(place, 0) + 1
        rows[f"{place}#{times[place]}"] = {"named_at": row.named_at, "ended_at": row.ended_at}
    yield from compare("drafting_city", rows=rows, recorded=_recorded(book))


def _recorded(book: Book) -> dict[str, Row]:
    recorded: dict[str, Row] = {}
    for slug in book.names(PREFIX):
        times: dict[str, int] = {}
        for entry in book.all(PREFIX + slug, "text.city_named", "text.city_ended"):
            place = f"{slug}/{entry.payload.get('city')}"
            if entry.action == "text.city_named":
                times[place] = times.get(place, 0) + 1
                row: Row = {"named_at": entry.at, "ended_at": None}
            else:
                row = {**recorded.get(f"{place}#{times.get(place, 0)}", {}), "ended_at": entry.at}
            recorded[f"{place}#{times.get(place, 0)}"] = row
    return recorded
