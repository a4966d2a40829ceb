"""Standing: whether a city may vote on a day.

A member may vote. In a founding assembly there are no members yet: the founding
participants (kind APPLICANT) vote, and go on voting beside those it has admitted.
Observers and partners speak without a vote; a suspended city keeps its seat without the
vote; a city that has withdrawn has no seat. Where a rule in force says how many unpaid
contributions take the vote away, a member with so many overdue does not vote until it pays;
without such a rule contributions do not touch standing.

Pure. Reads only what begins or is dated up to the day asked about.
Source: the articles of the bylaws on membership and contributions; before bylaws exist, the
founding rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from members.rules.contributions import DueRow, overdue_years
from members.rules.periods import Period
from secretariat.kernel.bilingual import Bilingual


class MembershipKind(StrEnum):
    """What a city is to the network; the values are those of `members.models.Membership`."""

    APPLICANT = "applicant"
    MEMBER = "member"
    OBSERVER = "observer"
    PARTNER = "partner"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A city was `kind` from `starts_on` up to, not including, `ends_on`."""

    kind: MembershipKind
    starts_on: date
    ends_on: date | None = None

    @property
    def period(self) -> Period[date]:
        """The same as a period."""
        return Period(self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class ArrearsRule:
    """No vote while `limit` or more contributions are overdue; `citation` names the article."""

    limit: int
    citation: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class StandingFinding:
    """Whether the city may vote, as what, and the sentence that says why.

    `code` is stable and for programs: "member", "arrears", "founding_participant",
    "no_membership", "not_yet_member", "observer", "partner", "suspended" or "withdrawn".
    `unpaid` are the years whose contributions are overdue.
    """

    may_vote: bool
    kind: MembershipKind | None
    code: str
    reason: Bilingual
    unpaid: tuple[int, ...] = ()


_STRICTEST_FIRST: Final = (
    MembershipKind.WITHDRAWN,
    MembershipKind.SUSPENDED,
    MembershipKind.MEMBER,
    MembershipKind.APPLICANT,
    MembershipKind.OBSERVER,
    MembershipKind.PARTNER,
)
"""Rows do not overlap; if two ever did, the one that takes the vote away would count."""


def kind_on(rows: Iterable[MembershipRow], on: date) -> MembershipKind | None:
    """What the city is on the day `on`; None where no row covers it."""
    kinds = {row.kind for row in rows if row.period.contains(on)}
    return next((kind for kind in _STRICTEST_FIRST if kind in kinds), None)


def standing_on(
    rows: Iterable[MembershipRow],
    on: date,
    *,
    founding: bool = False,
    dues: Iterable[DueRow] = (),
    arrears: ArrearsRule | None = None,
) -> StandingFinding:
    """May the city vote on the day `on`? `founding`: in a founding assembly.

    `dues` are its contributions with their entries, `arrears` the rule in force on unpaid
    ones, None where no article fixes one.
    """
    kind = kind_on(rows, on)
    unpaid = overdue_years(dues, on)
    if kind is MembershipKind.APPLICANT and founding:
        return StandingFinding(
            True,
            kind,
            "founding_participant",
            Bilingual(
                ko="창립 참가 도시로서 창립총회에서 투표할 수 있습니다.",
                en="A founding participant may vote in the founding assembly.",
            ),
            unpaid,
        )
    if kind is MembershipKind.MEMBER and arrears is not None and unpaid:
        resting = len(unpaid) >= arrears.limit
        code = "arrears" if resting else "member"
        return StandingFinding(not resting, kind, code, _of_arrears(unpaid, arrears), unpaid)
    code, reason = _REASONS[kind]
    return StandingFinding(kind is MembershipKind.MEMBER, kind, code, reason, unpaid)


def _of_arrears(unpaid: tuple[int, ...], rule: ArrearsRule) -> Bilingual:
    """What is unpaid, and what the rule says of it."""
    count, limit = len(unpaid), rule.limit
    years_ko = ", ".join(f"{year}년" for year in unpaid)
    years_en = ", ".join(str(year) for year in unpaid)
    cited_ko = f"({rule.citation['ko']})" if rule.citation and "ko" in rule.citation else ""
    cited_en = f" ({rule.citation['en']})" if rule.citation and "en" in rule.citation else ""
    are = "contribution is" if count == 1 else "contributions are"
    if count >= limit:
        return Bilingual(
            ko=f"미납 회비가 {count}건({years_ko})입니다. 미납 회비가 {limit}건 이상인 동안에는 "
            f"투표할 수 없습니다{cited_ko}.",
            en=f"{count} {are} unpaid ({years_en}). A city does not vote while {limit} or more "
            f"are unpaid{cited_en}.",
        )
    return Bilingual(
        ko=f"회원 도시로서 투표할 수 있습니다. 미납 회비가 {count}건({years_ko})이며, {limit}건이 "
        f"되면 투표할 수 없습니다{cited_ko}.",
        en=f"A member city may vote. {count} {are} unpaid ({years_en}); with {limit} it would "
        f"not vote{cited_en}.",
    )


_REASONS: Final[dict[MembershipKind | None, tuple[str, Bilingual]]] = {
    MembershipKind.MEMBER: (
        "member",
        Bilingual(ko="회원 도시로서 투표할 수 있습니다.", en="A member city may vote."),
    ),
    MembershipKind.APPLICANT: (
        "not_yet_member",
        Bilingual(
            ko="가입을 신청한 도시는 승인된 뒤에 투표할 수 있습니다.",
            en="A city that has applied may vote once it is admitted.",
        ),
    ),
    MembershipKind.OBSERVER: (
        "observer",
        Bilingual(ko="참관 도시는 투표하지 않습니다.", en="An observer does not vote."),
    ),
    MembershipKind.PARTNER: (
        "partner",
        Bilingual(ko="협력 기관은 투표하지 않습니다.", en="A partner does not vote."),
    ),
    MembershipKind.SUSPENDED: (
        "suspended",
        Bilingual(
            ko="회원 자격이 정지된 동안에는 투표할 수 없습니다.",
            en="A city cannot vote while its membership is suspended.",
        ),
    ),
    MembershipKind.WITHDRAWN: (
        "withdrawn",
        Bilingual(
            ko="탈퇴한 도시이므로 투표할 수 없습니다.",
            en="This city has withdrawn and cannot vote.",
        ),
    ),
    None: (
        "no_membership",
        Bilingual(
            ko="이날 회원 자격이 없으므로 투표할 수 없습니다.",
            en="This city has no membership on that day and cannot vote.",
        ),
    ),
}
