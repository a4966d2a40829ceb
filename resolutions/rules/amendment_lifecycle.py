"""The life of an amendment: drafted, filed, examined, voted on, and taken into the text.

From filing on its operations stand still. Other cities join it, the office says whether it is
admitted, the assembly adopts it or not. One that cannot be applied together with another that
was adopted falls. An adopted one is in the text when the next edition is adopted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from secretariat.kernel.transitions import Transition, TransitionTable


class AmendmentState(StrEnum):
    DRAFT = "draft"
    FILED = "filed"
    ADMITTED = "admitted"
    INADMISSIBLE = "inadmissible"
    WITHDRAWN = "withdrawn"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    FALLEN = "fallen"
    APPLIED = "applied"


class AmendmentAction(StrEnum):
    CHANGE = "change"
    FILE = "file"
    JOIN = "join"
    LEAVE = "leave"
    REVIEW_RULES = "review_rules"
    ADMIT = "admit"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    PUT_TO_VOTE = "put_to_vote"
    ADOPT = "adopt"
    REJECT = "reject"
    FALL = "fall"
    REOPEN = "reopen"
    APPLY = "apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Facts for FILE."""

    operations: int
    noted: bool
    base_current: bool
    in_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Facts for JOIN: who joins, who proposes, who joined before (city slugs)."""

    city: str
    proposer: str
    sponsors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Facts for LEAVE: whether the city has joined, and whether the amendment is being voted on."""

    sponsor: bool
    vote_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Facts for WITHDRAW and REVIEW_RULES: whether the amendment is being voted on."""

    vote_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Facts for ADMIT: co-sponsors, and how many the bylaws ask for."""

    sponsors: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Facts for REFUSE."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Facts for PUT_TO_VOTE: when a vote is prepared, and again when it opens."""

    base_current: bool
    rules_reviewed: bool = True
    rules_apart: bool = False
    can_be_applied: bool = True
    in_time: bool = True


def ready_to_file(facts: Filing) -> str | None:
    """It changes something, says why, and is written against the text as it is, in time."""
    if facts.operations == 0:
        return "nothing_amended"
    if not facts.noted:
        return "note_missing"
    if not facts.base_current:
        return "base_not_current"
    return None if facts.in_time else "filed_too_late"


def another_city(facts: Joining) -> str | None:
    """The proposer does not join itself, and nobody joins twice."""
    if facts.city == facts.proposer:
        return "proposer_joins"
    return "joined_already" if facts.city in facts.sponsors else None


def is_free_to_leave(facts: Leaving) -> str | None:
    """The city has joined, and nobody votes on the amendment now."""
    if not facts.sponsor:
        return "not_a_sponsor"
    return "vote_on_amendment_open" if facts.vote_open else None


def not_being_voted_on(facts: Standing) -> str | None:
    """Nobody votes on the amendment now."""
    return "vote_on_amendment_open" if facts.vote_open else None


def enough_sponsors(facts: Admission) -> str | None:
    """As many cities stand behind it as the bylaws ask for."""
    return None if facts.sponsors >= facts.needed else "sponsors_missing"


def with_reasons(facts: Refusal) -> str | None:
    """The office says why."""
    return None if facts.reason.strip() else "reason_missing"


def can_be_decided(facts: Deciding) -> str | None:
    """It fits the text and what was adopted, and the rules of its articles were reviewed."""
    if not facts.base_current:
        return "base_not_current"
    if not facts.in_time:
        return "filed_too_late"
    if not facts.can_be_applied:
        return "apart_from_adopted"
    if not facts.rules_reviewed:
        return "rules_not_reviewed"
    return "rules_apart" if facts.rules_apart else None


_DRAFT, _FILED, _ADMITTED = AmendmentState.DRAFT, AmendmentState.FILED, AmendmentState.ADMITTED
_WITHDRAWN, _FALLEN = AmendmentState.WITHDRAWN, AmendmentState.FALLEN
_ADOPTED, _REJECTED = AmendmentState.ADOPTED, AmendmentState.REJECTED
_ACT = AmendmentAction

AMENDMENT_LIFECYCLE = TransitionTable(
    "amendment",
    {
        (_DRAFT, _ACT.CHANGE): Transition(_DRAFT),
        (_DRAFT, _ACT.FILE): Transition(_FILED, ready_to_file),
        (_DRAFT, _ACT.WITHDRAW): Transition(_WITHDRAWN, not_being_voted_on),
        (_FILED, _ACT.JOIN): Transition(_FILED, another_city),
        (_FILED, _ACT.LEAVE): Transition(_FILED, is_free_to_leave),
        (_FILED, _ACT.REVIEW_RULES): Transition(_FILED, not_being_voted_on),
        (_FILED, _ACT.ADMIT): Transition(_ADMITTED, enough_sponsors),
        (_FILED, _ACT.REFUSE): Transition(AmendmentState.INADMISSIBLE, with_reasons),
        (_FILED, _ACT.WITHDRAW): Transition(_WITHDRAWN, not_being_voted_on),
        (_ADMITTED, _ACT.JOIN): Transition(_ADMITTED, another_city),
        (_ADMITTED, _ACT.LEAVE): Transition(_ADMITTED, is_free_to_leave),
        (_ADMITTED, _ACT.REVIEW_RULES): Transition(_ADMITTED, not_being_voted_on),
        (_ADMITTED, _ACT.WITHDRAW): Transition(_WITHDRAWN, not_being_voted_on),
        (_ADMITTED, _ACT.PUT_TO_VOTE): Transition(_ADMITTED, can_be_decided),
        (_ADMITTED, _ACT.ADOPT): Transition(_ADOPTED),
        (_ADMITTED, _ACT.REJECT): Transition(_REJECTED),
        (_ADMITTED, _ACT.FALL): Transition(_FALLEN),
        (_ADOPTED, _ACT.APPLY): Transition(AmendmentState.APPLIED),
        (_ADOPTED, _ACT.REOPEN): Transition(_ADMITTED),
        (_REJECTED, _ACT.REOPEN): Transition(_ADMITTED),
        (_FALLEN, _ACT.REOPEN): Transition(_ADMITTED),
    },
)
