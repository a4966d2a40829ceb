"""Who needs a second factor, and what becomes of one that is lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from members.policies import OfficeAction, mandates_in_force, office_policy
from members.rules.voices import VOTING_ROLES
from secretariat.kernel.models import User

SIGNS_IN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes only stand in for one."""


def needs_second_factor(person: Any, now: datetime) -> bool:
    """Whether the rule asks this person for one: the office, and who has a city's voice.

    A mandate that gives a voice once accredited counts from its first day, so that nobody
    stands before a vote with a factor still to set up.
    """
    if office_policy.may(person, OfficeAction.SEE_OFFICE, now):
        return True
    return any(mandate.role in VOTING_ROLES for mandate in mandates_in_force(person, now))


def has_second_factor(person: User) -> bool:
    """Whether the person has set one up."""
    return Authenticator.objects.filter(user=person, type__in=SIGNS_IN).exists()


def used_second_factor(request: HttpRequest) -> bool:
    """Whether this session was confirmed with one, or with a passkey that is one by itself."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def forget_second_factor(*, person: User) -> int:
    """Remove every authenticator and recovery code and end every session; how many went.

    Whoever calls this has authorised it, records it in the audit chain in the same
    transaction, and tells the person. At the next sign-in the person sets up a new one.
    """
    with transaction.atomic():
        removed, _by_model = Authenticator.objects.filter(user=person).delete()
        end_sessions(person=person)
    return removed


def end_sessions(*, person: User) -> None:
    """Sign the person out everywhere, at once: every session's seal no longer fits."""
    User.objects.filter(pk=person.pk).update(session_generation=F("session_generation") + 1)
    person.refresh_from_db(fields=["session_generation"])
    UserSession.objects.filter(user=person).delete()
