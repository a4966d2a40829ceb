"""Finding people and cities by typing."""

from __future__ import annotations

from datetime import datetime

import pytest

from members.selectors.people import (
    find_cities,
    find_people,
    mandates_of_city,
    mandates_of_person,
    office_people,
)
from tests.factories import CityFactory, MandateFactory, OfficeRoleFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_people_are_found_by_a_part_of_name_or_address() -> None:
    anna = UserFactory(name="Anna", email="anna@example.org")
    annabel = UserFactory(name="Annabel", email="an@example.org")
    UserFactory(name="Anna Gone", is_active=False)
    assert find_people(search="anna") == [anna, annabel]
    assert find_people(search="an@example.org") == [annabel]
    assert find_people(search="") == []
    assert find_people(search="nobody") == []


def test_cities_are_found_by_any_name() -> None:
    vienna = CityFactory(slug="vienna", code="VIE", names={"ko": "빈", "en": "Vienna"})
    vientiane = CityFactory(slug="vientiane", code="VTE", names={"ko": "비엔티안"})
    assert find_cities(search="빈") == [vienna]
    assert find_cities(search="vie") == [vienna]
    assert find_cities(search="엔티") == [vientiane]
    assert find_cities(search=" ") == []


def test_what_people_hold(now: datetime) -> None:
    city = CityFactory()
    second = MandateFactory(city=city, role="alternate", rank=2)
    first = MandateFactory(city=city, role="alternate", rank=1)
    MandateFactory(city=city, role="head", ends_at=now)
    coming = MandateFactory(person=first.person, starts_at=datetime.max.replace(tzinfo=now.tzinfo))
    assert list(mandates_of_city(city=city, now=now)) == [first, second]
    assert list(mandates_of_person(person=first.person, now=now)) == [first, coming]
    auditor = OfficeRoleFactory(role="auditor")
    OfficeRoleFactory(role="auditor", ends_at=now)
    assert list(office_people(now=now)) == [auditor]
