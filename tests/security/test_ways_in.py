"""Ways around the sign-in: Wagtail's own, links into other accounts, letters to strangers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from members.services.accounts import create_account, make_sign_in_link
from members.services.office import appoint
from secretariat.kernel.errors import NotAllowed
from secretariat.kernel.models import AuditEntry, Network
from secretariat.kernel.policy import SYSTEM
from tests.factories import PASSWORD, UserFactory, office_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "arrive"),
    [("/ko/_util/login/", "/ko/arrive/"), ("/admin/login/", "/admin/")],
)
def test_wagtails_own_sign_in_takes_no_password(address: str, arrive: str) -> None:
    person = UserFactory()
    client = Client()
    answer = client.post(address, {"username": person.email, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (
        302,
        f"{reverse('account_login')}?next={arrive}",
    )
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("role", ["secretary_general", "returning_officer", "auditor"])
def test_a_registrar_makes_no_link_into_an_office_account(role: str, now: datetime) -> None:
    registrar, secretary = office_person("registrar"), office_person()
    person = create_account(email="new@example.org", name="New", actor=registrar, now=now)
    appoint(person=person, role=role, starts_at=now + timedelta(days=1), actor=secretary, now=now)
    with pytest.raises(NotAllowed):
        make_sign_in_link(person=person, actor=registrar, now=now)
    assert not AuditEntry.objects.filter(action="account.link_made").exists()
    assert str(person.uuid) in make_sign_in_link(person=person, actor=secretary, now=now)


def test_a_link_is_used_once_and_opening_it_changes_nothing(network: Network) -> None:
    person = create_account(email="new@example.org", name="New", actor=SYSTEM, now=network_now())
    link = make_sign_in_link(person=person, actor=SYSTEM, now=network_now())
    path = link.removeprefix("http://127.0.0.1:8000")
    for _scanner in range(3):
        scanner = Client()
        assert scanner.get(path).status_code == 200
        assert "_auth_user_id" not in scanner.session
    assert Client().post(path).status_code == 302
    again = Client()
    assert (again.post(path).status_code, again.get(path).status_code) == (410, 410)
    assert "_auth_user_id" not in again.session


def network_now() -> datetime:
    return Network.objects.get().established_at


def test_a_forgotten_password_writes_to_known_addresses_only(network: Network) -> None:
    UserFactory(email="there@example.org")
    answers = [
        Client().post("/ko/accounts/password/reset/", {"email": email})
        for email in ("nobody@example.org", "there@example.org")
    ]
    assert [(answer.status_code, answer.url) for answer in answers] == [
        (302, "/ko/accounts/password/reset/done/")
    ] * 2
    assert [message.to for message in mail.outbox] == [["there@example.org"]]


@override_settings(ALLOWED_HOSTS=["*"], PUBLIC_URL="https://network.example")
def test_a_letter_speaks_for_the_network_whatever_host_was_named(network: Network) -> None:
    UserFactory(email="there@example.org")
    Client().post(
        "/ko/accounts/password/reset/", {"email": "there@example.org"}, HTTP_HOST="evil.example"
    )
    (message,) = mail.outbox
    assert "https://network.example/ko/accounts/password/reset/key/" in message.body
    assert "evil.example" not in f"{message.subject} {message.body}"
    assert network.name_ko in message.body
