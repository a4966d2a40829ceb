"""Importing a text: one language or two, as files or pasted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from resolutions.models.texts import InstrumentKind
from resolutions.rules.parse import MAX_BYTES
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.forms.assemblies import address_name_field

ACCEPTED = ".txt,.docx,.json"


def _file_field(label: Any, **more: Any) -> forms.FileField:
    return forms.FileField(
        label=label,
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        **more,
    )


def _text_field(label: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ImportForm(forms.Form):
    """A text in one language, and if there is one the same text in the other language."""

    slug = address_name_field()
    kind = forms.ChoiceField(label=_("Kind"), choices=InstrumentKind.choices)
    language = forms.ChoiceField(label=_("Language of this text"), choices=LANGUAGES)
    file = _file_field(
        _("Text file or Word file"),
        help_text=_(
            "TXT (UTF-8) or DOCX, at most 5 MB, written as 제1조(목적), ①, 1., 가. or "
            "Article 1, 1., (a). A file that was exported here brings its provisions' keys and "
            "all its languages with it."
        ),
    )
    text = _text_field(_("or the text itself"), 12)
    pair_file = _file_field(
        _("The same text in the other language"),
        help_text=_("If there is one. The two are matched by their numbers."),
    )
    pair_text = _text_field(_("or the text itself, in the other language"), 6)
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
        if data.get("file") is None and not data.get("text", "").strip():
            self.add_error("file", _("Choose a file, or paste the text."))
        for name in ("file", "pair_file"):
            file = data.get(name)
            if file is not None and file.size > MAX_BYTES:
                self.add_error(name, _("The file is larger than 5 MB."))
        return data

    @property
    def raw(self) -> bytes:
        """The bytes of the text: the file's where there is one."""
        return self._bytes("file", "text")

    @property
    def pair_raw(self) -> bytes:
        """The bytes of the text in the other language; b"" where there is none."""
        return self._bytes("pair_file", "pair_text")

    def _bytes(self, file_name: str, text_name: str) -> bytes:
        file: UploadedFile | None = self.cleaned_data.get(file_name)
        if file is not None:
            file.seek(0)
            return bytes(file.read())
        text = str(self.cleaned_data.get(text_name) or "")
        return text.encode() if text.strip() else b""


def other_language(language: str) -> str:
    """The other one of the two languages in which texts are imported."""
    return next(code for code, _name in LANGUAGES if code != language)
