"""Addresses that nobody types: a page or a 404, never an error."""

from __future__ import annotations

import pytest
from django.test import Client

from secretariat.kernel.models import Network
from secretariat.workspace.admin.groups import ensure_office_groups
from tests.factories import MembershipFactory, UserFactory, city_person, office_person
from tests.workspace.hands import signed_in

LISTS = ["cities", "texts", "assemblies", "decisions", "elections", "library", "search", "audit"]
ODD = ["page=0", "page=-1", "page=%00", "page=99999999999999999999", "q=%00", "q=%ff", "year=%00"]


@pytest.mark.parametrize("name", LISTS)
def test_odd_questions_are_answered(network: Network, name: str) -> None:
    answers = {odd: Client().get(f"/ko/{name}/?{odd}").status_code for odd in ODD}
    assert {odd: status for odd, status in answers.items() if status not in (200, 404)} == {}


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/ko/cities/%00/",
        "/ko/cities/" + "a" * 3000 + "/",
        "/ko/texts/bylaws/editions/99999999999999999999999/",
        "/ko/library/%ff/",
        "/documents/99999999999999999999/x",
        "/ko/_util/authenticate_with_password/99999999999999999999/2/",
        "/demo/",
    ],
)
def test_odd_addresses_are_not_found(network: Network, path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("rank", "99999999999"), ("starts_at", "0001-01-01 00:00"), ("ends_at", "0001-01-01 00:00")],
)
def test_a_mandate_beyond_all_measure_is_an_error_of_its_field(
    network: Network, field: str, value: str
) -> None:
    ensure_office_groups()
    given = {"city": MembershipFactory().city.code, "person": UserFactory().email}
    answer = signed_in(office_person()).post(
        "/admin/office-mandate/new/", {**given, "role": "editor", "rank": "1", field: value}
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])


def test_no_city_has_more_people_than_there_are(network: Network) -> None:
    ensure_office_groups()
    answer = signed_in(office_person()).post(
        "/admin/office-city/new/", {"population": "99999999999999999999"}
    )
    assert answer.status_code == 200
    assert "population" in answer.context["form"].errors


def test_a_last_day_at_the_end_of_time_is_an_error_of_its_field(network: Network) -> None:
    city = MembershipFactory().city
    answer = signed_in(city_person("head", city=city)).post(
        f"/ko/desk/{city.slug}/people/invite/",
        {"email": "a@example.org", "role": "editor", "language": "ko", "ends_at": "9999-12-31"},
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["ends_at"])
