"""The words of a unit of a draft in every language, and the acts on its structure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.templatetags.formats import language_name
from resolutions.rules.canonical_json import canonical_json, sha256_hex
from resolutions.rules.drafting import Sketch, Wording, words_hash
from resolutions.rules.operations import Words
from resolutions.rules.structure import Kind
from resolutions.services.drafting import LONGEST_REASON, ProvisionWords
from secretariat.kernel.models import LANGUAGES

CODES = tuple(code for code, _name in LANGUAGES)
NOTHING = Wording()
KIND_LABELS: Mapping[Kind, Any] = {
    Kind.PREAMBLE: pgettext_lazy("provision", "Preamble"),
    Kind.PART: pgettext_lazy("provision", "Part"),
    Kind.CHAPTER: pgettext_lazy("provision", "Chapter"),
    Kind.SECTION: pgettext_lazy("provision", "Section"),
    Kind.ARTICLE: pgettext_lazy("provision", "Article"),
    Kind.PARAGRAPH: pgettext_lazy("provision", "Paragraph"),
    Kind.ITEM: pgettext_lazy("provision", "Item"),
    Kind.SUBITEM: pgettext_lazy("provision", "Subitem"),
    Kind.SUPPLEMENTARY: pgettext_lazy("provision", "Supplementary provisions"),
    Kind.ANNEX: pgettext_lazy("provision", "Annex"),
    Kind.CLOSING: pgettext_lazy("provision", "Closing formula"),
    Kind.FOOTNOTE: pgettext_lazy("provision", "Footnote"),
}
_WITHOUT_HEADING = (Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM, Kind.FOOTNOTE, Kind.CLOSING)


class ReasonField(forms.CharField):
    """Why: it stands in the history."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("It stands in the draft's history."))
        super().__init__(label=_("Reason"), max_length=LONGEST_REASON, **options)


@dataclass(frozen=True, slots=True)
class Clash:
    """Words of a provision that were changed while others were typed for it."""

    key: str
    language: str
    stands: Wording
    typed: Wording


def has_heading(sketch: Sketch) -> bool:
    """Whether its heading is edited: where its kind has one, or it has one all the same."""
    return sketch.kind not in _WITHOUT_HEADING or any(
        words.heading for words in sketch.words.values()
    )


class UnitForm(forms.Form):
    """Each provision of a unit with its own heading and text in each language; one reason.

    Beside the words it carries the hash of what they were when the form was shown, so that only
    what was touched is written and a change by somebody else in between is seen.
    """

    def __init__(self, data: Any = None, *, sketches: Sequence[Sketch]) -> None:
        self.sketches = tuple(sketches)
        super().__init__(data)
        for sketch in self.sketches:
            for code in CODES:
                self._add(sketch, code, sketch.words.get(code, NOTHING))
        self.fields["same"] = forms.BooleanField(
            label=_("Where I changed one language, the other still says the same"), required=False
        )
        self.fields["reason"] = ReasonField(help_text="")

    def _add(self, sketch: Sketch, code: str, words: Wording) -> None:
        marks = {"lang": code, "data-words": sketch.key}
        if has_heading(sketch):
            self.fields[name_of(sketch.key, code, "heading")] = forms.CharField(
                label=_("Heading"),
                required=False,
                initial=words.heading,
                max_length=2000,
                strip=False,
                widget=forms.TextInput(attrs=marks),
            )
        longest = max((len(each.text) for each in sketch.words.values()), default=0)
        rows = min(longest // 45 + 1, 16)
        self.fields[name_of(sketch.key, code, "text")] = forms.CharField(
            label=_("Words"),
            required=False,
            initial=words.text,
            strip=False,
            widget=forms.Textarea(attrs={**marks, "rows": rows}),
        )
        self.fields[name_of(sketch.key, code, "base")] = forms.CharField(
            required=False,
            initial=words_hash(words.heading, words.text),
            widget=forms.HiddenInput,
        )

    def boxes(self, sketch: Sketch, code: str) -> dict[str, Any]:
        """The bound fields of one provision in one language."""
        names = {part: name_of(sketch.key, code, part) for part in ("heading", "text", "base")}
        return {part: self[name] for part, name in names.items() if name in self.fields}

    @property
    def base(self) -> str:
        """One hash over what all words were when the form was shown."""
        return base_of(
            {name: str(self[name].value()) for name in self.fields if name.endswith(":base")}
        )

    def provisions(self) -> list[ProvisionWords]:
        """What the form holds, provision by provision; those that are gone by now as well."""
        return provisions_in(self.data)

    def gone(self) -> list[tuple[str, dict[str, Words]]]:
        """Words for provisions that the unit no longer has, where they were touched."""
        known = {sketch.key for sketch in self.sketches}
        return [
            (each.key, {code: words for code, words in each.words.items() if words.text.strip()})
            for each in self.provisions()
            if each.key not in known and _touched(each)
        ]

    def rebased(self) -> tuple[UnitForm, list[Clash]]:
        """The same words on the draft as it stands now, and where both were changed.

        What was not touched takes the words that stand there; what was touched stays as typed.
        """
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        clashes = []
        typed = {each.key: each for each in self.provisions()}
        for sketch in self.sketches:
            if sketch.key not in typed:
                continue
            each = typed[sketch.key]
            for code in CODES:
                stands = sketch.words.get(code, NOTHING)
                current = words_hash(stands.heading, stands.text)
                words = each.words.get(code, Words())
                given = words_hash(words.heading, words.text)
                base = each.base.get(code, current)
                if given == base and given != current:
                    data[name_of(sketch.key, code, "heading")] = stands.heading
                    data[name_of(sketch.key, code, "text")] = stands.text
                elif base != current and given != current:
                    clashes.append(
                        Clash(sketch.key, code, stands, Wording(words.heading, words.text))
                    )
                data[name_of(sketch.key, code, "base")] = current
        form = UnitForm(data, sketches=self.sketches)
        return form, clashes


def name_of(key: str, code: str, part: str) -> str:
    """The name of a field: "art3.p1:ko:text"."""
    return f"{key}:{code}:{part}"


def base_of(bases: Mapping[str, str]) -> str:
    """One hash over the hashes of the words, by the names of their fields."""
    return sha256_hex(canonical_json(dict(sorted(bases.items()))))


def provisions_in(data: Mapping[str, Any]) -> list[ProvisionWords]:
    """The words that a form sent, provision by provision, in its order."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name in data:
        key, code, part = (*str(name).rsplit(":", 2), "", "")[:3]
        if code in CODES and part in ("heading", "text", "base"):
            found.setdefault(key, {}).setdefault(code, {})[part] = str(data[name])
    return [
        ProvisionWords(
            key,
            {
                code: Words(given.get("heading", ""), given["text"])
                for code, given in languages.items()
                if "text" in given
            },
            {code: given["base"] for code, given in languages.items() if given.get("base")},
        )
        for key, languages in found.items()
    ]


def unsaved_fields(data: Mapping[str, Any]) -> dict[str, str]:
    """What of a form is kept unsaved: the words, their bases and the reason."""
    return {
        name: str(data[name])
        for name in data
        if name in ("reason", "same") or str(name).count(":") >= 2
    }


def _touched(each: ProvisionWords) -> bool:
    return any(
        words_hash(words.heading, words.text) != each.base.get(code)
        for code, words in each.words.items()
    )


# ── structure ───────────────────────────────────────────────────────────────────────────────


class ActForm(forms.Form):
    """An act on a provision's structure that needs nothing but its reason.

    It stands on the page of the words, whose form asks for a reason too.
    """

    reason = ReasonField()

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="act_%s", **options)


class NumberField(forms.CharField):
    """A number as it is stored: 3, 12-2, 4.1."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=pgettext_lazy("provision", "Number"),
            required=False,
            max_length=20,
            help_text=_("12-2 stands for 제12조의2 and Article 12 bis. Empty: not numbered."),
            **options,
        )


class InsertForm(forms.Form):
    """A new provision: what it is, its number, its words."""

    kind = forms.ChoiceField(label=_("Kind"))
    number = NumberField()

    def __init__(
        self, data: Any = None, *, kinds: Sequence[Kind], initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), prefix="new")
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, KIND_LABELS[kind]) for kind in kinds]
        for code in CODES:
            self.fields[f"heading_{code}"] = forms.CharField(
                label=_("Heading in %(language)s") % {"language": language_name(code)},
                required=False,
                max_length=2000,
                widget=forms.TextInput(attrs={"lang": code}),
            )
        for code in CODES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Words in %(language)s") % {"language": language_name(code)},
                required=False,
                widget=forms.Textarea(attrs={"lang": code, "rows": 4}),
            )
        self.fields["reason"] = ReasonField()

    @property
    def words(self) -> dict[str, Words]:
        """The words given, by language."""
        return {
            code: Words(self.cleaned_data[f"heading_{code}"], self.cleaned_data[f"text_{code}"])
            for code in CODES
        }


class RenumberForm(ActForm):
    """Another number for a provision, alone or with those that follow."""

    number = NumberField()
    onward = forms.BooleanField(
        label=_("Number those that follow on from it as well"), required=False
    )
    field_order = ("number", "onward", "reason")


class MoveForm(forms.Form):
    """Another place for a provision."""

    place = forms.ChoiceField(label=_("Where to"))
    reason = ReasonField()

    def __init__(self, data: Any = None, *, places: Sequence[tuple[str, Any]]) -> None:
        super().__init__(data, prefix="move")
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(places)


class TitleForm(forms.Form):
    """What the text is called, language by language."""

    def __init__(self, data: Any = None, *, titles: Mapping[str, str]) -> None:
        super().__init__(data, prefix="title")
        self.codes = tuple(code for code in CODES if code in titles)
        for code in self.codes:
            self.fields[code] = forms.CharField(
                label=language_name(code),
                max_length=500,
                initial=titles[code],
                widget=forms.TextInput(attrs={"lang": code}),
            )
        self.fields["reason"] = ReasonField()

    @property
    def titles(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code in self.codes}


class CommentForm(forms.Form):
    """A comment on a provision of the unit."""

    key = forms.ChoiceField(label=_("Which provision"))
    text = forms.CharField(
        label=_("Comment"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the comment first.")},
    )

    def __init__(self, data: Any = None, *, about: Iterator[tuple[str, str]]) -> None:
        super().__init__(data, prefix="comment")
        field = self.fields["key"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(about)


class DraftingCityForm(forms.Form):
    """The city whose people are to work on the draft."""

    city = forms.ChoiceField(label=_("City"))

    def __init__(self, data: Any = None, *, cities: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, prefix="city")
        field = self.fields["city"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a city")), *cities]
