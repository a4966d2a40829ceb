"""Signing a declaration on the desk, stepping back from it, and what the office says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cms.templatetags.formats import language_name
from resolutions.models import Edition
from resolutions.rules.reservable import reservable
from resolutions.rules.structure import TextTree
from resolutions.services.signatures import LONGEST_RESERVATION, Reserved
from secretariat.workspace.forms.wording import WordedForm

NONE, WHOLE = "none", "whole"
WORDS = (_("Words of the reservation"), {"required": False, "max_length": LONGEST_RESERVATION}, 4)
Provisions = list[tuple[str, str]]
"""Key and citation of what a reservation can be to, in reading order."""


def provisions_of(trees: Mapping[str, TextTree], language: str) -> Provisions:
    """To what a reservation can be, named in this language, else in the first of the text."""
    return reservable(trees.get(language) or next(iter(trees.values())))


class _Reserving(WordedForm):
    """Which provision a reservation is to, and its words; shared by two forms."""

    worded = {"words": WORDS}

    def choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def reserved(self) -> Reserved:
        key = self.cleaned_data["provision"]
        return Reserved("" if key == WHOLE else key, self.words("words"))


class SignForm(_Reserving):
    """Signing an edition, with a reservation where there is one."""

    language = forms.ChoiceField(label=_("Language version that we read"), widget=forms.RadioSelect)
    signed_by = forms.CharField(
        label=_("Office held by who signs"),
        max_length=200,
        help_text=_("For instance Mayor. No name: it is public."),
    )
    provision = forms.ChoiceField(
        label=_("Reservation"),
        help_text=_("Only if your city stands behind the text except for something."),
        required=False,
    )
    read = forms.BooleanField(
        label=_("We have read this edition, and our city stands behind it."),
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)
    field_order = ("language", "signed_by", "provision", "words_ko", "words_en", "read", "sha256")

    def __init__(self, *args: Any, edition: Edition, provisions: Provisions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [row.language for row in edition.languages.all()]
        self.choose("language", [(code, language_name(code)) for code in languages])
        self.choose(
            "provision",
            [(NONE, _("No reservation")), (WHOLE, _("To the whole text")), *provisions],
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = data.get("provision") or NONE
        if chosen != NONE and not self.words("words"):
            self.add_error("words_ko", _("Write the words of the reservation."))
        if chosen == NONE and self.words("words"):
            self.add_error("provision", _("Say what the reservation is to."))
        return data

    @property
    def reservations(self) -> list[Reserved]:
        return [] if (self.cleaned_data["provision"] or NONE) == NONE else [self.reserved]


class ReservationForm(_Reserving):
    """A reservation that is entered later."""

    provision = forms.ChoiceField(label=_("The reservation is to"))
    field_order = ("provision",)

    def __init__(self, *args: Any, provisions: Provisions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("provision", [(WHOLE, _("The whole text")), *provisions])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.words("words"):
            self.add_error("words_ko", _("Write the words of the reservation."))
        return data


class WithdrawForm(forms.Form):
    """A city withdraws its signature."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Public, if you give one."),
    )


class EndForm(forms.Form):
    """The network withdraws a declaration, by decision."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    decision = forms.ChoiceField(label=_("Decision of an assembly"), required=False)
    basis = forms.CharField(
        label=_("Or another basis"),
        max_length=300,
        required=False,
        help_text=_("Where no vote of this system decided: which body did, and when."),
    )

    def __init__(self, *args: Any, decisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["decision"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *decisions]


class CorrectionForm(forms.Form):
    """A corrigendum: the words of chosen provisions as they should read, in every language.

    `provisions` are key, citation and `{language: (heading, text)}`; `corrections` gives back
    only what is not as it was.
    """

    reason = forms.CharField(
        label=_("What went wrong"),
        max_length=200,
        help_text=_("Public. It is the basis of the corrected edition."),
    )
    decided = forms.BooleanField(
        label=_("This corrects how the text was written down. What was decided stays the same."),
    )

    def __init__(
        self,
        *args: Any,
        provisions: list[tuple[str, str, dict[str, tuple[str, str]]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.provisions = provisions
        for place, (_key, _name, words) in enumerate(provisions):
            for language, (heading, text) in words.items():
                for part, value in (("heading", heading), ("text", text)):
                    self.fields[f"{part}_{place}_{language}"] = _words_field(part, language, value)

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Key, citation and fields of each provision; a heading only where there is one."""
        return [
            (
                key,
                name,
                [
                    self[f"{part}_{place}_{language}"]
                    for part in ("heading", "text")
                    for language, (heading, text) in words.items()
                    if (heading if part == "heading" else text or not heading)
                ],
            )
            for place, (key, name, words) in enumerate(self.provisions)
        ]

    @property
    def corrections(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Key → language → heading and text, where either was changed."""
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for place, (key, _name, words) in enumerate(self.provisions):
            for language, before in words.items():
                after = (
                    self._typed(f"heading_{place}_{language}", before[0]),
                    self._typed(f"text_{place}_{language}", before[1]),
                )
                if after != before:
                    found.setdefault(key, {})[language] = after
        return found

    def _typed(self, name: str, before: str) -> str:
        """What was typed; what was not on the page stays as it was."""
        if name not in self.data:
            return before
        return str(self.cleaned_data[name]).replace("\r\n", "\n")


def _words_field(part: str, language: str, value: str) -> forms.CharField:
    label = _("Heading") if part == "heading" else _("Words")
    rows = 1 if part == "heading" else min(12, 2 + len(value) // 60)
    return forms.CharField(
        label=format_lazy("{} ({})", label, language_name(language)),
        required=False,
        initial=value,
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": rows, "lang": language}),
    )
