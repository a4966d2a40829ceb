"""Accounts of people who left: closed, opened again, erased; what they did stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from cms.models import PracticeBuffer
from members.models import Mandate
from members.services.invitations import invite
from members.services.mandates import end_mandate
from resolutions.models import ProvisionBuffer
from secretariat.kernel import audit, clock
from secretariat.kernel.errors import Conflict, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, User
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.closing import (
    accounts_for_office,
    close_account,
    erase_account,
    open_account_again,
)
from tests.cms.factories import make_practice
from tests.factories import NOW, PASSWORD, NetworkFactory, UserFactory, city_person, office_person
from tests.resolutions.stage import Stage
from tests.workspace.hands import signed_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=400)


@pytest.fixture(autouse=True)
def _at_that_moment() -> Iterator[None]:
    NetworkFactory()
    with clock.held_at(LATER):
        yield


@pytest.fixture
def registrar() -> User:
    return office_person("registrar")


@pytest.fixture
def left(registrar: User) -> User:
    """Somebody whose only mandate has ended, with an authenticator app."""
    person = city_person(
        "voting_delegate", person=UserFactory(email="left@city.example", name="Somebody")
    )
    end_mandate(
        mandate=Mandate.objects.get(person=person),
        ends_at=LATER,
        reason="left",
        actor=registrar,
        now=LATER,
    )
    totp.TOTP.activate(person, totp.generate_totp_secret())
    return person


def test_a_closed_account_lets_nobody_in_and_can_be_opened_again(
    registrar: User, left: User
) -> None:
    client = signed_in(left)
    close_account(person=left, actor=registrar, now=LATER)
    left.refresh_from_db()
    assert (left.is_active, left.closed_at) == (False, LATER)
    assert not Authenticator.objects.filter(user=left).exists()
    assert client.get(reverse("account_sessions")).status_code == 302
    given = {"login": left.email, "password": PASSWORD}
    Client().post(reverse("account_login"), given)
    assert client.get(reverse("account_sessions")).status_code == 302
    with pytest.raises(WrongState):
        close_account(person=left, actor=registrar, now=LATER)

    open_account_again(person=left, actor=registrar, now=LATER)
    left.refresh_from_db()
    assert (left.is_active, left.closed_at, left.has_usable_password()) == (True, None, False)
    with pytest.raises(WrongState):
        erase_account(person=left, actor=registrar, now=LATER)


def test_an_erased_account_keeps_its_identifier_and_its_acts(registrar: User, left: User) -> None:
    EmailAddress.objects.create(user=left, email=left.email, verified=True, primary=True)
    uuid, acts = left.uuid, AuditEntry.objects.filter(payload__contains=str(left.uuid)).count()
    close_account(person=left, actor=registrar, now=LATER)
    erased = erase_account(person=left, actor=registrar, now=LATER)
    assert (erased.uuid, erased.name, erased.email) == (uuid, "", f"{uuid}@erased.invalid")
    assert str(User.objects.get(pk=left.pk)) in ("삭제된 계정", "Erased account")
    assert not EmailAddress.objects.filter(user=left).exists()
    assert Mandate.objects.get(person=left).city is not None
    assert AuditEntry.objects.filter(payload__contains=str(uuid)).count() == acts + 2
    everything = "".join(AuditEntry.objects.values_list("payload", flat=True))
    assert "left@city.example" not in everything
    assert "Somebody" not in everything
    assert audit.verify() == []
    UserFactory(email="left@city.example")
    for again in (erase_account, open_account_again):
        with pytest.raises(WrongState):
            again(person=left, actor=registrar, now=LATER)


def test_nothing_unsaved_and_no_invitation_outlives_an_erased_account(
    registrar: User, left: User, stage: Stage
) -> None:
    alpha = stage.cities["alpha"]
    practice = make_practice("of-alpha", city=alpha)
    PracticeBuffer.objects.create(practice=practice, person=left, fields={}, kept_at=LATER)
    ProvisionBuffer.objects.create(
        instrument=stage.bylaws.instrument, key="art1", person=left, kept_at=LATER
    )
    waiting = invite(city=alpha, email=left.email, role="observer", actor=SYSTEM, now=LATER)
    other = invite(city=alpha, email="other@city.example", role="observer", actor=SYSTEM, now=LATER)
    close_account(person=left, actor=registrar, now=LATER)
    erase_account(person=left, actor=registrar, now=LATER)
    assert PracticeBuffer.objects.count() + ProvisionBuffer.objects.count() == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.settled_at, waiting.email) == ("revoked", LATER, "")
    other.refresh_from_db()
    assert (other.state, other.email) == ("waiting", "other@city.example")
    assert audit.verify() == []


def test_the_admins_portrait_goes_with_an_erased_account(
    django_capture_on_commit_callbacks: Any,
) -> None:
    secretary = office_person()
    person = office_person("librarian", ends_at=NOW)
    profile = UserProfile.get_for_user(person)
    profile.avatar.save("portrait.png", ContentFile(b"a portrait"))
    stored, name = profile.avatar.storage, profile.avatar.name
    close_account(person=person, actor=secretary, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        erase_account(person=person, actor=secretary, now=NOW)
    assert not UserProfile.objects.filter(user=person).exists()
    assert not stored.exists(name)


def test_who_still_acts_is_not_closed(registrar: User) -> None:
    with pytest.raises(Conflict):
        close_account(person=city_person("head"), actor=registrar, now=LATER)


def test_office_people_are_let_go_by_whoever_appoints_them_and_nobody_alone(
    registrar: User,
) -> None:
    auditor = office_person("auditor", ends_at=LATER)
    with pytest.raises(NotAllowed):
        close_account(person=auditor, actor=registrar, now=LATER)
    with pytest.raises(Conflict):
        close_account(person=registrar, actor=registrar, now=LATER)
    closed = close_account(person=auditor, actor=office_person(), now=LATER)
    assert closed.closed_at == LATER


def test_people_who_left_are_found(registrar: User, left: User) -> None:
    city_person("head")
    assert list(accounts_for_office(state="left", now=LATER)) == [left]
    assert list(accounts_for_office(words="some left@", now=LATER)) == [left]
    close_account(person=left, actor=registrar, now=LATER)
    assert list(accounts_for_office(state="left", now=LATER)) == []
    assert list(accounts_for_office(state="closed", now=LATER)) == [left]


def test_the_office_closes_and_erases_on_its_pages(registrar: User, left: User) -> None:
    office = signed_in(registrar)
    page = office.get("/en/office/accounts/?state=left")
    assert [row.pk for row in page.context["page"]] == [left.pk]
    address = f"/en/office/accounts/{left.uuid}/"
    assert office.post(address, {"act": "close"}).status_code == 302
    assert "Erase the account" in office.get(address).content.decode()
    assert office.post(address, {"act": "erase"}).status_code == 302
    shown = office.get(address).content.decode()
    assert "left@city.example" not in shown
    assert "Somebody" not in shown
    assert office.post(address, {"act": "erase"}).status_code == 409


def test_others_of_the_office_and_cities_find_no_such_page(left: User) -> None:
    for person in (office_person("librarian"), office_person("auditor"), city_person("head")):
        client = signed_in(person)
        assert client.get("/en/office/accounts/").status_code == 404
        assert client.post(f"/en/office/accounts/{left.uuid}/", {"act": "close"}).status_code == 404
