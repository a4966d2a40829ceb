"""Signing in with a city's own provider: a real one, served beside the test."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from secretariat.kernel.models import User
from tests.factories import NetworkFactory, UserFactory

with warnings.catch_warnings(record=True):
    # The provider stands on a library that announces its own next version, always.
    import oidc_provider_mock

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]

WITHIN_SECONDS = 20


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _city_of_vienna(provider: str, settings: Any) -> None:
    NetworkFactory()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "vienna",
                    "name": "Stadt Wien",
                    "client_id": "network",
                    "secret": "of the test",
                    "settings": {
                        "server_url": provider,
                        "domains": ["vienna.example"],
                        "oauth_pkce_enabled": True,
                    },
                }
            ]
        }
    }


def sign_in_there(provider: str, client: Client, email: str, *, verified: bool = True) -> Any:
    """Press the button, sign in at the provider, come back: what the platform answers."""
    claims = {"email": email, "email_verified": verified, "name": "Anybody"}
    requests.put(f"{provider}/users/{email}", json=claims, timeout=WITHIN_SECONDS)
    leaves = client.post("/ko/accounts/oidc/vienna/login/?process=login")
    assert leaves.status_code == 302
    assert leaves.url.startswith(f"{provider}/oauth2/authorize?")
    assert "code_challenge=" in leaves.url
    back = requests.post(
        leaves.url, data={"sub": email}, allow_redirects=False, timeout=WITHIN_SECONDS
    )
    return client.get(back.headers["Location"])


def test_an_account_is_linked_by_its_address_and_then_by_the_link(provider: str) -> None:
    person, client = UserFactory(email="delegate@vienna.example", language="en"), Client()
    answer = sign_in_there(provider, client, "delegate@vienna.example")
    assert (answer.status_code, answer.url) == (302, "/en/arrive/")
    assert client.session["_auth_user_id"] == str(person.pk)
    link = SocialAccount.objects.get()
    assert (link.user, link.provider) == (person, "vienna")
    assert link.extra_data == {"email": "delegate@vienna.example"}

    again = Client()
    assert sign_in_there(provider, again, "delegate@vienna.example").status_code == 302
    assert again.session["_auth_user_id"] == str(person.pk)
    assert SocialAccount.objects.count() == 1


def test_no_account_is_ever_made(provider: str) -> None:
    client = Client()
    answer = sign_in_there(provider, client, "stranger@vienna.example")
    assert answer.status_code == 403
    assert "stranger@vienna.example" in answer.content.decode()
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("email", "verified"), [("head@hamburg.example", True), ("mayor@vienna.example", False)]
)
def test_a_provider_answers_for_verified_addresses_of_its_own_domains(
    provider: str, email: str, verified: bool
) -> None:
    UserFactory(email=email)
    client = Client()
    assert sign_in_there(provider, client, email, verified=verified).status_code == 403
    assert "_auth_user_id" not in client.session
    assert SocialAccount.objects.count() == 0


def test_a_closed_account_stays_closed(provider: str) -> None:
    person, client = UserFactory(email="left@vienna.example"), Client()
    sign_in_there(provider, client, "left@vienna.example")
    User.objects.filter(pk=person.pk).update(is_active=False)
    answer = sign_in_there(provider, Client(), "left@vienna.example")
    assert "_auth_user_id" not in answer.wsgi_request.session


def test_the_sign_in_page_offers_it_and_the_policy_lets_the_browser_go(provider: str) -> None:
    page = Client().get("/ko/accounts/login/").content.decode()
    assert "Stadt Wien" in page
    assert "/ko/accounts/oidc/vienna/login/?process=login" in page
