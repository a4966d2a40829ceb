"""Confirming, guessing, devices and notices: what surrounds a sign-in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.messages import get_messages
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from resolutions.models import Vote
from resolutions.models.votes import Ballot
from secretariat.kernel.models import User
from secretariat.settings import base
from secretariat.workspace import devices
from secretariat.workspace.second_factor import (
    end_sessions,
    forget_second_factor,
    needs_second_factor,
)
from tests.factories import NOW, PASSWORD, NetworkFactory, UserFactory, city_person, office_person
from tests.resolutions.stage import Stage
from tests.workspace.hands import confirm, minute, sign_in, signed_in, url

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
LIMITS = {"pair": "5/5m/key", "machine": "30/5m/ip", "address": "50/h/key"}


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    caches["shared"].clear()
    yield
    caches["shared"].clear()


def type_password(client: Client, person: User, word: str = PASSWORD, **more: Any) -> Any:
    data = {"login": person.email, "password": word}
    return client.post(reverse("account_login"), data, **more)


def code_of(secret: str) -> str:
    counter = int(time.time()) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def cast(vote: Vote) -> list[str]:
    return list(Ballot.objects.filter(seat__vote=vote).values_list("option__key", flat=True))


def letters() -> list[str]:
    return [str(message.subject) for message in mail.outbox]


# ── who needs a second factor ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "needed"),
    [
        ("head", True),
        ("voting_delegate", True),
        ("alternate", True),
        ("editor", False),
        ("observer", False),
    ],
)
def test_who_may_vote_for_a_city_needs_one(role: str, needed: bool) -> None:
    assert needs_second_factor(city_person(role), NOW) is needed
    assert needs_second_factor(city_person(role, accredited_at=None), NOW) is needed


def test_the_office_needs_one_and_nobody_else() -> None:
    assert needs_second_factor(office_person("librarian"), NOW) is True
    assert needs_second_factor(UserFactory(), NOW) is False


def test_the_first_sign_in_leads_through_the_step_to_the_desk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The test's own transaction never commits; what follows the commit belongs to the request.
    monkeypatch.setattr(transaction, "on_commit", lambda follows, **given: follows())
    NetworkFactory()
    with minute(0):
        person, client = city_person("head", person=UserFactory(language="en")), Client()
        type_password(client, person)
        step = client.get("/en/arrive/", follow=True)
        assert step.redirect_chain[-1][0] == reverse("second_factor")
        assert "One more step" in client.get("/en/accounts/second-factor/").content.decode()
        page = client.get("/en/accounts/2fa/totp/activate/")
        secret = page.context["form"].secret
        done = client.post("/en/accounts/2fa/totp/activate/", {"code": code_of(secret)})
        assert done.url == reverse("mfa_view_recovery_codes")
        shown = client.get("/en/accounts/2fa/recovery-codes/").content.decode()
        assert shown.count("<li><code>") == 10
        assert Authenticator.objects.filter(user=person).count() == 2
        assert client.get("/en/arrive/").url == "/en/desk/"


def test_a_lost_factor_is_forgotten_and_every_session_ends() -> None:
    person = city_person("head")
    with minute(0):
        client = signed_in(person)
        totp.TOTP.activate(person, totp.generate_totp_secret())
        assert client.get(url("arrive")).url == url("desk")
        assert forget_second_factor(person=person) == 1
        assert client.get(url("arrive")).url.startswith("/ko/accounts/login/")
    assert not Authenticator.objects.filter(user=person).exists()


def test_a_sign_in_that_waits_for_a_code_begins_anew_when_the_factor_is_reset() -> None:
    person, client = UserFactory(), Client()
    totp.TOTP.activate(person, totp.generate_totp_secret())
    type_password(client, person)
    assert client.get(reverse("account_login")).url == reverse("mfa_authenticate")
    forget_second_factor(person=person)
    again = client.get(reverse("account_login"), follow=True)
    assert [step for step, _status in again.redirect_chain] == [
        reverse("mfa_authenticate"),
        reverse("account_login"),
    ]
    assert type_password(client, person).status_code == 302


def test_who_takes_the_last_factor_away_is_led_to_the_first_step_again() -> None:
    person = office_person("registrar")
    totp.TOTP.activate(person, totp.generate_totp_secret())
    with minute(0):
        client = signed_in(person)
        assert client.get(url("office")).status_code == 200
        client.post("/ko/accounts/2fa/totp/deactivate/")
        assert not Authenticator.objects.filter(user=person).exists()
        assert client.get(url("office")).url == reverse("second_factor")


# ── the address ─────────────────────────────────────────────────────────────────────────────


def test_another_address_asks_whether_it_is_still_you() -> None:
    person, client = UserFactory(), Client()
    type_password(client, person)
    wanted = {"email": "other@example.org", "action_add": ""}
    confirm(client, person, at=time.time() - 3600)
    asked = client.post("/ko/accounts/email/", wanted)
    assert asked.url.startswith("/ko/accounts/reauthenticate/")
    assert mail.outbox == []
    confirm(client, person)
    client.post("/ko/accounts/email/", wanted)
    assert mail.outbox[0].to == ["other@example.org"]


@pytest.mark.parametrize("act", ["action_remove", "action_primary", "action_add"])
def test_the_own_address_stays_until_the_other_one_is_confirmed(act: str) -> None:
    person, client = UserFactory(email="Anna@Example.org"), Client()
    sign_in(client, person)
    client.post("/ko/accounts/email/", {"email": "new@example.org", "action_add": ""})
    wanted = {"action_remove": person.email, "action_primary": "new@example.org"}
    client.post("/ko/accounts/email/", {"email": wanted.get(act, "third@example.org"), act: ""})
    person.refresh_from_db()
    assert person.email == "Anna@Example.org"


def test_the_former_address_is_told_of_the_other_one(
    django_capture_on_commit_callbacks: Any,
) -> None:
    person, client = UserFactory(email="anna@example.org"), Client()
    sign_in(client, person)
    client.post("/ko/accounts/email/", {"email": "new@example.org", "action_add": ""})
    link = re.search(r"/ko/accounts/confirm-email/\S+", mail.outbox[0].body)
    assert link is not None
    with django_capture_on_commit_callbacks(execute=True):
        client.post(link.group())
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert [message.to for message in mail.outbox[1:]] == [["anna@example.org"]]
    assert type_password(Client(), person).status_code == 302


def test_an_address_that_became_somebodys_meanwhile_stays_theirs() -> None:
    person, client = UserFactory(), Client()
    sign_in(client, person)
    client.post("/ko/accounts/email/", {"email": "shared@example.org", "action_add": ""})
    link = re.search(r"/ko/accounts/confirm-email/\S+", mail.outbox[0].body)
    assert link is not None
    other = UserFactory(email="Shared@example.org")
    answer = client.post(link.group())
    *_before, said = get_messages(answer.wsgi_request)
    assert str(said).startswith("이미 이 주소를 쓰는 계정이 있습니다.")
    former = person.email
    person.refresh_from_db()
    other.refresh_from_db()
    assert (person.email, other.email) == (former, "Shared@example.org")
    assert not EmailAddress.objects.filter(email__iexact="shared@example.org").exists()


@pytest.mark.parametrize("page", ["2fa/recovery-codes/", "email/", "2fa/", "sessions/"])
def test_pages_of_an_account_stay_in_no_browser(page: str) -> None:
    person = UserFactory()
    RecoveryCodes.activate(person)
    totp.TOTP.activate(person, totp.generate_totp_secret())
    answer = signed_in(person).get(f"/ko/accounts/{page}")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


# ── confirming ──────────────────────────────────────────────────────────────────────────────


def test_a_vote_asks_whether_it_is_still_you_and_loses_nothing(stage: Stage) -> None:
    vote = stage.open_vote()
    person = city_person("head", city=stage.cities["alpha"])
    client = Client()
    sign_in(client, person)
    confirm(client, person, at=time.time() - 3600)
    ballot = f"/ko/desk/alpha/votes/{vote.slug}/"
    with minute(2):
        assert client.get(ballot).status_code == 200
        asked = client.post(ballot, {"choice": "against"})
        assert asked.url.startswith("/ko/accounts/reauthenticate/?next=")
        page = client.get(asked.url)
        assert "입력하신 내용은 그대로 있습니다" in page.content.decode()
        assert cast(vote) == []
        back = page.context["redirect_field_value"]

        # Opening the way back without confirming does nothing.
        assert client.get(back).status_code == 200
        assert cast(vote) == []

        confirmed = client.post(
            "/ko/accounts/reauthenticate/", {"password": PASSWORD, "next": back}
        )
        assert confirmed.url == back
        assert client.head(back).status_code == 200
        assert cast(vote) == []
        assert client.get(back).status_code == 302
        assert cast(vote) == ["against"]

        # Once only: the same address is a page like any other.
        assert client.get(back).status_code == 200


def test_what_waits_is_for_one_person_one_page_and_one_word(stage: Stage) -> None:
    vote = stage.open_vote()
    person = city_person("head", city=stage.cities["alpha"])
    client = Client()
    sign_in(client, person)
    confirm(client, person, at=time.time() - 3600)
    ballot = f"/ko/desk/alpha/votes/{vote.slug}/"
    with minute(2):
        client.post(ballot, {"choice": "for"})
        confirm(client, person)
        assert client.get(f"{ballot}?confirmed=guess").status_code == 200
        assert client.get(ballot).status_code == 200
        assert cast(vote) == []
        session = client.session
        word = session["act_waiting_for_confirmation"]["word"]
        session["act_waiting_for_confirmation"]["at"] -= 3600
        session.save()
        assert client.get(f"{ballot}?confirmed={word}").status_code == 200
        assert cast(vote) == []


def test_signing_in_counts_as_confirming_for_a_while() -> None:
    client, person = Client(), UserFactory()
    type_password(client, person)
    (record,) = client.session["account_authentication_methods"]
    assert (record["method"], record["reauthenticated"]) == ("password", True)


# ── guessing ────────────────────────────────────────────────────────────────────────────────


def test_a_hundred_failures_of_an_attacker_do_not_stop_the_owner(settings: Any) -> None:
    settings.SIGN_IN_LIMITS = LIMITS
    owner = UserFactory()
    attacker = Client(REMOTE_ADDR="198.51.100.7")
    for _each in range(100):
        assert type_password(attacker, owner, "a wrong word").status_code == 200
    assert type_password(attacker, owner).status_code == 200
    assert type_password(Client(REMOTE_ADDR="203.0.113.9"), owner).status_code == 302


def test_many_machines_together_are_slowed_but_not_a_device_that_is_known(settings: Any) -> None:
    owner = UserFactory()
    known = Client(REMOTE_ADDR="203.0.113.9")
    assert type_password(known, owner).status_code == 302
    known.post(reverse("account_logout"))
    settings.SIGN_IN_LIMITS = LIMITS
    for number in range(50):
        type_password(Client(REMOTE_ADDR=f"198.51.100.{number}"), owner, "a wrong word")
    assert type_password(Client(REMOTE_ADDR="192.0.2.1"), owner).status_code == 200
    assert type_password(known, owner).status_code == 302


@pytest.mark.parametrize("tries", ["the owner", "others"])
def test_who_shares_a_network_address_does_not_stop_a_known_device(
    settings: Any, tries: str
) -> None:
    owner, hall = UserFactory(), "203.0.113.9"
    known, attacker = Client(REMOTE_ADDR=hall), Client(REMOTE_ADDR=hall)
    assert type_password(known, owner).status_code == 302
    known.post(reverse("account_logout"))
    settings.SIGN_IN_LIMITS = LIMITS
    for _each in range(40):
        type_password(attacker, owner if tries == "the owner" else UserFactory(), "a wrong word")
    assert type_password(attacker, owner).status_code == 200
    assert type_password(known, owner).status_code == 302


def test_guessing_on_a_known_device_has_an_end_too(settings: Any) -> None:
    owner, known = UserFactory(), Client()
    type_password(known, owner)
    known.post(reverse("account_logout"))
    settings.SIGN_IN_LIMITS = LIMITS
    for _each in range(5):
        type_password(known, owner, "a wrong word")
    assert type_password(known, owner).status_code == 200


def test_a_hall_full_of_delegates_signs_in_within_a_minute(settings: Any) -> None:
    settings.SIGN_IN_LIMITS = LIMITS
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    answers = [
        type_password(Client(REMOTE_ADDR="203.0.113.9"), UserFactory()).status_code
        for _delegate in range(35)
    ]
    assert answers == [302] * 35


def test_codes_are_limited_by_machine_and_good_once(settings: Any) -> None:
    settings.SIGN_IN_LIMITS = LIMITS
    owner, secret = UserFactory(), totp.generate_totp_secret()
    totp.TOTP.activate(owner, secret)
    thief = Client(REMOTE_ADDR="198.51.100.7")
    assert type_password(thief, owner).url == reverse("mfa_authenticate")
    for _each in range(6):
        answer = thief.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert answer.status_code == 200
    code = code_of(secret)
    assert thief.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert "_auth_user_id" not in thief.session

    client = Client(REMOTE_ADDR="203.0.113.9")
    type_password(client, owner)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    again = Client(REMOTE_ADDR="203.0.113.10")
    type_password(again, owner)
    assert again.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_a_few_letters_for_a_new_password_and_no_more() -> None:
    person = UserFactory(language="en")
    for _each in range(5):
        Client().post("/ko/accounts/password/reset/", {"email": person.email})
    assert len(mail.outbox) == 3
    assert "/en/" in mail.outbox[0].body or "/ko/" in mail.outbox[0].body


def test_nobody_keeps_letters_away_by_asking_on(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "django.core.cache.backends.db"
    settings.CACHES = {
        **settings.CACHES,
        "shared": {"BACKEND": f"{table}.DatabaseCache", "LOCATION": "shared_cache"},
    }
    call_command("createcachetable")
    person, began = UserFactory(), time.time()
    for minutes in (0, 0, 0, 4, 8, 12, 16):
        moment = began + 60 * minutes
        monkeypatch.setattr(time, "time", lambda at=moment: at)
        monkeypatch.setattr(f"{table}.tz_now", lambda at=moment: datetime.fromtimestamp(at, tz=UTC))
        Client().post("/ko/accounts/password/reset/", {"email": person.email})
    assert len(mail.outbox) == 4


def test_migrating_makes_the_table_in_which_all_processes_count(settings: Any) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "shared": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "shared_cache",
        },
    }
    assert "shared_cache" not in connection.introspection.table_names()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert "shared_cache" in connection.introspection.table_names()
    settings.SIGN_IN_LIMITS = LIMITS
    owner = UserFactory()
    for _each in range(5):
        type_password(Client(), owner, "a wrong word")
    assert type_password(Client(), owner).status_code == 200
    assert caches["shared"].get("nothing") is None


# ── devices and notices ─────────────────────────────────────────────────────────────────────


def test_a_new_device_is_told_of_in_the_persons_language(
    django_capture_on_commit_callbacks: Any,
) -> None:
    NetworkFactory()
    person, first = UserFactory(language="ko"), Client()
    with django_capture_on_commit_callbacks(execute=True):
        type_password(first, person)
    assert letters() == []
    with django_capture_on_commit_callbacks(execute=True):
        first.post(reverse("account_logout"))
        type_password(first, person)
    assert letters() == []
    with django_capture_on_commit_callbacks(execute=True):
        type_password(Client(headers={"user-agent": FIREFOX}), person)
    (message,) = mail.outbox
    assert message.to == [person.email]
    assert message.subject == "[시험 도시 네트워크] 로그인 방법에 변화가 있습니다"
    assert "Firefox, Windows" in message.body
    assert "http://127.0.0.1:8000/ko/accounts/sessions/" in message.body


def test_a_changed_password_is_told_of(django_capture_on_commit_callbacks: Any) -> None:
    NetworkFactory()
    person = UserFactory(language="en")
    client = Client()
    type_password(client, person)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/en/accounts/password/change/",
            {
                "oldpassword": PASSWORD,
                "password1": "another long word",
                "password2": "another long word",
            },
        )
    (message,) = mail.outbox
    assert "The password of your account was changed." in message.body


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone",
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
            ),
            "Edge, Windows",
        ),
        ("curl/8", ""),
    ],
)
def test_devices_are_called_as_people_call_them(agent: str, words: str) -> None:
    assert devices.device_words(agent) == words


def test_the_list_of_devices_ends_one_the_others_or_all() -> None:
    person = UserFactory()
    here, there, elsewhere = Client(), Client(), Client()
    for client in (here, there, elsewhere):
        type_password(client, person)
    address = "/ko/accounts/sessions/"
    shown = here.get(address).context["devices"]
    assert [device.here for device in shown] == [True, False, False]

    there_key = UserSession.objects.get(session_key=there.session.session_key).pk
    assert here.post(address, {"act": "one", "device": str(there_key)}).status_code == 302
    assert there.get(address).status_code == 302
    assert elsewhere.get(address).status_code == 200

    assert here.post(address, {"act": "others"}).status_code == 302
    assert elsewhere.get(address).status_code == 302
    assert [device.here for device in here.get(address).context["devices"]] == [True]

    assert here.post(address, {"act": "everywhere"}).status_code == 302
    assert here.get(address).status_code == 302
    assert UserSession.objects.count() == 0


def test_nobody_ends_another_persons_session() -> None:
    mine, theirs = Client(), Client()
    type_password(mine, UserFactory())
    type_password(theirs, UserFactory())
    key = UserSession.objects.get(session_key=theirs.session.session_key).pk
    assert (
        mine.post("/ko/accounts/sessions/", {"act": "one", "device": str(key)}).status_code == 404
    )
    assert mine.post("/ko/accounts/sessions/", {"act": "nonsense"}).status_code == 400
    assert theirs.get("/ko/accounts/sessions/").status_code == 200


def test_sessions_end_for_whoever_is_not_asked() -> None:
    person, client = UserFactory(), Client()
    type_password(client, person)
    end_sessions(person=person)
    assert client.get("/ko/accounts/sessions/").status_code == 302
