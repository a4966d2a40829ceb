"""The life of an invitation: it waits, and is accepted once, taken back, or too late.

Only pressing the button on its page accepts it; opening the link changes nothing, since
mail scanners open links. Each link that is sent ends those sent before it. An invitation
whose time is over can be sent again; one that was accepted or taken back is over.

Pure. Source: the articles of the bylaws on delegations; RFC 9110, 9.2.1 (opening is safe).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.transitions import Transition, TransitionTable

OPEN_FOR: Final = timedelta(days=14)
"""How long a link can be accepted."""


class InvitationState(StrEnum):
    """The states; EXPIRED is never stored, it follows from the time."""

    WAITING = "waiting"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


class InvitationAction(StrEnum):
    ACCEPT = "accept"
    RENEW = "renew"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """Facts for ACCEPT: the address that was invited, that of the person, the link's number."""

    invited: str
    own: str
    link: int
    latest_link: int


def addressed_to_this_person(facts: Accepting) -> str | None:
    """The latest link, and the address that it was sent to, whatever the case of its letters."""
    if facts.link != facts.latest_link:
        return "newer_link_sent"
    return None if facts.invited.casefold() == facts.own.casefold() else "another_address"


_WAITING, _EXPIRED = InvitationState.WAITING, InvitationState.EXPIRED
_ACCEPTED, _REVOKED = InvitationState.ACCEPTED, InvitationState.REVOKED

INVITATION_LIFECYCLE = TransitionTable(
    "invitation",
    {
        (_WAITING, InvitationAction.ACCEPT): Transition(_ACCEPTED, addressed_to_this_person),
        (_WAITING, InvitationAction.RENEW): Transition(_WAITING),
        (_WAITING, InvitationAction.REVOKE): Transition(_REVOKED),
        (_EXPIRED, InvitationAction.RENEW): Transition(_WAITING),
        (_EXPIRED, InvitationAction.REVOKE): Transition(_REVOKED),
    },
)


def state_at(stored: str, *, expires_at: datetime, moment: datetime) -> InvitationState:
    """The state at `moment`: one that waits has expired from `expires_at` on."""
    state = InvitationState(stored)
    return _EXPIRED if state is _WAITING and expires_at <= moment else state


def open_until(*, sent_at: datetime, mandate_ends_at: datetime | None) -> datetime:
    """How long a link sent at `sent_at` can be accepted: never beyond what it invites to."""
    latest = sent_at + OPEN_FOR
    return latest if mandate_ends_at is None else min(latest, mandate_ends_at)


STATES: Final[dict[str, Bilingual]] = {
    _WAITING: Bilingual(
        ko="초대가 수락을 기다리고 있습니다.",
        en="The invitation waits to be accepted.",
    ),
    _EXPIRED: Bilingual(
        ko="초대 기간이 지났습니다. 초대한 도시나 사무국에 다시 보내 달라고 요청하여 주십시오.",
        en="The invitation has expired. Ask the city or the office to send it again.",
    ),
    _ACCEPTED: Bilingual(
        ko="이미 수락한 초대입니다. 로그인하여 계속하여 주십시오.",
        en="The invitation has been accepted already. Sign in to go on.",
    ),
    _REVOKED: Bilingual(
        ko="취소된 초대입니다. 초대한 도시나 사무국에 문의하여 주십시오.",
        en="The invitation was taken back. Ask the city or the office.",
    ),
}

REASONS: Final[dict[str, Bilingual]] = {
    "another_address": Bilingual(
        ko="다른 전자우편 주소로 보낸 초대입니다. 초대받은 주소의 계정으로 로그인하여 주십시오.",
        en="The invitation is for another e-mail address. Sign in with the account of that one.",
    ),
    "newer_link_sent": Bilingual(
        ko="초대를 다시 보냈으므로 이 링크는 쓸 수 없습니다. 나중에 받은 전자우편의 링크를 열어 "
        "주십시오.",
        en="The invitation was sent again. Open the link in the later e-mail.",
    ),
}
