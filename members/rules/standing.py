"""Standing: whether a city may vote on a day.

A member may vote. In a founding assembly there are no members yet: the founding
participants (kind APPLICANT) vote, and go on voting beside those it has admitted.
Observers and partners speak without a vote; a suspended city keeps its seat without the
vote; a city that has withdrawn has no seat.

Pure. Contributions due and other conditions of the bylaws are not looked at yet.
Source: the membership articles of the bylaws; before bylaws exist, the founding rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

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
class StandingFinding:
    """Whether the city may vote, as what, and the sentence that says why.

    `code` is stable and for programs: "member", "founding_participant", "no_membership",
    "not_yet_member", "observer", "partner", "suspended" or "withdrawn".
    """

    may_vote: bool
    kind: MembershipKind | None
    code: str
    reason: Bilingual


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
    rows: Iterable[MembershipRow], on: date, *, founding: bool = False
) -> StandingFinding:
    """May the city vote on the day `on`? `founding`: in a founding assembly."""
    kind = kind_on(rows, on)
    if kind is MembershipKind.APPLICANT and founding:
        return StandingFinding(
            True,
            kind,
            "founding_participant",
            Bilingual(
                ko="창립 참가 도시로서 창립총회에서 투표할 수 있습니다.",
                en="A founding participant may vote in the founding assembly.",
            ),
        )
    code, reason = _REASONS[kind]
    return StandingFinding(kind is MembershipKind.MEMBER, kind, code, reason)


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
