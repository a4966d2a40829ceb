"""The life of an act by letter: recorded, confirmed by a second officer, perhaps contested.

A city that writes instead of signing in acts through two officers: one records what the
letter asks for, another one reads the letter and confirms, and only then the act is done.
Neither may act for that city. The city is told and may contest once; the office upholds the
act (by an officer who neither recorded nor confirmed it) or strikes it, which any officer
may. What was done stays on the record: striking is a further act that takes it back.

Pure. Source: the articles of the bylaws on delegations, nominations and signatures in writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.transitions import Transition, TransitionTable


class LetterState(StrEnum):
    """The states; the values are those of `members.models.letters.LetterState`."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CONTESTED = "contested"
    UPHELD = "upheld"
    STRUCK = "struck"


class LetterAction(StrEnum):
    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    CONTEST = "contest"
    UPHOLD = "uphold"
    STRIKE = "strike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Facts for the office's acts: who acts, who recorded and confirmed (UUIDs as text).

    `acts_for_city`: whether the officer holds a mandate of the city that wrote.
    """

    acting: str
    recorded_by: str
    confirmed_by: str = ""
    acts_for_city: bool = False


def a_second_officer(facts: Officer) -> str | None:
    """Another person than the one who recorded it, and nobody of the city itself."""
    if facts.acting == facts.recorded_by:
        return "same_officer"
    return no_own_city(facts)


def the_recording_officer(facts: Officer) -> str | None:
    """Only who recorded it takes it back; anybody else refuses it."""
    return None if facts.acting == facts.recorded_by else "not_the_recording_officer"


def an_officer_apart(facts: Officer) -> str | None:
    """Nobody upholds what one has recorded or confirmed oneself."""
    if facts.acting in (facts.recorded_by, facts.confirmed_by):
        return "judges_own_work"
    return no_own_city(facts)


def no_own_city(facts: Officer) -> str | None:
    """Nobody acts in the office on a letter of a city whose mandate one holds."""
    return "acts_for_this_city" if facts.acts_for_city else None


_RECORDED, _CONFIRMED = LetterState.RECORDED, LetterState.CONFIRMED
_CONTESTED = LetterState.CONTESTED

LETTER_LIFECYCLE: Final = TransitionTable(
    "letter",
    {
        (_RECORDED, LetterAction.CONFIRM): Transition(_CONFIRMED, a_second_officer),
        (_RECORDED, LetterAction.REFUSE): Transition(LetterState.REFUSED, a_second_officer),
        (_RECORDED, LetterAction.WITHDRAW): Transition(
            LetterState.WITHDRAWN, the_recording_officer
        ),
        (_CONFIRMED, LetterAction.CONTEST): Transition(_CONTESTED),
        (_CONTESTED, LetterAction.UPHOLD): Transition(LetterState.UPHELD, an_officer_apart),
        (_CONTESTED, LetterAction.STRIKE): Transition(LetterState.STRUCK, no_own_city),
    },
)

DONE: Final = (_CONFIRMED, _CONTESTED, LetterState.UPHELD, LetterState.STRUCK)
"""The states in which the act was done, whatever became of it since."""


STATES: Final[dict[str, Bilingual]] = {
    _RECORDED: Bilingual(
        ko="아직 두 번째 담당자의 확인을 기다리고 있습니다. 먼저 확인하거나 반려하여 주십시오.",
        en="It still waits for the second officer. Confirm or refuse it first.",
    ),
    _CONFIRMED: Bilingual(
        ko="이미 확인하여 처리한 공문입니다. 도시가 이의를 제기하면 다시 다룰 수 있습니다.",
        en="The letter is confirmed and the act is done. It is taken up again if the city "
        "contests it.",
    ),
    LetterState.REFUSED: Bilingual(
        ko="반려한 공문입니다. 필요하면 새로 기록하여 주십시오.",
        en="The letter was refused. Record it anew if it is needed.",
    ),
    LetterState.WITHDRAWN: Bilingual(
        ko="기록을 취소한 공문입니다. 필요하면 새로 기록하여 주십시오.",
        en="The record was taken back. Record the letter anew if it is needed.",
    ),
    _CONTESTED: Bilingual(
        ko="도시가 이미 이의를 제기하였습니다. 사무국의 답변을 기다려 주십시오.",
        en="The city has contested this already. The office answers next.",
    ),
    LetterState.UPHELD: Bilingual(
        ko="이의에 답변하여 그대로 두기로 한 공문입니다. 다시 이의를 제기하려면 사무국에 문의하여 "
        "주십시오.",
        en="The contest was answered and the act stands. Write to the office about anything new.",
    ),
    LetterState.STRUCK: Bilingual(
        ko="이의를 받아들여 취소한 행위입니다. 더 할 일이 없습니다.",
        en="The contest was granted and the act was struck. There is nothing left to do.",
    ),
}

REASONS: Final[dict[str, Bilingual]] = {
    "same_officer": Bilingual(
        ko="공문을 기록한 사람은 확인하거나 반려할 수 없습니다. 다른 담당자에게 맡겨 주십시오.",
        en="Whoever recorded the letter cannot confirm or refuse it. Ask another officer.",
    ),
    "not_the_recording_officer": Bilingual(
        ko="기록한 담당자만 기록을 취소할 수 있습니다. 확인하지 않으려면 반려하여 주십시오.",
        en="Only the officer who recorded the letter takes it back. Refuse it instead.",
    ),
    "judges_own_work": Bilingual(
        ko="직접 기록하거나 확인한 공문에 대한 이의는 기각할 수 없습니다. 다른 담당자에게 "
        "맡겨 주십시오.",
        en="Nobody upholds what one has recorded or confirmed oneself. Ask another officer.",
    ),
    "acts_for_this_city": Bilingual(
        ko="이 도시의 위임을 가진 사람은 사무국에서 이 도시의 공문을 다룰 수 없습니다. 다른 "
        "담당자에게 맡겨 주십시오.",
        en="You hold a mandate of this city and cannot act on its letters in the office. "
        "Ask another officer.",
    ),
}
