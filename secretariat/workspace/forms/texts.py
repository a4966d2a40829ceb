"""Importing a text, changing the words of one provision, tabling and taking back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resolutions.models.texts import InstrumentKind
from resolutions.rules.parse import MAX_BYTES
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.forms.assemblies import address_name_field


class ImportForm(forms.Form):
    """A plain text as a file or pasted, in one language, for a new or an existing draft."""

    slug = address_name_field()
    kind = forms.ChoiceField(label=_("Kind"), choices=InstrumentKind.choices)
    language = forms.ChoiceField(label=_("Language of this text"), choices=LANGUAGES)
    file = forms.FileField(
        label=_("Plain text file"),
        required=False,
        help_text=_(
            "UTF-8, at most 5 MB, written as 제1조(목적), ①, 1., 가. or Article 1, 1., (a)."
        ),
    )
    text = forms.CharField(
        label=_("or the text itself"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=500,
        help_text=_("Where the text has none, or another one."),
    )
    authentic = forms.MultipleChoiceField(
        label=_("Authentic languages"),
        choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        initial=[code for code, _name in LANGUAGES],
        help_text=_("The languages in which the text is adopted and has equal force."),
        error_messages={"required": _("Name at least one authentic language.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, text = data.get("file"), data.get("text", "")
        if file is None and not text.strip():
            self.add_error("file", _("Choose a file, or paste the text."))
        elif file is not None and file.size > MAX_BYTES:
            self.add_error("file", _("The file is larger than 5 MB."))
        return data

    @property
    def raw(self) -> bytes:
        """The bytes of the text: the file's where there is one."""
        file = self.cleaned_data.get("file")
        if file is not None:
            file.seek(0)
            return bytes(file.read())
        return str(self.cleaned_data["text"]).encode()


class ProvisionForm(forms.Form):
    """The words of one provision in one language, and why they change."""

    heading = forms.CharField(label=_("Heading"), required=False, max_length=2000)
    text = forms.CharField(
        label=_("Words"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stands in the draft's history.")
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_{language}_%s", **kwargs)
        for name in ("heading", "text"):
            self.fields[name].widget.attrs["lang"] = language


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
