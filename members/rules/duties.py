"""Duties kept apart: what one person may not be at the same time, and why.

A table of pairs. Roles of the office meet mandates of cities that have a seat; a mandate of
a body without a seat (observer, partner) meets nothing. Where two that are apart would be
in force in the same moment, the second is refused; one after the other is fine.

Pure. Source: the articles of the bylaws on the office; the Venice Commission's Code of Good
Practice in Electoral Matters, II.3.1 (impartial electoral bodies); INTOSAI-P 10 (independence
of auditors).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from secretariat.kernel.bilingual import Bilingual


class Duty(StrEnum):
    """What a person can be: the roles of the office, and two kinds of mandates."""

    SECRETARY_GENERAL = "secretary_general"
    RETURNING_OFFICER = "returning_officer"
    REGISTRAR = "registrar"
    LIBRARIAN = "librarian"
    AUDITOR = "auditor"
    VOICE = "voice"
    """A mandate with a vote: head, voting delegate or alternate of a city with a seat."""
    MANDATE = "mandate"
    """Any mandate of a city with a seat; who has a voice has one of these too."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two duties that one person may not have at the same time. `code` is for programs."""

    first: Duty
    second: Duty
    code: str
    reason: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A duty from one moment up to, not including, another; `where` names the city, if any."""

    duty: Duty
    starts_at: datetime
    ends_at: datetime | None = None
    where: str = ""

    def meets(self, other: Held) -> bool:
        """Whether both are in force in some moment; one that ends as it begins never is."""
        starts = max(self.starts_at, other.starts_at)
        ends = [each.ends_at for each in (self, other) if each.ends_at is not None]
        return all(starts < end for end in ends)


def conflict(new: Held, held: Iterable[Held]) -> tuple[Apart, Held] | None:
    """The first row of the table that `new` would break beside what is held, or None."""
    for other in held:
        for apart in DUTIES_APART:
            if {new.duty, other.duty} == {apart.first, apart.second} and new.meets(other):
                return apart, other
    return None


def duties_of_mandate(role: str) -> tuple[Duty, ...]:
    """What a mandate of a city with a seat is, in this table."""
    voting = role in ("head", "voting_delegate", "alternate")
    return (Duty.MANDATE, Duty.VOICE) if voting else (Duty.MANDATE,)


DUTIES_APART: Final = (
    Apart(
        Duty.RETURNING_OFFICER,
        Duty.MANDATE,
        "returning_officer_holds_a_mandate",
        Bilingual(
            ko="선거관리관은 투표하는 도시의 위임을 함께 가질 수 없습니다. 투표를 진행하는 사람은 "
            "어느 도시의 편에도 서지 않아야 합니다. 어느 한쪽을 먼저 끝내 주십시오.",
            en="A returning officer may hold no mandate of a voting city: whoever runs a vote is "
            "on no city's side. End one of the two first.",
        ),
    ),
    Apart(
        Duty.RETURNING_OFFICER,
        Duty.SECRETARY_GENERAL,
        "certificate_needs_two",
        Bilingual(
            ko="선거관리관과 사무총장은 같은 사람일 수 없습니다. 당선 확인서에는 두 사람이 "
            "서명하여야 합니다. 어느 한쪽을 먼저 끝내 주십시오.",
            en="The returning officer and the secretary-general are two people: a certificate is "
            "signed by both. End one of the two first.",
        ),
    ),
    Apart(
        Duty.RETURNING_OFFICER,
        Duty.REGISTRAR,
        "roll_and_vote_in_one_hand",
        Bilingual(
            ko="선거관리관과 회원등록관은 같은 사람일 수 없습니다. 누가 투표할지 정하는 사람이 "
            "투표까지 진행하지 않아야 합니다. 어느 한쪽을 먼저 끝내 주십시오.",
            en="The returning officer and the registrar are two people: whoever settles who may "
            "vote does not run the vote. End one of the two first.",
        ),
    ),
    Apart(
        Duty.REGISTRAR,
        Duty.VOICE,
        "registrar_has_a_voice",
        Bilingual(
            ko="회원등록관은 도시를 대표하여 투표할 수 없습니다. 투표할 사람을 승인하는 사람이 "
            "자기 자신을 승인하지 않아야 합니다. 어느 한쪽을 먼저 끝내 주십시오.",
            en="A registrar has no city's vote: whoever accredits voters does not accredit "
            "themselves. End one of the two first.",
        ),
    ),
    Apart(
        Duty.SECRETARY_GENERAL,
        Duty.VOICE,
        "secretary_general_has_a_voice",
        Bilingual(
            ko="사무총장은 도시를 대표하여 투표할 수 없습니다. 총회를 소집하고 결과를 확인하는 "
            "사람은 표결에 참여하지 않아야 합니다. 어느 한쪽을 먼저 끝내 주십시오.",
            en="The secretary-general has no city's vote: whoever convenes the assembly and "
            "certifies its results takes no part in them. End one of the two first.",
        ),
    ),
    *(
        Apart(
            Duty.AUDITOR,
            other,
            f"auditor_is_{other.value}",
            Bilingual(
                ko="감사는 사무국의 다른 직책을 함께 맡을 수 없습니다. 검사하는 사람은 검사받는 "
                "일을 하지 않아야 합니다. 어느 한쪽을 먼저 끝내 주십시오.",
                en="An auditor has no other office role: whoever checks the work has not done it. "
                "End one of the two first.",
            ),
        )
        for other in (
            Duty.SECRETARY_GENERAL,
            Duty.RETURNING_OFFICER,
            Duty.REGISTRAR,
            Duty.LIBRARIAN,
        )
    ),
    Apart(
        Duty.AUDITOR,
        Duty.MANDATE,
        "auditor_holds_a_mandate",
        Bilingual(
            ko="감사는 투표하는 도시의 위임을 함께 가질 수 없습니다. 감사는 모든 도시의 비공개 "
            "자료를 보기 때문입니다. 어느 한쪽을 먼저 끝내 주십시오.",
            en="An auditor may hold no mandate of a voting city: auditors read what other cities "
            "keep private. End one of the two first.",
        ),
    ),
)
