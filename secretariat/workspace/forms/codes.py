"""Typing a code: allauth's forms, with limits of ours and codes that are good once."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from secretariat.workspace.sealed_secrets import has_lost_secret
from secretariat.workspace.sign_in_limits import SHARED, Attempt

SECRET_LOST = _(
    "Your codes can no longer be checked, so none of them is right. Use a passkey if you have "
    "one, or write to the office: two officers can let you start again."
)


class _Code:
    """A code is counted by account and machine; it is spent for as long as it would be valid."""

    user: Any
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]
        field.label = _("Code from the app, or a recovery code")
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        attempt = Attempt(context.request, "code", self.user.email)
        if not attempt.is_allowed():
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as refused:
            if refused.code == "incorrect_code" and has_lost_secret(self.user):
                raise ValidationError(SECRET_LOST, code="secret_lost") from None
            raise
        seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        if not caches[SHARED].add(f"code.{self.user.pk}.{code.strip()}", "spent", seconds):
            raise get_adapter().validation_error("incorrect_code")
        attempt.was_right()
        return code


class SignInCodeForm(_Code, AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(_Code, ReauthenticateForm):
    """Confirming that it is still you."""
