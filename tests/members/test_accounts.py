"""Accounts are made by the office; a link lets a person in once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from django.contrib.auth.models import update_last_login
from django.test import override_settings

from members.services.accounts import create_account, make_sign_in_link, person_of_link
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, User
from secretariat.kernel.policy import SYSTEM
from tests.factories import UserFactory, city_person, office_person

pytestmark = pytest.mark.django_db

PERSON = UUID("22222222-2222-4222-8222-222222222222")


def test_an_account_is_made_and_sealed_without_a_name(now: datetime) -> None:
    person = create_account(
        email=" Clerk@Example.ORG ", name="김", language="ko", actor=SYSTEM, now=now, uuid=PERSON
    )
    assert (person.email, person.name, person.language, person.uuid, person.date_joined) == (
        "Clerk@example.org",
        "김",
        "ko",
        PERSON,
        now,
    )
    assert not person.has_usable_password()
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action, entry.payload) == (
        "office",
        "account.created",
        '{"language":"ko","person":"22222222-2222-4222-8222-222222222222"}',
    )


@pytest.mark.parametrize(
    ("changes", "error", "where"),
    [
        ({"email": "nobody"}, InvalidInput, "email"),
        ({"name": "  "}, InvalidInput, "name"),
        ({"language": "fr"}, InvalidInput, "language"),
        ({"password": "short"}, InvalidInput, "password"),
        ({"email": "TAKEN@example.org"}, Conflict, "email"),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    changes: dict[str, str], error: type[Exception], where: str, now: datetime
) -> None:
    UserFactory(email="taken@example.org")
    given = {"email": "new@example.org", "name": "New", "language": "en", **changes}
    with pytest.raises(error) as refusal:
        create_account(**given, actor=SYSTEM, now=now)
    assert refusal.value.where == where
    assert User.objects.count() == 1
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("role", ["returning_officer", "librarian", "auditor"])
def test_other_office_roles_make_no_accounts(role: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        create_account(email="a@example.org", name="A", actor=office_person(role), now=now)


def test_city_people_make_no_accounts(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        create_account(email="a@example.org", name="A", actor=city_person("head"), now=now)


@pytest.fixture
def newcomer(now: datetime) -> User:
    return create_account(email="new@example.org", name="New", actor=SYSTEM, now=now)


def token_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_a_link_names_its_person_until_it_is_used(newcomer: User, now: datetime) -> None:
    link = make_sign_in_link(person=newcomer, actor=SYSTEM, now=now)
    assert link.startswith(f"http://127.0.0.1:8000/ko/accounts/link/{newcomer.uuid}/")
    assert person_of_link(person=newcomer.uuid, token=token_of(link)) == newcomer
    assert person_of_link(person=UserFactory().uuid, token=token_of(link)) is None
    assert person_of_link(person=newcomer.uuid, token=token_of(link)[:-1] + "!") is None
    update_last_login(None, newcomer)
    assert person_of_link(person=newcomer.uuid, token=token_of(link)) is None


def test_a_link_expires_in_real_time(newcomer: User, now: datetime) -> None:
    link = make_sign_in_link(person=newcomer, actor=SYSTEM, now=now)
    with override_settings(PASSWORD_RESET_TIMEOUT=-1):
        assert person_of_link(person=newcomer.uuid, token=token_of(link)) is None


def test_a_link_ends_with_the_account(newcomer: User, now: datetime) -> None:
    link = make_sign_in_link(person=newcomer, actor=SYSTEM, now=now)
    User.objects.update(is_active=False)
    assert person_of_link(person=newcomer.uuid, token=token_of(link)) is None


def test_nobody_makes_a_link_into_an_account_in_use(newcomer: User, now: datetime) -> None:
    update_last_login(None, newcomer)
    for person in (newcomer, UserFactory()):
        with pytest.raises(WrongState) as refusal:
            make_sign_in_link(person=person, actor=office_person("registrar"), now=now)
        assert refusal.value.code == "account_in_use"
