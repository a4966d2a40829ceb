"""The life of a vote: prepared, open, closed; annulled where it went wrong.

Opening freezes the roll and the rules in force. While the vote is open a seat may vote and
vote again, the later answer replacing the earlier. A closed vote never opens again: what was
wrong with it is annulled by a further act and put to a new vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from secretariat.kernel.transitions import Transition, TransitionTable


class VoteState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"
    ANNULLED = "annulled"


class VoteAction(StrEnum):
    OPEN = "open"
    CAST = "cast"
    CLOSE = "close"
    ANNUL = "annul"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteOpening:
    """Facts for OPEN: the assembly, the roll, the quorum, and the rules the vote needs."""

    assembly_open: bool
    seats: int
    quorum_met: bool
    rules_in_force: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Casting:
    """Facts for CAST: whether the seat is on the roll and present."""

    on_roll: bool
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Annulment:
    """Facts for ANNUL: the reason, and whether something already rests on the result."""

    reason: str
    relied_on: bool = False


def can_decide(facts: VoteOpening) -> str | None:
    """The assembly is open, has seats, is quorate, and rules say how it decides."""
    if not facts.assembly_open:
        return "assembly_not_open"
    if facts.seats == 0:
        return "no_seats"
    if not facts.rules_in_force:
        return "no_rules_in_force"
    return None if facts.quorum_met else "no_quorum"


def has_a_vote(facts: Casting) -> str | None:
    """The seat is on the frozen roll and present."""
    if not facts.on_roll:
        return "not_on_the_roll"
    return None if facts.present else "seat_not_present"


def can_be_undone(facts: Annulment) -> str | None:
    """A reason is given, and nothing rests on the result yet."""
    if not facts.reason.strip():
        return "reason_missing"
    return "result_relied_on" if facts.relied_on else None


VOTE_LIFECYCLE = TransitionTable(
    "vote",
    {
        (VoteState.PREPARED, VoteAction.OPEN): Transition(VoteState.OPEN, can_decide),
        (VoteState.OPEN, VoteAction.CAST): Transition(VoteState.OPEN, has_a_vote),
        (VoteState.OPEN, VoteAction.CLOSE): Transition(VoteState.CLOSED),
        (VoteState.OPEN, VoteAction.ANNUL): Transition(VoteState.ANNULLED, can_be_undone),
        (VoteState.CLOSED, VoteAction.ANNUL): Transition(VoteState.ANNULLED, can_be_undone),
    },
)
