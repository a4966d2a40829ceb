"""Authenticator secrets: sealed in the database, opened after a change of key, lost with words."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from secretariat.kernel.models import User
from secretariat.workspace.demonstration.people import enrol, secret_of
from secretariat.workspace.sealed_secrets import SecretLost, has_lost_secret, seal, unseal
from tests.factories import NOW, PASSWORD, NetworkFactory, UserFactory, city_person
from tests.workspace.hands import minute, signed_in

pytestmark = pytest.mark.django_db

FORMER, CURRENT = "the former key", "the key now"
SECRET = totp.generate_totp_secret()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    caches["shared"].clear()
    yield
    caches["shared"].clear()


@pytest.fixture
def person(settings: Any) -> User:
    """Somebody whose authenticator app and recovery codes were set up under the former key."""
    settings.SECRET_KEY = FORMER
    found = UserFactory(language="en")
    totp.TOTP.activate(found, SECRET)
    RecoveryCodes.activate(found)
    return found


def stored(person: User) -> str:
    return json.dumps(list(Authenticator.objects.filter(user=person).values_list("data")))


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def codes_of(person: User) -> list[str]:
    row = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def type_code(person: User, code: str) -> Any:
    """The answer to the code, after the password."""
    client = Client(headers={"accept-language": "en"})
    client.post("/en/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client.post("/en/accounts/2fa/authenticate/", {"code": code})


# ── sealed ──────────────────────────────────────────────────────────────────────────────────


def test_nothing_stored_makes_a_code(person: User) -> None:
    seed = unseal(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).data["seed"])
    assert len(seed) == 80
    assert SECRET not in stored(person)
    assert seed not in stored(person)
    assert type_code(person, code_of(SECRET)).status_code == 302


def test_the_demonstrations_people_are_sealed_too(settings: Any) -> None:
    settings.DEMONSTRATION = True
    found = UserFactory(email="delegate-seoul@demonstration.example")
    enrol(found)
    assert secret_of(found.email) not in stored(found)
    app = Authenticator.objects.get(user=found).wrap()
    assert app.validate_code(code_of(secret_of(found.email))) is True


def test_each_seal_is_another_and_belongs_to_its_key(settings: Any) -> None:
    settings.SECRET_KEY = FORMER
    one, other = seal("words"), seal("words")
    assert one != other
    assert (unseal(one), unseal(other)) == ("words", "words")
    for spoilt in ("", "words", f"{one[:-8]}AAAAAA=="):
        with pytest.raises(SecretLost):
            unseal(spoilt)
    settings.SECRET_KEY = CURRENT
    with pytest.raises(SecretLost):
        unseal(one)


# ── the key is changed ──────────────────────────────────────────────────────────────────────


def test_under_a_former_key_codes_still_sign_in(person: User, settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = CURRENT, [FORMER]
    assert type_code(person, code_of(SECRET)).status_code == 302
    assert type_code(person, codes_of(person)[0]).status_code == 302
    assert has_lost_secret(person) is False


def test_sealed_anew_the_former_key_may_go(person: User, settings: Any) -> None:
    before = codes_of(person)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = CURRENT, [FORMER]
    answers = []
    for _time in range(2):
        out = StringIO()
        call_command("reseal_secrets", "--json", stdout=out)
        answers.append(json.loads(out.getvalue()))
    assert answers == [
        {"resealed": 2, "current": 0, "lost": 0},
        {"resealed": 0, "current": 2, "lost": 0},
    ]
    settings.SECRET_KEY_FALLBACKS = []
    assert codes_of(person) == before
    assert type_code(person, code_of(SECRET)).status_code == 302


def test_what_is_lost_stays_as_it_is(person: User, settings: Any) -> None:
    settings.SECRET_KEY, before = CURRENT, stored(person)
    out = StringIO()
    call_command("reseal_secrets", stdout=out)
    assert out.getvalue().strip() == "0 sealed anew, 0 were already, 2 lost"
    assert stored(person) == before


# ── the key is lost ─────────────────────────────────────────────────────────────────────────


def test_with_a_lost_key_no_code_is_right_and_the_person_is_told(
    person: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    written = codes_of(person)[0]
    settings.SECRET_KEY = CURRENT
    for code in (code_of(SECRET), written, "000000"):
        with caplog.at_level(logging.ERROR, "secretariat.workspace.sealed_secrets"):
            answer = type_code(person, code)
        assert answer.status_code == 200
        assert "Your codes can no longer be checked" in answer.content.decode()
        assert "No key opens the secret of authenticator" in caplog.text
        caplog.clear()
    assert SECRET not in caplog.text


def test_a_wrong_code_alone_is_no_lost_key(person: User) -> None:
    page = type_code(person, "000000").content.decode()
    assert "Incorrect code" in page
    assert "can no longer be checked" not in page


def test_pages_of_the_account_open_with_lost_codes_and_make_new_ones(settings: Any) -> None:
    NetworkFactory()
    settings.SECRET_KEY = CURRENT
    with minute(0):
        person = city_person("head", person=UserFactory(language="en"))
        client = signed_in(person)
        for kind, field in (("totp", "secret"), ("recovery_codes", "seed")):
            data = {field: "sealed with another key", "used_mask": 0}
            Authenticator.objects.create(user=person, type=kind, data=data, created_at=NOW)
        for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
            assert client.get(reverse(name)).status_code == 200
        assert client.get(reverse("mfa_download_recovery_codes")).status_code == 404
        assert codes_of(person) == []
        assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
        assert len(codes_of(person)) == 10
