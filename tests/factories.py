"""Rows for tests: people, cities, memberships, mandates, office roles.

Rights come as the services derive them: a mandate has its permissions, an office role its
groups. `NOW` is the moment at which tests take place.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from members.models import City, CityName, Mandate, Membership, OfficeRole
from members.services.mandates import sync_grants
from members.services.office import align_groups
from secretariat.kernel.clock import SEOUL
from secretariat.kernel.models import Network, User

NOW = datetime(2018, 12, 12, 14, 40, tzinfo=SEOUL)
PASSWORD = "a long word for tests"


def letters(number: int) -> str:
    """Three capital letters for a number: AAA, AAB, …"""
    return "".join(chr(ord("A") + number // 26**place % 26) for place in (2, 1, 0))


class NetworkFactory(DjangoModelFactory):
    class Meta:
        model = Network
        django_get_or_create = ("pk",)

    pk = 1
    name_ko = "시험 도시 네트워크"
    name_en = "City Network under Test"
    official_languages = ["ko", "en"]
    established_at = NOW


class UserFactory(DjangoModelFactory):
    """A person who signs in with `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    language = "ko"
    password = factory.django.Password(PASSWORD)


class CityFactory(DjangoModelFactory):
    """A city with its names; `names={"ko": …, "en": …}` says others."""

    class Meta:
        model = City
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"city-{n}")
    code = factory.Sequence(letters)
    country = "KR"
    region = "asia"
    latitude = "37.50000"
    longitude = "127.00000"
    population = 1_000_000

    @factory.post_generation
    def names(self, create: bool, extracted: dict[str, str] | None, **kwargs: Any) -> None:
        if not create:
            return
        number = self.slug.rpartition("-")[2]
        texts = extracted or {"ko": f"도시 {number}", "en": f"City {number}"}
        CityName.objects.bulk_create(
            CityName(city=self, language=language, name=name, description=f"{name}.")
            for language, name in texts.items()
        )


class MembershipFactory(DjangoModelFactory):
    """A member since the beginning of 2018."""

    class Meta:
        model = Membership

    city = factory.SubFactory(CityFactory)
    kind = "member"
    starts_on = date(2018, 1, 1)


class MandateFactory(DjangoModelFactory):
    """An accredited voting delegate since a month ago, with the permissions that follow."""

    class Meta:
        model = Mandate

    person = factory.SubFactory(UserFactory)
    city = factory.SubFactory(CityFactory)
    role = "voting_delegate"
    starts_at = NOW - timedelta(days=30)
    accredited_at = factory.SelfAttribute("starts_at")
    credential = "2018-11-12"

    @classmethod
    def _create(cls, model_class: type[Mandate], *args: Any, **kwargs: Any) -> Mandate:
        mandate = super()._create(model_class, *args, **kwargs)
        sync_grants(person=mandate.person, now=NOW)
        return mandate


class OfficeRoleFactory(DjangoModelFactory):
    """A secretary-general since a year ago, with the groups that follow."""

    class Meta:
        model = OfficeRole

    person = factory.SubFactory(UserFactory)
    role = "secretary_general"
    starts_at = NOW - timedelta(days=365)

    @classmethod
    def _create(cls, model_class: type[OfficeRole], *args: Any, **kwargs: Any) -> OfficeRole:
        office_role = super()._create(model_class, *args, **kwargs)
        align_groups(person=office_role.person, now=NOW)
        return office_role


def city_person(role: str = "voting_delegate", *, city: City | None = None, **fields: Any) -> User:
    """Somebody with a mandate of `city` (or of a new member city)."""
    city = city or MembershipFactory().city
    return MandateFactory(city=city, role=role, **fields).person


def office_person(role: str = "secretary_general", **fields: Any) -> User:
    """Somebody with a role of the office."""
    return OfficeRoleFactory(role=role, **fields).person
