"""Invitations: by whose right, to whom, once, and never into an account that is in use."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from members.models import City, Invitation, Mandate, OfficeRole
from members.policies import ByLetter, CityAction, city_policy
from members.services.accounts import create_account
from members.services.invitations import (
    MOST_WAITING,
    accept_as_new_person,
    accept_invitation,
    account_in_use,
    forget_invited_address,
    invitation_of,
    invite,
    invite_to_office,
    renew_invitation,
    revoke_invitation,
    token_of,
)
from members.services.mandates import end_mandate
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict, DomainError, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, OutboxMessage, User
from secretariat.kernel.policy import SYSTEM
from tests.factories import (
    MandateFactory,
    MembershipFactory,
    UserFactory,
    city_person,
    office_person,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ADDRESS = "delegate@wien.example"
WORDS = "three words of my own"


@pytest.fixture
def city() -> City:
    return MembershipFactory(city__slug="vienna").city


@pytest.fixture
def head(city: City) -> User:
    return city_person("head", city=city)


def entries(action: str) -> list[dict[str, object]]:
    return [json.loads(each.payload) for each in AuditEntry.objects.filter(action=action)]


def refused(error: type[DomainError], **kwargs: object) -> str:
    with pytest.raises(error) as refusal:
        invite(**kwargs)
    return refusal.value.code


# inviting


def test_a_head_invites_for_the_own_city(city: City, head: User, now: datetime) -> None:
    invitation = invite(
        city=city, email=" Delegate@Wien.example ", role="editor", actor=head, now=now
    )
    assert (invitation.invited_by, invitation.inviting_role) == (head, "head")
    assert invitation.expires_at == now + 14 * DAY
    assert invitation.state_at(now) == "waiting"
    assert invitation.state_at(now + 14 * DAY) == "expired"
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action, entry.city) == ("city:vienna", "invitation.sent", "vienna")
    assert "wien.example" not in entry.payload
    message = OutboxMessage.objects.get()
    assert message.payload == {"invitation": str(invitation.uuid), "link": 1}


def test_who_may_invite(city: City, head: User, now: datetime) -> None:
    elsewhere = MembershipFactory().city
    refusals = [
        (city, city_person("voting_delegate", city=city)),
        (city, city_person("editor", city=city)),
        (elsewhere, head),
        (city, office_person("librarian")),
    ]
    for where, actor in refusals:
        with pytest.raises(NotAllowed):
            invite(city=where, email=ADDRESS, role="editor", actor=actor, now=now)
    registrar = office_person("registrar")
    assert invite(city=elsewhere, email=ADDRESS, role="head", actor=registrar, now=now).pk
    with pytest.raises(NotAllowed):
        invite_to_office(email=ADDRESS, role="librarian", actor=registrar, now=now)
    assert Invitation.objects.count() == 1


def test_what_cannot_be_invited(city: City, head: User, now: datetime) -> None:
    registrar = office_person("registrar")
    given = {"city": city, "email": ADDRESS, "role": "editor", "actor": head, "now": now}
    assert refused(InvalidInput, **{**given, "email": "nobody"}) == "invalid_input"
    assert refused(InvalidInput, **{**given, "role": "mayor"}) == "invalid_input"
    assert refused(InvalidInput, **{**given, "language": "xx"}) == "invalid_input"
    assert refused(InvalidInput, **{**given, "ends_at": now}) == "invalid_input"
    assert refused(Conflict, **{**given, "role": "head", "actor": registrar}) == "has_head"
    invite(**given)
    assert refused(Conflict, **{**given, "email": ADDRESS.upper()}) == "invited_already"
    writer = city_person("editor", city=city)
    assert refused(Conflict, **{**given, "email": writer.email}) == "holds_mandate"
    Invitation.objects.bulk_create(
        Invitation(
            city=city,
            email=f"{number}@wien.example",
            role="observer",
            language="ko",
            invited_at=now,
            expires_at=now + DAY,
            inviting_role="head",
        )
        for number in range(MOST_WAITING)
    )
    assert refused(WrongState, **{**given, "email": "more@wien.example"}) == "too_many_waiting"


# accepting


def test_a_new_person_accepts_once(city: City, head: User, now: datetime) -> None:
    invitation = invite(
        city=city,
        email=ADDRESS,
        role="voting_delegate",
        language="en",
        ends_at=now + 300 * DAY,
        actor=head,
        now=now,
    )
    person = accept_as_new_person(
        invitation=invitation, link=1, name="대표 (Delegate)", password=WORDS, now=now + DAY
    )
    assert (person.email, person.language, person.check_password(WORDS)) == (ADDRESS, "en", True)
    mandate = Mandate.objects.get(person=person)
    assert (mandate.role, mandate.starts_at, mandate.ends_at, mandate.accredited_at) == (
        "voting_delegate",
        now + DAY,
        now + 300 * DAY,
        None,
    )
    invitation.refresh_from_db()
    assert (invitation.state, invitation.mandate, invitation.settled_by) == (
        "accepted",
        mandate,
        person,
    )
    granted = AuditEntry.objects.get(action="mandate.granted")
    accepted = AuditEntry.objects.get(action="invitation.accepted")
    assert (granted.person, granted.role) == (head.uuid, "head")
    assert (accepted.person, accepted.role, accepted.city) == (person.uuid, "invited", "vienna")
    for again in (
        lambda: accept_invitation(invitation=invitation, link=1, actor=person, now=now + DAY),
        lambda: accept_as_new_person(
            invitation=invitation, link=1, name="x", password=WORDS, now=now + DAY
        ),
        lambda: revoke_invitation(invitation=invitation, actor=head, now=now + DAY),
        lambda: renew_invitation(invitation=invitation, actor=head, now=now + DAY),
    ):
        with pytest.raises(WrongState):
            again()
    assert Mandate.objects.filter(person=person).count() == 1
    assert audit.verify() == []


def test_an_existing_person_accepts_with_the_invited_address(
    city: City, head: User, now: datetime
) -> None:
    person, other = UserFactory(email=ADDRESS), UserFactory()
    elsewhere = MandateFactory(person=person, role="observer").city
    invitation = invite(city=city, email=ADDRESS.upper(), role="editor", actor=head, now=now)
    with pytest.raises(WrongState) as refusal:
        accept_invitation(invitation=invitation, link=1, actor=other, now=now)
    assert refusal.value.code == "another_address"
    with pytest.raises(WrongState) as refusal:
        accept_as_new_person(invitation=invitation, link=1, name="x", password=WORDS, now=now)
    assert refusal.value.code == "account_in_use"
    assert account_in_use(email=ADDRESS) == person
    accept_invitation(invitation=invitation, link=1, actor=person, now=now)
    held = Mandate.objects.filter(person=person).values_list("city__slug", "role")
    assert set(held) == {("vienna", "editor"), (elsewhere.slug, "observer")}
    assert city_policy.may(person, CityAction.EDIT_PRACTICES, city, now)


def test_an_account_that_nobody_has_entered_is_opened(
    city: City, head: User, now: datetime
) -> None:
    made = create_account(email=ADDRESS, name="제안된 이름", actor=SYSTEM, now=now)
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=now)
    assert account_in_use(email=ADDRESS) is None
    person = accept_as_new_person(
        invitation=invitation, link=1, name="고른 이름", password=WORDS, now=now
    )
    assert (person.pk, person.name) == (made.pk, "고른 이름")
    assert person.check_password(WORDS)


def test_a_closed_account_is_not_opened(city: City, head: User, now: datetime) -> None:
    made = create_account(email=ADDRESS, name="x", actor=SYSTEM, now=now)
    User.objects.filter(pk=made.pk).update(is_active=False)
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=now)
    with pytest.raises(WrongState) as refusal:
        accept_as_new_person(invitation=invitation, link=1, name="x", password=WORDS, now=now)
    assert refusal.value.code == "account_closed"


def test_a_weak_password_and_no_name_leave_nothing(city: City, head: User, now: datetime) -> None:
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=now)
    for name, password, where in (("x", "short", "password"), (" ", WORDS, "name")):
        with pytest.raises(InvalidInput) as refusal:
            accept_as_new_person(
                invitation=invitation, link=1, name=name, password=password, now=now
            )
        assert refusal.value.where == where
    assert not User.objects.filter(email=ADDRESS).exists()
    invitation.refresh_from_db()
    assert invitation.state == "waiting"


@pytest.mark.parametrize("later", [timedelta(), 14 * DAY])
def test_time_and_taking_back_end_it(
    later: timedelta, city: City, head: User, now: datetime
) -> None:
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=now)
    if not later:
        revoke_invitation(invitation=invitation, actor=head, now=now)
    with pytest.raises(WrongState) as refusal:
        accept_as_new_person(
            invitation=invitation, link=1, name="x", password=WORDS, now=now + later
        )
    assert refusal.value.code == "not_in_this_state"


def test_sending_again_ends_the_earlier_link(city: City, head: User, now: datetime) -> None:
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=now)
    first = token_of(invitation)
    later = now + 20 * DAY
    renewed = renew_invitation(invitation=invitation, actor=head, now=later)
    assert renewed.expires_at == later + 14 * DAY
    assert [invitation_of(token=each)[1] for each in (first, token_of(renewed))] == [1, 2]  # type: ignore[index]
    with pytest.raises(WrongState) as refusal:
        accept_as_new_person(invitation=renewed, link=1, name="x", password=WORDS, now=later)
    assert refusal.value.code == "newer_link_sent"
    assert accept_as_new_person(invitation=renewed, link=2, name="x", password=WORDS, now=later).pk


def test_a_forged_link_is_nobodys(city: City, head: User, now: datetime) -> None:
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=now)
    word = token_of(invitation)
    assert invitation_of(token=word) == (invitation, 1)
    for forged in (f"{invitation.uuid.hex}.1.xx", word[:-1], word.replace(".1", ".2"), "x", ""):
        assert invitation_of(token=forged) is None


def test_an_invitation_lives_by_the_right_of_who_sent_it(
    city: City, head: User, now: datetime
) -> None:
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=now)
    registrar = office_person("registrar")
    own = head.mandates.get()
    end_mandate(mandate=own, ends_at=now, reason="left", actor=registrar, now=now)
    with pytest.raises(WrongState) as refusal:
        accept_as_new_person(invitation=invitation, link=1, name="x", password=WORDS, now=now)
    assert refusal.value.code == "inviter_left"
    assert not User.objects.filter(email=ADDRESS).exists()
    renewed = renew_invitation(invitation=invitation, actor=registrar, now=now)
    assert (renewed.invited_by, renewed.inviting_role) == (registrar, "registrar")
    assert accept_as_new_person(invitation=renewed, link=2, name="x", password=WORDS, now=now).pk


def test_a_head_hands_over_to_the_head_it_invites(city: City, head: User, now: datetime) -> None:
    invitation = invite(city=city, email=ADDRESS, role="head", actor=head, now=now)
    assert head.mandates.get().ends_at is None
    person = accept_as_new_person(
        invitation=invitation, link=1, name="x", password=WORDS, now=now + DAY
    )
    assert head.mandates.get().ends_at == now + DAY
    follower = person.mandates.get()
    assert (follower.role, follower.starts_at, follower.accredited_at) == ("head", now + DAY, None)
    assert not city_policy.may(User.objects.get(pk=head.pk), CityAction.SEE_DESK, city, now + DAY)
    assert city_policy.may(person, CityAction.MANAGE_PEOPLE, city, now + DAY)


def test_a_city_invites_its_new_head_by_letter(city: City, now: datetime) -> None:
    officer = office_person("registrar")
    letter = ByLetter(
        city=city, actions=frozenset({CityAction.MANAGE_PEOPLE}), confirmed_by=officer.uuid
    )
    invitation = invite(city=city, email=ADDRESS, role="head", actor=letter, now=now)
    accept_as_new_person(invitation=invitation, link=1, name="x", password=WORDS, now=now)
    granted = AuditEntry.objects.get(action="mandate.granted")
    assert (granted.person, granted.role, granted.city) == (officer.uuid, "by_letter", "vienna")


def test_alternates_queue_up(city: City, head: User, now: datetime) -> None:
    city_person("alternate", city=city, rank=4)
    ranks = []
    for number in range(2):
        invitation = invite(
            city=city, email=f"{number}{ADDRESS}", role="alternate", actor=head, now=now
        )
        person = accept_as_new_person(
            invitation=invitation, link=1, name="x", password=WORDS, now=now
        )
        ranks.append(person.mandates.get().rank)
    assert ranks == [5, 6]


def test_the_office_invites_its_own_people(now: datetime) -> None:
    secretary = office_person("secretary_general")
    invitation = invite_to_office(email=ADDRESS, role="librarian", actor=secretary, now=now)
    person = accept_as_new_person(
        invitation=invitation, link=1, name="사서", password=WORDS, now=now
    )
    assert OfficeRole.objects.get(person=person).role == "librarian"
    assert {(e.chain, e.action) for e in AuditEntry.objects.all()} == {
        ("office", "invitation.sent"),
        ("office", "account.created"),
        ("office", "office.appointed"),
        ("office", "invitation.accepted"),
    }
    with pytest.raises(Conflict):
        again = invite_to_office(email=ADDRESS, role="librarian", actor=secretary, now=now)
        accept_invitation(invitation=again, link=1, actor=person, now=now)


def test_an_erased_person_leaves_no_address(city: City, head: User, now: datetime) -> None:
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=now)
    person = accept_as_new_person(invitation=invitation, link=1, name="x", password=WORDS, now=now)
    assert forget_invited_address(person=person) == 1
    invitation.refresh_from_db()
    assert invitation.email == ""
