"""Assemblies: how they were convened and run, and the record of attendance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resolutions.integrity.entries import Book, Recorded, Row, compare
from resolutions.models import Assembly, AttendanceAct
from resolutions.services.assemblies import agenda_as_json
from secretariat.kernel.audit import Finding, moment

PREFIX = "assembly:"


def verify_assemblies(book: Book) -> Iterator[Finding]:
    """What is not as it was convened, opened, agreed and closed; then who was there when."""
    assemblies = Assembly.objects.select_related(
        "host_city", "presiding_city", "founding_rules__instrument"
    ).prefetch_related("wordings", "agenda__wordings", "agenda__instrument")
    yield from compare(
        "assembly",
        rows={each.slug: _assembly(each) for each in assemblies},
        recorded={slug: _recorded_assembly(book, slug) for slug in book.names(PREFIX)},
    )
    acts = AttendanceAct.objects.select_related("assembly", "city", "corrects")
    yield from compare(
        "attendance",
        rows={f"{row.assembly.slug}#{row.number}": _attendance(row) for row in acts},
        recorded=_recorded_attendance(book),
    )


def _assembly(assembly: Assembly) -> Row:
    rules = assembly.founding_rules
    agenda = sorted(assembly.agenda.all(), key=lambda item: item.number)
    return {
        "kind": assembly.kind,
        "starts_at": moment(assembly.starts_at),
        "ends_at": moment(assembly.ends_at),
        "time_zone": assembly.time_zone,
        "host_city": assembly.host_city.slug,
        "titles": assembly.titles.as_dict(),
        "places": assembly.places.as_dict(),
        "convocations": assembly.convocations.as_dict(),
        "agenda": agenda_as_json(agenda),
        "state": assembly.state,
        "convened_at": assembly.convened_at,
        "opened_at": assembly.opened_at,
        "closed_at": assembly.closed_at,
        "presiding_city": assembly.presiding_city.slug,
        "founding_rules": (rules.instrument.slug, rules.number) if rules else None,
    }


def _recorded_assembly(book: Book, slug: str) -> Row:
    chain = PREFIX + slug
    row: dict[str, Any] = {
        "opened_at": None,
        "closed_at": None,
        "founding_rules": None,
        "presiding_city": None,
        "state": None,
    }
    for entry in book.all(chain):
        _fold(row, entry)
    return row


def _fold(row: dict[str, Any], entry: Recorded) -> None:
    """What one entry says of the assembly."""
    payload = entry.payload
    match entry.action:
        case "assembly.convened":
            row |= payload | {"convened_at": entry.at, "state": "convened"}
            row["presiding_city"] = payload.get("host_city")
        case "assembly.opened":
            row |= {"opened_at": entry.at, "state": "open"}
        case "assembly.closed":
            row |= {"closed_at": entry.at, "state": "closed"}
        case "assembly.chair_passed":
            row["presiding_city"] = payload.get("to")
        case "assembly.rules_agreed":
            row["founding_rules"] = (payload.get("instrument"), payload.get("edition"))


def _attendance(row: AttendanceAct) -> Row:
    return {
        "kind": row.kind,
        "city": row.city.slug,
        "mode": row.mode,
        "at": moment(row.at),
        "recorded_at": row.recorded_at,
        "corrects": row.corrects.number if row.corrects else None,
        "reason": row.reason,
    }


def _recorded_attendance(book: Book) -> dict[str, Row]:
    recorded: dict[str, Row] = {}
    for slug in book.names(PREFIX):
        for entry in book.all(PREFIX + slug):
            if not entry.action.startswith("attendance."):
                continue
            said = {key: value for key, value in entry.payload.items() if key != "number"}
            kind = entry.action.removeprefix("attendance.")
            where = f"{slug}#{entry.payload.get('number')}"
            recorded[where] = said | {"kind": kind, "recorded_at": entry.at}
    return recorded
