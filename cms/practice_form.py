"""The librarian's form for a practice in Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.models import Pillar, Practice, PracticeNote
from cms.models.practice_review import NoteKind
from cms.models.practices import translation_key_of
from cms.practice_guide import CHOICES, Kind, Question, questions
from cms.rich_text import from_typed, typed_of
from cms.services.practice_words import CONTENT, PracticeWords, UnusableWords
from cms.services.practices import EARLIEST_YEAR, LATEST_YEAR, identify
from members.models import City

LISTED = ("target_groups", "sectors")
WORDED = ("tags", "sdg_targets")
ROWED = {each.name: each for each in questions() if each.kind == Kind.ROWS}
TYPED = tuple(each.name for each in questions() if each.kind == Kind.RICH)


class RowsField(forms.CharField):
    """Rows as lines, columns parted by a vertical line: the office corrects, it rarely writes."""

    def __init__(self, asked: Question) -> None:
        self.columns = [name for name, _label in asked.columns]
        labels = [label for _name, label in asked.columns]
        super().__init__(
            label=asked.label,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=format_lazy(
                "{} {}",
                _("One line each, parted by |:"),
                format_lazy(" | ".join(["{}"] * len(labels)), *labels),
            ),
        )

    def prepare_value(self, value: Any) -> str:
        """Rows as they are shown."""
        if not isinstance(value, list):
            return str(value or "")
        return "\n".join(
            " | ".join(str(row.get(name) or "") for name in self.columns) for row in value
        )

    def to_python(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]
        """Rows from lines."""
        lines = (line for line in str(value or "").splitlines() if line.strip(" |"))
        parts = ([part.strip() for part in line.split("|")] for line in lines)
        return [dict(zip(self.columns, row, strict=False)) for row in parts]


class PracticeForm(WagtailAdminModelForm):  # type: ignore[misc]
    """Pillars as boxes, tags as words, the city by its address name (a list of all is too long).

    The identifier and the address are made once, from the city and the title. Below stand the
    fields of the review: a comment to write, and those to settle.
    """

    pillars = forms.MultipleChoiceField(
        label=_("pillars"),
        choices=Pillar.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    tags = forms.CharField(label=_("tags"), required=False, help_text=_("Words parted by commas."))
    sdg_targets = forms.CharField(
        label=_("SDG targets"), required=False, help_text=_("Such as 8.5, 8.8.")
    )
    target_groups = forms.MultipleChoiceField(
        label=_("target groups"),
        choices=CHOICES["target_groups"].choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sectors = forms.MultipleChoiceField(
        label=_("sectors"),
        choices=CHOICES["sectors"].choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    figures = RowsField(ROWED["figures"])
    contacts = RowsField(ROWED["contacts"])
    sources = RowsField(ROWED["sources"])
    city = forms.ModelChoiceField(
        label=_("city"),
        queryset=City.objects.all(),
        to_field_name="slug",
        widget=forms.TextInput,
        required=False,
        help_text=_("The address name of the city, such as seoul."),
    )
    year = forms.IntegerField(
        label=_("year"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, required=False
    )
    year_to = forms.IntegerField(
        label=_("until (year)"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, required=False
    )
    country = forms.RegexField(
        label=_("country (ISO 3166)"), regex=r"^[A-Z]{2}$", required=False, strip=True
    )
    comment_on = forms.ChoiceField(label=_("Comment on"), required=False)
    comment = forms.CharField(
        label=_("New comment"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "It is written when you save. The city reads it on its desk and answers there."
        ),
    )
    settled = forms.MultipleChoiceField(
        label=_("Settle these comments"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Practice
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.city is not None:
            self.initial["city"] = self.instance.city.slug
        for name in WORDED:
            self.initial[name] = ", ".join(getattr(self.instance, name))
        for name in TYPED:
            if name in self.fields:
                self.initial[name] = typed_of(getattr(self.instance, name))
        self._choices(
            "comment_on", [("", _("The whole")), *((q.name, q.label) for q in questions())]
        )
        comments = list(self._open_comments())
        self._choices("settled", comments)
        if not comments:
            self.fields.pop("settled", None)

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def _open_comments(self) -> Iterator[tuple[str, str]]:
        if self.instance.pk:
            rows = PracticeNote.objects.filter(
                practice=self.instance.pk, kind=NoteKind.COMMENT, settled_at=None
            )
            for row in rows.order_by("written_at", "pk"):
                yield str(row.pk), row.text

    def clean_tags(self) -> list[str]:
        """The words, each once."""
        return _words(self.cleaned_data["tags"])

    def clean_sdg_targets(self) -> list[str]:
        """The targets, each once."""
        return _words(self.cleaned_data["sdg_targets"])

    def clean(self) -> dict[str, Any]:
        """Bring the words into their one form; give a new practice its identity."""
        cleaned: dict[str, Any] = super().clean()
        for name in TYPED:
            if name in cleaned:
                cleaned[name] = from_typed(cleaned[name], stored=getattr(self.instance, name))
        if not self.errors:
            self._to_one_form(cleaned)
        if not self.instance.external_id and cleaned.get("title"):
            city = cleaned.get("city")
            self.instance.external_id, self.instance.slug = identify(
                city=city, title=cleaned["title"]
            )
            self.instance.translation_key = translation_key_of(self.instance.external_id)
        return cleaned

    def _to_one_form(self, cleaned: dict[str, Any]) -> None:
        given = {name: cleaned.get(name, getattr(self.instance, name)) for name in CONTENT}
        try:
            fields = PracticeWords(**given).as_fields()
        except UnusableWords as refusal:
            for where, said in refusal.problems:
                self.add_error(where if where in self.fields else None, said)
            return
        cleaned |= {name: fields[name] for name in cleaned if name in fields}
        self.instance.body = fields["body"]


def _words(text: str) -> list[str]:
    words = (word.strip() for word in text.split(","))
    return list(dict.fromkeys(word for word in words if word))
