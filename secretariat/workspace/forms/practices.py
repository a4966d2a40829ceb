"""The practice editor: every question of the guide as a field, rows as rows, texts as texts.

A formatted text stands in an ordinary text box, in its typed form (`cms.rich_text`). Where
the script has put its editor there, it says so in a hidden field, and what comes is HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django import forms
from django.forms import BaseFormSet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from cms.models import Practice
from cms.practice_guide import CHOICES, SECTIONS, Kind, Question, Section, question, questions
from cms.rich_text import clean, from_typed, rich_of, typed_of
from cms.services.practice_words import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    LONGEST_TITLE,
    PracticeWords,
    UnusableWords,
    words_of,
)
from cms.services.practices import NewFile
from members.models.files import FilePurpose
from secretariat.kernel.models import LANGUAGES

EMPTY_ROWS: Final = 2
MOST_ROWS: Final = 50
PURPOSES: Final = {
    "images": FilePurpose.PRACTICE_IMAGE,
    "attachments": FilePurpose.PRACTICE_ATTACHMENT,
}


class BeginForm(forms.Form):
    """A new practice needs a title and the language it is written in."""

    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        help_text=_("Short, and understood without knowing your city. Say what is done."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGES,
        help_text=_("The other language can follow at any time."),
    )


class QuestionnaireForm(forms.Form):
    """A questionnaire that was filled in offline."""

    file = forms.FileField(
        label=_("Filled-in questionnaire"), help_text=_("The DOCX file, up to 10 MB.")
    )


class NoteForm(forms.Form):
    """A comment, or the answer to one."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the comment first.")},
    )


class FileRowForm(forms.Form):
    """An image or attachment that is there: its words, and whether it stays."""

    file = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("What it shows"), required=False, max_length=300)
    gone = forms.BooleanField(label=_("Remove"), required=False)


class NewFileForm(forms.Form):
    """An image or attachment to add."""

    upload = forms.FileField(label=_("File"), required=False)
    text = forms.CharField(label=_("What it shows"), required=False, max_length=300)


class EditorForm(forms.Form):
    """The fields of a draft. `rows` are the lists below it; `rich` the formatted texts."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, files: Any = None, *, draft: Practice
    ) -> None:
        self.draft = draft
        self.stored = words_of(draft)
        if not self.stored.action and self.stored.body:
            self.stored = replace(self.stored, action=rich_of(self.stored.body))
        self.rich = {
            each.name: _rich(data, each.name, stored=getattr(self.stored, each.name))
            for each in questions()
            if each.kind == Kind.RICH
        }
        super().__init__(_with_typed_texts(data, self.rich), initial=self._initial())
        for each in questions():
            if (field := self._field(each)) is not None:
                if not isinstance(field, forms.ChoiceField):  # answers to choose are the page's
                    field.widget.attrs["lang"] = draft.language
                if each.needed:
                    field.left_open = _("needed for the review")  # type: ignore[attr-defined]
                self.fields[each.name] = field
        self.rows = {
            each.name: _row_forms(each, getattr(self.stored, each.name), data)
            for each in questions()
            if each.kind == Kind.ROWS
        }
        self.kept = {name: _file_forms(name, self.stored, data) for name in PURPOSES}
        self.new = {name: NewFileForm(data, files, prefix=f"new-{name}") for name in PURPOSES}

    def _initial(self) -> dict[str, Any]:
        values: dict[str, Any] = {"revision": self.draft.latest_revision_id or 0}
        for each in questions():
            value = getattr(self.stored, each.name)
            if each.kind == Kind.RICH:
                value = typed_of(value)
            elif each.kind == Kind.WORDS:
                value = ", ".join(value)
            values[each.name] = list(value) if each.kind == Kind.CHOICES else value
        return values

    def _field(self, each: Question) -> forms.Field | None:
        common: dict[str, Any] = {
            "label": each.label,
            "help_text": each.guidance,
            "required": each.name == "title",
        }
        if each.kind == Kind.LINE:
            return forms.CharField(**common, max_length=LONGEST_TITLE)
        if each.kind == Kind.WORDS:
            return forms.CharField(**common, max_length=2000)
        if each.kind == Kind.YEAR:
            return forms.IntegerField(**common, min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
        if each.kind == Kind.CHOICE:
            own = str(getattr(self.stored, each.name))
            choices = [("", "—"), *CHOICES[each.name].choices]
            if own and own not in CHOICES[each.name].values:
                choices.append((own, own))
            return forms.ChoiceField(**common, choices=choices)
        if each.kind == Kind.CHOICES:
            return forms.MultipleChoiceField(
                **common,
                choices=CHOICES[each.name].choices,
                widget=forms.CheckboxSelectMultiple,
            )
        if each.kind == Kind.TEXT:
            return forms.CharField(**common, widget=forms.Textarea(attrs={"rows": 3}))
        if each.kind == Kind.RICH:
            box = forms.Textarea(attrs={"rows": 8, "data-rich": self.rich[each.name]})
            return forms.CharField(**common, widget=box, strip=False)
        return None

    @property
    def sections(self) -> Iterator[tuple[Section, list[dict[str, Any]]]]:
        """The form as the page shows it: each section with its questions and their fields."""
        for section in SECTIONS:
            yield section, [self._shown(each) for each in section.questions]

    def _shown(self, each: Question) -> dict[str, Any]:
        return {
            "question": each,
            "field": self[each.name] if each.name in self.fields else None,
            "rows": self.rows.get(each.name),
            "kept": self.kept.get(each.name),
            "new": self.new.get(each.name),
            "errors": self.errors.get(each.name, ()) if self.is_bound else (),
        }

    def is_valid(self) -> bool:
        """The form and all its rows; everything that the service would refuse is said at once."""
        parts: list[Any] = [*self.rows.values(), *self.kept.values(), *self.new.values()]
        invalid = [part for part in (super(), *parts) if not part.is_valid()]
        if not self.is_bound:
            return False
        return not self._say_unusable(self.words()) and not invalid

    def _say_unusable(self, words: PracticeWords) -> bool:
        """Whether some words cannot be kept; says which, where a field did not say so itself."""
        refused = set(self.errors)
        try:
            words.as_fields()
        except UnusableWords as refusal:
            for where, said in refusal.problems:
                if where not in refused:
                    self.add_refusal(where, said)
            return True
        return False

    def clean_adapted_from(self) -> str:
        """The identifier of a public practice, from its identifier or its address."""
        given = self.cleaned_data["adapted_from"].strip()
        if not given or given == self.stored.adapted_from:
            return given
        slug = unquote(urlsplit(given).path).strip("/").rpartition("/")[2]
        found = Practice.objects.filter(live=True, slug=slug).first() or (
            Practice.objects.filter(live=True, external_id=given).first()
        )
        if found is None or found.external_id == self.draft.external_id:
            raise forms.ValidationError(_("The library has no such practice. Copy its address."))
        return found.external_id

    def words(self) -> PracticeWords:
        """What the form says; what it does not ask, or could not read, stays as it was."""
        given: dict[str, Any] = {}
        for each in questions():
            name = each.name
            if each.kind == Kind.RICH:
                given[name] = self.rich[name]
            elif each.kind == Kind.ROWS:
                if self.rows[name].is_valid():
                    given[name] = tuple(dict(row) for row in self.rows[name].cleaned_data)
            elif each.kind == Kind.FILES:
                if self.kept[name].is_valid():
                    given[name] = tuple(
                        {"file": str(row["file"]), "text": row["text"]}
                        for row in self.kept[name].cleaned_data
                        if not row.get("gone")
                    )
            elif name in self.cleaned_data:
                given[name] = _TAKEN.get(each.kind, _as_it_is)(self.cleaned_data[name])
        return replace(self.stored, **given)

    def new_files(self) -> list[NewFile]:
        """What was chosen to be added."""
        return [
            NewFile(PURPOSES[name], form.cleaned_data["upload"], form.cleaned_data["text"])
            for name, form in self.new.items()
            if form.cleaned_data.get("upload")
        ]

    def base_anew(self, found: Practice) -> None:
        """After somebody else saved: the next press saves over what is there now."""
        found.refresh_from_db(fields=["latest_revision"])
        data: Any = self.data  # a copy of what was posted, made by `_with_typed_texts`
        data["revision"] = str(found.latest_revision_id or 0)

    def add_refusal(self, where: str, message: str) -> None:
        """Show why the service refused: at the question it names, or on top."""
        if where in self.fields:
            self.add_error(where, message)
        elif (asked := question(where)) is not None:
            self.errors.setdefault(where, self.error_class()).append(message)
            self.add_error(None, f"{asked.label}: {message}")
        else:
            self.add_error(None, message)


def row_form(each: Question) -> type[forms.Form]:
    """One line of a list: a field for each column; an empty line says nothing."""
    fields: dict[str, Any] = {}
    for name, label in each.columns:
        fields[name] = forms.CharField(label=label, required=False, max_length=1000)
        if name in ("before", "after", "year"):
            fields[name].widget.attrs["inputmode"] = "decimal"
    return type("RowForm", (forms.Form,), fields)


def _row_forms(
    each: Question, stored: Iterable[Mapping[str, Any]], data: Any
) -> BaseFormSet[forms.Form]:
    rows = [{name: _shown(row[name]) for name, _label in each.columns} for row in stored]
    kind: Any = forms.formset_factory(row_form(each), extra=EMPTY_ROWS, max_num=MOST_ROWS)
    made: BaseFormSet[forms.Form] = kind(data, prefix=each.name, initial=rows)
    return made


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _file_forms(name: str, stored: PracticeWords, data: Any) -> BaseFormSet[forms.Form]:
    kind: Any = forms.formset_factory(FileRowForm, extra=0, max_num=MOST_ROWS)
    made: BaseFormSet[forms.Form] = kind(data, prefix=name, initial=list(getattr(stored, name)))
    return made


def _rich(data: Any, name: str, *, stored: str) -> str:
    """The formatted text that the form holds now."""
    if data is None or name not in data:
        return stored
    if data.get(f"{name}-form") == "rich":
        return clean(data[name])
    return from_typed(data[name], stored=stored)


def _with_typed_texts(data: Any, rich: Mapping[str, str]) -> Any:
    """The data with formatted texts in their typed form, as the text boxes show them."""
    if data is None:
        return None
    changed = data.copy()
    for name, text in rich.items():
        if name in data:
            changed[name] = typed_of(text)
    return changed


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.replace("，", ",").split(",") if word.strip()]


def _as_it_is(value: Any) -> Any:
    return value


_TAKEN: Final[dict[Kind, Callable[[Any], Any]]] = {
    Kind.WORDS: lambda words: tuple(_split(words)),
    Kind.CHOICES: tuple,
}


def unsaved_fields(data: QueryDict) -> dict[str, list[str]]:
    """What of a posted form is kept as unsaved: everything that was typed, no token, no file."""
    return {name: data.getlist(name) for name in data if name != "csrfmiddlewaretoken"}


def posted_again(fields: Mapping[str, list[str]]) -> MultiValueDict[str, str]:
    """Kept fields as if they were posted now."""
    return MultiValueDict({name: list(values) for name, values in fields.items()})
