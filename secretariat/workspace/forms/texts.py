"""Importing a text, tabling and taking back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TakeBackForm(forms.Form):
    """Why a tabled text returns to drafting."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class EarlierAdoptionForm(forms.Form):
    """A text that was adopted before this system: by what, when, and from when it holds."""

    basis = forms.CharField(
        label=_("By what it was adopted"),
        max_length=300,
        help_text=_(
            "The meeting and its date, for instance the International Forum of 6 September 2017."
        ),
    )
    adopted_on = forms.DateField(
        label=_("Adopted on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    in_force_from = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
