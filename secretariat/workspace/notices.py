"""Telling a person, by e-mail and in their language, what changed in how they sign in.

Announced with the change and sent after the commit; nobody waits for a mail server. The
letter names the moment and the kind of device, never a network address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from secretariat.kernel.models import User
from secretariat.kernel.outbox import announce, handles
from secretariat.workspace.devices import device_words
from secretariat.workspace.letters import send_letter

TOPIC = "account.changed"

CHANGES = {
    "password_set": _("A password was chosen for your account."),
    "password_changed": _("The password of your account was changed."),
    "password_reset": _("A new password was chosen for your account by the link in an e-mail."),
    "totp_activated": _("An authenticator app was added to your account."),
    "totp_deactivated": _("The authenticator app was removed from your account."),
    "webauthn_added": _("A passkey or security key was added to your account."),
    "webauthn_removed": _("A passkey or security key was removed from your account."),
    "recovery_codes_generated": _(
        "New recovery codes were made for your account; the former ones no longer work."
    ),
    "email_changed": _("The e-mail address of your account was changed."),
    "account_connected": _("Signing in with another provider was added to your account."),
    "account_disconnected": _("Signing in with another provider was removed from your account."),
    "new_device": _("Your account was used to sign in on a device that is new to us."),
    "signed_out_everywhere": _("Your account was signed out on every device."),
    "recovery_code_used": _("A recovery code was used to sign in to your account."),
}
"""What may be told, by the name that allauth or this platform gives it."""


def tell_of_change(*, person: User, change: str, request: HttpRequest, email: str = "") -> None:
    """Announce a change of `CHANGES`; others need no letter.

    `email` is another address than the person's own: the former one, when it changed.
    """
    if change not in CHANGES:
        return
    now: datetime = request.now  # type: ignore[attr-defined]
    announce(
        TOPIC,
        person=str(person.uuid),
        change=change,
        at=now.isoformat(),
        device=device_words(request.headers.get("User-Agent", "")),
        email=email,
    )


@handles(TOPIC)
def send_notice(payload: Mapping[str, Any]) -> None:
    """The letter about one change; closed accounts receive none."""
    person = User.objects.filter(uuid=payload["person"], is_active=True).first()
    if person is None:
        return
    send_letter(
        to=person,
        email=payload.get("email", ""),
        template="account_changed",
        context={
            "what": CHANGES[payload["change"]],
            "at": datetime.fromisoformat(payload["at"]),
            "device": payload["device"],
        },
    )
