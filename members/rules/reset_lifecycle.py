"""Taking away a lost second factor: asked for by one officer, confirmed by another.

Neither is the person concerned: one who has taken over an account, or an office person in
need, would otherwise open the door alone.

Pure. Source: NIST SP 800-63B, 6.1.2.3 (replacement of a lost authentication factor).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.transitions import Transition, TransitionTable


class ResetState(StrEnum):
    """The states; the values are those of `members.models.resets.ResetState`."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ResetAction(StrEnum):
    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Facts: who acts, who asked, and whose second factor it is (UUIDs as text)."""

    acting: str
    asked_by: str
    person: str


def a_second_officer(facts: Pair) -> str | None:
    """Another person than the one who asked, and not the person concerned."""
    if facts.acting == facts.person:
        return "own_second_factor"
    return "same_officer_resets" if facts.acting == facts.asked_by else None


def the_asking_officer(facts: Pair) -> str | None:
    """Only who asked takes it back."""
    return None if facts.acting == facts.asked_by else "not_the_asking_officer"


RESET_LIFECYCLE: Final = TransitionTable(
    "second_factor_reset",
    {
        (ResetState.ASKED, ResetAction.CONFIRM): Transition(ResetState.DONE, a_second_officer),
        (ResetState.ASKED, ResetAction.REFUSE): Transition(ResetState.REFUSED, a_second_officer),
        (ResetState.ASKED, ResetAction.WITHDRAW): Transition(
            ResetState.WITHDRAWN, the_asking_officer
        ),
    },
)


STATES: Final[dict[str, Bilingual]] = {
    ResetState.ASKED: Bilingual(
        ko="두 번째 담당자의 확인을 기다리고 있습니다.",
        en="It waits for the second officer.",
    ),
    ResetState.DONE: Bilingual(
        ko="이미 초기화하였습니다. 다시 필요하면 새로 요청하여 주십시오.",
        en="The second factor was reset already. Ask anew if it is needed again.",
    ),
    ResetState.REFUSED: Bilingual(
        ko="반려한 요청입니다. 필요하면 새로 요청하여 주십시오.",
        en="The request was refused. Ask anew if it is needed.",
    ),
    ResetState.WITHDRAWN: Bilingual(
        ko="취소한 요청입니다. 필요하면 새로 요청하여 주십시오.",
        en="The request was taken back. Ask anew if it is needed.",
    ),
}

REASONS: Final[dict[str, Bilingual]] = {
    "own_second_factor": Bilingual(
        ko="자신의 2단계 인증은 스스로 초기화할 수 없습니다. 다른 두 담당자에게 요청하여 주십시오.",
        en="Nobody resets the own second factor. Ask two other officers.",
    ),
    "same_officer_resets": Bilingual(
        ko="초기화를 요청한 사람은 확인하거나 반려할 수 없습니다. 다른 담당자에게 맡겨 주십시오.",
        en="Whoever asked for the reset cannot confirm or refuse it. Ask another officer.",
    ),
    "not_the_asking_officer": Bilingual(
        ko="요청한 담당자만 요청을 취소할 수 있습니다. 확인하지 않으려면 반려하여 주십시오.",
        en="Only the officer who asked takes the request back. Refuse it instead.",
    ),
}
