"""What a city says of itself, and whom the office writes to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import City, CityContact
from members.services.contacts import MOST, ContactDetails
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.forms.wording import CODES, WordedForm


class ProfileForm(WordedForm):
    """The sentence under the name, the population, the website."""

    worded = {"description": (_("One sentence"), {"required": False, "max_length": 500}, 3)}
    population = forms.IntegerField(
        label=_("Population"), required=False, min_value=0, max_value=100_000_000
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    @classmethod
    def initial_of(cls, city: City) -> dict[str, Any]:
        descriptions = city.descriptions
        return {
            **{f"description_{code}": descriptions.get(code, "") for code in CODES},
            "population": city.population,
            "website": city.website,
        }


class ContactForm(forms.Form):
    """One contact; one left empty is no contact."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    position = forms.CharField(label=_("Office or department"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [name for name in ("name", "position", "email", "phone") if data.get(name)]
        for name in ("name", "email"):
            if given and not data.get(name) and name not in self.errors:
                self.add_error(name, _("A contact needs a name and an e-mail address."))
        return data

    def details(self) -> ContactDetails | None:
        """The contact, or None where the form was left empty."""
        data = self.cleaned_data
        if not data.get("email"):
            return None
        return ContactDetails(
            **{name: data[name] for name in ("name", "position", "email", "phone", "language")}
        )

    @staticmethod
    def initial_of(contact: CityContact) -> dict[str, Any]:
        columns = ("name", "position", "email", "phone", "language")
        return {column: getattr(contact, column) for column in columns}


ContactForms = forms.formset_factory(ContactForm, extra=1, max_num=MOST, absolute_max=MOST)
