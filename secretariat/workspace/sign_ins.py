"""What signing in, and changing how one signs in, brings with it: records, marks, notices.

Only announces: nothing here decides whether somebody gets in.
"""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_reset, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.apps import apps
from django.core.cache import caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.http import HttpRequest

from secretariat.kernel.models import User
from secretariat.workspace import sealed_secrets, sign_in_limits
from secretariat.workspace.devices import knows, remember_device
from secretariat.workspace.notices import tell_of_change
from secretariat.workspace.second_factor import SIGNS_IN, has_second_factor
from secretariat.workspace.views.reauth import count_sign_in


def connect() -> None:
    """Listen to allauth; make the table of the shared cache with the others."""
    sign_in_limits.connect()
    sealed_secrets.connect()
    name = "secretariat.workspace.sign_ins"
    # Django tells only apps with models that the tables are made.
    kernel = apps.get_app_config("kernel")
    post_migrate.connect(_make_shared_cache, sender=kernel, dispatch_uid=name)
    user_logged_in.connect(_signed_in, dispatch_uid=name)
    password_reset.connect(_password_reset, dispatch_uid=name)
    authenticator_added.connect(_factor_added, dispatch_uid=name)
    authenticator_removed.connect(_factor_removed, dispatch_uid=name)
    authenticator_used.connect(_factor_used, dispatch_uid=name)


def _make_shared_cache(*, using: str, **_given: Any) -> None:
    if isinstance(caches[sign_in_limits.SHARED], BaseDatabaseCache):
        call_command("createcachetable", database=using, verbosity=0)


def _signed_in(*, request: HttpRequest, user: User, **_given: Any) -> None:
    """A device that is new is told of, but not the first one of an account."""
    count_sign_in(request)
    if not knows(request, user) and getattr(request, "signed_in_before", False):
        tell_of_change(person=user, change="new_device", request=request)
    remember_device(request, user)


def _password_reset(*, request: HttpRequest, user: User, **_given: Any) -> None:
    """Whoever reads the person's mail and chose a password has shown to be the person."""
    remember_device(request, user)


def _factor_added(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_given: Any
) -> None:
    """Setting a factor up is using it: a code was typed, a key was touched."""
    if authenticator.type in SIGNS_IN:
        record_authentication(
            request,
            user,
            method="mfa",
            id=authenticator.pk,
            type=authenticator.type,
            reauthenticated=True,
        )


def _factor_removed(*, request: HttpRequest, user: User, **_given: Any) -> None:
    """Whoever takes the last factor away has none to have used: the first step comes again."""
    if not has_second_factor(user):
        records = get_authentication_records(request, user)
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            record for record in records if record["method"] != "mfa"
        ]


def _factor_used(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_given: Any
) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        tell_of_change(person=user, change="recovery_code_used", request=request)
