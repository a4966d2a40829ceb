"""Adding and renaming a security key: allauth's forms, whose only field of ours is the name."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.translation import gettext_lazy as _


class AddKeyForm(AddWebAuthnForm):
    """A new key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        passkey = self.fields["passwordless"]
        passkey.label = _("Passkey: signs me in without a password")
        passkey.help_text = _(
            "Your device confirms that it is you. Untick it only for a security key that is to be "
            "used besides the password."
        )
        passkey.initial = True


class EditKeyForm(EditWebAuthnForm):
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
