"""What the office hears by e-mail: a new application, a contest of an act by letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import mail

from members.services.applications import Applicant, apply_to_join
from members.services.letters import confirm_letter, contest_letter
from secretariat.kernel import clock
from secretariat.kernel.models import Network, User
from tests.factories import NOW, OfficeRoleFactory, UserFactory, city_person, office_person
from tests.members.papers import NEW_HEAD, recorded, scan
from tests.resolutions.stage import Stage

pytestmark = pytest.mark.django_db
Committed = Callable[..., object]


@pytest.fixture(autouse=True)
def _at_that_moment() -> Iterator[None]:
    with clock.held_at(NOW):
        yield


@pytest.fixture
def officers(network: Network) -> list[User]:
    """A registrar who reads Korean and a secretary-general who reads English."""
    gone = UserFactory(email="gone@office.example")
    OfficeRoleFactory(person=gone, role="registrar", ends_at=NOW - timedelta(days=1))
    office_person("auditor", person=UserFactory(email="auditor@office.example"))
    return [
        office_person(
            role, person=UserFactory(email=f"{language}@office.example", language=language)
        )
        for role, language in (("registrar", "ko"), ("secretary_general", "en"))
    ]


def to_the_office() -> dict[str, str]:
    """Address → subject and text, of the letters to the office."""
    return {
        letter.to[0]: f"{letter.subject}\n{letter.body}"
        for letter in mail.outbox
        if letter.to[0].endswith("@office.example")
    }


def test_registrar_and_secretary_general_hear_of_an_application(
    officers: list[User], django_capture_on_commit_callbacks: Committed
) -> None:
    applicant = Applicant(
        sought="member",
        body="city",
        names={"ko": "지원시", "en": "Applicant City"},
        country="KR",
        region="asia",
        language="ko",
        contact_name="담당자",
        contact_email="contact@example.org",
    )
    with django_capture_on_commit_callbacks(execute=True):
        application = apply_to_join(applicant=applicant, letter=scan(), now=NOW)
    told = to_the_office()
    assert sorted(told) == ["en@office.example", "ko@office.example"]
    assert "New application: Applicant City" in told["en@office.example"]
    assert "새 가입 신청: 지원시" in told["ko@office.example"]
    for language in ("ko", "en"):
        address = f"/{language}/office/members/applications/{application.uuid}/"
        assert address in told[f"{language}@office.example"]


def test_they_hear_of_a_contest_but_not_what_it_says(
    stage: Stage, officers: list[User], django_capture_on_commit_callbacks: Committed
) -> None:
    city = stage.cities["beta"]
    letter = recorded(
        "head", city, {**NEW_HEAD, "name": "New head"}, actor=stage.registrar, now=NOW
    )
    letter = confirm_letter(letter=letter, actor=stage.secretary, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        contest_letter(
            letter=letter,
            reason="We wrote no such letter.",
            actor=city_person("head", city=city),
            now=NOW,
        )
    told = to_the_office()
    assert sorted(told) == ["en@office.example", "ko@office.example"]
    for language in ("ko", "en"):
        said = told[f"{language}@office.example"]
        assert city.name_in(language) in said
        assert f"/{language}/office/letters/{letter.uuid}/" in said
        assert "no such letter" not in said
