"""Inviting people to act for a city or to work for the office, and accepting.

An invitation gives what its inviter may give, at the moment in which it is accepted: the
mandate is granted by the inviter's right, which is asked again. The link is signed and
carries the invitation's identifier and the number of the letter; nothing secret is stored.
Whoever holds it has read the address's mail and nothing more: an account that is in use is
entered with its own password only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from members.models import City, EmailProof, Invitation, Mandate, OfficeRole
from members.models.people import MandateRole, OfficeRoleKind
from members.policies import (
    BY_LETTER,
    ByLetter,
    CityAction,
    OfficeAction,
    forget,
    in_force,
    office_policy,
)
from members.rules.invitation_lifecycle import (
    INVITATION_LIFECYCLE,
    Accepting,
    InvitationAction,
    InvitationState,
    open_until,
)
from members.rules.reasons import explain
from members.services.accounts import CHAIN, create_account
from members.services.mandates import (
    authority_over_people,
    grant_mandate,
    hand_over,
    lock_people,
    next_rank,
    refuse_impossible_mandate,
    still_over_people,
)
from members.services.office import appoint
from members.services.refusals import step
from secretariat.kernel.audit import Record, act, moment
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import LANGUAGES, User
from secretariat.kernel.outbox import announce
from secretariat.kernel.policy import SYSTEM, Authority
from secretariat.kernel.transitions import TransitionRefused
from secretariat.kernel.typed import typed

INVITED: Final = "invited"
"""The role under which the audit chain keeps that somebody accepted."""

MOST_WAITING: Final = 50
"""How many invitations of one city may wait, so that nobody sends letters without end."""

_signer = signing.Signer(salt="members.services.invitations", sep=".")


def invite(
    *,
    city: City,
    email: str,
    role: str,
    rank: int = 0,
    language: str = "ko",
    ends_at: datetime | None = None,
    actor: Any,
    now: datetime,
) -> Invitation:
    """Ask somebody by e-mail to act for `city` in `role`, until `ends_at` or without an end.

    By the office or the city's head of delegation. A head who invites a head hands over:
    the own mandate ends in the moment in which the other accepts.
    """
    authority = authority_over_people(actor, city, now)
    refuse_impossible_mandate(role=role, starts_at=now, ends_at=ends_at)
    invitation = _new(
        city=city,
        email=email,
        role=role,
        rank=rank if role == MandateRole.ALTERNATE else 0,
        language=language,
        ends_at=ends_at,
        authority=authority,
        now=now,
    )
    with act(authority, now) as record:
        city = City.objects.select_for_update(no_key=True).get(pk=city.pk)
        still_over_people(authority=authority, city=city, actor=actor, now=now)
        waiting = Invitation.objects.filter(state=InvitationState.WAITING.value, city=city)
        _refuse_second(waiting, invitation)
        if waiting.count() >= MOST_WAITING:
            raise WrongState(
                _("Too many invitations of this city are waiting. Take some back first."),
                code="too_many_waiting",
                where=city.slug,
            )
        _refuse_mandate_held(invitation, city, now)
        if role == MandateRole.HEAD and authority.role != MandateRole.HEAD:
            _refuse_second_head(city, now)
        _send(invitation, record)
    return invitation


def invite_to_office(
    *,
    email: str,
    role: str,
    language: str = "ko",
    ends_at: datetime | None = None,
    actor: Any,
    now: datetime,
) -> Invitation:
    """Ask somebody by e-mail to work for the office in `role`, until `ends_at`."""
    authority = office_policy.require(actor, OfficeAction.APPOINT_OFFICE, now)
    if role not in OfficeRoleKind.values:
        raise InvalidInput(_("There is no such office role."), where="role")
    if ends_at is not None and ends_at <= now:
        raise InvalidInput(_("A role ends after it starts."), where="ends_at")
    invitation = _new(
        city=None,
        email=email,
        role=role,
        rank=0,
        language=language,
        ends_at=ends_at,
        authority=authority,
        now=now,
    )
    with act(authority, now) as record:
        waiting = Invitation.objects.filter(state=InvitationState.WAITING.value, city=None)
        _refuse_second(waiting.select_for_update(), invitation)
        _send(invitation, record)
    return invitation


def renew_invitation(*, invitation: Invitation, actor: Any, now: datetime) -> Invitation:
    """Send an invitation again: a new link, which ends the earlier one, by the actor's right."""
    authority = _authority(actor, invitation, now)
    with act(authority, now) as record:
        invitation = _locked(invitation)
        _still(authority, invitation, actor, now)
        _step(invitation, InvitationAction.RENEW, now)
        if invitation.ends_at is not None and invitation.ends_at <= now:
            raise WrongState(
                _("The time for which this invitation was meant is over. Invite anew."),
                code="mandate_over",
                where=str(invitation.uuid),
            )
        invitation.link_number += 1
        invitation.invited_at = now
        invitation.expires_at = open_until(sent_at=now, mandate_ends_at=invitation.ends_at)
        _by(invitation, authority)
        _send(invitation, record, action="invitation.sent_again")
    return invitation


def revoke_invitation(*, invitation: Invitation, actor: Any, now: datetime) -> Invitation:
    """Take an invitation back: its link lets nobody in any more."""
    authority = _authority(actor, invitation, now)
    with act(authority, now) as record:
        invitation = _locked(invitation)
        _still(authority, invitation, actor, now)
        invitation.state = _step(invitation, InvitationAction.REVOKE, now)
        invitation.settled_at = now
        invitation.settled_by = actor if isinstance(actor, User) else None
        invitation.save()
        record(chain_of(invitation), "invitation.revoked", {"invitation": str(invitation.uuid)})
    return invitation


def token_of(invitation: Invitation) -> str:
    """The signed word of the latest link, for the letter that carries it."""
    return _signer.sign(f"{invitation.uuid.hex}.{invitation.link_number}")


def invitation_of(*, token: str) -> tuple[Invitation, int] | None:
    """The invitation behind a link and the link's number, or None where it is not ours."""
    try:
        identifier, _dot, number = _signer.unsign(token).partition(".")
        found = Invitation.objects.filter(uuid=UUID(identifier)).select_related("city").first()
        return (found, int(number)) if found else None
    except (signing.BadSignature, ValueError):
        return None


def obstacle_to_accepting(
    *, invitation: Invitation, link: int, email: str, now: datetime
) -> TransitionRefused | None:
    """Why somebody with this address cannot accept by this link now, or None."""
    try:
        _step_to_accepted(invitation, link, email, now)
    except TransitionRefused as refused:
        return refused
    return None


def account_in_use(*, email: str) -> User | None:
    """The account of an address that somebody has entered before: it must be signed in to."""
    person = User.objects.filter(email__iexact=email).first()
    return person if person is not None and _is_in_use(person) else None


def accept_invitation(
    *, invitation: Invitation, link: int, actor: User, now: datetime
) -> Mandate | OfficeRole:
    """Accept, as the person who has signed in with the invited address."""
    authority = _as_invited(actor, invitation)
    with act(authority, now) as record:
        return _accept(_locked(invitation), link, actor, record, now)


def accept_as_new_person(
    *, invitation: Invitation, link: int, name: str, password: str, now: datetime
) -> User:
    """Accept by making the account: the link shows that its mail is read, so no more is asked.

    An account that the office made but nobody has entered yet is opened the same way.
    """
    name = typed(name)
    with act(SYSTEM.authority, now) as opening:
        invitation = _locked(invitation)
        refused = obstacle_to_accepting(
            invitation=invitation, link=link, email=invitation.email, now=now
        )
        if refused is not None:
            raise _in_words(refused, invitation)
        people = User.objects.select_for_update(no_key=True)
        person = people.filter(email__iexact=invitation.email).first()
        if person is None:
            person = create_account(
                email=invitation.email,
                name=name,
                language=invitation.language,
                password=password,
                actor=SYSTEM,
                now=now,
            )
        else:
            _open(person, name=name, password=password)
            opening(CHAIN, "account.opened", {"person": str(person.uuid)})
        with act(_as_invited(person, invitation), now) as record:
            _accept(invitation, link, person, record, now)
    return person


def forget_invited_address(*, person: User) -> int:
    """Empty the address in the invitations that a person has accepted, when it is erased.

    The tests of the address go with it.
    """
    EmailProof.objects.filter(person=person).delete()
    return Invitation.objects.filter(settled_by=person, state="accepted").update(email="")


def forget_invitations_to(*, email: str, now: datetime, record: Record) -> None:
    """Empty an address that is erased in the invitations that were sent to it.

    One that could still be accepted is taken back first.
    """
    sent = Invitation.objects.select_for_update().filter(email__iexact=email)
    for invitation in sent.filter(state=InvitationState.WAITING.value).order_by("pk"):
        invitation.state = InvitationState.REVOKED.value
        invitation.settled_at = now
        invitation.save(update_fields=["state", "settled_at"])
        record(chain_of(invitation), "invitation.revoked", {"invitation": str(invitation.uuid)})
    sent.update(email="")


def chain_of(invitation: Invitation) -> str:
    """The audit chain of the city, or of the office."""
    return CHAIN if invitation.city is None else invitation.city.chain


# --- inviting ---------------------------------------------------------------


def _new(
    *,
    city: City | None,
    email: str,
    role: str,
    rank: int,
    language: str,
    ends_at: datetime | None,
    authority: Authority,
    now: datetime,
) -> Invitation:
    email = unicodedata.normalize("NFC", email).strip()
    try:
        validate_email(email)
    except ValidationError as problem:
        raise InvalidInput(_("This is not an e-mail address."), where="email") from problem
    if language not in dict(LANGUAGES):
        raise InvalidInput(_("The platform does not speak this language."), where="language")
    invitation = Invitation(
        city=city,
        email=User.objects.normalize_email(email),
        role=role,
        rank=rank,
        language=language,
        ends_at=ends_at,
        invited_at=now,
        expires_at=open_until(sent_at=now, mandate_ends_at=ends_at),
    )
    _by(invitation, authority)
    return invitation


def _by(invitation: Invitation, authority: Authority) -> None:
    """By whose right the invitation lives from now on."""
    invitation.inviting_role = authority.role
    invitation.invited_by = (
        User.objects.get(uuid=authority.person) if authority.person is not None else None
    )


def _send(invitation: Invitation, record: Record, action: str = "invitation.sent") -> None:
    """Write the invitation, seal it without its address, and have the letter sent."""
    invitation.save()
    record(
        chain_of(invitation),
        action,
        {
            "invitation": str(invitation.uuid),
            "role": invitation.role,
            "rank": invitation.rank,
            "ends_at": moment(invitation.ends_at) if invitation.ends_at else None,
            "expires_at": moment(invitation.expires_at),
        },
    )
    announce("invitation.sent", invitation=str(invitation.uuid), link=invitation.link_number)


def _refuse_second(waiting: Any, invitation: Invitation) -> None:
    if waiting.filter(email__iexact=invitation.email, role=invitation.role).exists():
        raise Conflict(
            _("This address is invited to this role already. Send that invitation again."),
            code="invited_already",
            where="email",
        )


def _refuse_mandate_held(invitation: Invitation, city: City, now: datetime) -> None:
    held = Mandate.objects.filter(
        in_force(now), city=city, role=invitation.role, person__email__iexact=invitation.email
    )
    if held.exists():
        raise Conflict(
            _("This person holds this mandate of the city already."),
            code="holds_mandate",
            where="email",
        )


def _refuse_second_head(city: City, now: datetime) -> None:
    if Mandate.objects.filter(in_force(now), city=city, role=MandateRole.HEAD).exists():
        raise Conflict(
            _("The city has a head of delegation in that time. End that mandate first."),
            code="has_head",
            where="role",
        )


def _authority(actor: Any, invitation: Invitation, now: datetime) -> Authority:
    if invitation.city is None:
        return office_policy.require(actor, OfficeAction.APPOINT_OFFICE, now)
    return authority_over_people(actor, invitation.city, now)


def _still(authority: Authority, invitation: Invitation, actor: Any, now: datetime) -> None:
    if invitation.city is not None:
        still_over_people(authority=authority, city=invitation.city, actor=actor, now=now)


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_related("city", "invited_by")
    return rows.select_for_update(of=("self",)).get(pk=invitation.pk)


# --- the lifecycle ----------------------------------------------------------


def _step(invitation: Invitation, action: InvitationAction, now: datetime) -> str:
    state = invitation.state_at(now)
    return step(INVITATION_LIFECYCLE, state, action, where=str(invitation.uuid))


def _step_to_accepted(invitation: Invitation, link: int, email: str, now: datetime) -> str:
    facts = Accepting(
        invited=invitation.email, own=email, link=link, latest_link=invitation.link_number
    )
    return INVITATION_LIFECYCLE.step(invitation.state_at(now), InvitationAction.ACCEPT, facts)


def _in_words(refused: TransitionRefused, invitation: Invitation) -> WrongState:
    return WrongState(explain(refused), code=refused.code, where=str(invitation.uuid))


# --- accepting --------------------------------------------------------------


def _as_invited(person: User, invitation: Invitation) -> Authority:
    city = invitation.city.slug if invitation.city else ""
    return Authority(person=person.uuid, role=INVITED, city=city)


def _is_in_use(person: User) -> bool:
    return person.last_login is not None or person.has_usable_password()


def _open(person: User, *, name: str, password: str) -> None:
    """The first to enter an account that the office has made chooses its password."""
    if _is_in_use(person):
        raise WrongState(
            _("There is an account with this address. Sign in to it, then accept."),
            code="account_in_use",
            where=str(person.uuid),
        )
    if not person.is_active:
        raise WrongState(
            _("The account of this address is closed. Ask the office."),
            code="account_closed",
            where=str(person.uuid),
        )
    if not name:
        raise InvalidInput(_("The account needs a name."), where="name")
    person.name = name
    try:
        validate_password(password, person)
    except ValidationError as problem:
        raise InvalidInput(" ".join(problem.messages), where="password") from problem
    person.set_password(password)
    person.save(update_fields=["name", "password"])


def _accept(
    invitation: Invitation, link: int, person: User, record: Record, now: datetime
) -> Mandate | OfficeRole:
    """Give what was invited to, by the inviter's right as it is now; locked by the caller."""
    try:
        target = _step_to_accepted(invitation, link, person.email, now)
    except TransitionRefused as refused:
        raise _in_words(refused, invitation) from None
    given = _by_the_inviter(invitation, lambda inviter: _give(invitation, person, inviter, now))
    if isinstance(given, Mandate):
        invitation.mandate = given
    else:
        invitation.office_role = given
    invitation.state, invitation.settled_at, invitation.settled_by = target, now, person
    invitation.save()
    record(
        chain_of(invitation),
        "invitation.accepted",
        {
            "invitation": str(invitation.uuid),
            "mandate": str(given.uuid) if isinstance(given, Mandate) else None,
        },
    )
    forget(person)
    return given


def _by_the_inviter(
    invitation: Invitation, give: Callable[[Any], Mandate | OfficeRole]
) -> Mandate | OfficeRole:
    try:
        return give(_inviter(invitation))
    except NotAllowed as refusal:
        raise WrongState(
            _(
                "Whoever sent this invitation may no longer invite. "
                "Ask the city or the office to send it again."
            ),
            code="inviter_left",
            where=str(invitation.uuid),
        ) from refusal


def _inviter(invitation: Invitation) -> Any:
    if invitation.invited_by is None:
        return SYSTEM
    if invitation.inviting_role == BY_LETTER:
        city = cast("City", invitation.city)
        may = frozenset({CityAction.MANAGE_PEOPLE})
        return ByLetter(city=city, actions=may, confirmed_by=invitation.invited_by.uuid)
    return invitation.invited_by


def _give(
    invitation: Invitation, person: User, inviter: Any, now: datetime
) -> Mandate | OfficeRole:
    city, role = invitation.city, invitation.role
    if city is None:
        return appoint(
            person=person,
            role=role,
            starts_at=now,
            ends_at=invitation.ends_at,
            actor=inviter,
            now=now,
        )
    if role == MandateRole.HEAD and invitation.inviting_role == MandateRole.HEAD:
        own = Mandate.objects.filter(in_force(now), person=inviter, city=city, role=role).first()
        if own is not None:
            return hand_over(
                head=own, person=person, ends_at=invitation.ends_at, actor=inviter, now=now
            )
    rank = invitation.rank
    if role == MandateRole.ALTERNATE and not rank:
        lock_people(person.pk)  # a person is locked before a city
        City.objects.select_for_update(no_key=True).get(pk=city.pk)
        rank = next_rank(city=city, now=now)
    return grant_mandate(
        person=person,
        city=city,
        role=role,
        rank=rank,
        starts_at=now,
        ends_at=invitation.ends_at,
        actor=inviter,
        now=now,
    )
