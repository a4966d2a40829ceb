"""What the public reads of votes: those that were opened, and of an open one not how seats vote."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from members.models import City
from resolutions.models import RollSeat, Vote
from resolutions.models.votes import Outcome, VoteState
from resolutions.rules.operative import RuleSet
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import AuditEntry

PUBLIC_STATES = (VoteState.OPEN, VoteState.CLOSED, VoteState.ANNULLED)


def public_votes() -> QuerySet[Vote]:
    """Votes that were opened, latest first, with wordings, assembly and result."""
    return (
        Vote.objects.filter(state__in=PUBLIC_STATES)
        .select_related("assembly", "election", "instrument", "result")
        .prefetch_related(
            "wordings", "assembly__wordings", "election__wordings", "instrument__wordings"
        )
        .order_by(Coalesce(F("opened_at"), F("prepared_at")).desc(), "-pk")
    )


def public_vote(*, slug: str) -> Vote | None:
    """One public vote, or None."""
    return public_votes().filter(slug=slug).first()


def open_votes() -> QuerySet[Vote]:
    """Votes that are open now, with the number of seats and of ballots: `seat_count`, `voted`."""
    return (
        public_votes()
        .filter(state=VoteState.OPEN)
        .annotate(
            seat_count=Count("seats", distinct=True),
            voted=Count("seats", filter=Q(seats__ballot__isnull=False), distinct=True),
        )
    )


@dataclass(frozen=True, slots=True)
class SeatVote:
    """One seat of a roll: `choice` is an option's key, None while the vote is open or if none."""

    city: City
    present: bool
    voted: bool
    choice: str | None


def seat_votes(*, vote: Vote) -> list[SeatVote]:
    """The roll in its order, each seat with what may be public of its ballot. Two queries.

    While a vote is open it is public which seats have voted, and not how.
    """
    seats = (
        RollSeat.objects.filter(vote=vote)
        .select_related("city", "ballot__option")
        .prefetch_related("city__name_rows")
        .order_by("position")
    )
    open_now = vote.state == VoteState.OPEN
    present = {
        line["city"]: line["present"] for line in result_document(vote=vote).get("ballots", [])
    }
    rows = []
    for seat in seats:
        ballot = getattr(seat, "ballot", None)
        rows.append(
            SeatVote(
                city=seat.city,
                present=present.get(seat.city.slug, seat.present_at_opening),
                voted=ballot is not None,
                choice=ballot.option.key if ballot is not None and not open_now else None,
            )
        )
    return rows


def result_document(*, vote: Vote) -> dict[str, Any]:
    """The result as it was sealed, {} while there is none; select `result`."""
    result = getattr(vote, "result", None)
    return dict(json.loads(result.document)) if result is not None else {}


def frozen_rules(*, vote: Vote) -> RuleSet | None:
    """The rules that were frozen at opening; None before, or where there were none yet."""
    if not vote.rules:
        return None
    rules = RuleSet.from_json(json.loads(vote.rules))
    return rules if len(rules) else None


def sentence_of(*, document: dict[str, Any], part: str = "") -> Bilingual:
    """The explanation of a result, or of its `part` ("quorum"); empty where there is none."""
    found = document.get(part) if part else document
    return Bilingual((found or {}).get("sentence") or {})


def votes_of_city(*, city: City) -> QuerySet[RollSeat]:
    """The seats that a city held in closed votes, latest first, with its ballot."""
    return (
        RollSeat.objects.filter(city=city, vote__state=VoteState.CLOSED)
        .select_related("vote", "ballot__option__city", "vote__result")
        .prefetch_related("vote__wordings", "ballot__option__city__name_rows")
        .order_by("-vote__closed_at", "-pk")
    )


OF_A_VOTE: Final = "vote:"
"""How the audit chain of a vote begins; what rests on it names it so ("vote:2018-founding-1#4")."""


def votes_named(*, decisions: Iterable[str]) -> dict[str, Vote]:
    """The votes behind decisions as rows name them, by that name; others are left out."""
    slugs = {
        name: name.removeprefix(OF_A_VOTE).partition("#")[0]
        for name in decisions
        if name.startswith(OF_A_VOTE)
    }
    if not slugs:
        return {}
    votes = {vote.slug: vote for vote in public_votes().filter(slug__in=set(slugs.values()))}
    return {name: votes[slug] for name, slug in slugs.items() if slug in votes}


def decisions_to_name(*, limit: int) -> list[tuple[str, Vote]]:
    """The latest decisions that an act can rest on, each by the name of its audit entry."""
    votes = list(
        public_votes().filter(
            state=VoteState.CLOSED, result__outcome=Outcome.ADOPTED, election=None
        )[:limit]
    )
    places = dict(
        AuditEntry.objects.filter(
            chain__in=[vote.chain for vote in votes], action="vote.closed"
        ).values_list("chain", "sequence")
    )
    return [(f"{vote.chain}#{places[vote.chain]}", vote) for vote in votes if vote.chain in places]
