"""Amendments: an article as it should read, one operation, the note, the office's decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.templatetags.formats import language_name
from resolutions.models import Assembly, Instrument
from resolutions.models.votes import VoteMode
from resolutions.rules.canonical import normal_field
from resolutions.rules.structure import TextTree
from resolutions.services.texts import RuleBinding
from secretariat.workspace.article_editing import INNER, Row, Trees, Words
from secretariat.workspace.forms.rules import RuleForm
from secretariat.workspace.forms.wording import WordedForm

LONGEST: Final = 20_000
"""Characters of one provision in one language."""


class BeginForm(forms.Form):
    """Which text a city wants to amend."""

    instrument = forms.ChoiceField(label=_("Text to amend"))

    def __init__(
        self, *args: Any, instruments: Sequence[Instrument], language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["instrument"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.slug, each.title_in(language)) for each in instruments]


class NoteForm(WordedForm):
    """Why the city proposes it."""

    worded = {"note": (_("Explanatory note"), {"required": False, "max_length": 5000}, 5)}


class ArticleForm(forms.Form):
    """A unit of the text as it should read: its rows in every language (`article_editing`).

    Names of fields: `text:KEY:LANGUAGE`, `heading:KEY:LANGUAGE`, `strike:KEY`.
    """

    renumber = forms.BooleanField(
        label=_("Number the paragraphs and items anew in their order"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        rows: Sequence[Row],
        trees: Trees,
        authentic: Iterable[str],
        numbers: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        """`numbers`: key → the number of the row as the reader's language writes it."""
        self.rows = list(rows)
        self.languages = list(trees)
        self.authentic = [code for code in authentic if code in trees]
        self.standing = _standing(rows, trees)
        self.standing_rows = [row for row in rows if not row.new]
        self.numbers = numbers
        kwargs["initial"] = {**self._as_it_stands(), **kwargs.get("initial", {})}
        super().__init__(data, **kwargs)
        for row in self.rows:
            self._add_fields(row)

    def _add_fields(self, row: Row) -> None:
        name = self.numbers.get(row.key) or row.key
        for code in self.languages:
            said = {"place": name, "language": language_name(code)}
            if row.has_heading:
                self.fields[f"heading:{row.key}:{code}"] = forms.CharField(
                    label=_g("%(place)s, heading · %(language)s") % said,
                    required=False,
                    max_length=500,
                    widget=forms.TextInput(attrs={"lang": code}),
                )
            if not self._has_text(row):
                continue
            lines = self.standing.get(row.key, {}).get(code, ("", ""))[1]
            self.fields[f"text:{row.key}:{code}"] = forms.CharField(
                label=f"{name} · {said['language']}",
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"lang": code, "rows": _lines_for(lines)}),
            )
        if not row.new:
            self.fields[f"strike:{row.key}"] = forms.BooleanField(
                label=_g("Strike %(place)s") % {"place": name}, required=False
            )

    def _has_text(self, row: Row) -> bool:
        """Not where all its words stand below it, as those of an article in its paragraphs."""
        texts = (text for _heading, text in self.standing.get(row.key, {}).values())
        return row.new or any(texts) or all(each.parent != row.key for each in self.standing_rows)

    def _as_it_stands(self) -> dict[str, str]:
        return {
            f"{part}:{key}:{code}": words[place]
            for key, by_language in self.standing.items()
            for code, words in by_language.items()
            for place, part in enumerate(("heading", "text"))
        }

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The rows for the template: number, fields side by side, whether new."""
        return [
            {
                "row": row,
                "number": self.numbers.get(row.key, ""),
                "cells": [
                    (
                        code,
                        self[f"heading:{row.key}:{code}"] if row.has_heading else None,
                        self[f"text:{row.key}:{code}"] if self._has_text(row) else None,
                    )
                    for code in self.languages
                ],
                "strike": None if row.new else self[f"strike:{row.key}"],
                "inner": row.kind in INNER,
            }
            for row in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = self.words
        for row in self.rows:
            if row.key in self.struck:
                continue
            given = {code: pair for code, pair in words[row.key].items() if any(pair)}
            if row.new and not given:
                if row is self.rows[0]:
                    self.add_error(None, _("The new article has no words yet."))
                continue
            for code in self.languages:
                had = any(self.standing.get(row.key, {}).get(code, ("", "")))
                wanted = had or (row.new and code in self.authentic)
                if wanted and code not in given:
                    said = (
                        _("Give it in this language, too.")
                        if row.new
                        else _("A provision without words cannot stand. To strike it, tick it.")
                    )
                    self.add_error(f"text:{row.key}:{code}", said)
        return data

    @property
    def words(self) -> Words:
        """What was typed, by key and language; of an unbound form what stands."""
        return {
            row.key: {
                code: (
                    self._typed(f"heading:{row.key}:{code}") if row.has_heading else "",
                    self._typed(f"text:{row.key}:{code}"),
                )
                for code in self.languages
            }
            for row in self.rows
        }

    @property
    def struck(self) -> frozenset[str]:
        """The keys of the rows that are to be struck."""
        return frozenset(
            row.key
            for row in self.rows
            if not row.new and self.cleaned_data.get(f"strike:{row.key}")
        )

    def _typed(self, name: str) -> str:
        return normal_field(str(self.cleaned_data.get(name, "") or ""))


def _lines_for(text: str) -> int:
    """How many lines a text needs in half the width of a page."""
    return max(2, min(14, sum(len(line) // 38 + 1 for line in text.split("\n"))))


def _standing(rows: Sequence[Row], trees: Trees) -> dict[str, dict[str, tuple[str, str]]]:
    by_key = {code: {each.key: each for each in tree.walk()} for code, tree in trees.items()}
    return {
        row.key: {
            code: (found[row.key].heading, found[row.key].text)
            for code, found in by_key.items()
            if row.key in found
        }
        for row in rows
    }


class OperationForm(forms.Form):
    """One operation on one provision; which fields it has depends on the operation."""

    number = forms.CharField(
        label=pgettext_lazy("provision", "Number"),
        max_length=20,
        help_text=_("Without signs: 3, or 12-2 for 제12조의2 (Article 12 bis)."),
    )
    place = forms.ChoiceField(
        label=_("Where it is to stand"), help_text=_("Behind this provision, or as the first.")
    )
    number_kept = forms.BooleanField(
        label=_("It keeps its number as repealed; the articles after it keep theirs"),
        required=False,
        initial=True,
    )

    def __init__(
        self,
        *args: Any,
        fields: Sequence[str],
        tree: Mapping[str, TextTree],
        heading: bool = False,
        places: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        """`fields`: of "number", "place", "number_kept", "words" those that the operation has."""
        super().__init__(*args, **kwargs)
        self.languages = list(tree)
        for name in ("number", "place", "number_kept"):
            if name not in fields:
                del self.fields[name]
        if "place" in fields:
            self.fields["place"].choices = list(places)
        if "words" in fields:
            for code in self.languages:
                if heading:
                    self.fields[f"heading_{code}"] = forms.CharField(
                        label=_("Heading"),
                        required=False,
                        max_length=500,
                        widget=forms.TextInput(attrs={"lang": code}),
                    )
                self.fields[f"text_{code}"] = forms.CharField(
                    label=_("Words"),
                    required=False,
                    max_length=LONGEST,
                    widget=forms.Textarea(attrs={"lang": code, "rows": 4}),
                )

    def words(self) -> dict[str, tuple[str, str]]:
        """(heading, text) by language, languages without words left out."""
        found = {
            code: (
                normal_field(self.cleaned_data.get(f"heading_{code}", "")),
                normal_field(self.cleaned_data.get(f"text_{code}", "")),
            )
            for code in self.languages
        }
        return {code: pair for code, pair in found.items() if any(pair)}


# ── the office ──────────────────────────────────────────────────────────────────────────────


class AdmissibilityForm(WordedForm):
    """Whether an amendment may be put to the assembly, and why."""

    worded = {"reasons": (_("Reasons"), {"max_length": 3000}, 3)}
    admitted = forms.ChoiceField(
        label=pgettext_lazy("amendment", "Decision"),
        choices=(
            ("yes", pgettext_lazy("amendment", "Admit it")),
            ("no", pgettext_lazy("amendment", "Do not admit it")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the amendment is admitted.")},
    )
    field_order = ("admitted",)


class OrderForm(forms.Form):
    """The chair's order of voting: a number for each amendment, and why it is not the suggested."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where the order differs from the suggested one. It is public."),
    )

    def __init__(self, *args: Any, numbers: Sequence[int], **kwargs: Any) -> None:
        """`numbers`: the amendments in the order that holds."""
        super().__init__(*args, **kwargs)
        self.numbers = list(numbers)
        for place, number in enumerate(self.numbers, start=1):
            self.fields[f"place_{number}"] = forms.IntegerField(
                label=_g("Place of amendment %(number)d") % {"number": number},
                min_value=1,
                max_value=len(self.numbers),
                initial=place,
            )
        self.order_fields([*(f"place_{number}" for number in self.numbers), "reason"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        places = [data.get(f"place_{number}") for number in self.numbers]
        if None not in places and len(set(places)) < len(places):
            raise forms.ValidationError(_("Two amendments have the same place. Give each its own."))
        return data

    @property
    def order(self) -> list[int]:
        """The numbers of the amendments by the places given."""
        return sorted(self.numbers, key=lambda number: self.cleaned_data[f"place_{number}"])


class VotesForm(forms.Form):
    """Which amendments are put to the vote, at which assembly, and how."""

    assembly = forms.ChoiceField(label=_("Assembly"))
    mode = forms.ChoiceField(
        label=_("How it is decided"),
        choices=VoteMode.choices,
        initial=VoteMode.ROLL_CALL,
        widget=forms.RadioSelect,
    )
    numbers = forms.MultipleChoiceField(
        label=_("Amendments"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one amendment.")},
    )
    field_order = ("numbers", "assembly", "mode")

    def __init__(
        self,
        *args: Any,
        amendments: Sequence[tuple[int, str]],
        assemblies: Sequence[Assembly],
        language: str,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"numbers": [str(number) for number, _name in amendments]}
        super().__init__(*args, **kwargs)
        self.fields["numbers"].choices = [(str(number), name) for number, name in amendments]
        self.fields["assembly"].choices = [
            (each.slug, each.title_in(language)) for each in assemblies
        ]


class ReviewForm(RuleForm):
    """An operative rule of an article that an amendment changes: kept, changed, or ended."""

    def __init__(self, *args: Any, held: Any, **kwargs: Any) -> None:
        """`held` is the value in force, which a rule that ends keeps on record."""
        self.held = held
        super().__init__(*args, **kwargs)
        self.fields["provision"].label = _("Provision that fixes it afterwards")
        choices = self.fields["provision"].choices
        self.fields["provision"].choices = [("", _("None: it ends with its article")), *choices[1:]]

    @property
    def reviewed(self) -> RuleBinding:
        """The rule as it is if the amendment is adopted; without a provision it ends."""
        return self.binding or RuleBinding(str(self.name), self.held, "")
