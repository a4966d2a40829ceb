"""What an officer writes down of a city's letter: the letter itself, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from cms.templatetags.formats import language_name
from members.models import City
from members.models.letters import LetterForm
from members.models.people import MandateRole
from members.services.letter_kinds import BY_LETTER_ROLES
from members.services.letters import Facts
from resolutions.models import Edition, Election, Nomination, Reservation, Signature
from resolutions.models.elections import ElectionState, NominationState
from resolutions.models.signatures import SigningState
from resolutions.rules.reservable import name_of
from resolutions.selectors.texts import trees_of_editions
from resolutions.services.signatures import LONGEST_RESERVATION
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.forms.signatures import WHOLE, provisions_of
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
    """What a letter of one kind asks for; `facts` gives it as the kind's service takes it.

    `nothing` says why there is nothing that such a letter could be about, "" where there is.
    """

    nothing: str | Promise = ""

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
        elections = _open_elections(self.reads)
        _choose(self, "election", elections)
        self.nothing = "" if elections else _("Nominations are open for no election.")
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
        self.nothing = "" if rows else _("No other city's nomination waits to be seconded.")

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
        self.nothing = "" if rows else _("No nomination of this city waits to be accepted.")


RESERVATION_WORDS: Final = (
    _("Words of the reservation"),
    {"required": False, "max_length": LONGEST_RESERVATION},
    3,
)
IN_ANY_LANGUAGE: Final = _("In the language of the letter, or in both.")


class SheetForm(WordedForm, FactsForm):
    """What stands on a signed sheet, as the officer who records it copies it."""

    worded = {"words": RESERVATION_WORDS}
    edition = forms.ChoiceField(label=_("Edition that the sheet names"))
    sha256 = forms.CharField(
        label=_("SHA-256 on the sheet"),
        max_length=100,
        help_text=_("Its first twelve digits or more, copied from the sheet."),
    )
    language = forms.ChoiceField(label=_("Language version that was read"))
    provision = forms.ChoiceField(
        label=_("Reservation to"),
        required=False,
        help_text=_("Only if the sheet makes one."),
        error_messages={"invalid_choice": _("The edition has no such provision.")},
    )
    field_order = ("edition", "sha256", "language", "provision")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words_ko"].help_text = IN_ANY_LANGUAGE
        rows = list(
            Edition.objects.filter(signing__state=SigningState.OPEN)
            .select_related("instrument")
            .prefetch_related("languages")
            .order_by("-signing__opened_at")
        )
        self.nothing = "" if rows else _("No declaration is open for signature.")
        named = [(_address(row), _edition_name(row, self.reads), row) for row in rows]
        _choose(self, "edition", [(address, name) for address, name, _row in named])
        languages = {each.language for row in rows for each in row.languages.all()}
        _choose(self, "language", [(code, language_name(code)) for code in sorted(languages)])
        _choose(self, "provision", _provisions(named, self.reads), nothing=_("No reservation"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen, words = data.get("provision"), self.words("words")
        if chosen and data.get("edition") and chosen.partition("#")[0] != data["edition"]:
            self.add_error(
                "provision",
                _("This provision is of another edition. Choose one of the edition above."),
            )
        if chosen and not words:
            self.add_error("words_ko", _("Write the words of the reservation."))
        if words and not chosen and "provision" not in self.errors:
            self.add_error("provision", _("Say what the reservation is to."))
        return data

    def facts(self) -> Facts:
        data = self.cleaned_data
        text, _slash, number = data["edition"].rpartition("/")
        reserved = {"provision": _key(data["provision"]), "texts": self.words("words")}
        return {
            "text": text,
            "edition": int(number),
            "sha256": data["sha256"],
            "language": data["language"],
            "reservations": [reserved] if data["provision"] else [],
        }


class _StandingForm(FactsForm):
    """A letter about what the city stands behind."""

    def signatures(self) -> list[Signature]:
        """Those not withdrawn, of declarations that the network has not withdrawn."""
        return list(
            Signature.objects.filter(city=self.city, withdrawal=None)
            .exclude(edition__signing__state=SigningState.WITHDRAWN)
            .select_related("edition__instrument")
            .prefetch_related("edition__languages")
            .order_by("-signed_on", "-pk")
        )


class ReservationByLetterForm(WordedForm, _StandingForm):
    """A reservation that a city makes after it has signed."""

    worded = {"words": RESERVATION_WORDS}
    provision = forms.ChoiceField(
        label=_("Reservation to"),
        error_messages={"invalid_choice": _("The edition has no such provision.")},
    )
    field_order = ("provision",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words_ko"].help_text = IN_ANY_LANGUAGE
        rows = self.signatures()
        self.nothing = "" if rows else _("This city stands behind no declaration.")
        named = [
            (str(row.uuid), _edition_name(row.edition, self.reads), row.edition) for row in rows
        ]
        _choose(self, "provision", _provisions(named, self.reads, always_grouped=True))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.words("words"):
            self.add_error("words_ko", _("Write the words of the reservation."))
        return data

    def facts(self) -> Facts:
        chosen = self.cleaned_data["provision"]
        return {
            "signature": chosen.partition("#")[0],
            "provision": _key(chosen),
            "texts": self.words("words"),
        }


class ReservationWithdrawalForm(FactsForm):
    """One of the city's reservations that it takes back."""

    reservation = forms.ChoiceField(label=_("Reservation that is withdrawn"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(
            Reservation.objects.filter(
                signature__city=self.city, signature__withdrawal=None, withdrawal=None
            )
            .exclude(signature__edition__signing__state=SigningState.WITHDRAWN)
            .select_related("signature__edition__instrument")
            .prefetch_related("signature__edition__languages")
            .order_by("-entered_on", "-pk")
        )
        self.nothing = "" if rows else _("This city has no reservation to any declaration.")
        trees = trees_of_editions(editions={row.signature.edition for row in rows})
        choices = []
        for row in rows:
            edition, to = row.signature.edition, str(_("The whole text"))
            if row.provision_key:
                by_language = trees[edition.pk]
                tree = by_language.get(self.reads) or next(iter(by_language.values()))
                to = name_of(tree, row.provision_key) or row.provision_key
            words = row.texts.get(self.reads) or next(iter(row.texts.values()), "")
            said = Truncator(" ".join(words.split())).chars(SHOWN_OF_WORDS)
            name = f"{_edition_name(edition, self.reads)} · {to}: {said}"
            choices.append((str(row.uuid), name))
        _choose(self, "reservation", choices)


class SignatureWithdrawalForm(_StandingForm):
    """A signature that the city takes back."""

    signature = forms.ChoiceField(label=_("Signature that is withdrawn"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As the letter gives it, empty if it gives none. It is public."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.signatures()
        self.nothing = "" if rows else _("This city stands behind no declaration.")
        _choose(
            self,
            "signature",
            [(str(row.uuid), _edition_name(row.edition, self.reads)) for row in rows],
        )


SHOWN_OF_WORDS: Final = 60
"""Characters of a reservation's words that tell it from the city's others."""

Choices = list[tuple[str, Any]]


def _address(edition: Edition) -> str:
    return f"{edition.instrument.slug}/{edition.number}"


def _edition_name(edition: Edition, language: str) -> str:
    titles = {each.language: each.title for each in edition.languages.all()}
    title = titles.get(language) or edition.instrument.slug
    return _("%(title)s, edition %(number)d") % {"title": title, "number": edition.number}


def _provisions(
    editions: list[tuple[str, str, Edition]], language: str, *, always_grouped: bool = False
) -> Choices:
    """What a reservation can be to, by edition: "<edition>#<key>". `editions`: value, name, row."""
    trees = trees_of_editions(editions=[row for _value, _name, row in editions])
    groups = [
        (
            name,
            [
                (f"{value}#{key}", words)
                for key, words in [
                    (WHOLE, _("To the whole text")),
                    *provisions_of(trees[row.pk], language),
                ]
            ],
        )
        for value, name, row in editions
    ]
    if len(groups) == 1 and not always_grouped:
        return list(groups[0][1])
    return list(groups)


def _key(chosen: str) -> str:
    """The provision's key of a choice, "" for the whole text."""
    key = chosen.partition("#")[2]
    return "" if key == WHOLE else key


def _choose(form: forms.Form, name: str, choices: Choices, *, nothing: str | Promise = "—") -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", nothing), *choices]


FORMS: Mapping[str, type[FactsForm]] = {
    "head": PersonForm,
    "credentials": CredentialsForm,
    "contacts": ContactsForm,
    "nomination": NominatingForm,
    "seconding": SecondingForm,
    "acceptance": AcceptanceForm,
    "signature": SheetForm,
    "reservation": ReservationByLetterForm,
    "reservation_withdrawal": ReservationWithdrawalForm,
    "signature_withdrawal": SignatureWithdrawalForm,
}
"""The form of each kind of letter; a kind without one cannot be recorded by hand."""


class Together:
    """Several forms of one page, for one summary of what is wrong."""

    def __init__(self, parts: Sequence[forms.Form]) -> None:
        self.parts = parts

    @property
    def errors(self) -> bool:
        return any(part.errors for part in self.parts)

    def non_field_errors(self) -> list[str]:
        return [str(text) for part in self.parts for text in part.non_field_errors()]

    def __iter__(self) -> Iterator[forms.BoundField]:
        return (field for part in self.parts for field in part)


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
