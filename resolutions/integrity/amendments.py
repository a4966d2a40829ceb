"""Amendments: what they change, who is behind them, what became of them, and into which edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from resolutions.integrity.entries import Book, Recorded, Row, compare
from resolutions.models import Amendment, EditionAmendment, VotingOrder
from resolutions.services.texts import rules_as_json
from secretariat.kernel.audit import Finding, canonical_json, sha256

PREFIX = "amendment:"
Sponsor = tuple[Any, Any, Any]
"""City, since when, until when."""


def verify_amendments(book: Book) -> Iterator[Finding]:
    """What is not as it was drafted, filed, joined, examined, decided and applied."""
    amendments = Amendment.objects.select_related(
        "instrument", "edition", "assembly", "proposer"
    ).prefetch_related("wordings", "sponsors__city", "reviewed_rules")
    yield from compare(
        "amendment",
        rows={str(each.uuid): _amendment(each) for each in amendments},
        recorded={uuid: _recorded_amendment(book, uuid) for uuid in book.names(PREFIX)},
    )
    yield from compare(
        "edition_amendment",
        rows=_applied(),
        recorded=_recorded_applied(book),
    )
    yield from compare("voting_order", rows=_orders(), recorded=_recorded_orders(book))


def _amendment(row: Amendment) -> Row:
    return {
        "instrument": row.instrument.slug,
        "number": row.number,
        "edition": row.edition.number if row.edition else None,
        "edition_of": row.edition.instrument_id == row.instrument_id if row.edition else True,
        "base_sha256": row.base_sha256,
        "assembly": row.assembly.slug if row.assembly else None,
        "proposer": row.proposer.slug,
        "state": row.state,
        "operations_sha256": sha256(canonical_json(row.operations)),
        "sha256": row.sha256,
        "notes": {code: text for code, text in row.notes.items() if text},
        "reasons": {code: text for code, text in row.reasons.items() if text},
        "rules": rules_as_json(row.reviewed_rules.all()),
        "reviewed_at": sorted({rule.reviewed_at for rule in row.reviewed_rules.all()}),
        "sponsors": _in_order(
            (each.city.slug, each.joined_at, each.left_at) for each in row.sponsors.all()
        ),
        "created_at": row.created_at,
        "changed_at": row.changed_at,
        "filed_at": row.filed_at,
        "examined_at": row.examined_at,
        "ended_at": row.ended_at,
    }


def _recorded_amendment(book: Book, uuid: str) -> Row:
    row: dict[str, Any] = {
        "number": None,
        "edition_of": True,
        "state": None,
        "sha256": "",
        "reasons": {},
        "rules": {},
        "reviewed_at": [],
        "sponsors": [],
        "created_at": None,
        "changed_at": None,
        "filed_at": None,
        "examined_at": None,
        "ended_at": None,
    }
    for entry in book.all(PREFIX + uuid):
        _fold(row, entry)
    row["sponsors"] = _in_order(row["sponsors"])
    return row


def _in_order(sponsors: Iterable[Sponsor]) -> list[Sponsor]:
    return sorted(sponsors, key=lambda each: (each[1], each[0]))


def _fold(row: dict[str, Any], entry: Recorded) -> None:
    """What one entry says of the amendment."""
    payload, at = entry.payload, entry.at
    match entry.action:
        case "amendment.drafted":
            row |= payload | {"state": "draft", "created_at": at, "changed_at": at}
        case "amendment.changed":
            row |= payload | {"changed_at": at}
        case "amendment.filed":
            row |= payload | {"state": "filed", "filed_at": at}
            row["sha256"] = payload.get("operations_sha256")
        case "amendment.joined" | "amendment.left":
            _fold_sponsor(row, entry)
        case "amendment.examined":
            admitted = payload.get("admitted")
            row |= {"examined_at": at, "state": "admitted" if admitted else "inadmissible"}
            row["reasons"] = row["reasons"] | payload.get("reasons", {})
            row["ended_at"] = None if admitted else at
        case "amendment.rules_reviewed":
            rules = payload.get("rules", {})
            row |= {"rules": rules, "reviewed_at": [at] if rules else []}
        case "amendment.put_to_vote":
            row["assembly"] = payload.get("assembly")
        case _:
            _fold_end(row, entry)


def _fold_sponsor(row: dict[str, Any], entry: Recorded) -> None:
    city = entry.payload.get("city")
    if entry.action == "amendment.joined":
        row["sponsors"] = [*row["sponsors"], (city, entry.at, None)]
        return
    row["sponsors"] = [
        (name, joined, entry.at) if name == city and left is None else (name, joined, left)
        for name, joined, left in row["sponsors"]
    ]


def _fold_end(row: dict[str, Any], entry: Recorded) -> None:
    match entry.action:
        case "amendment.withdrawn":
            row |= {"state": "withdrawn", "ended_at": entry.at}
        case "amendment.decided":
            adopted = entry.payload.get("outcome") == "adopted"
            row |= {"state": entry.payload.get("state")}
            row["ended_at"] = None if adopted else entry.at
        case "amendment.fallen":
            row |= {"state": "fallen", "ended_at": entry.at}
        case "amendment.reopened":
            row |= {"state": "admitted", "ended_at": None}
        case "amendment.applied":
            row |= {"state": "applied", "ended_at": entry.at}


def _applied() -> dict[str, Row]:
    rows = EditionAmendment.objects.select_related("edition__instrument", "amendment")
    return {
        f"{row.edition.instrument.slug}/{row.edition.number}#{row.position}": {
            "amendment": str(row.amendment.uuid)
        }
        for row in rows
    }


def _recorded_applied(book: Book) -> dict[str, Row]:
    return {
        f"{entry.payload.get('edition')}#{entry.payload.get('position')}": {"amendment": uuid}
        for uuid in book.names(PREFIX)
        for entry in book.all(PREFIX + uuid, "amendment.applied")
    }


def _orders() -> dict[str, Row]:
    found: dict[str, Row] = {}
    counts: dict[str, int] = {}
    rows = VotingOrder.objects.select_related("instrument", "assembly").order_by("set_at", "pk")
    for row in rows:
        slug = row.instrument.slug
        counts[slug] = counts.get(slug, 0) + 1
        found[f"{slug}#{counts[slug]}"] = {
            "assembly": row.assembly.slug,
            "order": row.order,
            "suggested": row.suggested,
            "reason": row.reason,
            "set_at": row.set_at,
        }
    return found


def _recorded_orders(book: Book) -> dict[str, Row]:
    return {
        f"{slug}#{nth}": {**entry.payload, "set_at": entry.at}
        for slug in book.names("text:")
        for nth, entry in enumerate(book.all(f"text:{slug}", "text.voting_order_set"), start=1)
    }
