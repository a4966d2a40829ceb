"""The office's forms in Wagtail's admin: one service each; a refusal keeps what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.models import City, Mandate, Membership, OfficeRole
from members.services.accounts import person_of_link
from secretariat.kernel import audit, clock
from secretariat.kernel.models import AuditEntry, User
from secretariat.workspace.admin.groups import ensure_office_groups
from tests.factories import (
    CityFactory,
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    OfficeRoleFactory,
    UserFactory,
    office_person,
)
from tests.workspace.hands import signed_in

pytestmark = pytest.mark.django_db

VIENNA = {
    "slug": "vienna",
    "name_ko": "빈",
    "name_en": "Vienna",
    "code": "vie",
    "country": "at",
    "region": "europe",
    "latitude": "48.2082",
    "longitude": "16.3738",
    "population": "1890000",
    "website": "https://www.wien.gv.at",
}


@pytest.fixture(autouse=True)
def _at(now: datetime) -> Iterator[None]:
    NetworkFactory()
    ensure_office_groups()
    with clock.held_at(now):
        yield


@pytest.fixture
def office() -> Client:
    return signed_in(office_person())


def post(client: Client, name: str, data: dict[str, Any], *args: int) -> Any:
    return client.post(reverse(name, args=args), data)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_a_city_is_registered_and_corrected(office: Client) -> None:
    answer = post(office, "office-city:add", VIENNA)
    assert (answer.status_code, answer.url) == (302, reverse("office-city:index"))
    city = City.objects.get()
    assert (city.slug, city.code, city.country, city.names.as_dict()) == (
        "vienna",
        "VIE",
        "AT",
        {"ko": "빈", "en": "Vienna"},
    )
    page = office.get(reverse("office-city:edit", args=[city.pk]))
    assert page.context["form"].initial["name_ko"] == "빈"
    changed = {**VIENNA, "name_en": "Wien"}
    assert post(office, "office-city:edit", changed, city.pk).status_code == 302
    assert City.objects.get().names.as_dict() == {"ko": "빈", "en": "Wien"}
    assert actions() == ["city.registered", "city.corrected"]
    assert audit.verify() == []


def test_a_refusal_marks_the_field_and_keeps_what_was_typed(office: Client) -> None:
    CityFactory(slug="vienna", code="WIE")
    answer = post(office, "office-city:add", VIENNA)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert list(form.errors) == ["slug"]
    assert form["name_ko"].value() == "빈"
    assert "빈" in answer.text
    assert City.objects.count() == 1
    assert actions() == []


def test_a_membership_is_recorded(office: Client) -> None:
    city = CityFactory(slug="vienna", code="VIE", names={"ko": "빈"})
    given = {"city": "빈", "kind": "member", "starts_on": "2018-12-12", "decision": "vote:a"}
    assert post(office, "office-membership:add", given).status_code == 302
    membership = Membership.objects.get()
    assert (membership.city, membership.kind, membership.decision) == (city, "member", "vote:a")
    again = post(office, "office-membership:add", given)
    assert "nonfield" in str(again.context["form"].errors)
    assert Membership.objects.count() == 1


def test_what_is_typed_must_find_one_city(office: Client) -> None:
    CityFactory(slug="ulsan", names={"ko": "울산"})
    CityFactory(slug="ulsan-jung", names={"ko": "울산 중구"})
    CityFactory(slug="busan", names={"ko": "부산"})

    def errors(text: str) -> list[str]:
        given = {"city": text, "kind": "member", "starts_on": "2018-12-12"}
        form = post(office, "office-membership:add", given).context["form"]
        return [error.code for error in form.errors.as_data()["city"]]

    assert errors("산") == ["several_found"]
    assert errors("빈") == ["none_found"]


def test_a_mandate_is_granted_here_and_accredited_elsewhere(office: Client, now: datetime) -> None:
    city = MembershipFactory(city__slug="vienna").city
    person = UserFactory(name="Anna", email="anna@example.org")
    given = {"city": "vienna", "person": "anna@example.org", "role": "head", "rank": "0"}
    assert post(office, "office-mandate:add", given).status_code == 302
    mandate = Mandate.objects.get()
    assert (mandate.person, mandate.city, mandate.starts_at, mandate.accredited_at) == (
        person,
        city,
        now,
        None,
    )
    listed = office.get(reverse("office-mandate:index"))
    accredit = f"/office/mandates/{mandate.uuid}/"
    assert accredit in listed.text
    assert office.get(f"/ko{accredit}").status_code == 200
    ending = {"ends_at": "", "reason": "left office"}
    assert post(office, "office-mandate:edit", ending, mandate.pk).status_code == 302
    mandate.refresh_from_db()
    assert (mandate.accredited_at, mandate.ends_at) == (None, now)
    assert actions() == ["mandate.granted", "mandate.ended"]


def test_an_ended_mandate_is_refused_in_words(office: Client, now: datetime) -> None:
    mandate = MandateFactory(ends_at=now)
    answer = post(office, "office-mandate:edit", {"reason": "again"}, mandate.pk)
    assert answer.context["form"].non_field_errors() == ["이미 끝난 위임입니다."]
    assert answer.context["form"]["reason"].value() == "again"
    assert (
        reverse("office-mandate:edit", args=[mandate.pk])
        not in office.get(reverse("office-mandate:index")).text
    )


def test_an_officer_is_appointed_and_the_appointment_ended(office: Client, now: datetime) -> None:
    UserFactory(email="new@example.org")
    given = {"person": "new@example.org", "role": "librarian", "starts_at": "", "ends_at": ""}
    assert post(office, "office-role:add", given).status_code == 302
    role = OfficeRole.objects.get(role="librarian")
    later = (now + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    ending = {"ends_at": later, "reason": "moves on"}
    assert post(office, "office-role:edit", ending, role.pk).status_code == 302
    role.refresh_from_db()
    assert role.ends_at == now + timedelta(days=1)
    assert actions() == ["office.appointed", "office.ended"]


def test_mixed_duties_are_refused_in_words(office: Client) -> None:
    delegate = MandateFactory(city=MembershipFactory().city).person
    given = {"person": delegate.email, "role": "returning_officer"}
    answer = post(office, "office-role:add", given)
    (message,) = answer.context["form"].non_field_errors()
    assert message.startswith("선거관리관은")
    assert OfficeRole.objects.count() == 1


def test_an_account_is_made_and_its_link_is_shown_once(office: Client) -> None:
    given = {"name": "Anna", "email": "anna@example.org", "language": "en"}
    answer = post(office, "office-person:add", given)
    person = User.objects.get(email="anna@example.org")
    assert answer.url == reverse("office-person:edit", args=[person.pk])
    page = office.post(answer.url, follow=True)
    link = re.search(r"/en/accounts/link/[^/]+/([^/]+)/", page.text)
    assert link is not None
    assert person_of_link(person=person.uuid, token=link.group(1)) == person
    assert actions() == ["account.created", "account.link_made"]


def test_no_link_is_made_into_an_account_in_use(office: Client) -> None:
    officer = OfficeRoleFactory(role="auditor").person
    answer = post(office, "office-person:edit", {}, officer.pk)
    assert len(answer.context["form"].non_field_errors()) == 1
    assert actions() == []


def test_the_audit_list_is_narrowed(office: Client) -> None:
    post(office, "office-city:add", VIENNA)
    address = reverse("office-audit:index")
    assert "city:vienna#1" in office.get(address, {"chain": "city:"}).text
    assert "city:vienna#1" not in office.get(address, {"chain": "vote:"}).text
    assert "city:vienna#1" in office.get(address, {"q": "registered"}).text
    assert office.post(address).status_code == 405


@pytest.mark.parametrize("path", ["delete", "copy", "history", "usage", "inspect"])
def test_wagtails_other_acts_do_not_exist(path: str, office: Client) -> None:
    city = CityFactory()
    assert office.get(f"/admin/office-city/{path}/{city.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("secretary_general", {"network", "explorer", "images", "documents", "reports"}),
        ("registrar", {"network"}),
        ("returning_officer", {"network"}),
        ("auditor", {"network"}),
    ],
)
def test_each_role_sees_the_menu_that_it_needs(role: str, shown: set[str]) -> None:
    from wagtail.admin.menu import admin_menu

    request = signed_in(office_person(role)).get("/admin/").wsgi_request
    names = {item.name for item in admin_menu.menu_items_for_request(request)}
    assert names & {"help", "settings"} == set()
    assert names - shown == set()
    assert "network" in names
