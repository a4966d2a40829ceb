"""The demonstration's entrance: anybody of the demonstration with one press, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from secretariat.kernel.models import User
from secretariat.workspace.demonstration import views
from tests.factories import UserFactory, city_person, office_person
from tests.resolutions.stage import Stage
from tests.workspace.hands import minute, queries

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.workspace.demonstration_urls")]


@pytest.fixture
def demonstration(settings: Any, stage: Stage) -> Stage:
    """Demonstration mode, with a delegate of each city and the office."""
    settings.DEMONSTRATION = True
    stage.__dict__["delegates"] = {
        slug: city_person("head", city=city, person=_account(f"delegate-{slug}"))
        for slug, city in stage.cities.items()
    }
    for role in ("secretary_general", "returning_officer", "auditor"):
        office_person(role, person=_account(role))
    return stage


def _account(name: str) -> User:
    return UserFactory(email=f"{name}@demonstration.example", name=name)


def sign_in(client: Client, person: User, **more: str) -> int:
    data = {"person": str(person.uuid), "lang": "en", **more}
    return client.post("/demo/sign-in/", data).status_code


@pytest.mark.urls("secretariat.urls")
def test_outside_demonstration_mode_the_address_does_not_exist(client: Client) -> None:
    answers = [
        client.get("/demo/"),
        client.post("/demo/sign-in/"),
        client.post("/demo/start-again/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_outside_demonstration_mode_the_views_refuse_as_well(client: Client, stage: Stage) -> None:
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/sign-in/").status_code == 404
    assert client.post("/demo/start-again/", {"checked": "1"}).status_code == 404


def test_every_part_is_offered_those_still_to_vote_first(
    client: Client, demonstration: Stage
) -> None:
    vote = demonstration.open_vote()
    demonstration.cast(vote, alpha="for", beta="for", gamma="for", delta="for")
    with minute(3):
        page = client.get("/demo/?lang=en")
    cast = page.context["cast"]
    assert [part.name for part in cast.waiting] == ["Epsilon", "Zeta"]
    assert [part.name for part in cast.delegates] == ["Alpha", "Beta", "Delta", "Gamma"]
    assert [part.name for part in cast.officers] == [
        "Secretary-general",
        "Returning officer",
        "Auditor",
    ]
    assert "have not voted yet (Epsilon, Zeta)" in page.context["what_now"]


def test_the_page_speaks_the_language_asked_for(client: Client, demonstration: Stage) -> None:
    with minute(0):
        english = client.get("/demo/?lang=en")
        korean = client.get("/demo/?lang=ko", headers={"accept-language": "en"})
        browsers = client.get("/demo/", headers={"accept-language": "en"})
        came_from = client.get(
            "/demo/",
            headers={"accept-language": "en", "referer": "http://testserver/ko/decisions/"},
        )
    languages = [page.context["language"] for page in (english, korean, browsers, came_from)]
    assert languages == ["en", "ko", "en", "ko"]
    assert '<html lang="ko">' in korean.content.decode()


def test_one_press_signs_in_and_leads_to_work(client: Client, demonstration: Stage) -> None:
    delegate = demonstration.delegates["alpha"]
    with minute(0):
        answer = client.post("/demo/sign-in/", {"person": str(delegate.uuid), "lang": "en"})
        page = client.get("/demo/?lang=en")
    assert (answer.status_code, answer["Location"]) == (302, "/en/arrive/")
    assert client.session["_auth_user_id"] == str(delegate.pk)
    assert "delegate of Alpha" in page.content.decode()


def test_the_session_satisfies_a_second_factor(
    client: Client, demonstration: Stage, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    with minute(0):
        sign_in(client, demonstration.delegates["alpha"])
        assert client.get("/en/desk/alpha/").status_code == 200


def test_only_accounts_of_the_demonstration_are_signed_in(
    client: Client, demonstration: Stage
) -> None:
    stranger = UserFactory(email="somebody@example.org")
    lookalike = UserFactory(email="somebody@demonstration.example.org")
    gone = UserFactory(email="gone@demonstration.example", is_active=False)
    with minute(0):
        assert [sign_in(client, person) for person in (stranger, lookalike, gone)] == [404] * 3
        assert client.post("/demo/sign-in/", {"person": "nonsense"}).status_code == 404
        assert client.get("/demo/sign-in/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_signing_out(client: Client, demonstration: Stage) -> None:
    with minute(0):
        sign_in(client, demonstration.delegates["alpha"])
        answer = client.post("/demo/sign-out/", {"lang": "ko"})
    assert answer["Location"] == "/demo/?lang=ko"
    assert "_auth_user_id" not in client.session


def test_starting_again_is_confirmed_and_signs_out(
    client: Client, demonstration: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(views, "start_again", lambda: begun.append("again"))
    with minute(0):
        sign_in(client, demonstration.delegates["alpha"])
        unconfirmed = client.post("/demo/start-again/", {"lang": "en"})
        assert (unconfirmed["Location"], begun) == ("/demo/?lang=en", [])
        answer = client.post("/demo/start-again/", {"lang": "en", "checked": "1"})
        page = client.get(answer["Location"])
    assert begun == ["again"]
    assert "_auth_user_id" not in client.session
    assert "The demonstration has started again: it is 14:40." in page.content.decode()


def test_the_entrance_costs_the_same_however_many_cities(
    client: Client, demonstration: Stage
) -> None:
    with minute(0):
        one = queries(client, "/demo/?lang=en")
    for number in range(5):
        city_person("head", person=_account(f"delegate-more-{number}"))
    with minute(0):
        assert queries(client, "/demo/?lang=en") == one
    assert one <= 15
