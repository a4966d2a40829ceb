"""Forms that take one text in every language of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy

from cms.templatetags.formats import language_name
from secretariat.kernel.models import LANGUAGES

CODES = tuple(code for code, _name in LANGUAGES)


class WordedForm(forms.Form):
    """A form with fields for each language: `title_ko`, `title_en`; `words("title")` reads them.

    A subclass names them in `worded`: name → (label, keyword arguments of the field, lines).
    """

    worded: Mapping[str, tuple[str | Promise, dict[str, Any], int]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = dict(self.fields)
        self.fields.clear()
        for name, (label, options, lines) in self.worded.items():
            for code in CODES:
                widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
                widget.attrs["lang"] = code
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=format_lazy("{} ({})", label, language_name(code)),
                    widget=widget,
                    **options,
                )
        self.fields.update(own)
        self.order_fields(self.field_order)

    def words(self, name: str) -> dict[str, str]:
        """One text by language, languages without words left out."""
        texts = {code: self.cleaned_data.get(f"{name}_{code}", "") for code in CODES}
        return {code: text for code, text in texts.items() if text}
