"""The life of an application: received, examined by the office, put before an assembly, decided.

What is incomplete goes back to the applicant, who sends it again. A city becomes a member by
the decision of an assembly; observers and partners are admitted by the office, with a decision
where there is one. Every step is a dated row; a decided application never changes again.

Pure. Source: the articles of the bylaws on membership.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from secretariat.kernel.transitions import Transition, TransitionTable


class ApplicationState(StrEnum):
    RECEIVED = "received"
    RETURNED = "returned"
    COMPLETE = "complete"
    ADMITTED = "admitted"
    DECLINED = "declined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ApplicationAction(StrEnum):
    RETURN = "return"
    SEND_AGAIN = "send_again"
    FIND_COMPLETE = "find_complete"
    ADMIT = "admit"
    DECLINE = "decline"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Facts for ADMIT and DECLINE: what is sought ("member"), and whether a decision is named."""

    sought: str
    decision_named: bool


def assembly_decided(facts: Deciding) -> str | None:
    """Whether a city becomes a member is decided by an assembly, whose decision is named."""
    if facts.sought == "member" and not facts.decision_named:
        return "admission_not_decided"
    return None


_RECEIVED, _RETURNED = ApplicationState.RECEIVED, ApplicationState.RETURNED
_COMPLETE = ApplicationState.COMPLETE

APPLICATION_LIFECYCLE = TransitionTable(
    "application",
    {
        (_RECEIVED, ApplicationAction.FIND_COMPLETE): Transition(_COMPLETE),
        (_RECEIVED, ApplicationAction.RETURN): Transition(_RETURNED),
        (_RECEIVED, ApplicationAction.REFUSE): Transition(ApplicationState.REFUSED),
        (_RECEIVED, ApplicationAction.WITHDRAW): Transition(ApplicationState.WITHDRAWN),
        (_RETURNED, ApplicationAction.SEND_AGAIN): Transition(_RECEIVED),
        (_RETURNED, ApplicationAction.REFUSE): Transition(ApplicationState.REFUSED),
        (_RETURNED, ApplicationAction.WITHDRAW): Transition(ApplicationState.WITHDRAWN),
        (_COMPLETE, ApplicationAction.ADMIT): Transition(
            ApplicationState.ADMITTED, assembly_decided
        ),
        (_COMPLETE, ApplicationAction.DECLINE): Transition(
            ApplicationState.DECLINED, assembly_decided
        ),
        (_COMPLETE, ApplicationAction.RETURN): Transition(_RETURNED),
        (_COMPLETE, ApplicationAction.WITHDRAW): Transition(ApplicationState.WITHDRAWN),
    },
)
