"""Ready to vote? Each line, the letter that tests an address, and asking before an assembly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.test import Client

from members.models import City, EmailProof, ReadyNotice
from resolutions.models import Assembly
from secretariat.kernel import clock
from secretariat.kernel.errors import Conflict
from secretariat.kernel.models import User
from secretariat.workspace.readiness import (
    LATELY,
    ask_by_email,
    checks_of,
    email_is_read,
    send_ready_checks,
)
from tests.factories import NOW, MandateFactory, MembershipFactory, NetworkFactory, city_person
from tests.workspace.hands import queries, signed_in, url

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon(db: None) -> Iterator[None]:
    NetworkFactory()
    with clock.held_at(NOW):
        yield


@pytest.fixture
def city() -> City:
    return MembershipFactory(city__slug="vienna").city


def assembly(*, days: int, state: str = "convened", city: City) -> Assembly:
    return Assembly.objects.create(
        slug=f"in-{days}",
        kind="ordinary",
        state=state,
        starts_at=NOW + days * DAY,
        ends_at=NOW + (days + 1) * DAY,
        host_city=city,
        presiding_city=city,
    )


def with_factor(person: User, *, used: datetime | None) -> User:
    Authenticator.objects.create(user=person, type="totp", data={}, last_used_at=used)
    return person


def wells(person: User, city: City, now: datetime = NOW) -> dict[str, bool]:
    return {check.name: check.well for check in checks_of(person=person, city=city, now=now)}


# the lines


def test_who_has_everything_is_ready(city: City) -> None:
    person = with_factor(city_person("head", city=city), used=datetime.now(UTC))
    email_is_read(person=person, now=NOW)
    assert wells(person, city) == dict.fromkeys(
        ("mandate", "standing", "second_factor", "email"), True
    )
    page = signed_in(person).get(url("ready", "vienna"))
    assert page.context["all_well"]


def test_each_thing_that_is_missing_is_one_line(city: City) -> None:
    person = MandateFactory(city=city, role="head", accredited_at=None).person
    city.memberships.update(kind="suspended")
    assert wells(person, city) == dict.fromkeys(
        ("mandate", "standing", "second_factor", "email"), False
    )
    long_ago = datetime.now(UTC) - LATELY - DAY
    with_factor(person, used=long_ago)
    assert not wells(person, city)["second_factor"]
    Authenticator.objects.update(last_used_at=datetime.now(UTC))
    assert wells(person, city)["second_factor"]
    email_is_read(person=person, now=NOW)
    assert wells(person, city)["email"]
    assert not wells(person, city, NOW + LATELY)["email"]
    person.email = "moved@wien.example"
    assert not wells(person, city)["email"]


def test_a_role_without_a_vote_is_told_so(city: City) -> None:
    person = city_person("editor", city=city)
    check = checks_of(person=person, city=city, now=NOW)[0]
    assert (check.name, check.well, check.url) == ("mandate", False, url("people", "vienna"))


def test_standing_is_that_of_the_day_of_the_next_assembly(city: City) -> None:
    person = city_person("head", city=city)
    city.memberships.update(ends_on=(NOW + 5 * DAY).date())
    assert wells(person, city)["standing"]
    assembly(days=9, city=city)
    assert not wells(person, city)["standing"]


def test_the_page_costs_the_same_for_many_people(city: City) -> None:
    client = signed_in(city_person("head", city=city))
    one = queries(client, url("ready", "vienna"))
    for rank in range(5):
        MandateFactory(city=city, role="alternate", rank=rank)
    assert queries(client, url("ready", "vienna")) == one <= 20


# the letter that tests an address


def test_a_letter_is_sent_and_only_pressing_its_button_counts(
    city: City, django_capture_on_commit_callbacks: object
) -> None:
    person = city_person("head", city=city, person__language="en")
    client = signed_in(person)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert client.post(url("ready", "vienna"), {"act": "email"}).status_code == 302
    assert client.post(url("ready", "vienna"), {"act": "email"}).status_code == 409
    (letter,) = mail.outbox
    assert letter.to == [person.email]
    found = re.search(r"https?://[^/\s]+(/en/ready/email/\S+/)", letter.body)
    assert found
    for _time in range(3):
        assert Client().get(found.group(1)).status_code == 200
    assert EmailProof.objects.get().confirmed_at is None
    assert Client().post(found.group(1)).status_code == 302
    assert EmailProof.objects.get().confirmed_at == NOW
    assert wells(person, city)["email"]
    assert Client().get(url("ready_email", "1.forged")).status_code == 404
    assert Client().post(url("ready_email", "1.forged")).status_code == 404


def test_another_letter_may_follow_after_a_while(city: City) -> None:
    person = city_person("head", city=city)
    ask_by_email(person=person, now=NOW)
    with pytest.raises(Conflict):
        ask_by_email(person=person, now=NOW + timedelta(minutes=4))
    assert ask_by_email(person=person, now=NOW + timedelta(minutes=5)).pk


# asking before an assembly


def test_each_voter_is_asked_once_before_an_assembly(
    city: City, django_capture_on_commit_callbacks: object, capsys: pytest.CaptureFixture[str]
) -> None:
    head = city_person("head", city=city, person__language="en")
    waiting = MandateFactory(city=city, role="alternate", accredited_at=None).person
    city_person("editor", city=city)
    city_person("head", city=MembershipFactory(kind="observer").city)
    MandateFactory(city=city, role="alternate", ends_at=NOW)
    soon = assembly(days=13, city=city)
    assembly(days=20, city=city)
    assembly(days=3, state="cancelled", city=city)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        call_command("send_ready_checks", json=True)
    sent = json.loads(capsys.readouterr().out)["sent"]
    assert {(each["assembly"], each["person"]) for each in sent} == {
        (soon.slug, str(head.uuid)),
        (soon.slug, str(waiting.uuid)),
    }
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {head.email, waiting.email}
    assert "/en/desk/vienna/ready/" in letters[head.email].body
    assert send_ready_checks(now=NOW) == []
    follower = city_person("voting_delegate", city=city)
    assert [notice.person for notice in send_ready_checks(now=NOW + DAY)] == [follower]
    assert ReadyNotice.objects.count() == 3


def test_nobody_is_asked_once_it_has_begun(city: City) -> None:
    city_person("head", city=city)
    assembly(days=1, city=city)
    assert send_ready_checks(now=NOW + DAY) == []
