"""Membership, contributions and applications as the office's pages take them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import City
from members.models.cities import MembershipKind, Region
from secretariat.workspace.forms.assemblies import ADDRESS_NAME

Choices = Iterable[tuple[str, str]]

LETTER_TYPES = "application/pdf,image/png,image/jpeg"


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def letter_field(label: Any, **more: Any) -> forms.FileField:
    """A letter: PDF or image."""
    return forms.FileField(
        label=label,
        help_text=_("A PDF, or an image of the letter (PNG or JPEG), up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": LETTER_TYPES}),
        **more,
    )


def decision_field(**more: Any) -> forms.ChoiceField:
    """A decision of an assembly, by its audit entry."""
    return forms.ChoiceField(
        label=_("Decision behind it"),
        help_text=_("What assemblies have adopted, latest first."),
        **more,
    )


def with_nothing(choices: Choices) -> list[tuple[str, Any]]:
    return [("", _("no decision")), *choices]


class MemberFilterForm(forms.Form):
    """The day of the report, and what narrows it."""

    on = day_field(_("On the day"), required=False)
    q = forms.CharField(label=_("Name or short code"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=_("Membership"),
        choices=[("", _("All kinds")), *MembershipKind.choices],
        required=False,
    )
    region = forms.ChoiceField(
        label=_("Region"), choices=[("", _("All regions")), *Region.choices], required=False
    )

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\0", "").strip()


class MembershipChangeForm(forms.Form):
    """What the city is from a day on, and what that rests on."""

    kind = forms.ChoiceField(label=_("From then on, the city is"), widget=forms.RadioSelect)
    starts_on = day_field(_("From"), help_text=_("What the city was until then ends on this day."))
    decision = decision_field(required=False)
    letter = letter_field(_("Letter of the city"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("It stays on the record, and the public does not read it."),
    )

    def __init__(self, *args: Any, kinds: Sequence[str], decisions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, MembershipKind(kind).label) for kind in kinds
        ]
        self.fields["decision"].choices = with_nothing(decisions)  # type: ignore[attr-defined]


class YearForm(forms.Form):
    """A year's contributions: the currency and the last day to pay."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    currency = forms.CharField(
        label=_("Currency"), max_length=3, help_text=_("Three capital letters: EUR, KRW.")
    )
    due_on = day_field(_("Payable up to and on"))

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class ClassForm(forms.Form):
    """A class of contributions; one left empty is no class."""

    code = forms.CharField(label=_("Class"), max_length=10, required=False)
    population_from = forms.IntegerField(label=_("Population from"), min_value=0, required=False)
    amount = forms.DecimalField(
        label=_("Amount"), min_value=0, max_digits=13, decimal_places=2, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [name for name in self.fields if data.get(name) not in (None, "")]
        if given:
            for name in set(self.fields) - set(given) - set(self.errors):
                self.add_error(name, _("A class needs a name, a population and an amount."))
        return data


ClassForms = forms.formset_factory(ClassForm, extra=0, min_num=4, max_num=20)


class PaymentForm(forms.Form):
    """A payment that has arrived."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=13, decimal_places=2)
    on = day_field(_("Arrived on"))
    reference = forms.CharField(
        label=_("Reference"),
        max_length=500,
        required=False,
        help_text=_("For instance the number of the bank statement."),
    )


class WaiverForm(forms.Form):
    """Doing without what is outstanding."""

    on = day_field(_("From"))
    reason = forms.CharField(label=_("Reason"), max_length=500)
    decision = decision_field(required=False)

    def __init__(self, *args: Any, decisions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = with_nothing(decisions)  # type: ignore[attr-defined]


class AmountForm(forms.Form):
    """Another amount than was drawn up."""

    amount = forms.DecimalField(
        label=_("Amount from then on"), min_value=0, max_digits=13, decimal_places=2
    )
    on = day_field(_("From"))
    reason = forms.CharField(label=_("Reason"), max_length=500)


class StrikeForm(forms.Form):
    """Striking a wrong entry."""

    entry = forms.ChoiceField(label=_("Entry"))
    reason = forms.CharField(label=_("What is wrong with it"), max_length=500)

    def __init__(self, *args: Any, entries: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].choices = [("", "—"), *entries]  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """Sending an application back."""

    missing = forms.CharField(
        label=_("What is missing"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The applicant reads this, in the e-mail and on its page."),
    )


class RefusalForm(forms.Form):
    """Refusing an application."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The applicant reads this, in the e-mail and on its page."),
    )


class DeclineForm(forms.Form):
    """The decision against admission."""

    decision = decision_field(required=False)
    words = forms.CharField(
        label=_("Words to the applicant"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, decisions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = with_nothing(decisions)  # type: ignore[attr-defined]


class AdmissionForm(forms.Form):
    """Entering an applicant in the register, anew or as the body it already is."""

    registered = forms.ChoiceField(label=_("In the register"), widget=forms.RadioSelect)
    slug = forms.CharField(
        label=_("Address name"),
        max_length=100,
        required=False,
        validators=[ADDRESS_NAME],
        help_text=_("Part of the city's permanent address: small letters, digits, hyphens."),
    )
    code = forms.CharField(
        label=_("Short code"),
        max_length=3,
        required=False,
        help_text=_("Three capital letters: SEL."),
    )
    latitude = forms.DecimalField(label=_("Latitude"), required=False, max_digits=8)
    longitude = forms.DecimalField(label=_("Longitude"), required=False, max_digits=8)
    starts_on = day_field(_("From"))
    decision = decision_field(required=False)

    def __init__(
        self,
        *args: Any,
        known: Sequence[City],
        language: str,
        decisions: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["registered"].choices = [  # type: ignore[attr-defined]
            ("", _("Enter it anew")),
            *(
                (city.slug, f"{city.name_in(language)} ({city.code}, {city.country})")
                for city in known
            ),
        ]
        self.fields["registered"].required = False
        self.fields["decision"].choices = with_nothing(decisions)  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()
