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
    "locale": _("Locale"),
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
        LocaleFilterMixin,
        PhoneLinkChooserForm,
    )

    _name_field_made_late(LocaleFilterMixin, "locale")
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


def _name_field_made_late(form: Any, name: str) -> None:
    """Give its label to a field that the form makes only when it is made itself."""
    make = form.__init__

    def make_and_name(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        if name in self.fields and not self.fields[name].label:
            self.fields[name].label = LABELS[name]

    form.__init__ = make_and_name
