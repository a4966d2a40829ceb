"""A made-up network: the same for one seed, in proportion, with rights as mandates give them."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import transaction

from cms.models import Practice
from members.models import City, CityContact, CityName, Mandate, Membership
from members.policies import CityAction, city_policy
from members.services.grants import check_grants
from secretariat.kernel.audit import verify
from secretariat.kernel.models import AuditEntry, Network, User
from secretariat.workspace.made_network import TRAVELLER, make_network
from tests.factories import CityFactory

pytestmark = pytest.mark.django_db


class _UndoneError(Exception):
    """Ends the transaction in which a network was looked at."""


def rows_of(seed: int, now: datetime) -> list[list[tuple[object, ...]]]:
    """Everything that a made network says, without the database's own keys."""
    found: list[list[tuple[object, ...]]] = []
    try:
        with transaction.atomic():
            make_network(cities=13, seed=seed, now=now)
            found = [
                list(City.objects.order_by("pk").values_list("slug", "code", "latitude")),
                list(CityName.objects.order_by("pk").values_list("language", "name")),
                list(Membership.objects.order_by("pk").values_list("kind", "starts_on")),
                list(User.objects.order_by("pk").values_list("uuid", "email", "password")),
                list(Mandate.objects.order_by("pk").values_list("uuid", "city__slug", "role")),
                list(Practice.objects.order_by("pk").values_list("slug", "title", "body")),
            ]
            raise _UndoneError
    except _UndoneError:
        return found


def test_one_seed_one_network(now: datetime) -> None:
    first = rows_of(1, now)
    assert rows_of(1, now) == first
    assert all(mine != theirs for mine, theirs in zip(rows_of(2, now), first, strict=True))


def test_it_is_in_proportion_and_its_rights_agree(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_network", cities=26, seed=3, json=True)
    document = json.loads(capsys.readouterr().out)
    counted = {"cities": 26, "people": 80, "mandates": 120, "practices": 200, "contacts": 26}
    assert {name: document[name] for name in counted} == counted
    assert {
        "cities": City.objects.count(),
        "people": User.objects.count(),
        "mandates": Mandate.objects.count(),
        "practices": Practice.objects.count(),
        "contacts": CityContact.objects.count(),
    } == counted
    now = AuditEntry.objects.get().occurred_at
    assert check_grants(now=now).differences == []
    assert verify() == []
    assert Network.objects.get().demonstration is True
    traveller = User.objects.get(email=TRAVELLER)
    assert city_policy.cities(traveller, CityAction.EDIT_PRACTICES, now).count() == 25


def test_a_database_with_anything_in_it_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    CityFactory()
    with pytest.raises(SystemExit) as ended:
        call_command("make_network", cities=13, json=True)
    assert ended.value.code == 1
    refused = json.loads(capsys.readouterr().out)["refused"]
    assert [(one["code"], one["where"]) for one in refused] == [("not_empty", "database")]
    assert City.objects.count() == 1


@pytest.mark.parametrize("cities", [0, 17_577])
def test_there_are_as_many_cities_as_short_codes(
    cities: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call_command("make_network", cities=cities, json=True)
    refused = json.loads(capsys.readouterr().out)["refused"]
    assert [one["code"] for one in refused] == ["number_of_cities"]
