"""Whom the office writes to in a city: kept by the office, by the city itself, or by its letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from members.models import City, CityContact
from members.policies import CityAction, OfficeAction, city_policy, office_policy
from members.services.mandates import still_holds
from secretariat.kernel.audit import act, canonical_json, sha256
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.models import LANGUAGES
from secretariat.kernel.outbox import announce
from secretariat.kernel.typed import typed

MOST: Final = 5
"""Contacts that a city may name at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """One contact as somebody wrote it down; `position` is an office or a department."""

    name: str
    email: str
    position: str = ""
    phone: str = ""
    language: str = "en"


def set_contacts(
    *, city: City, contacts: Sequence[ContactDetails], actor: Any, now: datetime
) -> list[CityContact]:
    """Make these, in this order, the city's contacts from `now` on; the list of those in force.

    Who is not named any more ends, who is new or changed begins; who stays as before keeps
    the row. The chain carries how many there are and a digest, never a name or an address.
    """
    office = office_policy.authority(actor, OfficeAction.KEEP_CITIES, now)
    authority = office or city_policy.require(actor, CityAction.EDIT_PROFILE, city, now)
    wanted = checked_contacts(contacts)
    with act(authority, now) as record:
        city = City.objects.select_for_update(no_key=True).get(pk=city.pk)
        if office is None:
            still_holds(actor=actor, action=CityAction.EDIT_PROFILE, city=city, now=now)
        current = list(city.contacts.filter(ends_at=None).order_by("place", "pk"))
        kept = [row for row in current if (details_of(row), row.place) in _placed(wanted)]
        ending = [row for row in current if row not in kept]
        CityContact.objects.filter(pk__in=[row.pk for row in ending]).update(ends_at=now)
        there = {(details_of(row), row.place) for row in kept}
        beginning = [
            CityContact(city=city, place=place, starts_at=now, **asdict(details))
            for details, place in _placed(wanted)
            if (details, place) not in there
        ]
        CityContact.objects.bulk_create(beginning)
        if ending or beginning:
            record(city.chain, "contacts.set", as_recorded(wanted))
            announce("city.changed", city=city.slug)
    return list(city.contacts.filter(ends_at=None).order_by("place", "pk"))


def checked_contacts(contacts: Iterable[ContactDetails]) -> tuple[ContactDetails, ...]:
    """The contacts in NFC, each usable, no address twice; or InvalidInput."""
    found = tuple(_clean(contact) for contact in contacts)
    if len(found) > MOST:
        raise InvalidInput(_("A city names five contacts at most."), where="contacts")
    for contact in found:
        if not contact.name:
            raise InvalidInput(_("A contact needs a name."), where="name")
        try:
            validate_email(contact.email)
        except ValidationError as problem:
            raise InvalidInput(_("This is not an e-mail address."), where="email") from problem
        if contact.language not in dict(LANGUAGES):
            raise InvalidInput(_("The platform does not speak this language."), where="language")
    addresses = [contact.email.casefold() for contact in found]
    if len(set(addresses)) < len(addresses):
        raise InvalidInput(_("Two contacts have the same address."), where="email")
    return found


def details_of(contact: CityContact) -> ContactDetails:
    """What a row says."""
    return ContactDetails(
        name=contact.name,
        email=contact.email,
        position=contact.position,
        phone=contact.phone,
        language=contact.language,
    )


def as_recorded(contacts: Sequence[ContactDetails]) -> dict[str, Any]:
    """What the chain says of contacts: how many, and a digest of what was written down."""
    said = canonical_json([asdict(contact) for contact in contacts])
    return {"contacts": len(contacts), "sha256": sha256(said)}


def _placed(contacts: Sequence[ContactDetails]) -> list[tuple[ContactDetails, int]]:
    return [(contact, place) for place, contact in enumerate(contacts, start=1)]


def _clean(contact: ContactDetails) -> ContactDetails:
    return replace(contact, **{name: typed(value) for name, value in asdict(contact).items()})
