"""Wagtail's admin is the office's: nobody else learns of a page of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import City, Mandate, Membership, OfficeRole
from members.policies import ACTIONS_OF_OFFICE
from members.services.office import group_name
from secretariat.kernel import clock
from secretariat.kernel.access import every_address
from secretariat.kernel.models import AuditEntry, OutboxMessage, User
from secretariat.workspace.admin.groups import ensure_office_groups
from tests.factories import (
    CityFactory,
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    OfficeRoleFactory,
    UserFactory,
    city_person,
    office_person,
)
from tests.workspace.hands import signed_in

pytestmark = pytest.mark.django_db

LISTS = {
    "office-city": City,
    "office-membership": Membership,
    "office-mandate": Mandate,
    "office-person": User,
    "office-role": OfficeRole,
    "office-audit": AuditEntry,
    "office-outbox": OutboxMessage,
}


@pytest.fixture(autouse=True)
def _at(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    NetworkFactory()
    ensure_office_groups()
    with clock.held_at(now):
        yield


def addresses() -> list[str]:
    """Every address below /admin/ that takes no argument."""
    routes = (route for route, _pattern, _namespaces in every_address())
    plain = (route for route in routes if route.startswith("admin/"))
    return sorted({f"/{route}" for route in plain if not set(route) & set("<(^")})


def test_anonymous_people_are_asked_to_sign_in() -> None:
    answer = Client().get("/admin/")
    assert (answer.status_code, answer.url) == (302, "/ko/accounts/login/?next=/admin/")


def test_wagtails_own_sign_in_is_shadowed() -> None:
    answer = Client().post("/admin/login/?next=/admin/pages/", {"username": "a", "password": "b"})
    assert (answer.status_code, answer.url) == (302, "/ko/accounts/login/?next=/admin/pages/")
    elsewhere = Client().get("/admin/login/?next=https://example.org/")
    assert elsewhere.url == "/ko/accounts/login/?next=/admin/"


@pytest.mark.parametrize("role", ["voting_delegate", "alternate", "editor", "observer"])
def test_city_people_find_nothing(role: str) -> None:
    client = signed_in(city_person(role))
    answers = {client.get(path).status_code for path in ("/admin/", "/admin/office-mandate/")}
    assert answers == {404}


def test_a_head_of_delegation_finds_no_page_of_it() -> None:
    client = signed_in(city_person("head"))
    found = addresses()
    assert len(found) > 50
    answers = {address: client.get(address).status_code for address in found}
    del answers["/admin/login/"]
    assert {address: code for address, code in answers.items() if code != 404} == {}


def test_a_role_that_ended_or_has_not_begun_opens_nothing(now: datetime) -> None:
    ended = OfficeRoleFactory(ends_at=now).person
    coming = OfficeRoleFactory(starts_at=now + timedelta(seconds=1)).person
    assert signed_in(ended).get("/admin/").status_code == 404
    assert signed_in(coming).get("/admin/").status_code == 404


def test_a_role_ends_in_its_second_and_its_groups_follow(now: datetime) -> None:
    person = OfficeRoleFactory(ends_at=now + timedelta(seconds=1)).person
    OfficeRoleFactory(person=person, role="auditor")
    client = signed_in(person)
    assert client.get("/admin/").status_code == 200
    assert set(person.groups.values_list("name", flat=True)) == {
        group_name("secretary_general"),
        group_name("auditor"),
    }
    with clock.held_at(now + timedelta(seconds=1)):
        assert client.get("/admin/").status_code == 200
    assert set(person.groups.values_list("name", flat=True)) == {group_name("auditor")}


@pytest.mark.parametrize("role", sorted(ACTIONS_OF_OFFICE))
def test_every_office_role_gets_in_under_the_admins_own_policy(role: str) -> None:
    answer = signed_in(office_person(role)).get("/admin/")
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == settings.ADMIN_CONTENT_SECURITY_POLICY


SECTIONS = {
    "secretary_general": set(LISTS),
    "returning_officer": {"office-city", "office-membership", "office-mandate", "office-audit"},
    "registrar": {"office-city", "office-membership", "office-mandate", "office-person"},
    "librarian": {"office-city", "office-membership"},
    "auditor": set(LISTS),
}


@pytest.mark.parametrize("role", sorted(SECTIONS))
def test_each_role_opens_exactly_its_lists(role: str) -> None:
    client = signed_in(office_person(role))
    opened = {name for name in LISTS if client.get(reverse(f"{name}:index")).status_code == 200}
    assert opened == SECTIONS[role]


FORMS = {
    "secretary_general": {
        "office-city",
        "office-membership",
        "office-mandate",
        "office-person",
        "office-role",
    },
    "registrar": {"office-city", "office-membership", "office-mandate", "office-person"},
    "returning_officer": set(),
    "librarian": set(),
    "auditor": set(),
}


@pytest.mark.parametrize("role", sorted(FORMS))
def test_each_role_opens_exactly_its_forms(role: str) -> None:
    client = signed_in(office_person(role))
    names = set(LISTS) - {"office-audit", "office-outbox"}
    opened = {name for name in names if client.get(reverse(f"{name}:add")).status_code == 200}
    assert opened == FORMS[role]


def test_ensuring_the_groups_again_changes_nothing() -> None:
    def state() -> dict[str, set[str]]:
        return {
            group.name: set(group.permissions.values_list("codename", flat=True))
            for group in Group.objects.filter(name__startswith="office:")
        }

    before = state()
    ensure_office_groups()
    assert state() == before
    assert before.keys() == {group_name(role) for role in ACTIONS_OF_OFFICE}
    assert all(codenames == {"access_admin"} for codenames in before.values())


@pytest.mark.parametrize("name", sorted(LISTS))
def test_lists_take_the_same_queries_for_1_and_for_30_rows(name: str) -> None:
    client = signed_in(office_person())
    address = reverse(f"{name}:index")
    client.get(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    rows(1)
    one = queries()
    rows(29)
    many = queries()
    assert many == one
    assert many <= 15


def rows(count: int) -> None:
    """One more row of every kind, `count` times."""
    for _number in range(count):
        city = CityFactory()
        MembershipFactory(city=city)
        MandateFactory(city=city, role="alternate", accredited_at=None)
        OfficeRoleFactory(role="auditor")
        number = AuditEntry.objects.count()
        AuditEntry.objects.create(
            chain="office",
            sequence=number + 1,
            occurred_at=datetime.fromisoformat("2018-12-12T05:40:00+00:00"),
            role="system",
            action="test",
            payload="{}",
            previous="0" * 64,
            hash=f"{number:064}",
        )
        OutboxMessage.objects.create(topic="test")
    UserFactory()
