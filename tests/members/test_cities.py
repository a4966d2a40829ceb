"""The register of cities."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from members.models import City
from members.services.cities import correct_city, register_city, rename_city
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed
from secretariat.kernel.models import AuditEntry, OutboxMessage
from tests.factories import CityFactory, city_person, office_person

pytestmark = pytest.mark.django_db

VIENNA: dict[str, Any] = {
    "slug": "vienna",
    "code": "VIE",
    "country": "AT",
    "region": "europe",
    "latitude": "48.2082",
    "longitude": "16.3738",
    "population": 1_890_000,
    "website": "https://www.wien.gv.at",
    "names": {"ko": "빈", "en": "Vienna"},
    "descriptions": {"ko": "빈입니다.", "en": "Vienna."},
}


def test_a_city_is_registered_with_its_names(now: datetime) -> None:
    registrar = office_person("registrar")
    city = register_city(**VIENNA, actor=registrar, now=now)
    assert (city.slug, city.code, city.latitude, city.population) == (
        "vienna",
        "VIE",
        Decimal("48.20820"),
        1_890_000,
    )
    assert city.names.as_dict() == {"ko": "빈", "en": "Vienna"}
    assert city.name_in("fr") == "Vienna"
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action, entry.person, entry.role) == (
        "city:vienna",
        "city.registered",
        registrar.uuid,
        "registrar",
    )
    assert json.loads(entry.payload) == {
        **VIENNA,
        "latitude": "48.20820",
        "longitude": "16.37380",
    }
    assert list(OutboxMessage.objects.values_list("topic", "payload")) == [
        ("city.changed", {"city": "vienna"})
    ]


@pytest.mark.parametrize(
    ("changes", "error", "where"),
    [
        ({"slug": "Wien!"}, InvalidInput, "slug"),
        ({"slug": "taken"}, Conflict, "slug"),
        ({"code": "vi"}, InvalidInput, "code"),
        ({"code": "TKN"}, Conflict, "code"),
        ({"country": "Austria"}, InvalidInput, "country"),
        ({"region": "atlantis"}, InvalidInput, "region"),
        ({"latitude": "north"}, InvalidInput, "latitude"),
        ({"latitude": "90.1"}, InvalidInput, "latitude"),
        ({"longitude": "-181"}, InvalidInput, "longitude"),
        ({"population": -1}, InvalidInput, "population"),
        ({"website": "javascript:alert(1)"}, InvalidInput, "website"),
        ({"names": {"ko": " "}}, InvalidInput, "names"),
        ({"names": {"tlh": "Vien"}}, InvalidInput, "tlh"),
    ],
)
def test_what_cannot_be_registered_is_refused(
    changes: dict[str, Any], error: type[Exception], where: str, now: datetime
) -> None:
    CityFactory(slug="taken", code="TKN")
    with pytest.raises(error) as refusal:
        register_city(**{**VIENNA, **changes}, actor=office_person("registrar"), now=now)
    assert refusal.value.where == where
    assert City.objects.count() == 1
    assert AuditEntry.objects.count() == 0


def test_a_correction_replaces_what_is_written(now: datetime) -> None:
    registrar = office_person("registrar")
    city = register_city(**VIENNA, actor=registrar, now=now)
    changes = {**VIENNA, "population": None, "names": {"en": "Wien"}, "descriptions": {}}
    changes.pop("slug")
    corrected = correct_city(city=city, **changes, actor=registrar, now=now)
    assert corrected.population is None
    assert City.objects.get().names.as_dict() == {"en": "Wien"}
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "city.registered",
        "city.corrected",
    ]


def test_a_city_is_renamed_and_keeps_its_descriptions(now: datetime) -> None:
    registrar = office_person("registrar")
    city = register_city(**VIENNA, actor=registrar, now=now)
    names = {"ko": "비엔나", "en": "Vienna"}
    renamed = rename_city(city=city, names=names, actor=registrar, now=now)
    found = City.objects.get(pk=renamed.pk)
    assert found.names.as_dict() == names
    assert found.descriptions.as_dict() == VIENNA["descriptions"]


@pytest.mark.parametrize("role", ["returning_officer", "librarian", "auditor"])
def test_other_office_roles_keep_no_register(role: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        register_city(**VIENNA, actor=office_person(role), now=now)


def test_city_people_keep_no_register(now: datetime) -> None:
    person = city_person("head")
    city = person.mandates.get().city
    with pytest.raises(NotAllowed):
        rename_city(city=city, names={"ko": "우리"}, actor=person, now=now)
