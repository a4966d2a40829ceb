"""What a city says: its vote, a nomination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import City
from secretariat.workspace.forms.wording import WordedForm


class BallotForm(forms.Form):
    """One choice among the options of a vote: `(key, words)`."""

    choice = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the answers on the ballot."),
            "invalid_choice": _("Choose one of the answers on the ballot."),
        },
    )

    def __init__(
        self, *args: Any, question: str, options: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)
        field.label = question
        field.choices = list(options)


class NominationForm(WordedForm):
    """Proposing a city for an office, with a statement."""

    worded = {"statement": (_("Statement"), {"required": False, "max_length": 5000}, 5)}
    city = forms.ChoiceField(label=_("City proposed"))
    field_order = ("city",)

    def __init__(
        self,
        *args: Any,
        cities: Sequence[City],
        language: str,
        search: object | None = None,
        note: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.search = search
        names = sorted((city.name_in(language), city.slug) for city in cities)
        field = self.fields["city"]
        assert isinstance(field, forms.ChoiceField)
        field.help_text = note
        field.choices = [("", "—"), *((slug, name) for name, slug in names)]
