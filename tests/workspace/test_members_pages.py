"""The office's pages on members: who reads them, what they do, what they cost."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from members.models import Application, Contribution, Membership
from members.services.applications import apply_to_join, find_complete
from members.services.contributions import ClassTerms, draw_up_contributions
from secretariat.kernel.audit import act
from secretariat.kernel.policy import SYSTEM
from tests.factories import NOW, CityFactory, MembershipFactory, city_person, office_person
from tests.members.test_applications import GRAZ
from tests.workspace.hands import acts_on, minute, queries, signed_in, url

pytestmark = pytest.mark.django_db

PAGES = ("members", "standing", "applications", "contributions")


@pytest.fixture(autouse=True)
def _private(settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def registrar() -> Client:
    return signed_in(office_person("registrar"))


def letter() -> SimpleUploadedFile:
    return SimpleUploadedFile("letter.pdf", b"%PDF-1.7 letter")


def applied(**changes) -> Application:
    return apply_to_join(applicant=replace(GRAZ, **changes), letter=letter(), now=NOW)


def drawn_up() -> None:
    draw_up_contributions(
        year=2018,
        classes=[ClassTerms(code="A", population_from=0, amount=Decimal(500))],
        currency="EUR",
        due_on=date(2018, 3, 31),
        actor=SYSTEM,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("registrar", 200),
        ("secretary_general", 200),
        ("auditor", 200),
        ("librarian", 404),
        ("returning_officer", 404),
    ],
)
def test_the_register_is_for_who_keeps_or_audits_it(role: str, status: int) -> None:
    application, city = applied(), MembershipFactory().city
    drawn_up()
    client = signed_in(office_person(role))
    addresses = [
        *(url(page) for page in PAGES),
        url("member_report", "csv"),
        url("member", city.slug),
        url("application", str(application.uuid)),
        url("contributions_of_year", "2018"),
        url("contribution", "2018", city.slug),
    ]
    with minute(0):
        found = {address: client.get(address).status_code for address in addresses}
        assert set(found.values()) == {status}
        if role == "auditor":
            for address in addresses[5:]:
                assert acts_on(client.get(address)) == []
            assert client.post(url("member", city.slug), {}).status_code == 404


def test_city_people_learn_of_none_of_it() -> None:
    client = signed_in(city_person("head"))
    with minute(0):
        assert {client.get(url(page)).status_code for page in PAGES} == {404}


@pytest.mark.parametrize("page", PAGES)
def test_a_list_costs_the_same_with_1_and_with_4(page: str) -> None:
    client = registrar()
    costs = []
    with minute(0):
        for round_ in (1, 3):
            for _each in range(round_):
                MembershipFactory(kind="suspended")
                applied()
            if round_ == 1:
                drawn_up()
            costs.append(queries(client, url(page)))
    assert costs[0] == costs[1]
    assert costs[0] <= 15


def test_the_report_as_files_holds_everybody_and_no_formula() -> None:
    MembershipFactory(city=CityFactory(slug="vienna", names={"ko": "빈", "en": "=Vienna"}))
    MembershipFactory(city=CityFactory(slug="ilo", body="international"), kind="partner")
    client = registrar()
    with minute(0):
        text = b"".join(client.get(url("member_report", "csv")).streaming_content).decode()
        book = client.get(url("member_report", "xlsx") + "?kind=member")
    lines = text.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("\ufeff주소 이름")
    assert "'=Vienna" in lines[2]
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert [cell.value for cell in sheet["D"]][1:] == ["=Vienna"]
    assert [cell.data_type for cell in sheet["D"]][1:] == ["s"]


def test_a_suspension_is_recorded_with_its_decision() -> None:
    city = MembershipFactory().city
    with act(SYSTEM.authority, NOW) as record:
        record("network:1", "decided", {})
    client = registrar()
    given = {"kind": "suspended", "starts_on": "2018-12-12", "reason": "Article 7"}
    with minute(0):
        refused = client.post(url("member", city.slug), given)
        assert refused.status_code == 409
        assert "근거가 되는 결정이 없습니다" in refused.content.decode()
        left = client.post(
            url("member", city.slug), {**given, "kind": "withdrawn", "letter": letter()}
        )
        assert left.status_code == 302
        assert "2018. 12. 12.(수)" in str(next(iter(get_messages(left.wsgi_request))))
        assert "letter.pdf" in client.get(url("member", city.slug)).content.decode()
    assert [row.kind for row in Membership.objects.order_by("starts_on")] == [
        "member",
        "withdrawn",
    ]


def test_a_year_is_drawn_up_and_a_payment_entered() -> None:
    city = MembershipFactory().city
    client = registrar()
    classes = {
        "classes-TOTAL_FORMS": "4",
        "classes-INITIAL_FORMS": "0",
        "classes-0-code": "A",
        "classes-0-population_from": "0",
        "classes-0-amount": "500",
    }
    year = {"year": "2018", "currency": "eur", "due_on": "2018-03-31"}
    with minute(0):
        half = {**classes, "classes-1-code": "B"}
        assert client.post(url("contributions"), {**year, **half}).status_code == 422
        assert client.post(url("contributions"), {**year, **classes}).status_code == 302
        own = url("contribution", "2018", city.slug)
        assert acts_on(client.get(own)) == ["pay", "correct", "waive"]
        paid = {"act": "pay", "amount": "500.00", "on": "2018-12-01", "reference": "12"}
        assert client.post(own, paid).status_code == 302
        assert acts_on(client.get(own)) == ["pay", "correct", "waive", "strike"]
        assert client.post(own, {"act": "waive", "on": "2018-12-12"}).status_code == 422
        assert client.post(own, {"act": "steal"}).status_code == 400
        late = MembershipFactory().city
        assert (
            client.post(url("contributions_of_year", "2018"), {"act": "charge"}).status_code == 302
        )
        assert (
            client.post(url("contributions_of_year", "2018"), {"act": "charge"}).status_code == 409
        )
    assert set(Contribution.objects.values_list("city__slug", flat=True)) == {city.slug, late.slug}


def test_an_application_is_examined_and_admitted_from_its_page() -> None:
    application = applied(sought="observer")
    client = registrar()
    address = url("application", str(application.uuid))
    with minute(0):
        assert acts_on(client.get(address)) == ["find_complete", "return", "refuse"]
        assert client.post(address, {"act": "return"}).status_code == 422
        assert client.post(address, {"act": "find_complete"}).status_code == 302
        assert acts_on(client.get(address)) == ["admit", "return", "decline"]
        entry = {"act": "admit", "slug": "graz", "code": "grz", "starts_on": "2018-12-12"}
        assert client.post(address, entry).status_code == 302
        assert acts_on(client.get(address)) == ["forget_contact"]
        assert client.post(address, {"act": "forget_contact"}).status_code == 302
        assert acts_on(client.get(address)) == []
    application.refresh_from_db()
    assert application.contact_email == ""
    assert application.city is not None
    assert (application.state, application.city.code) == ("admitted", "GRZ")


def test_a_member_is_admitted_with_a_decision_only() -> None:
    application = applied()
    find_complete(application=application, actor=SYSTEM, now=NOW)
    client = registrar()
    entry = {"act": "admit", "slug": "graz", "code": "GRZ", "starts_on": "2018-12-12"}
    with minute(0):
        refused = client.post(url("application", str(application.uuid)), entry)
    assert refused.status_code == 409
    assert "회원 가입은 총회가 의결합니다" in refused.content.decode()


def test_the_profile_is_edited_by_head_and_editor() -> None:
    city = MembershipFactory(city=CityFactory(slug="vienna")).city
    given = {
        "act": "profile",
        "description_ko": "빈입니다.",
        "description_en": "Vienna.",
        "population": "1900000",
        "website": "https://example.org",
    }
    contacts = {
        "act": "contacts",
        "contacts-TOTAL_FORMS": "1",
        "contacts-INITIAL_FORMS": "0",
        "contacts-0-name": "International office",
        "contacts-0-email": "office@example.org",
        "contacts-0-language": "en",
    }
    with minute(0):
        client = signed_in(city_person("editor", city=city))
        assert client.post(url("profile", "vienna"), given).status_code == 302
        assert client.post(url("profile", "vienna"), contacts).status_code == 302
        del contacts["contacts-0-email"]
        assert client.post(url("profile", "vienna"), contacts).status_code == 422
        for role in ("voting_delegate", "observer"):
            other = signed_in(city_person(role, city=city))
            assert other.get(url("profile", "vienna")).status_code == 404
        stranger = signed_in(city_person("head"))
        assert stranger.post(url("profile", "vienna"), given).status_code == 404
    city.refresh_from_db()
    assert (city.population, city.descriptions["ko"]) == (1_900_000, "빈입니다.")
    assert list(city.contacts.values_list("email", flat=True)) == ["office@example.org"]


@pytest.mark.parametrize(
    ("language", "names"),
    [("ko", ["가마", "나루", "다리"]), ("en", ["Alpha", "Beta", "Gamma"])],
)
def test_cities_stand_by_their_names_in_the_readers_language(
    language: str, names: list[str], client: Client
) -> None:
    for slug, ko, en in (("x", "나루", "Alpha"), ("y", "다리", "Beta"), ("z", "가마", "Gamma")):
        MembershipFactory(city__slug=slug, city__names={"ko": ko, "en": en})
    with translation.override(language):
        office = registrar().get(reverse("workspace:members"))
        assert [str(row.city) for row in office.context["page"].object_list] == names
        public = client.get(reverse("cms:city_list"))
        shown = [str(row.city) for _label, rows in public.context["groups"] for row, _seat in rows]
        assert shown == names
