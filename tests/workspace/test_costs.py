"""What pages and questions cost: the same few queries for one city and for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.services.site import found_site
from members.models import City, Mandate
from members.policies import CityAction, city_policy
from secretariat.kernel import clock
from secretariat.kernel.models import Network, User
from secretariat.workspace.made_network import TRAVELLER, make_network
from tests.factories import NOW, office_person
from tests.workspace.hands import queries, signed_in, url

pytestmark = pytest.mark.django_db

MOST = 15


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    with CaptureQueriesContext(connection) as captured:
        yield lambda: len(captured)


@pytest.fixture
def network() -> Iterator[None]:
    make_network(cities=26, seed=1, now=NOW)
    found_site(network=Network.objects.get(), now=NOW)
    with clock.held_at(NOW):
        yield


def people() -> dict[str, User]:
    """Somebody with mandates of one city and somebody with mandates of all."""
    one = Mandate.objects.filter(role="head", ends_at=None, person__mandates__role="editor")
    first = one.exclude(person__mandates__role="observer").order_by("pk").first()
    assert first is not None
    return {"one": first.person, "many": User.objects.get(email=TRAVELLER)}


def editing(person: User) -> City:
    mandates = person.mandates.filter(role="editor", ends_at=None).select_related("city")
    return mandates.order_by("pk")[0].city


@pytest.mark.usefixtures("network")
def test_a_question_of_permission_costs_two_queries_cold_and_none_warm() -> None:
    for person in people().values():
        city = editing(person)
        action = CityAction.EDIT_PRACTICES
        assert city_policy.may(User.objects.get(pk=person.pk), action, city, NOW)
        asking = User.objects.get(pk=person.pk)
        with counted() as count:
            assert city_policy.may(asking, action, city, NOW)
            assert count() == 2
            assert city_policy.may(asking, CityAction.SEE_DESK, city, NOW)
            city_policy.may(asking, CityAction.MANAGE_PEOPLE, city, NOW)
            assert count() == 2


@pytest.mark.usefixtures("network")
def test_the_desk_and_its_practices_cost_the_same_with_one_city_and_with_many() -> None:
    found = {
        who: (
            queries(client, url("city_desk", city.slug)),
            queries(client, url("practices", city.slug)),
        )
        for who, person in people().items()
        for client, city in [(signed_in(person), editing(person))]
    }
    assert found["one"] == found["many"]
    assert max(found["one"]) <= MOST


@pytest.mark.usefixtures("network")
def test_the_lists_of_the_office_cost_the_same_for_few_and_for_many() -> None:
    client: Client = signed_in(office_person("secretary_general"))
    for name in ("office-city", "office-mandate", "office-membership"):
        address = reverse(f"{name}:index")
        many = queries(client, address)
        few = queries(client, address + "?q=ga")
        assert few <= many <= MOST, name
