"""The register as a table of members: the values of its columns, and all of it for an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from members.models import City, CityContact
from members.rules.member_table import BY_NAME, Value

BATCH = 500


def member_rows() -> Iterator[list[Value]]:
    """The whole register, row by row, by address name: four queries for each 500 cities.

    A city's further contacts repeat its address name only. Codes are codes; an export writes
    them as words.
    """
    cities = City.objects.order_by("slug").prefetch_related(
        "name_rows", "memberships", contacts_first()
    )
    for city in cities.iterator(chunk_size=BATCH):
        values: dict[str, Value] = {**city_values(city), **membership_values(city)}
        contacts = list(city.contacts.all())
        yield _row({**values, **(contact_values(contacts[0]) if contacts else {})})
        for contact in contacts[1:]:
            yield _row({"slug": city.slug, **contact_values(contact)})


def contacts_first() -> Prefetch[str]:
    """The contacts in force, the first to write to first, as a city's `contacts`."""
    rows = CityContact.objects.filter(ends_at=None).order_by("place", "pk")
    return Prefetch("contacts", queryset=rows)


def city_values(city: City) -> dict[str, Value]:
    """What the register says of a city, by the names of the columns; prefetch `name_rows`."""
    values: dict[str, Value] = {
        "slug": city.slug,
        "code": city.code,
        "body": city.body,
        "country": city.country,
        "region": city.region,
        "latitude": _degrees(city.latitude),
        "longitude": _degrees(city.longitude),
        "population": city.population,
        "website": city.website,
    }
    for row in city.name_rows.all():
        values[f"name_{row.language}"] = row.name
        values[f"description_{row.language}"] = row.description
    return values


def membership_values(city: City) -> dict[str, Value]:
    """What the city is by its latest membership; empty without one; prefetch `memberships`."""
    latest = max(city.memberships.all(), key=lambda row: row.starts_on, default=None)
    if latest is None or latest.ends_on is not None:
        return {}
    since: date = latest.starts_on
    return {
        "membership": latest.kind,
        "member_since": since.isoformat(),
        "decision": latest.decision,
    }


def contact_values(contact: CityContact) -> dict[str, Value]:
    """What a contact's row says, by the names of the columns."""
    return {
        "contact_name": contact.name,
        "contact_position": contact.position,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "contact_language": contact.language,
    }


def _degrees(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(Decimal("0.00001")) + 0)


def _row(values: Mapping[str, Value]) -> list[Value]:
    return [values.get(name) for name in BY_NAME]
