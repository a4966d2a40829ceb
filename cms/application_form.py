"""The form by which a city or another body applies to join the network."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.templatetags.formats import country_choices
from members.models import Application
from members.models.applications import Sought
from members.models.cities import BodyKind, Region
from members.services.applications import LONGEST_MESSAGE, Applicant
from secretariat.kernel.models import LANGUAGES

NAMES = ("ko", "en")


class ApplicationForm(forms.Form):
    """What the applicant says of itself; `applicant()` is the same as the service takes it.

    `subject` is left empty by people, who do not see it, and filled in by robots.
    """

    sought = forms.ChoiceField(
        label=_("What do you apply for?"), choices=Sought.choices, widget=forms.RadioSelect
    )
    body = forms.ChoiceField(label=_("Kind of body"), choices=BodyKind.choices)
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=200,
        help_text=_("As it is to stand on the seat, for instance Vienna."),
    )
    name_ko = forms.CharField(
        label=_("Name in Korean"),
        max_length=200,
        required=False,
        help_text=_("If you do not know it, the office fills it in with you."),
    )
    country = forms.ChoiceField(label=_("Country"))
    region = forms.ChoiceField(label=_("Region"), choices=[("", "—"), *Region.choices])
    population = forms.IntegerField(
        label=_("Population"), required=False, min_value=0, max_value=100_000_000
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    languages = forms.CharField(
        label=_("Languages of your administration"), max_length=200, required=False
    )
    contact_name = forms.CharField(label=_("Contact person"), max_length=200)
    contact_office = forms.CharField(
        label=_("Office or department"), max_length=200, required=False
    )
    contact_email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The link to your application is sent here."),
    )
    contact_phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)
    language = forms.ChoiceField(
        label=_("Language in which we write to you"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    message = forms.CharField(
        label=_("Why you wish to join"),
        max_length=LONGEST_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    letter = forms.FileField(
        label=_("Letter of the mayor or head"),
        help_text=_(
            "Signed, saying that your city or body wishes to join. A PDF, or an image "
            "(PNG or JPEG), up to 10 MB."
        ),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"}),
    )
    subject = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, letter_there: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [("", "—"), *country_choices()]
        if letter_there:
            self.fields["letter"].required = False
            self.fields["letter"].help_text = _(
                "The letter that you sent stays unless you choose another one here."
            )

    @property
    def filled_by_a_robot(self) -> bool:
        return bool(self.data.get("subject"))

    def applicant(self) -> Applicant:
        """The applicant, once the form is valid."""
        data = dict(self.cleaned_data)
        for name in ("letter", "subject"):
            data.pop(name, None)
        names = {language: data.pop(f"name_{language}") for language in NAMES}
        return Applicant(names={key: name for key, name in names.items() if name}, **data)

    @classmethod
    def initial_of(cls, application: Application) -> dict[str, Any]:
        """What was sent before, for completing it."""
        same = (
            "sought",
            "body",
            "country",
            "region",
            "population",
            "website",
            "languages",
            "contact_name",
            "contact_office",
            "contact_email",
            "contact_phone",
            "language",
            "message",
        )
        return {
            **{name: getattr(application, name) for name in same},
            **{f"name_{language}": application.names.get(language, "") for language in NAMES},
        }
