"""Why an act on what members keep was refused, with the next step.

Pure. The tables and guards of `members.rules` answer with codes; here they become sentences.
"""

from __future__ import annotations

from typing import Any, Final

from members.rules import invitation_lifecycle, letter_lifecycle, reset_lifecycle
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.transitions import TransitionRefused

NOT_IN_THIS_STATE: Final = "not_in_this_state"


def explain(refused: TransitionRefused) -> Bilingual:
    """The sentence for a refused act: what stands in the way, and what to do next."""
    own = _BESIDE_THEIR_TABLES.get(refused.table)
    if refused.code == NOT_IN_THIS_STATE:
        return own.STATES[refused.state] if own else STATES[(refused.table, refused.state)]
    return (own.REASONS if own else REASONS)[refused.code]


_BESIDE_THEIR_TABLES: Final[dict[str, Any]] = {
    invitation_lifecycle.INVITATION_LIFECYCLE.name: invitation_lifecycle,
    letter_lifecycle.LETTER_LIFECYCLE.name: letter_lifecycle,
    reset_lifecycle.RESET_LIFECYCLE.name: reset_lifecycle,
}
"""The lifecycles whose sentences, `STATES` and `REASONS`, stand in the file of their table."""

REASONS: Final[dict[str, Bilingual]] = {
    "admission_not_decided": Bilingual(
        ko="회원 가입은 총회가 의결합니다. 의결한 결정을 선택하여 주십시오.",
        en="An assembly decides on members. Choose the decision that it took.",
    ),
    "only_cities_have_seats": Bilingual(
        ko="회원이 될 수 있는 것은 도시와 지방정부뿐입니다. 참관 기관이나 협력 기관으로 기록하여 "
        "주십시오.",
        en="Only cities and local governments become members. Record the body as an observer "
        "or a partner.",
    ),
    "decision_not_named": Bilingual(
        ko="근거가 되는 결정이 없습니다. 회원 자격을 정지하거나 회복한 결정을 선택하여 주십시오.",
        en="No decision is named. Choose the decision that suspends or reinstates the city.",
    ),
    "letter_or_decision_not_named": Bilingual(
        ko="탈퇴의 근거가 없습니다. 도시의 공문을 올리거나 근거가 되는 결정을 선택하여 주십시오.",
        en="Nothing is named on which the withdrawal rests. Upload the city's letter, or choose "
        "the decision.",
    ),
}

STATES: Final[dict[tuple[str, str], Bilingual]] = {
    ("application", "received"): Bilingual(
        ko="신청서를 아직 검토하지 않았습니다. 먼저 검토를 마쳐 주십시오.",
        en="The application has not been examined yet. Examine it first.",
    ),
    ("application", "returned"): Bilingual(
        ko="보완을 요청한 신청서입니다. 신청 기관이 다시 제출할 때까지 기다려 주십시오.",
        en="The application was sent back to be completed. Wait until it is sent again.",
    ),
    ("application", "complete"): Bilingual(
        ko="이미 검토를 마친 신청서입니다. 총회의 결정을 기록하거나 보완을 요청하여 주십시오.",
        en="The application has been examined. Record the decision, or send it back.",
    ),
    ("application", "admitted"): Bilingual(
        ko="가입이 승인된 신청서입니다. 더 할 일이 없습니다.",
        en="The applicant has been admitted. There is nothing left to do.",
    ),
    ("application", "declined"): Bilingual(
        ko="총회가 가입을 승인하지 않은 신청서입니다. 새로 신청할 수 있습니다.",
        en="The assembly declined this application. The applicant can apply anew.",
    ),
    ("application", "refused"): Bilingual(
        ko="반려된 신청서입니다. 새로 신청할 수 있습니다.",
        en="This application was refused. The applicant can apply anew.",
    ),
    ("application", "withdrawn"): Bilingual(
        ko="신청 기관이 철회한 신청서입니다. 새로 신청할 수 있습니다.",
        en="The applicant has withdrawn this application, and can apply anew.",
    ),
    ("membership", "none"): Bilingual(
        ko="아직 회원 기록이 없는 도시입니다. 먼저 신청 도시, 회원, 참관 또는 협력 기관으로 "
        "기록하여 주십시오.",
        en="The city has no membership yet. Record it as an applicant, member, observer or "
        "partner first.",
    ),
    ("membership", "applicant"): Bilingual(
        ko="가입을 신청한 도시입니다. 가입을 승인하거나 참관 도시로 기록하거나 탈퇴를 기록할 수 "
        "있습니다.",
        en="The city is an applicant. It can be admitted, become an observer, or leave.",
    ),
    ("membership", "member"): Bilingual(
        ko="회원 도시입니다. 자격을 정지하거나 참관 도시로 기록하거나 탈퇴를 기록할 수 있습니다.",
        en="The city is a member. It can be suspended, become an observer, or leave.",
    ),
    ("membership", "suspended"): Bilingual(
        ko="회원 자격이 정지된 도시입니다. 자격을 회복하거나 탈퇴를 기록할 수 있습니다.",
        en="The city's membership is suspended. It can be reinstated, or leave.",
    ),
    ("membership", "observer"): Bilingual(
        ko="참관 도시나 기관입니다. 도시는 가입할 수 있고, 기관은 협력 기관이 되거나 탈퇴할 수 "
        "있습니다.",
        en="The body is an observer. A city can apply or be admitted; others become partners or "
        "leave.",
    ),
    ("membership", "partner"): Bilingual(
        ko="협력 기관입니다. 참관 기관이 되거나 탈퇴할 수 있습니다.",
        en="The body is a partner. It can become an observer, or leave.",
    ),
    ("membership", "withdrawn"): Bilingual(
        ko="탈퇴한 도시입니다. 다시 신청하거나 가입할 수 있습니다.",
        en="The city has withdrawn. It can apply or be admitted again.",
    ),
}
