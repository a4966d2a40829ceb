"""Preparing a vote, closing a consensus, annulling a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import City
from resolutions.models import AgendaItem, Instrument
from resolutions.models.votes import VoteMode
from resolutions.rules.operative import RuleName
from secretariat.workspace.forms.wording import WordedForm

MAJORITIES = (RuleName.MAJORITY_ORDINARY, RuleName.MAJORITY_BYLAWS)


class VoteForm(WordedForm):
    """A question to the assembly: on a point of the agenda, on a text, or free."""

    worded = {
        "title": (_("Title"), {"max_length": 300}, 1),
        "question": (_("Question"), {"max_length": 2000}, 3),
    }
    mode = forms.ChoiceField(
        label=_("How it is decided"),
        choices=VoteMode.choices,
        initial=VoteMode.ROLL_CALL,
        widget=forms.RadioSelect,
    )
    majority_rule = forms.ChoiceField(
        label=_("Majority needed"),
        widget=forms.RadioSelect,
        initial=RuleName.MAJORITY_ORDINARY,
        help_text=_(
            "For a roll-call. The rules in force at the opening say how many votes that is."
        ),
    )
    agenda_item = forms.ChoiceField(label=_("Agenda item"), required=False)
    instrument = forms.ChoiceField(
        label=_("Text to be decided on"),
        required=False,
        help_text=_("It has to be tabled before the vote opens."),
    )
    field_order = (
        "agenda_item", "instrument", "title_ko", "title_en", "question_ko", "question_en", "mode",
        "majority_rule",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        items: Sequence[AgendaItem],
        instruments: Sequence[Instrument],
        language: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agenda_item"].choices = [
            ("", _("no item of the agenda")),
            *((str(item.number), f"{item.number}. {item.title_in(language)}") for item in items),
        ]
        self.fields["instrument"].choices = [
            ("", _("no text")),
            *((each.slug, each.title_in(language)) for each in instruments),
        ]
        self.fields["majority_rule"].choices = [
            (str(name), name.label.in_language(language)) for name in MAJORITIES
        ]


class ConsensusForm(forms.Form):
    """Which of the seats present objected; none: consensus."""

    objections = forms.MultipleChoiceField(
        label=_("Cities that objected"),
        help_text=_("Leave all unticked where nobody objected: the question is then adopted."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, present: Sequence[City], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["objections"].choices = [
            (city.slug, f"{city.code} {city.name_in(language)}") for city in present
        ]


class AnnulmentForm(forms.Form):
    """Why a vote is void."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It stays on the record. The roll, the votes and the result stay, too."),
    )
