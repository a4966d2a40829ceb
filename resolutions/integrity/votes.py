"""Votes: the question, the frozen roll and rules, what each seat said, the sealed result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from resolutions.integrity.entries import Book, Row, compare
from resolutions.models import Vote, VoteResult
from secretariat.kernel import audit
from secretariat.kernel.audit import Finding

PREFIX = "vote:"


def verify_votes(book: Book) -> Iterator[Finding]:
    """What is not as it was put, opened, cast and closed."""
    votes = (
        Vote.objects.select_related("assembly", "election", "instrument", "amendment", "result")
        .prefetch_related("wordings", "options__city", "seats__city", "seats__ballot__option")
        .order_by("slug")
    )
    rows = {vote.slug: _vote(vote) for vote in votes}
    recorded = {slug: _recorded_vote(book, slug) for slug in book.names(PREFIX)}
    yield from compare("vote", rows=rows, recorded=recorded)
    for vote in votes:
        yield from _verify_roll(book, vote)
        yield from _verify_ballots(book, vote)
        yield from _verify_result(book, vote)


def _vote(vote: Vote) -> Row:
    options = sorted(vote.options.all(), key=lambda option: option.position)
    return {
        "assembly": vote.assembly.slug,
        "mode": vote.mode,
        "titles": vote.titles.as_dict(),
        "questions": vote.questions.as_dict(),
        "instrument": vote.instrument.slug if vote.instrument else None,
        "amendment": str(vote.amendment.uuid) if vote.amendment else None,
        "majority_rule": vote.majority_rule,
        "election": vote.election.slug if vote.election else None,
        "round": vote.round_number,
        "options": {option.key: option.position for option in options},
        "cities": [option.city.slug for option in options if option.city],
        "prepared_at": vote.prepared_at,
        "opened_at": vote.opened_at,
        "rules_sha256": audit.sha256(vote.rules) if vote.rules else None,
        "roll_sha256": vote.roll_hash or None,
        "text_sha256": vote.text_sha256,
        "text_rules_sha256": vote.text_rules_sha256,
        "lot_commitment": vote.lot_commitment,
        "closed_at": vote.closed_at,
        "state": vote.state,
        "annulled_at": vote.annulled_at,
        "annulled_because": vote.annulled_because,
    }


def _recorded_vote(book: Book, slug: str) -> Row:
    row: dict[str, Any] = {
        "opened_at": None,
        "rules_sha256": None,
        "roll_sha256": None,
        "text_sha256": "",
        "text_rules_sha256": "",
        "closed_at": None,
        "annulled_at": None,
        "annulled_because": "",
        "state": None,
    }
    for entry in book.all(PREFIX + slug):
        payload = entry.payload
        match entry.action:
            case "vote.prepared":
                row |= payload | {"prepared_at": entry.at, "state": "prepared"}
                options = payload.get("options", [])
                candidates = options if payload.get("election") else []
                row["options"] = {key: position for position, key in enumerate(options)}
                row["cities"] = [key for key in candidates if key != "abstain"]
            case "vote.opened":
                frozen = (
                    "rules_sha256",
                    "roll_sha256",
                    "text_sha256",
                    "text_rules_sha256",
                    "lot_commitment",
                )
                row |= {name: payload.get(name) for name in frozen}
                row |= {"opened_at": entry.at, "state": "open"}
            case "vote.closed":
                row |= {"closed_at": entry.at, "state": "closed"}
            case "vote.annulled":
                row |= {"annulled_at": entry.at, "state": "annulled"}
                row["annulled_because"] = payload.get("reason")
    return row


def _verify_roll(book: Book, vote: Vote) -> Iterator[Finding]:
    """The frozen roll, and its seats: the roll says which, the opening says who was present."""
    if audit.sha256(vote.roll) != vote.roll_hash and (vote.roll or vote.roll_hash):
        yield Finding(
            "roll_changed",
            vote.slug,
            _("The roll of %(place)s is not as it was frozen.") % {"place": vote.slug},
        )
        return
    opened = book.last(vote.chain, "vote.opened")
    present = set(opened.payload.get("present", [])) if opened else set()
    frozen = [seat["city"] for seat in json.loads(vote.roll or "[]")]
    yield from compare(
        "seat",
        rows={
            f"{vote.slug}/{seat.city.slug}": {
                "position": seat.position,
                "present_at_opening": seat.present_at_opening,
            }
            for seat in vote.seats.all()
        },
        recorded={
            f"{vote.slug}/{city}": {"position": position, "present_at_opening": city in present}
            for position, city in enumerate(frozen)
        },
    )


def _verify_ballots(book: Book, vote: Vote) -> Iterator[Finding]:
    """Each seat's last word, in an open vote as in a closed one."""
    cast: dict[str, dict[str, Any]] = {}
    for entry in book.all(vote.chain, "vote.cast"):
        where = f"{vote.slug}/{entry.payload.get('city')}"
        cast[where] = {
            "choice": entry.payload.get("choice"),
            "cast_at": entry.at,
            "cast_role": entry.role,
            "times_cast": cast.get(where, {}).get("times_cast", 0) + 1,
        }
    yield from compare("ballot", rows=_ballots(vote), recorded=cast)


def _ballots(vote: Vote) -> dict[str, Row]:
    ballots = {seat.city.slug: seat.ballot for seat in vote.seats.all() if hasattr(seat, "ballot")}
    return {
        f"{vote.slug}/{city}": {
            "choice": ballot.option.key if ballot.option.vote_id == vote.pk else None,
            "cast_at": ballot.cast_at,
            "cast_role": ballot.cast_role,
            "times_cast": ballot.times_cast,
        }
        for city, ballot in ballots.items()
    }


def _verify_result(book: Book, vote: Vote) -> Iterator[Finding]:
    where = vote.slug
    result: VoteResult | None = getattr(vote, "result", None)
    closed = book.last(vote.chain, "vote.closed")
    recorded = {}
    if closed is not None:
        recorded[where] = {
            "outcome": closed.payload.get("outcome"),
            "sha256": closed.payload.get("result_sha256"),
        }
    rows = {where: {"outcome": result.outcome, "sha256": result.sha256}} if result else {}
    yield from compare("result", rows=rows, recorded=recorded)
    if result is None:
        return
    if audit.sha256(result.document) != result.sha256:
        yield Finding(
            "result_changed",
            where,
            _("The result of %(place)s is not as it was sealed.") % {"place": where},
        )
        return
    document = json.loads(result.document)
    counted = {
        f"{where}/{line['city']}": line["choice"]
        for line in document["ballots"]
        if line["choice"] is not None
    }
    if counted != {seat: ballot["choice"] for seat, ballot in _ballots(vote).items()}:
        yield Finding(
            "ballots_changed",
            where,
            _("The ballots of %(place)s are not as they were counted.") % {"place": where},
        )
