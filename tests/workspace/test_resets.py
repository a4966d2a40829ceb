"""A lost second factor: one officer asks, another one confirms, the person hears of both."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from members.models import SecondFactorReset
from secretariat.kernel.errors import Conflict, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, User
from secretariat.workspace.resets import ask_reset, confirm_reset, refuse_reset, withdraw_reset
from tests.factories import city_person, office_person
from tests.resolutions.stage import at, records, refused
from tests.workspace.hands import acts_on, minute, queries, signed_in, url

pytestmark = pytest.mark.django_db

ASKED = {
    "reason": "The phone was stolen.",
    "check_made": "called_back",
    "check_note": "Called the delegation's number.",
}


@pytest.fixture
def delegate(network: Any) -> User:
    """A delegate with an authenticator app and recovery codes."""
    person = city_person("voting_delegate")
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=person, type=kind, data={})
    return person


@pytest.fixture
def registrar(network: Any) -> User:
    return office_person("registrar")


@pytest.fixture
def officer(network: Any) -> User:
    return office_person("returning_officer")


def asked(person: User, by: User) -> SecondFactorReset:
    return ask_reset(person=person, actor=by, now=at(0), **ASKED)


def kinds(person: User) -> set[str]:
    return set(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def test_two_officers_take_it_away(
    delegate: User, registrar: User, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with records("office second_factor.reset_asked"):
            reset = asked(delegate, registrar)
        assert kinds(delegate) == {"totp", "recovery_codes"}
    with refused("same_officer_resets", WrongState):
        confirm_reset(reset=reset, actor=registrar, now=at(1))
    generation = delegate.session_generation
    with django_capture_on_commit_callbacks(execute=True), records("office second_factor.reset"):
        reset = confirm_reset(reset=reset, actor=officer, now=at(2))
    delegate.refresh_from_db()
    assert (kinds(delegate), delegate.session_generation) == (set(), generation + 1)
    assert (reset.state, reset.answered_by, reset.answered_at) == ("done", officer, at(2))
    entry = AuditEntry.objects.latest("pk")
    assert (entry.person, entry.role) == (officer.uuid, "returning_officer")
    assert json.loads(entry.payload) == {
        "reset": str(reset.uuid),
        "person": str(delegate.uuid),
        "asked_by": str(registrar.uuid),
        "removed": 2,
    }
    assert [message.to for message in mail.outbox] == [[delegate.email], [delegate.email]]
    with refused("not_in_this_state", WrongState):
        confirm_reset(reset=reset, actor=officer, now=at(3))


def test_nobody_resets_the_own_factor_nor_without_the_duty(
    delegate: User, registrar: User, officer: User
) -> None:
    Authenticator.objects.create(user=registrar, type=Authenticator.Type.TOTP, data={})
    outsiders = [office_person("auditor"), office_person("librarian"), delegate]
    with refused("not_allowed", NotAllowed):
        asked(registrar, registrar)
    for outsider in outsiders:
        with refused("not_allowed", NotAllowed):
            asked(registrar, outsider)
    reset = asked(registrar, officer)
    with refused("own_second_factor", WrongState):
        confirm_reset(reset=reset, actor=registrar, now=at(1))
    for outsider in outsiders:
        with refused("not_allowed", NotAllowed):
            confirm_reset(reset=reset, actor=outsider, now=at(1))


def test_asked_once_at_a_time_and_only_where_there_is_one(
    delegate: User, registrar: User, officer: User
) -> None:
    without = city_person("observer")
    with refused("no_second_factor", WrongState):
        asked(without, registrar)
    reset = asked(delegate, registrar)
    with refused("asked_already", Conflict):
        asked(delegate, officer)
    with refused("not_the_asking_officer", WrongState):
        withdraw_reset(reset=reset, actor=officer, now=at(1))
    withdraw_reset(reset=reset, actor=registrar, now=at(1))
    again = asked(delegate, registrar)
    refuse_reset(reset=again, actor=officer, now=at(2))
    assert kinds(delegate) == {"totp", "recovery_codes"}
    assert set(SecondFactorReset.objects.values_list("state", flat=True)) == {
        "withdrawn",
        "refused",
    }


def test_the_pages_lead_from_the_search_to_the_confirmation(
    delegate: User, registrar: User, officer: User
) -> None:
    first, second = signed_in(registrar), signed_in(officer)
    auditor = signed_in(office_person("auditor"))
    own = signed_in(delegate)
    with minute(0):
        assert own.get("/ko/").status_code == 200
        found = first.get(url("resets"), {"q": delegate.email})
        address = url("ask_reset", str(delegate.uuid))
        assert address in found.content.decode()
        assert first.post(address, {"reason": "x"}).status_code == 422
        page = first.post(address, ASKED).headers["Location"]
        assert acts_on(first.get(page)) == ["withdraw"]
        assert first.post(page, {"act": "confirm"}).status_code == 409
        assert auditor.get(page).status_code == 404
        assert acts_on(second.get(page)) == ["confirm", "refuse"]
        assert second.post(page, {"act": "confirm"}).status_code == 302
        assert acts_on(second.get(page)) == []
    assert kinds(delegate) == set()
    assert signed_out(own)


def signed_out(client: Client) -> bool:
    with minute(1):
        return "accounts/login" in client.get(url("desk")).headers.get("Location", "")


def test_the_list_costs_the_same_for_one_and_for_three(registrar: User, officer: User) -> None:
    client, costs = signed_in(officer), []
    for number in (1, 2):
        for _each in range(number):
            person = city_person("observer")
            Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
            asked(person, registrar)
        with minute(1):
            costs.append(queries(client, url("resets")))
    assert costs[0] == costs[1]
