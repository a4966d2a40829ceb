"""Labels for fields that other people's forms leave to be named after their Python names."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

LABELS: Final[dict[str, Any]] = {
    "link_text": _("Link text"),
    "email_address": _("Email address"),
    "subject": _("Subject"),
    "body": _("Body"),
    "phone_number": _("Phone number"),
    "credential": _("Credential"),
}


def name_fields() -> None:
    """Give the forms below their labels; a label that they have of their own stays."""
    from allauth.mfa.webauthn.forms import (
        AddWebAuthnForm,
        LoginWebAuthnForm,
        ReauthenticateWebAuthnForm,
    )
    from wagtail.admin.forms.choosers import (
        AnchorLinkChooserForm,
        EmailLinkChooserForm,
        ExternalLinkChooserForm,
        PhoneLinkChooserForm,
    )

    for form in (
        AddWebAuthnForm,
        LoginWebAuthnForm,
        ReauthenticateWebAuthnForm,
        AnchorLinkChooserForm,
        EmailLinkChooserForm,
        ExternalLinkChooserForm,
        PhoneLinkChooserForm,
    ):
        for name, field in form.base_fields.items():
            if not field.label and name in LABELS:
                field.label = LABELS[name]
