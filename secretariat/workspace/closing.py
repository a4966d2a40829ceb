"""Closing the accounts of people who left, and erasing them on request.

A closed account lets nobody in; it can be opened again. An erased one keeps its identifier
and nothing that says who it was: the acts stay in the audit chain under the identifier,
attributed to the city and the role in which they were done. The network's own papers (letters
of credence, texts, minutes) are records of the network and stay as they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.users.models import UserProfile

from cms.models import PracticeBuffer
from members.models import Mandate, OfficeRole
from members.policies import OfficeAction, forget, office_policy
from members.services.invitations import forget_invitations_to, forget_invited_address
from members.services.letters import forget_in_letters
from resolutions.models import ProvisionBuffer
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, WrongState
from secretariat.kernel.models import OutboxMessage, User
from secretariat.kernel.outbox import announce
from secretariat.kernel.policy import Authority
from secretariat.workspace.second_factor import forget_second_factor

CHAIN = "office"
NOWHERE = "erased.invalid"
"""Addresses of erased accounts: of a domain that never exists (RFC 2606)."""


def close_account(*, person: User, actor: Any, now: datetime) -> User:
    """Let nobody sign in with the account any more.

    Refused while the person holds a mandate or an office role, now or later: these are ended
    first, each with its reason. Sessions end, sign-in methods and the password go.
    """
    authority = _authority(actor, person, now)
    with act(authority, now) as record:
        person = _locked(person)
        if person.closed_at is not None:
            raise WrongState(_("This account is closed already."), where=str(person.uuid))
        if _held(person, now):
            raise Conflict(
                _("The person still acts for a city or for the office. End that first."),
                code="still_acts",
                where=str(person.uuid),
            )
        person.is_active, person.closed_at = False, now
        person.set_unusable_password()
        person.save(update_fields=["is_active", "closed_at", "password"])
        SocialAccount.objects.filter(user=person).delete()
        forget_second_factor(person=person)
        record(CHAIN, "account.closed", {"person": str(person.uuid)})
        announce("account.closed", person=str(person.uuid))
    forget(person)
    return person


def open_account_again(*, person: User, actor: Any, now: datetime) -> User:
    """Undo a closing; the person chooses a new password by e-mail and a new second factor."""
    authority = _authority(actor, person, now)
    with act(authority, now) as record:
        person = _locked(person)
        _refuse_open(person)
        if person.erased_at is not None:
            raise WrongState(
                _("This account is erased. Invite the person anew."), where=str(person.uuid)
            )
        person.is_active, person.closed_at = True, None
        person.save(update_fields=["is_active", "closed_at"])
        record(CHAIN, "account.opened_again", {"person": str(person.uuid)})
        announce("account.opened_again", person=str(person.uuid))
    return person


def erase_account(*, person: User, actor: Any, now: datetime) -> User:
    """Remove the name and the address from a closed account; this cannot be undone.

    With them go words that the person typed and never saved, and invitations that wait.
    """
    authority = _authority(actor, person, now)
    with act(authority, now) as record:
        person = _locked(person)
        _refuse_open(person)
        if person.erased_at is not None:
            raise WrongState(_("This account is erased already."), where=str(person.uuid))
        forget_invited_address(person=person)
        forget_invitations_to(email=person.email, now=now, record=record)
        for buffers in (PracticeBuffer, ProvisionBuffer):
            buffers.objects.filter(person=person).delete()
        EmailAddress.objects.filter(user=person).delete()
        _forget_admin_profile(person)
        forget_in_letters(email=person.email)
        person.second_factor_resets.update(reason="", check_note="")
        OutboxMessage.objects.filter(payload__email__iexact=person.email).delete()
        person.name = ""
        person.email = f"{person.uuid}@{NOWHERE}"
        person.language = User._meta.get_field("language").get_default()
        person.erased_at = now
        person.save(update_fields=["name", "email", "language", "erased_at"])
        record(CHAIN, "account.erased", {"person": str(person.uuid)})
    return person


def accounts_for_office(*, words: str = "", state: str = "", now: datetime) -> QuerySet[User]:
    """The accounts by name; `state` is "" (all), "left", "closed" or "erased".

    Who left has an open account and holds nothing, now or later. `words` are looked for in
    the name and the address. Each row knows `holds`.
    """
    lasting = (Q(ends_at=None) | Q(ends_at__gt=now)) & Q(person=OuterRef("pk"))
    rows = User.objects.annotate(
        holds=Exists(Mandate.objects.filter(lasting)) | Exists(OfficeRole.objects.filter(lasting))
    )
    if state == "left":
        rows = rows.filter(closed_at=None, holds=False)
    elif state == "closed":
        rows = rows.filter(closed_at__isnull=False, erased_at=None)
    elif state == "erased":
        rows = rows.filter(erased_at__isnull=False)
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return rows.order_by("name", "pk")


def may_keep_accounts(actor: Any, person: User, now: datetime) -> bool:
    """Whether `actor` may close, open and erase this account."""
    return office_policy.may(actor, _needed(person), now) and actor.pk != person.pk


def _needed(person: User) -> OfficeAction:
    """Whoever was of the office is let go by whoever appoints its people."""
    if person.office_roles.exists():
        return OfficeAction.APPOINT_OFFICE
    return OfficeAction.KEEP_MANDATES


def _authority(actor: Any, person: User, now: datetime) -> Authority:
    if getattr(actor, "pk", None) == person.pk:
        raise Conflict(
            _("Nobody closes the own account: ask another officer."), where=str(person.uuid)
        )
    return office_policy.require(actor, _needed(person), now)


def _locked(person: User) -> User:
    return User.objects.select_for_update().get(pk=person.pk)


def _forget_admin_profile(person: User) -> None:
    """What Wagtail's admin keeps of a person of the office, a portrait among it."""
    profile = UserProfile.objects.filter(user=person).first()
    if profile is not None:
        if profile.avatar:
            stored, name = profile.avatar.storage, profile.avatar.name
            transaction.on_commit(lambda: stored.delete(name))
        profile.delete()


def _held(person: User, now: datetime) -> bool:
    lasting = Q(ends_at=None) | Q(ends_at__gt=now)
    mandates, roles = person.mandates.filter(lasting), person.office_roles.filter(lasting)
    return bool(mandates.exists() or roles.exists())


def _refuse_open(person: User) -> None:
    if person.closed_at is None:
        raise WrongState(_("This account is open. Close it first."), where=str(person.uuid))
