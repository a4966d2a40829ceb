"""Announcing an election, and ending one without a result."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from secretariat.workspace.forms.assemblies import address_name_field
from secretariat.workspace.forms.wording import WordedForm


class ElectionForm(WordedForm):
    """What the election is called, and its address."""

    worded = {"title": (_("Title"), {"max_length": 300}, 1)}
    slug = address_name_field()
    field_order = ("title_ko", "title_en", "slug")


class EndingForm(forms.Form):
    """Why an election ends without a result."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("It stays on the record.")
    )
