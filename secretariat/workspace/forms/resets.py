"""Asking for the reset of a second factor."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models.resets import IdentityCheck


class PersonSearchForm(forms.Form):
    """Whom it is about."""

    q = forms.CharField(
        label=_("Person"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
        help_text=_("A piece of the name, or the whole e-mail address."),
    )


class ResetForm(forms.Form):
    """What happened, and how the officer made sure who asks."""

    reason = forms.CharField(
        label=_("What was lost, and how"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For instance: the phone was lost, the recovery codes with it."),
    )
    check_made = forms.ChoiceField(
        label=_("How the identity was checked"),
        choices=IdentityCheck.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how you made sure who asks.")},
    )
    check_note = forms.CharField(
        label=_("What you saw or heard"),
        max_length=300,
        help_text=_(
            "For instance: called back on the number of the delegation. "
            "No number of an identity document."
        ),
    )
