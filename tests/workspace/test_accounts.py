"""Signing in: given accounts, the person's language, and a second factor where it is required."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core import mail
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from secretariat.workspace.accounts import AccountAdapter, display_name
from tests.factories import PASSWORD, NetworkFactory, UserFactory, city_person

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, **query: str) -> object:
    return client.post(reverse("account_login"), {"login": email, "password": PASSWORD}, **query)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_people_arrive_in_their_own_language(language: str) -> None:
    person = UserFactory(language=language)
    answer = sign_in(Client(), person.email.upper())
    assert answer.status_code == 302
    assert answer.url.startswith(f"/{language}/")


def test_a_wrong_password_says_nothing_about_the_account() -> None:
    UserFactory(email="there@example.org")
    pages = []
    for email in ("there@example.org", "nobody@example.org"):
        answer = Client().post(reverse("account_login"), {"login": email, "password": "wrong"})
        assert answer.status_code == 200
        pages.append(answer.context["form"].non_field_errors())
    assert pages[0] == pages[1]
    assert len(pages[0]) == 1


def test_nobody_signs_up() -> None:
    assert AccountAdapter().is_open_for_signup(RequestFactory().get("/")) is False
    given = {"email": "new@example.org", "password1": PASSWORD}
    Client().post(reverse("account_signup"), given)
    assert Client().post(reverse("account_login"), {"login": "new@example.org"}).status_code == 200
    assert display_name(UserFactory(name="Anna")) == "Anna"


def test_mail_names_the_network_in_its_readers_language() -> None:
    NetworkFactory()
    person = UserFactory(language="ko")
    Client().post("/ko/accounts/password/reset/", {"email": person.email})
    (message,) = mail.outbox
    assert message.to == [person.email]
    assert message.subject.startswith("[시험 도시 네트워크] ")


def test_a_deactivated_person_does_not_get_in() -> None:
    person = UserFactory(is_active=False)
    client = Client()
    sign_in(client, person.email)
    assert "_auth_user_id" not in client.session


@override_settings(SECOND_FACTOR_REQUIRED=False)
def test_no_second_factor_is_asked_for_where_none_is_required() -> None:
    client = Client()
    sign_in(client, city_person("head").email)
    assert client.get("/healthz").status_code == 200
    assert client.get(reverse(settings.LOGIN_REDIRECT_URL)).status_code in (200, 302)


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_who_has_none_sets_one_up_first() -> None:
    client = Client()
    sign_in(client, city_person("head").email)
    arrive = reverse(settings.LOGIN_REDIRECT_URL)
    answer = client.get(arrive)
    assert (answer.status_code, answer.url) == (302, reverse("second_factor"))
    assert client.get("/healthz").status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_who_has_one_uses_it_in_this_session() -> None:
    person = city_person("head")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    totp.TOTP.activate(person, totp.generate_totp_secret())
    assert Authenticator.objects.filter(user=person).count() == 1
    arrive = reverse(settings.LOGIN_REDIRECT_URL)
    answer = client.get(arrive)
    assert (answer.status_code, answer.url) == (
        302,
        f"{reverse('mfa_reauthenticate')}?next={arrive.replace('/', '%2F')}",
    )
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    passed = client.get(arrive)
    assert "2fa" not in getattr(passed, "url", "")


def test_anonymous_people_are_not_asked_for_one() -> None:
    with override_settings(SECOND_FACTOR_REQUIRED=True):
        assert Client().get("/robots.txt").status_code == 200
