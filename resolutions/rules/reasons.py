"""Why an act was refused, in words, with the next step.

Pure. Guards and tables answer with codes; this is the one place that puts them into
sentences, so that the desk, the office, a command and the documentation say the same.
"""

from __future__ import annotations

from typing import Final

from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.transitions import TransitionRefused

NOT_IN_THIS_STATE: Final = "not_in_this_state"


def explain(refused: TransitionRefused) -> Bilingual:
    """The sentence for a refused act: what stands in the way, and what to do next."""
    if refused.code == NOT_IN_THIS_STATE:
        return STATES[(refused.table, refused.state)]
    return REASONS[refused.code]


REASONS: Final[dict[str, Bilingual]] = {
    # texts
    "text_empty": Bilingual(
        ko="상정할 조문이 없습니다. 먼저 초안을 작성하거나 불러와 주십시오.",
        en="There is no provision to table. Write or import the draft first.",
    ),
    "authentic_language_missing": Bilingual(
        ko="정본 언어 가운데 본문이 없는 언어가 있습니다. 빠진 언어의 본문을 넣어 주십시오.",
        en="The text is missing in one of its authentic languages. Add it first.",
    ),
    "vote_on_text_open": Bilingual(
        ko="이 문서에 대한 투표가 진행 중입니다. 투표를 마친 뒤에 하여 주십시오.",
        en="A vote on this text is open. Wait until it is closed.",
    ),
    "text_not_decided": Bilingual(
        ko="이 문서를 채택한 결정이 없습니다. 표결이나 합의로 먼저 결정하여 주십시오.",
        en="No decision has adopted this text. Put it to a vote or to consensus first.",
    ),
    "text_changed_since_decision": Bilingual(
        ko="결정한 뒤에 본문이 바뀌었습니다. 결정한 본문으로 되돌리거나 다시 결정하여 주십시오.",
        en="The text has changed since it was decided on. Restore it, or decide again.",
    ),
    # assemblies
    "agenda_empty": Bilingual(
        ko="안건이 없습니다. 안건을 먼저 정하여 주십시오.",
        en="The agenda is empty. Add an item first.",
    ),
    "notice_too_short": Bilingual(
        ko="소집 통지 기간이 규약에서 정한 날수보다 짧습니다. 날짜를 늦추거나 통지 기간의 단축을 "
        "의결하여 기록하여 주십시오.",
        en="The notice is shorter than the bylaws require. Choose a later day, or record a waiver.",
    ),
    "no_seats": Bilingual(
        ko="의석이 있는 도시가 없습니다. 회원 자격을 먼저 확인하여 주십시오.",
        en="No city has a seat. Check the memberships first.",
    ),
    "nobody_presides": Bilingual(
        ko="회의를 주재할 도시가 정해지지 않았습니다. 주재 도시를 먼저 정하여 주십시오.",
        en="No city presides. Name the presiding city first.",
    ),
    "votes_still_open": Bilingual(
        ko="진행 중인 투표가 있습니다. 투표를 먼저 마쳐 주십시오.",
        en="A vote is still open. Close it first.",
    ),
    "election_under_way": Bilingual(
        ko="끝나지 않은 선거가 있습니다. 선거를 결정짓거나 당선자 없이 마쳐 주십시오.",
        en="An election is still under way. Decide it, or end it without a result.",
    ),
    # votes
    "assembly_not_open": Bilingual(
        ko="회의가 열려 있지 않아 투표를 시작할 수 없습니다. 회의를 먼저 개회하여 주십시오.",
        en="The assembly is not open, so no vote can be opened. Open the assembly first.",
    ),
    "no_rules_in_force": Bilingual(
        ko="정족수와 의결 방법을 정한 규칙이 시행되고 있지 않습니다. 규약이나 창립 규칙을 먼저 "
        "채택하여 주십시오.",
        en="No rules on quorum and majority are in force. Adopt bylaws or founding rules first.",
    ),
    "no_quorum": Bilingual(
        ko="의사정족수에 미치지 못하여 투표를 시작할 수 없습니다. 출석을 확인하여 주십시오.",
        en="There is no quorum, so the vote cannot be opened. Check the attendance.",
    ),
    "not_on_the_roll": Bilingual(
        ko="이 도시는 이 투표의 의석 명부에 없습니다.",
        en="This city is not on the roll of this vote.",
    ),
    "seat_not_present": Bilingual(
        ko="출석이 기록되지 않은 도시는 투표할 수 없습니다. "
        "사무국에 출석 기록을 요청하여 주십시오.",
        en="A city that is not recorded as present cannot vote. Ask the office to record it.",
    ),
    "reason_missing": Bilingual(
        ko="까닭을 적어 주십시오. 기록에 함께 남습니다.",
        en="Give the reason. It stays on the record.",
    ),
    "result_relied_on": Bilingual(
        ko="이 결과에 따라 이미 다음 행위가 이루어져 무효로 할 수 없습니다. 새로운 의결로 "
        "바로잡아 주십시오.",
        en="Other acts already rest on this result, so it cannot be annulled. "
        "Put it right by a new decision.",
    ),
    # elections
    "lot_not_committed": Bilingual(
        ko="추첨 시드의 봉인값이 공개되지 않았습니다. 먼저 공개하여 주십시오.",
        en="The commitment to the seed of the lot is not published. Publish it first.",
    ),
    "lot_awaited": Bilingual(
        ko="앞 회차의 추첨이 남아 있습니다. 먼저 추첨하여 주십시오.",
        en="The round before still awaits its draw by lot. Draw first.",
    ),
    "no_lot_awaited": Bilingual(
        ko="이 회차에는 추첨할 것이 없습니다.",
        en="There is nothing to draw by lot in this round.",
    ),
    "too_few_candidates": Bilingual(
        ko="투표에는 추천을 수락한 후보가 둘 이상 필요합니다.",
        en="A round needs at least two candidates who have accepted.",
    ),
    "not_a_single_candidate": Bilingual(
        ko="투표 없이 선출하려면 후보가 하나뿐이어야 합니다.",
        en="Acclamation is only for a single candidate.",
    ),
    "two_signatures_needed": Bilingual(
        ko="당선 증명서에는 서로 다른 두 사람의 서명이 필요합니다.",
        en="The certificate needs the signatures of two different persons.",
    ),
    # nominations
    "seconds_own_nomination": Bilingual(
        ko="추천한 도시와 추천받은 도시는 재청할 수 없습니다. 다른 도시의 재청이 필요합니다.",
        en="Neither the proposing nor the nominated city can second. Another city has to.",
    ),
    "seconded_already": Bilingual(
        ko="이 도시는 이미 재청하였습니다.",
        en="This city has seconded the nomination already.",
    ),
    "seconders_missing": Bilingual(
        ko="재청한 도시가 규약에서 정한 수에 미치지 못합니다.",
        en="Fewer cities have seconded than the bylaws ask for.",
    ),
    "seconders_enough": Bilingual(
        ko="재청한 도시가 아직 규약에서 정한 수만큼 있습니다.",
        en="As many cities second as the bylaws ask for.",
    ),
    "round_open": Bilingual(
        ko="투표가 진행되는 동안에는 사퇴할 수 없습니다. 이번 회차가 끝난 뒤에 하여 주십시오.",
        en="Nobody withdraws while a round is open. Wait until it is closed.",
    ),
    # declarations
    "not_for_signature": Bilingual(
        ko="선언과 공동합의문에만 서명합니다. 규약과 결의는 채택으로 효력이 생깁니다.",
        en="Only declarations and joint statements are signed. Bylaws and resolutions bind by "
        "their adoption.",
    ),
    "edition_not_decided": Bilingual(
        ko="이 판을 채택한 결정이나 근거가 기록되어 있지 않습니다. 먼저 채택하여 주십시오.",
        en="No decision or basis is recorded for this edition. Adopt it first.",
    ),
    "edition_not_public": Bilingual(
        ko="아직 공표하지 않은 판에는 서명할 수 없습니다. 먼저 공표하여 주십시오.",
        en="An edition that is not public cannot be signed. Publish it first.",
    ),
    "later_edition_public": Bilingual(
        ko="더 나중 판이 공표되어 있습니다. 나중 판의 서명을 시작하여 주십시오.",
        en="A later edition is public. Open that one for signature.",
    ),
    "signed_already": Bilingual(
        ko="이미 이 판에 서명한 도시나 기관입니다. 유보를 더하거나 서명을 철회할 수 있습니다.",
        en="This city or body has signed this edition already. It can enter a reservation or "
        "withdraw its signature.",
    ),
    "no_later_edition": Bilingual(
        ko="더 나중 판만 앞선 판을 대체합니다. 판 번호를 확인하여 주십시오.",
        en="Only a later edition supersedes an earlier one. Check the number of the edition.",
    ),
    "withdrawal_without_reason": Bilingual(
        ko="선언을 철회하는 까닭을 적어 주십시오. 공개되며 기록에 남습니다.",
        en="Give the reason why the declaration is withdrawn. It is public and stays on record.",
    ),
    "withdrawal_not_decided": Bilingual(
        ko="선언을 철회하려면 이를 정한 의결이나 근거가 있어야 합니다. 하나를 적어 주십시오.",
        en="A declaration is withdrawn by a decision. Name the vote, or the basis for it.",
    ),
    # amendments
    "nothing_amended": Bilingual(
        ko="수정안에 고치는 내용이 없습니다. 고칠 조항을 먼저 작성하여 주십시오.",
        en="The amendment changes nothing. Write what it changes first.",
    ),
    "note_missing": Bilingual(
        ko="제안 이유가 없습니다. 한 언어로라도 제안 이유를 적어 주십시오.",
        en="There is no explanatory note. Write one, in one language at least.",
    ),
    "base_not_current": Bilingual(
        ko="수정안이 지금 본문을 기준으로 작성되지 않았습니다. 지금 본문에 맞추어 다시 "
        "작성하여 주십시오.",
        en="The amendment was not written against the text as it is now. Write it again against "
        "that.",
    ),
    "filed_too_late": Bilingual(
        ko="수정안 제출 기한이 지났습니다. 다음 회의에 제출하여 주십시오.",
        en="The time for filing amendments is over. File it for the next assembly.",
    ),
    "proposer_joins": Bilingual(
        ko="발의 도시는 공동발의할 수 없습니다. 다른 도시의 찬동이 필요합니다.",
        en="The proposing city cannot co-sponsor its own amendment. Another city has to.",
    ),
    "joined_already": Bilingual(
        ko="이 도시는 이미 공동발의하였습니다.",
        en="This city has joined the amendment already.",
    ),
    "not_a_sponsor": Bilingual(
        ko="공동발의하지 않은 도시입니다.", en="This city has not joined the amendment."
    ),
    "vote_on_amendment_open": Bilingual(
        ko="이 수정안에 대한 투표가 진행 중입니다. 투표를 마친 뒤에 하여 주십시오.",
        en="A vote on this amendment is open. Wait until it is closed.",
    ),
    "sponsors_missing": Bilingual(
        ko="공동발의한 도시가 규약에서 정한 수에 미치지 못합니다.",
        en="Fewer cities have joined the amendment than the bylaws ask for.",
    ),
    "apart_from_adopted": Bilingual(
        ko="이미 채택된 수정안과 함께 반영할 수 없는 수정안입니다. 표결에 부칠 수 없습니다.",
        en="It cannot be applied together with an amendment that was adopted, so there is nothing "
        "left to vote on.",
    ),
    "rules_not_reviewed": Bilingual(
        ko="고치는 조항에 연결된 운영 규칙의 값을 검토하지 않았습니다. 규칙을 먼저 검토하여 "
        "주십시오.",
        en="The operative rules of the articles it changes were not reviewed. Review them first.",
    ),
    "rules_apart": Bilingual(
        ko="이미 채택된 수정안이 같은 운영 규칙의 값을 다르게 정하였습니다. 규칙을 다시 검토하여 "
        "주십시오.",
        en="An adopted amendment sets another value for the same operative rule. Review the rules "
        "again.",
    ),
}
"""Guard code → sentence."""


STATES: Final[dict[tuple[str, str], Bilingual]] = {
    ("text", "draft"): Bilingual(
        ko="아직 초안입니다. 먼저 상정하여 주십시오.", en="This is still a draft. Table it first."
    ),
    ("text", "tabled"): Bilingual(
        ko="이미 상정된 문서입니다. 고치려면 초안으로 되돌려 주십시오.",
        en="The text is tabled already. Take it back to a draft to change it.",
    ),
    ("text", "adopted"): Bilingual(
        ko="이미 채택된 문서입니다. 채택된 본문은 바뀌지 않습니다.",
        en="The text is adopted already. An adopted text never changes.",
    ),
    ("text", "published"): Bilingual(
        ko="이미 공표된 문서입니다. 고치려면 새 초안을 제안하여 주십시오.",
        en="The text is published already. Propose a new draft to change it.",
    ),
    ("text", "withdrawn"): Bilingual(
        ko="철회된 문서입니다. 다시 다루려면 새 초안을 제안하여 주십시오.",
        en="The text is withdrawn. Propose a new draft to take it up again.",
    ),
    ("declaration", "draft"): Bilingual(
        ko="아직 초안인 선언입니다. 먼저 상정하고 채택하여 주십시오.",
        en="The declaration is still a draft. Table and adopt it first.",
    ),
    ("declaration", "tabled"): Bilingual(
        ko="상정되었으나 아직 채택하지 않은 선언입니다. 먼저 채택하여 주십시오.",
        en="The declaration is tabled and not adopted yet. Adopt it first.",
    ),
    ("declaration", "adopted"): Bilingual(
        ko="서명을 시작하지 않은 판입니다. 사무국이 먼저 서명을 시작하여야 합니다.",
        en="This edition is not open for signature. The office opens it first.",
    ),
    ("declaration", "open"): Bilingual(
        ko="이미 서명을 받고 있는 판입니다.",
        en="This edition is open for signature already.",
    ),
    ("declaration", "superseded"): Bilingual(
        ko="나중 판으로 대체되어 더 서명할 수 없는 판입니다. 나중 판에 서명하여 주십시오.",
        en="A later edition has superseded this one. Sign the later edition.",
    ),
    ("declaration", "withdrawn"): Bilingual(
        ko="철회된 선언입니다. 더 서명할 수 없습니다.",
        en="The declaration was withdrawn. It is signed no more.",
    ),
    ("assembly", "draft"): Bilingual(
        ko="아직 소집하지 않은 회의입니다. 먼저 소집하여 주십시오.",
        en="The assembly has not been convened yet. Convene it first.",
    ),
    ("assembly", "convened"): Bilingual(
        ko="소집되었으나 아직 개회하지 않은 회의입니다. 먼저 개회하여 주십시오.",
        en="The assembly is convened but not open yet. Open it first.",
    ),
    ("assembly", "open"): Bilingual(
        ko="이미 개회한 회의입니다.", en="The assembly is open already."
    ),
    ("assembly", "closed"): Bilingual(
        ko="이미 폐회한 회의입니다. 출석 기록만 정정할 수 있습니다.",
        en="The assembly is closed. Only its attendance can still be corrected.",
    ),
    ("assembly", "cancelled"): Bilingual(
        ko="취소된 회의입니다. 필요하면 회의를 새로 소집하여 주십시오.",
        en="The assembly was called off. Convene another one if it is needed.",
    ),
    ("vote", "prepared"): Bilingual(
        ko="아직 시작하지 않은 투표입니다. 먼저 투표를 시작하여 주십시오.",
        en="The vote has not been opened yet. Open it first.",
    ),
    ("vote", "open"): Bilingual(ko="이미 진행 중인 투표입니다.", en="The vote is open already."),
    ("vote", "closed"): Bilingual(
        ko="이미 마감된 투표입니다. 결과는 바뀌지 않습니다.",
        en="The vote is closed. Its result no longer changes.",
    ),
    ("vote", "annulled"): Bilingual(
        ko="무효가 된 투표입니다. 새 투표를 준비하여 주십시오.",
        en="The vote was annulled. Prepare a new one.",
    ),
    ("election", "announced"): Bilingual(
        ko="공고된 선거입니다. 먼저 후보 추천을 시작하여 주십시오.",
        en="The election is announced. Open nominations first.",
    ),
    ("election", "nominating"): Bilingual(
        ko="후보를 추천받고 있습니다. 먼저 첫 투표를 시작하여 주십시오.",
        en="Nominations are open. Open the first round first.",
    ),
    ("election", "in_round"): Bilingual(
        ko="투표가 진행 중입니다. 이번 회차를 먼저 마감하여 주십시오.",
        en="A round is open. Close it first.",
    ),
    ("election", "between_rounds"): Bilingual(
        ko="회차와 회차 사이입니다. 다음 투표를 시작하여 주십시오.",
        en="The election is between rounds. Open the next round.",
    ),
    ("election", "decided"): Bilingual(
        ko="이미 결정된 선거입니다.", en="The election is decided already."
    ),
    ("election", "certified"): Bilingual(
        ko="당선이 확인된 선거입니다. 더 바뀌지 않습니다.",
        en="The election is certified and no longer changes.",
    ),
    ("election", "failed"): Bilingual(
        ko="당선자 없이 끝난 선거입니다. 새 선거를 공고하여 주십시오.",
        en="The election ended without a result. Announce a new one.",
    ),
    ("nomination", "proposed"): Bilingual(
        ko="아직 재청이 부족한 추천입니다. 재청을 기다려 주십시오.",
        en="The nomination is not seconded yet. Wait for its seconders.",
    ),
    ("nomination", "seconded"): Bilingual(
        ko="아직 수락하지 않은 추천입니다. 추천받은 도시의 수락을 기다려 주십시오.",
        en="The nomination is not accepted yet. Wait for the nominated city.",
    ),
    ("nomination", "accepted"): Bilingual(
        ko="이미 수락하여 후보가 되었습니다.",
        en="The nomination is accepted already; the city is a candidate.",
    ),
    ("nomination", "withdrawn"): Bilingual(
        ko="철회하거나 사퇴한 후보입니다.", en="The nomination is withdrawn."
    ),
    ("nomination", "eliminated"): Bilingual(
        ko="앞 회차에서 탈락한 후보입니다.", en="The candidate was eliminated in an earlier round."
    ),
    ("nomination", "elected"): Bilingual(
        ko="이미 선출된 후보입니다.", en="The candidate is elected already."
    ),
    ("amendment", "draft"): Bilingual(
        ko="아직 제출하지 않은 수정안입니다. 먼저 제출하여 주십시오.",
        en="The amendment is not filed yet. File it first.",
    ),
    ("amendment", "filed"): Bilingual(
        ko="제출된 수정안입니다. 사무국의 심사를 기다려 주십시오.",
        en="The amendment is filed. Wait until the office has examined it.",
    ),
    ("amendment", "admitted"): Bilingual(
        ko="이미 심사를 마친 수정안입니다.", en="The amendment is admitted already."
    ),
    ("amendment", "inadmissible"): Bilingual(
        ko="받아들이지 않은 수정안입니다. 필요하면 새 수정안을 제출하여 주십시오.",
        en="The amendment was not admitted. File another one if it is needed.",
    ),
    ("amendment", "withdrawn"): Bilingual(
        ko="철회된 수정안입니다. 필요하면 새 수정안을 제출하여 주십시오.",
        en="The amendment is withdrawn. File another one if it is needed.",
    ),
    ("amendment", "adopted"): Bilingual(
        ko="이미 채택된 수정안입니다.", en="The amendment is adopted already."
    ),
    ("amendment", "rejected"): Bilingual(
        ko="채택되지 않은 수정안입니다. 필요하면 새 수정안을 제출하여 주십시오.",
        en="The amendment was not adopted. File another one if it is needed.",
    ),
    ("amendment", "fallen"): Bilingual(
        ko="다른 수정안이 채택되어 폐기된 수정안입니다.",
        en="The amendment fell when another one was adopted.",
    ),
    ("amendment", "applied"): Bilingual(
        ko="이미 본문에 반영된 수정안입니다.", en="The amendment is in the text already."
    ),
}
"""(table, state) → sentence, for an act that the state does not know."""
