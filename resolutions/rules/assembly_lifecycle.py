"""The life of an assembly: prepared, convened with notice, open, closed.

Attendance is recorded from the convocation on (delegations register before the opening)
and can be corrected after the closing, by a further act.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from secretariat.kernel.transitions import Transition, TransitionTable


class AssemblyState(StrEnum):
    DRAFT = "draft"
    CONVENED = "convened"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class AssemblyAction(StrEnum):
    CONVENE = "convene"
    OPEN = "open"
    RECORD_ATTENDANCE = "record_attendance"
    CORRECT_ATTENDANCE = "correct_attendance"
    CLOSE = "close"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Convening:
    """Facts for CONVENE.

    `days` from the convocation to the assembly, `days_needed` by the bylaws in force (0 in
    a founding assembly, which has none yet), `waived` where a waiver is recorded.
    """

    agenda_items: int
    days: int
    days_needed: int = 0
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Facts for OPEN: seats entitled to attend, and whether a city presides."""

    seats: int
    presided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Facts for CLOSE: what is still going on."""

    open_votes: int = 0
    running_elections: int = 0


def notice_given(facts: Convening) -> str | None:
    """There is an agenda, and the notice is long enough or waived."""
    if facts.agenda_items == 0:
        return "agenda_empty"
    if facts.days < facts.days_needed and not facts.waived:
        return "notice_too_short"
    return None


def constituted(facts: Opening) -> str | None:
    """There are seats, and somebody presides."""
    if facts.seats == 0:
        return "no_seats"
    return None if facts.presided else "nobody_presides"


def nothing_pending(facts: Closing) -> str | None:
    """No vote is open and no election is under way."""
    if facts.open_votes:
        return "votes_still_open"
    return "election_under_way" if facts.running_elections else None


ASSEMBLY_LIFECYCLE = TransitionTable(
    "assembly",
    {
        (AssemblyState.DRAFT, AssemblyAction.CONVENE): Transition(
            AssemblyState.CONVENED, notice_given
        ),
        (AssemblyState.DRAFT, AssemblyAction.CANCEL): Transition(AssemblyState.CANCELLED),
        (AssemblyState.CONVENED, AssemblyAction.OPEN): Transition(AssemblyState.OPEN, constituted),
        (AssemblyState.CONVENED, AssemblyAction.RECORD_ATTENDANCE): Transition(
            AssemblyState.CONVENED
        ),
        (AssemblyState.CONVENED, AssemblyAction.CORRECT_ATTENDANCE): Transition(
            AssemblyState.CONVENED
        ),
        (AssemblyState.CONVENED, AssemblyAction.CANCEL): Transition(
            AssemblyState.CANCELLED, nothing_pending
        ),
        (AssemblyState.OPEN, AssemblyAction.RECORD_ATTENDANCE): Transition(AssemblyState.OPEN),
        (AssemblyState.OPEN, AssemblyAction.CORRECT_ATTENDANCE): Transition(AssemblyState.OPEN),
        (AssemblyState.OPEN, AssemblyAction.CLOSE): Transition(
            AssemblyState.CLOSED, nothing_pending
        ),
        (AssemblyState.CLOSED, AssemblyAction.CORRECT_ATTENDANCE): Transition(AssemblyState.CLOSED),
    },
)
