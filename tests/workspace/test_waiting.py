"""What waits for each person of the office, on the overview."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from members.models import Mandate, PrivateFile, SecondFactorReset
from members.models.files import FilePurpose
from secretariat.kernel.models import User
from secretariat.workspace.selectors.waiting import waits_for_office
from tests.factories import NOW, MandateFactory, UserFactory, office_person
from tests.members.papers import recorded
from tests.resolutions.stage import Stage, at
from tests.resolutions.standing import stands
from tests.workspace.conftest import found
from tests.workspace.hands import minute, queries, signed_in, url

pytestmark = pytest.mark.django_db
standing_stage, _django_db_helper, stage = stands(on=found)


def texts(person: User, now: Any = NOW) -> list[str]:
    return [waiting.text for waiting in waits_for_office(person=person, now=now)]


@pytest.fixture(autouse=True)
def _english(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path
    settings.LANGUAGE_CODE = "en"


def with_letter(stage: Stage) -> Mandate:
    city = stage.cities["alpha"]
    letter = PrivateFile.objects.create(
        city=city,
        purpose=FilePurpose.CREDENCE,
        name="letter.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        uploaded_at=NOW - timedelta(days=2),
    )
    return MandateFactory(city=city, role="alternate", rank=1, accredited_at=None, letter=letter)


def a_letter(stage: Stage) -> None:
    contact = {"name": "International desk", "position": "", "email": "desk@beta.example"}
    facts = {"contacts": [{**contact, "phone": "", "language": "en"}], "website": ""}
    recorded("contacts", stage.cities["beta"], facts, actor=stage.registrar, now=at(0))


def test_nothing_waits_and_the_page_says_so(stage: Stage) -> None:
    with minute(0):
        page = signed_in(stage.secretary).get(url("office"))
    assert page.context["waiting"] == []
    assert "지금 처리할 일이 없습니다." in page.content.decode()


def test_a_letter_of_credence_waits_for_those_who_accredit(stage: Stage) -> None:
    with_letter(stage)
    MandateFactory(city=stage.cities["beta"], role="alternate", rank=1, accredited_at=None)
    assert texts(stage.registrar) == ["Read 1 letter of credence and accredit"]
    assert texts(stage.officer) == texts(stage.auditor) == texts(stage.delegates["alpha"]) == []


def test_what_one_recorded_waits_for_another(stage: Stage) -> None:
    a_letter(stage)
    confirm = "Confirm 1 act by letter that another officer recorded"
    assert confirm in texts(stage.secretary)
    assert confirm not in texts(stage.registrar)


def test_a_reset_waits_for_a_second_officer_who_is_not_the_person(stage: Stage) -> None:
    SecondFactorReset.objects.create(
        person=stage.secretary,
        reason="Lost",
        check_made="in_person",
        check_note="passport",
        asked_by=stage.registrar,
        asked_at=at(0),
    )
    assert texts(stage.officer) == ["Confirm 1 reset of a second factor"]
    assert texts(stage.registrar) == texts(stage.secretary) == []


def test_the_longest_waiting_comes_first_and_the_page_stays_cheap(
    stage: Stage, client: Client
) -> None:
    person = office_person("registrar")
    a_letter(stage)
    with_letter(stage)
    assert texts(person, at(1)) == [
        "Read 1 letter of credence and accredit",
        "Confirm 1 act by letter that another officer recorded",
    ]
    with minute(1):
        assert queries(signed_in(person), url("office")) <= 15


def test_people_without_a_role_have_nothing(stage: Stage) -> None:
    assert texts(UserFactory()) == []
