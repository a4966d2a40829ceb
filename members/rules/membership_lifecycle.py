"""What may follow what in a city's membership: applying, admission, suspension, leaving, return.

Each step is a further row from a day on; a row is never rewritten. A suspension and its end
rest on a decision that is named; a city leaves by its own letter or by a decision. Only a city
or local government becomes an applicant or a member: every other body is an observer or a
partner.

Pure. Source: the articles of the bylaws on membership.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from members.rules.standing import MembershipKind
from secretariat.kernel.transitions import Transition, TransitionTable

NONE: Final = "none"
"""The state of a city that has no membership yet."""

CITY: Final = "city"
"""The kind of body that may have a seat; the value is that of `members.models.BodyKind`."""


class MembershipAction(StrEnum):
    APPLY = "apply"
    ADMIT = "admit"
    OBSERVE = "observe"
    ACCOMPANY = "accompany"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Facts: the kind of `body`, and whether a decision or the city's own letter is named."""

    body: str = CITY
    decision_named: bool = False
    letter_named: bool = False


def is_a_city(facts: Grounds) -> str | None:
    """Only cities have a seat, now or in prospect."""
    return None if facts.body == CITY else "only_cities_have_seats"


def is_decided(facts: Grounds) -> str | None:
    """A decision is named."""
    return None if facts.decision_named else "decision_not_named"


def is_wished_or_decided(facts: Grounds) -> str | None:
    """The city's letter or a decision is named."""
    return None if facts.letter_named or facts.decision_named else "letter_or_decision_not_named"


_APPLICANT, _MEMBER = MembershipKind.APPLICANT, MembershipKind.MEMBER
_OBSERVER, _PARTNER = MembershipKind.OBSERVER, MembershipKind.PARTNER
_SUSPENDED, _WITHDRAWN = MembershipKind.SUSPENDED, MembershipKind.WITHDRAWN
_LEAVE = MembershipAction.LEAVE

MEMBERSHIP_LIFECYCLE = TransitionTable(
    "membership",
    {
        (NONE, MembershipAction.APPLY): Transition(_APPLICANT, is_a_city),
        (NONE, MembershipAction.ADMIT): Transition(_MEMBER, is_a_city),
        (NONE, MembershipAction.OBSERVE): Transition(_OBSERVER),
        (NONE, MembershipAction.ACCOMPANY): Transition(_PARTNER),
        (_APPLICANT, MembershipAction.ADMIT): Transition(_MEMBER, is_a_city),
        (_APPLICANT, MembershipAction.OBSERVE): Transition(_OBSERVER),
        (_APPLICANT, _LEAVE): Transition(_WITHDRAWN, is_wished_or_decided),
        (_MEMBER, MembershipAction.SUSPEND): Transition(_SUSPENDED, is_decided),
        (_MEMBER, MembershipAction.OBSERVE): Transition(_OBSERVER),
        (_MEMBER, _LEAVE): Transition(_WITHDRAWN, is_wished_or_decided),
        (_SUSPENDED, MembershipAction.REINSTATE): Transition(_MEMBER, is_decided),
        (_SUSPENDED, _LEAVE): Transition(_WITHDRAWN, is_wished_or_decided),
        (_OBSERVER, MembershipAction.APPLY): Transition(_APPLICANT, is_a_city),
        (_OBSERVER, MembershipAction.ADMIT): Transition(_MEMBER, is_a_city),
        (_OBSERVER, MembershipAction.ACCOMPANY): Transition(_PARTNER),
        (_OBSERVER, _LEAVE): Transition(_WITHDRAWN, is_wished_or_decided),
        (_PARTNER, MembershipAction.OBSERVE): Transition(_OBSERVER),
        (_PARTNER, _LEAVE): Transition(_WITHDRAWN, is_wished_or_decided),
        (_WITHDRAWN, MembershipAction.APPLY): Transition(_APPLICANT, is_a_city),
        (_WITHDRAWN, MembershipAction.ADMIT): Transition(_MEMBER, is_a_city),
        (_WITHDRAWN, MembershipAction.OBSERVE): Transition(_OBSERVER),
        (_WITHDRAWN, MembershipAction.ACCOMPANY): Transition(_PARTNER),
    },
)


_USUAL: Final = {
    _APPLICANT: MembershipAction.APPLY,
    _MEMBER: MembershipAction.ADMIT,
    _OBSERVER: MembershipAction.OBSERVE,
    _PARTNER: MembershipAction.ACCOMPANY,
    _SUSPENDED: MembershipAction.SUSPEND,
    _WITHDRAWN: _LEAVE,
}


def action_to(state: str, kind: str) -> MembershipAction:
    """The act by which a city in `state` becomes `kind`; the table says whether it can be."""
    if (state, kind) == (_SUSPENDED, _MEMBER):
        return MembershipAction.REINSTATE
    return _USUAL[MembershipKind(kind)]


def kinds_after(state: str, *, body: str = CITY) -> tuple[str, ...]:
    """What a city in `state` can become next, given the grounds that it takes."""
    facts = Grounds(body=body, decision_named=True, letter_named=True)
    return tuple(
        str(transition.target)
        for (source, action), transition in MEMBERSHIP_LIFECYCLE.transitions.items()
        if source == state and MEMBERSHIP_LIFECYCLE.allows(state, action, facts)
    )
