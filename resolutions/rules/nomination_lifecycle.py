"""The life of a nomination: proposed, seconded by enough cities, accepted, and its end.

Only the nominated city accepts; from then on it is a candidate. It may withdraw at any time
except while a round is open. A seconding that is struck counts no more, and a nomination left
with too few of them is proposed only, until others second it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from secretariat.kernel.transitions import Transition, TransitionTable


class NominationState(StrEnum):
    PROPOSED = "proposed"
    SECONDED = "seconded"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    ELIMINATED = "eliminated"
    ELECTED = "elected"


class NominationAction(StrEnum):
    SECOND = "second"
    CONFIRM_SECONDED = "confirm_seconded"
    LOSE_SUPPORT = "lose_support"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    ELIMINATE = "eliminate"
    ELECT = "elect"
    REINSTATE = "reinstate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconding:
    """Facts for SECOND: who seconds, whom, who proposed, who seconded before (city slugs)."""

    city: str
    nominee: str
    nominated_by: str
    seconders: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Facts for CONFIRM_SECONDED: seconders so far, and how many the bylaws ask for."""

    seconders: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing:
    """Facts for WITHDRAW: whether a round is open."""

    round_open: bool = False


def another_city(facts: Seconding) -> str | None:
    """Neither the nominee nor the proposer seconds, and nobody twice."""
    if facts.city in (facts.nominee, facts.nominated_by):
        return "seconds_own_nomination"
    return "seconded_already" if facts.city in facts.seconders else None


def enough_seconders(facts: Support) -> str | None:
    """As many cities support the nomination as the bylaws ask for."""
    return None if facts.seconders >= facts.needed else "seconders_missing"


def too_few_seconders(facts: Support) -> str | None:
    """Fewer cities support the nomination than the bylaws ask for."""
    return None if facts.seconders < facts.needed else "seconders_enough"


def no_round_open(facts: Withdrawing) -> str | None:
    """Nobody withdraws from a round that is being voted on."""
    return "round_open" if facts.round_open else None


_PROPOSED, _SECONDED = NominationState.PROPOSED, NominationState.SECONDED
_ACCEPTED, _WITHDRAWN = NominationState.ACCEPTED, NominationState.WITHDRAWN
_ELIMINATED, _ELECTED = NominationState.ELIMINATED, NominationState.ELECTED

NOMINATION_LIFECYCLE = TransitionTable(
    "nomination",
    {
        (_PROPOSED, NominationAction.SECOND): Transition(_PROPOSED, another_city),
        (_PROPOSED, NominationAction.CONFIRM_SECONDED): Transition(_SECONDED, enough_seconders),
        (_PROPOSED, NominationAction.WITHDRAW): Transition(_WITHDRAWN, no_round_open),
        (_SECONDED, NominationAction.SECOND): Transition(_SECONDED, another_city),
        (_SECONDED, NominationAction.ACCEPT): Transition(_ACCEPTED),
        (_SECONDED, NominationAction.LOSE_SUPPORT): Transition(_PROPOSED, too_few_seconders),
        (_SECONDED, NominationAction.WITHDRAW): Transition(_WITHDRAWN, no_round_open),
        (_ACCEPTED, NominationAction.LOSE_SUPPORT): Transition(_PROPOSED, too_few_seconders),
        (_ACCEPTED, NominationAction.WITHDRAW): Transition(_WITHDRAWN, no_round_open),
        (_ACCEPTED, NominationAction.ELIMINATE): Transition(_ELIMINATED),
        (_ACCEPTED, NominationAction.ELECT): Transition(_ELECTED),
        (_ELIMINATED, NominationAction.REINSTATE): Transition(_ACCEPTED),
    },
)
