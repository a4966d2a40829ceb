"""Accounts: the office makes them; a one-time link lets the person in for the first time."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from members.policies import OfficeAction, office_policy
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.models import LANGUAGES, User
from secretariat.kernel.outbox import announce
from secretariat.kernel.typed import typed

CHAIN = "office"


class SignInTokens(PasswordResetTokenGenerator):
    """Signed tokens for one sign-in: spent by it, by a new password, or by (real) time.

    The signature covers the password and the last sign-in, so nothing is stored.
    """

    key_salt = "members.services.accounts.SignInTokens"


sign_in_tokens = SignInTokens()


def create_account(
    *,
    email: str,
    name: str,
    language: str = "ko",
    actor: Any,
    now: datetime,
    uuid: UUID | None = None,
    password: str | None = None,
) -> User:
    """Make an account; without a password the person gets in by a sign-in link only."""
    authority = office_policy.require(actor, OfficeAction.KEEP_MANDATES, now)
    email = unicodedata.normalize("NFC", email).strip()
    name = typed(name)
    try:
        validate_email(email)
    except ValidationError as problem:
        raise InvalidInput(_("This is not an e-mail address."), where="email") from problem
    if not name:
        raise InvalidInput(_("The account needs a name."), where="name")
    if language not in dict(LANGUAGES):
        raise InvalidInput(_("The platform does not speak this language."), where="language")
    person = User(email=User.objects.normalize_email(email), name=name, language=language)
    person.date_joined = now
    if uuid is not None:
        person.uuid = uuid
    if password is not None:
        try:
            validate_password(password, person)
        except ValidationError as problem:
            raise InvalidInput(" ".join(problem.messages), where="password") from problem
    person.set_password(password)
    with act(authority, now) as record:
        if User.objects.filter(email__iexact=email).exists():
            raise Conflict(
                _("There is an account with this address already. Choose it from the list."),
                code="account_exists",
                where="email",
            )
        person.save(force_insert=True)
        record(CHAIN, "account.created", {"person": str(person.uuid), "language": person.language})
        announce("account.created", person=str(person.uuid))
    return person


def make_sign_in_link(*, person: User, actor: Any, now: datetime) -> str:
    """A signed address that lets `person` in for the first time; it expires in real time.

    Opening it only shows a button (mail scanners open links); pressing signs in. Refused
    once the person has signed in: nobody of the office enters another one's account. Whoever
    makes a link could use it, so the link of an office person takes the right to appoint one.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_MANDATES, now)
    if person.office_roles.filter(Q(ends_at=None) | Q(ends_at__gt=now)).exists():
        authority = office_policy.require(actor, OfficeAction.APPOINT_OFFICE, now)
    if person.last_login is not None or person.has_usable_password():
        raise WrongState(
            _("This account is in use. The person can ask for a new password by e-mail."),
            code="account_in_use",
            where=str(person.uuid),
        )
    with act(authority, now) as record:
        record(CHAIN, "account.link_made", {"person": str(person.uuid)})
    with override(person.language):
        path = reverse(
            "sign_in_link",
            kwargs={"person": person.uuid, "token": sign_in_tokens.make_token(person)},
        )
    return settings.PUBLIC_URL.rstrip("/") + path


def person_of_link(*, person: UUID, token: str) -> User | None:
    """Whom a sign-in link lets in, or None where it is spent, expired or not ours."""
    found = User.objects.filter(uuid=person, is_active=True).first()
    return found if sign_in_tokens.check_token(found, token) else None
