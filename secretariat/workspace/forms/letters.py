"""What an officer writes down of a city's letter: the letter itself, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.templatetags.formats import language_name
from members.models import City
from members.models.letters import LetterForm
from members.models.people import MandateRole
from members.services.letter_kinds import BY_LETTER_ROLES
from members.services.letters import Facts
from resolutions.models import Edition, Election, Nomination
from resolutions.models.elections import ElectionState, NominationState
from resolutions.models.signatures import SigningState
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.forms.wording import WordedForm

TAKEN = "application/pdf,image/png,image/jpeg"


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class FindForm(forms.Form):
    """Which city wrote, and what it asks for."""

    kind = forms.ChoiceField(label=_("What the letter asks for"))
    q = forms.CharField(
        label=_("City that wrote"),
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
        help_text=_("A piece of its name, or its short code."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = kinds


class PaperForm(forms.Form):
    """The letter itself."""

    form = forms.ChoiceField(label=_("It arrived as"), choices=LetterForm.choices)
    written_on = day_field(_("Date of the letter"))
    received_on = day_field(_("Received on"))
    reference = forms.CharField(label=_("Reference number"), max_length=100, required=False)
    signed_by = forms.CharField(
        label=_("Signed by"),
        max_length=200,
        help_text=_("The office held, for instance Mayor. No name."),
    )
    upload = forms.FileField(
        label=_("The letter"),
        widget=forms.ClearableFileInput(attrs={"accept": TAKEN}),
        help_text=_(
            "A PDF or a picture, at most 10 MB. Only the office and this city ever see it. "
            "An e-mail is saved as PDF with its header."
        ),
    )


class FactsForm(forms.Form):
    """What a letter of one kind asks for; `facts` gives it as the kind's service takes it."""

    def __init__(self, *args: Any, city: City, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.city, self.reads = city, language

    def facts(self) -> Facts:
        return self.cleaned_data


class PersonForm(FactsForm):
    """A person whom the letter names."""

    name = forms.CharField(label=_("Name of the person"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail address of the person"),
        help_text=_("As the letter gives it. An account there is used; else one is made."),
    )
    language = forms.ChoiceField(label=_("Language of the person"), choices=LANGUAGES)
    until = day_field(
        _("Until (last day)"), required=False, help_text=_("Empty: until further notice.")
    )


class CredentialsForm(PersonForm):
    """A voter whom the letter accredits."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, role.label) for role in BY_LETTER_ROLES]
    )
    rank = forms.IntegerField(
        label=_("Rank among the alternates"), min_value=1, max_value=99, required=False
    )
    field_order = ("role", "rank", "name", "email", "language", "until")

    def facts(self) -> Facts:
        rank = self.cleaned_data["rank"]
        alternate = self.cleaned_data["role"] == MandateRole.ALTERNATE
        return {**self.cleaned_data, "rank": (rank or 1) if alternate else 0}


class ContactsForm(FactsForm):
    """The contacts and the website that the letter gives."""

    website = forms.URLField(
        label=_("Website"), required=False, assume_scheme="https", help_text=_("If it changes.")
    )
    SHOWN = 3
    PARTS = ("name", "position", "email", "phone", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, self.SHOWN + 1):
            more: dict[str, Any] = {"required": False}
            self.fields[f"name_{number}"] = forms.CharField(label=_("Name"), max_length=200, **more)
            self.fields[f"position_{number}"] = forms.CharField(
                label=_("Office or department"), max_length=200, **more
            )
            self.fields[f"email_{number}"] = forms.EmailField(label=_("E-mail address"), **more)
            self.fields[f"phone_{number}"] = forms.CharField(
                label=_("Telephone"), max_length=50, **more
            )
            self.fields[f"language_{number}"] = forms.ChoiceField(
                label=_("Language"), choices=LANGUAGES, **more
            )

    @property
    def groups(self) -> list[dict[str, forms.BoundField]]:
        """The fields of each contact, as the page lays them out."""
        return [
            {name: self[f"{name}_{number}"] for name in self.PARTS}
            for number in range(1, self.SHOWN + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(1, self.SHOWN + 1):
            named, reached = data.get(f"name_{number}"), data.get(f"email_{number}")
            if bool(named) != bool(reached) and f"email_{number}" not in self.errors:
                self.add_error(
                    f"email_{number}" if named else f"name_{number}",
                    _("A contact has a name and an e-mail address."),
                )
        return data

    def facts(self) -> Facts:
        data = self.cleaned_data
        contacts = [
            {name: data.get(f"{name}_{number}") or "" for name in self.PARTS}
            for number in range(1, self.SHOWN + 1)
            if data.get(f"name_{number}")
        ]
        return {"contacts": contacts, "website": data["website"]}


def _open_elections(language: str) -> list[tuple[str, str]]:
    rows = Election.objects.filter(
        state__in=(ElectionState.ANNOUNCED, ElectionState.NOMINATING)
    ).prefetch_related("wordings")
    return [(row.slug, row.title_in(language)) for row in rows.order_by("-announced_at", "-pk")]


class NominatingForm(WordedForm, FactsForm):
    """A nomination that the letter makes, with its statement."""

    worded = {"statement": (_("Statement"), {"required": False, "max_length": 5000}, 5)}
    election = forms.ChoiceField(label=_("Election"))
    city_named = forms.ChoiceField(label=_("City proposed"))
    field_order = ("election", "city_named")

    def __init__(self, *args: Any, seats: list[City], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "election", _open_elections(self.reads))
        names = sorted((each.name_in(self.reads), each.slug) for each in seats)
        _choose(self, "city_named", [(slug, name) for name, slug in names])

    def facts(self) -> Facts:
        return {
            "election": self.cleaned_data["election"],
            "city": self.cleaned_data["city_named"],
            "statements": self.words("statement"),
        }


class SecondingForm(FactsForm):
    """A nomination that the letter seconds."""

    nomination = forms.ChoiceField(label=_("Nomination"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (
            Nomination.objects.filter(
                election__state=ElectionState.NOMINATING,
                state__in=(NominationState.PROPOSED, NominationState.SECONDED),
            )
            .exclude(city=self.city)
            .select_related("city", "election")
            .prefetch_related("city__name_rows", "election__wordings")
            .order_by("election", "city__code")
        )
        _choose(
            self,
            "nomination",
            [
                (
                    f"{row.election.slug}/{row.city.slug}",
                    f"{row.city.name_in(self.reads)} · {row.election.title_in(self.reads)}",
                )
                for row in rows
            ],
        )

    def facts(self) -> Facts:
        election, _slash, city = self.cleaned_data["nomination"].partition("/")
        return {"election": election, "city": city}


class AcceptanceForm(FactsForm):
    """The city's own nomination that it accepts."""

    election = forms.ChoiceField(label=_("Nomination"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (
            Nomination.objects.filter(
                city=self.city,
                election__state=ElectionState.NOMINATING,
                state__in=(NominationState.PROPOSED, NominationState.SECONDED),
            )
            .select_related("election")
            .prefetch_related("election__wordings")
            .order_by("-election__announced_at")
        )
        _choose(
            self,
            "election",
            [(row.election.slug, row.election.title_in(self.reads)) for row in rows],
        )


class SheetForm(WordedForm, FactsForm):
    """What stands on a signed sheet, as the officer who records it copies it."""

    worded = {"words": (_("Words of the reservation"), {"required": False, "max_length": 5000}, 3)}
    edition = forms.ChoiceField(label=_("Edition that the sheet names"))
    sha256 = forms.CharField(
        label=_("SHA-256 on the sheet"),
        max_length=100,
        help_text=_("Its first twelve digits or more, copied from the sheet."),
    )
    language = forms.ChoiceField(label=_("Language version that was read"))
    provision = forms.CharField(
        label=_("Reservation to"),
        max_length=100,
        required=False,
        help_text=_("The key of the provision (art3.p1), empty for the whole text."),
    )
    field_order = ("edition", "sha256", "language", "provision")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (
            Edition.objects.filter(signing__state=SigningState.OPEN)
            .select_related("instrument")
            .prefetch_related("languages")
            .order_by("-signing__opened_at")
        )
        titles = []
        languages: dict[str, str] = {}
        for row in rows:
            by_language = {each.language: each.title for each in row.languages.all()}
            title = by_language.get(self.reads) or row.instrument.slug
            name = _("%(title)s, edition %(number)d") % {"title": title, "number": row.number}
            titles.append((f"{row.instrument.slug}/{row.number}", name))
            languages |= {code: language_name(code) for code in by_language}
        _choose(self, "edition", titles)
        _choose(self, "language", list(languages.items()))

    def facts(self) -> Facts:
        text, _slash, number = self.cleaned_data["edition"].rpartition("/")
        words = self.words("words")
        key = self.cleaned_data["provision"].strip()
        return {
            "text": text,
            "edition": int(number),
            "sha256": self.cleaned_data["sha256"],
            "language": self.cleaned_data["language"],
            "reservations": [{"provision": key, "texts": words}] if words or key else [],
        }


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "—"), *choices]


FORMS: Mapping[str, type[FactsForm]] = {
    "head": PersonForm,
    "credentials": CredentialsForm,
    "contacts": ContactsForm,
    "nomination": NominatingForm,
    "seconding": SecondingForm,
    "acceptance": AcceptanceForm,
    "signature": SheetForm,
}
"""The form of each kind of letter; a kind without one cannot be recorded by hand."""


class ReasonForm(forms.Form):
    """Why a letter is refused or taken back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    """What the office answers to a contest."""

    answer = forms.CharField(
        label=_("Answer to the city"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("It is sent by e-mail to everybody of the city, and stays on the record."),
    )


class ContestForm(forms.Form):
    """Why the city says that an act by letter is not its own."""

    reason = forms.CharField(
        label=_("What is wrong?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For instance: nobody here wrote this; the letter says something else."),
    )
