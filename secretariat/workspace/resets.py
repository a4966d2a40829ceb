"""A lost second factor is taken away by two officers: one asks, another one confirms.

The person is told when it is asked for and when it is done, so that an attack that has
deceived one officer is noticed before it has deceived two. At the next sign-in, by password
as always, the person sets up a new factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import SecondFactorReset
from members.models.resets import IdentityCheck, ResetState
from members.policies import OfficeAction, office_policy
from members.rules.reset_lifecycle import RESET_LIFECYCLE, Pair, ResetAction
from members.services.accounts import CHAIN
from members.services.refusals import step
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import User
from secretariat.kernel.outbox import announce, handles
from secretariat.workspace.letters import send_letter
from secretariat.workspace.second_factor import forget_second_factor


def ask_reset(
    *,
    person: User,
    reason: str,
    check_made: str,
    check_note: str,
    actor: Any,
    now: datetime,
) -> SecondFactorReset:
    """Ask for the reset of a person's second factor, saying how the identity was checked."""
    authority = office_policy.require(actor, OfficeAction.RESET_SECOND_FACTOR, now)
    if person.pk == actor.pk:
        raise NotAllowed(_("Nobody resets the own second factor. Ask two other officers."))
    if check_made not in IdentityCheck.values:
        raise InvalidInput(_("Say how you made sure who asks."), where="check_made")
    for name, words in (("reason", reason), ("check_note", check_note)):
        if not words.strip():
            raise InvalidInput(_("The second officer needs to know this."), where=name)
    with act(authority, now) as record:
        person = User.objects.select_for_update().get(pk=person.pk)
        if not person.is_active:
            raise WrongState(_("This account is closed."), code="account_closed")
        if not Authenticator.objects.filter(user=person).exists():
            raise WrongState(
                _("This person has no second factor. There is nothing to reset."),
                code="no_second_factor",
            )
        if SecondFactorReset.objects.filter(person=person, state=ResetState.ASKED).exists():
            raise Conflict(
                _("A reset is asked for already. Confirm or refuse that one."), code="asked_already"
            )
        reset = SecondFactorReset.objects.create(
            person=person,
            reason=reason.strip(),
            check_made=check_made,
            check_note=check_note.strip(),
            asked_by=actor,
            asked_at=now,
        )
        record(CHAIN, "second_factor.reset_asked", {**_as_recorded(reset), "check": check_made})
        announce("second_factor.reset_asked", reset=str(reset.uuid))
    return reset


def confirm_reset(*, reset: SecondFactorReset, actor: Any, now: datetime) -> SecondFactorReset:
    """The second officer agrees: every authenticator and session of the person ends now."""
    return _answer(reset, ResetAction.CONFIRM, "second_factor.reset", actor, now)


def refuse_reset(*, reset: SecondFactorReset, actor: Any, now: datetime) -> SecondFactorReset:
    """The second officer does not agree; nothing changes for the person."""
    return _answer(reset, ResetAction.REFUSE, "second_factor.reset_refused", actor, now)


def withdraw_reset(*, reset: SecondFactorReset, actor: Any, now: datetime) -> SecondFactorReset:
    """The asking officer takes the request back."""
    return _answer(reset, ResetAction.WITHDRAW, "second_factor.reset_withdrawn", actor, now)


def resets() -> QuerySet[SecondFactorReset]:
    """Every request, those that wait first, then the latest."""
    rows = SecondFactorReset.objects.select_related("person", "asked_by", "answered_by")
    return rows.order_by("state", "-asked_at", "-pk")


def obstacle_to(reset: SecondFactorReset, action: ResetAction, actor: Any) -> str:
    """Why an officer cannot do this now, in the running language; "" where it can be done."""
    try:
        _step(reset, action, actor)
    except WrongState as refusal:
        return str(refusal)
    return ""


def _answer(
    reset: SecondFactorReset, action: ResetAction, said: str, actor: Any, now: datetime
) -> SecondFactorReset:
    authority = office_policy.require(actor, OfficeAction.RESET_SECOND_FACTOR, now)
    with act(authority, now) as record:
        rows = SecondFactorReset.objects.select_related("person", "asked_by")
        reset = rows.select_for_update(of=("self",)).get(pk=reset.pk)
        reset.state = _step(reset, action, actor)
        reset.answered_by, reset.answered_at = actor, now
        reset.save()
        payload = _as_recorded(reset)
        if action is ResetAction.CONFIRM:
            payload["removed"] = forget_second_factor(person=reset.person)
            announce("second_factor.reset", reset=str(reset.uuid))
        record(CHAIN, said, payload)
    return reset


def _step(reset: SecondFactorReset, action: ResetAction, actor: Any) -> str:
    facts = Pair(
        acting=str(actor.uuid), asked_by=str(reset.asked_by.uuid), person=str(reset.person.uuid)
    )
    return step(RESET_LIFECYCLE, reset.state, action, facts, where=str(reset.uuid))


def _as_recorded(reset: SecondFactorReset) -> dict[str, Any]:
    return {
        "reset": str(reset.uuid),
        "person": str(reset.person.uuid),
        "asked_by": str(reset.asked_by.uuid),
    }


@handles("second_factor.reset_asked")
def tell_of_request(payload: Mapping[str, Any]) -> None:
    """The person hears that somebody asked."""
    _tell(payload["reset"], "second_factor_asked")


@handles("second_factor.reset")
def tell_of_reset(payload: Mapping[str, Any]) -> None:
    """The person hears that it is done, and what comes next."""
    _tell(payload["reset"], "second_factor_reset")


def _tell(reset: str, template: str) -> None:
    found = SecondFactorReset.objects.select_related("person").filter(uuid=reset).first()
    if found is not None and found.person.is_active:
        at = found.answered_at or found.asked_at
        send_letter(to=found.person, template=template, context={"at": at})
