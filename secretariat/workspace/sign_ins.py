"""What signing in, and changing how one signs in, brings with it: records and notices.

Only announces: nothing here decides whether somebody gets in.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.http import HttpRequest

from secretariat.kernel.models import User
from secretariat.workspace.second_factor import SIGNS_IN
from secretariat.workspace.views.reauth import count_sign_in


def connect() -> None:
    """Listen to allauth."""
    user_logged_in.connect(_signed_in, dispatch_uid="workspace.signed_in")
    authenticator_added.connect(_factor_added, dispatch_uid="workspace.factor_added")


def _signed_in(*, request: HttpRequest, **_given: Any) -> None:
    count_sign_in(request)


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
