"""Choosing a person or a city among thousands: by typing, not from a list of all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.models import City
from members.selectors.people import find_cities, find_people
from secretariat.kernel.models import User


class FoundField(ABC, forms.CharField):
    """What is typed must find exactly one thing; several are named, so that one can be typed."""

    widget = forms.TextInput(attrs={"autocomplete": "off"})
    none_found: Any = ""
    several_found: Any = ""

    @abstractmethod
    def find(self, text: str) -> list[Any]:
        """The things that `text` may mean."""

    @abstractmethod
    def exact(self, thing: Any) -> str:
        """What, typed, finds just this thing."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = self.find(text)
        if not found:
            raise ValidationError(self.none_found, code="none_found")
        if len(found) > 1:
            named = ", ".join(self.exact(thing) for thing in found)
            raise ValidationError(self.several_found % {"named": named}, code="several_found")
        return found[0]


class PersonField(FoundField):
    """Cleans to a `User`."""

    none_found = _("No account has this name or address. Make an account first.")
    several_found = _("Several people are found. Type the address of one: %(named)s")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Person"))
        kwargs.setdefault("help_text", _("E-mail address, or a part of the name."))
        super().__init__(**kwargs)

    def find(self, text: str) -> list[User]:
        return find_people(search=text)

    def exact(self, thing: User) -> str:
        return f"{thing.name} <{thing.email}>"


class CityField(FoundField):
    """Cleans to a `City`."""

    none_found = _("No city has this name or short code. Register the city first.")
    several_found = _("Several cities are found. Type the address name of one: %(named)s")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("City"))
        kwargs.setdefault("help_text", _("Name in any language, or the short code."))
        super().__init__(**kwargs)

    def find(self, text: str) -> list[City]:
        return find_cities(search=text)

    def exact(self, thing: City) -> str:
        return f"{thing} ({thing.slug})"
