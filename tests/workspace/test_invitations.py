"""The page that accepts an invitation: opening is safe, pressing accepts, nobody is taken over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from members.models import City, EmailProof, Invitation, Mandate
from members.services.invitations import invite, invite_to_office, revoke_invitation, token_of
from secretariat.kernel import clock
from secretariat.kernel.models import User
from tests.factories import (
    NOW,
    PASSWORD,
    MembershipFactory,
    NetworkFactory,
    UserFactory,
    city_person,
    office_person,
)
from tests.workspace.hands import signed_in, url

pytestmark = pytest.mark.django_db

ADDRESS = "delegate@wien.example"
WORDS = {"name": "빈 대표", "password": "three words of my own"}


@pytest.fixture(autouse=True)
def _noon(db: None) -> Iterator[None]:
    NetworkFactory()
    with clock.held_at(NOW):
        yield


@pytest.fixture
def city() -> City:
    names = {"ko": "빈", "en": "Vienna"}
    return MembershipFactory(city__slug="vienna", city__names=names).city


@pytest.fixture
def head(city: City) -> User:
    return city_person("head", city=city)


@pytest.fixture
def invitation(city: City, head: User, django_capture_on_commit_callbacks: object) -> Invitation:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        return invite(
            city=city, email=ADDRESS, role="voting_delegate", language="en", actor=head, now=NOW
        )


def link(invitation: Invitation) -> str:
    return url("invitation", token_of(invitation))


def link_in_letter() -> str:
    """The path of the link in the only letter."""
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body)
    assert found
    return found.group(1)


def test_the_letter_speaks_the_language_of_the_invited(invitation: Invitation) -> None:
    letter = mail.outbox[0]
    assert letter.to == [ADDRESS]
    assert letter.subject == "[City Network under Test] Invitation to act for Vienna"
    assert "as: Voting delegate." in letter.body
    assert link_in_letter() == f"/en/invitations/{token_of(invitation)}/"


def test_scanners_open_it_as_often_as_they_like(invitation: Invitation) -> None:
    scanner = Client()
    for _time in range(3):
        page = scanner.get(link_in_letter())
        assert (page.status_code, page["Referrer-Policy"]) == (200, "strict-origin")
        assert scanner.head(link_in_letter()).status_code == 200
    assert not User.objects.filter(email=ADDRESS).exists()
    person = Client()
    answer = person.post(link_in_letter(), WORDS)
    assert (answer.status_code, answer["Location"]) == (302, "/en/desk/vienna/")
    mandate = Mandate.objects.get(person__email=ADDRESS)
    assert (mandate.role, mandate.accredited_at) == ("voting_delegate", None)
    assert int(person.session["_auth_user_id"]) == mandate.person_id
    assert EmailProof.objects.get(person=mandate.person).confirmed_at == NOW
    again = Client().post(link_in_letter(), WORDS)
    assert again.status_code == 410
    assert Client().get(link_in_letter()).status_code == 410


def test_what_is_typed_badly_is_said_and_leaves_nothing(invitation: Invitation) -> None:
    page = Client().post(link(invitation), {"name": "", "password": "short"})
    assert page.status_code == 422
    page = Client().post(link(invitation), {**WORDS, "password": "short"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["password"])
    assert not User.objects.filter(email=ADDRESS).exists()


def test_an_account_in_use_is_entered_with_its_own_password_only(invitation: Invitation) -> None:
    person = UserFactory(email=ADDRESS)
    stranger = Client()
    page = stranger.get(link(invitation))
    assert f"/ko/accounts/login/?next={link(invitation)}" in page.content.decode()
    assert stranger.post(link(invitation), WORDS).status_code == 200
    assert "_auth_user_id" not in stranger.session
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert not person.mandates.exists()
    answer = signed_in(person).post(link(invitation))
    assert answer["Location"] == "/ko/desk/vienna/"
    assert person.mandates.get().role == "voting_delegate"


def test_somebody_else_cannot_accept(invitation: Invitation, head: User) -> None:
    client = signed_in(head)
    page = client.get(link(invitation))
    assert (page.status_code, page.context["other"]) == (200, head)
    assert client.post(link(invitation)).status_code == 403
    assert Invitation.objects.get().state == "waiting"


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_link_that_is_over_says_why(end: str, invitation: Invitation, head: User) -> None:
    if end == "revoked":
        revoke_invitation(invitation=invitation, actor=head, now=NOW)
    later = NOW + timedelta(days=14 if end == "expired" else 0)
    with clock.held_at(later):
        pages = [Client().get(link(invitation)), Client().post(link(invitation), WORDS)]
    assert [page.status_code for page in pages] == [410, 410]
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_forged_link_is_not_found(invitation: Invitation) -> None:
    assert Client().get(url("invitation", "x")).status_code == 404
    assert Client().post(link(invitation)[:-2] + "/", WORDS).status_code == 404


def test_the_office_invites_its_own() -> None:
    secretary = office_person("secretary_general")
    asked = invite_to_office(email=ADDRESS, role="librarian", actor=secretary, now=NOW)
    answer = Client().post(link(asked), WORDS)
    assert answer["Location"] == "/ko/office/"
    assert User.objects.get(email=ADDRESS).office_roles.get().role == "librarian"
