"""Mandates: who may act for a city, and permissions that follow from nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction

from members.models import City, CityUserObjectPermission, Mandate
from members.policies import CityAction, actions_of, city_policy
from members.services.cities import correct_city
from members.services.contacts import set_contacts
from members.services.invitations import invite, renew_invitation, revoke_invitation
from members.services.mandates import (
    accredit_mandate,
    attach_letter,
    derived_grants,
    end_mandate,
    grant_mandate,
    hand_over,
    next_rank,
    rank_alternates,
    still_holds,
    sweep_grants,
)
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, User
from secretariat.kernel.policy import SYSTEM
from tests.factories import (
    CityFactory,
    MandateFactory,
    MembershipFactory,
    OfficeRoleFactory,
    UserFactory,
    city_person,
    office_person,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def city() -> City:
    return MembershipFactory(city__slug="vienna").city


def held(person: User, city: City) -> set[str]:
    """guardian's permissions of the person on the city, as they are stored."""
    rows = CityUserObjectPermission.objects.filter(user=person, content_object=city)
    return set(rows.values_list("permission__codename", flat=True))


def letter(text: str = "VIE-17") -> SimpleUploadedFile:
    """A letter of credence as the city scans it."""
    return SimpleUploadedFile("위임장.pdf", b"%PDF-1.7 " + text.encode(), "application/pdf")


def test_a_mandate_gives_what_its_role_gives(city: City, now: datetime) -> None:
    registrar, person = office_person("registrar"), UserFactory()
    mandate = grant_mandate(
        person=person,
        city=city,
        role="alternate",
        rank=2,
        starts_at=now,
        credential="2018-11-20, VIE-17",
        actor=registrar,
        now=now,
    )
    assert (mandate.accredited_at, mandate.accredited_by) == (now, registrar)
    assert held(person, city) == {
        "see_desk",
        "vote_for_city",
        "nominate_for_city",
        "amend_for_city",
    }
    authority = city_policy.require(person, CityAction.VOTE, city, now)
    assert (authority.person, authority.role, authority.city) == (
        person.uuid,
        "alternate",
        "vienna",
    )
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action, entry.person, entry.city) == (
        "city:vienna",
        "mandate.granted",
        registrar.uuid,
        "",
    )
    assert json.loads(entry.payload) == {
        "mandate": str(mandate.uuid),
        "person": str(person.uuid),
        "role": "alternate",
        "rank": 2,
        "starts_at": "2018-12-12T05:40:00.000000Z",
        "ends_at": None,
        "credential": "2018-11-20, VIE-17",
        "accredited": True,
    }


def test_the_same_mandate_has_the_same_uuid(city: City, now: datetime) -> None:
    person = UserFactory(uuid=UUID("33333333-3333-4333-8333-333333333333"))
    mandate = grant_mandate(
        person=person, city=city, role="head", starts_at=now, actor=SYSTEM, now=now
    )
    assert mandate.uuid == UUID("59fb9fbc-d1d9-58f6-acb6-0839fdefe5b1")
    ended = end_mandate(mandate=mandate, ends_at=now, reason="wrong", actor=SYSTEM, now=now)
    again = grant_mandate(
        person=person, city=city, role="head", starts_at=now, actor=SYSTEM, now=now
    )
    assert ended.uuid != again.uuid


def test_rights_end_in_the_second_in_which_the_mandate_does(city: City, now: datetime) -> None:
    person = city_person("head", city=city, ends_at=now + DAY)
    assert city_policy.may(person, CityAction.VOTE, city, now + DAY - SECOND)
    assert not city_policy.may(person, CityAction.VOTE, city, now + DAY)
    assert held(person, city) != set()


def test_rights_begin_in_the_second_in_which_the_mandate_does(city: City, now: datetime) -> None:
    person = city_person("head", city=city, starts_at=now + DAY)
    assert not city_policy.may(person, CityAction.VOTE, city, now + DAY - SECOND)
    assert city_policy.may(person, CityAction.VOTE, city, now + DAY)


def test_ending_a_mandate_takes_its_permissions_along(city: City, now: datetime) -> None:
    mandate = MandateFactory(city=city, role="head")
    person = mandate.person
    assert city_policy.may(person, CityAction.VOTE, city, now)
    end_mandate(mandate=mandate, ends_at=now, reason="left office", actor=office_person(), now=now)
    assert not city_policy.may(person, CityAction.VOTE, city, now)
    assert held(person, city) == set()
    assert AuditEntry.objects.get().action == "mandate.ended"


def test_ending_one_of_two_mandates_leaves_the_others_permissions(
    city: City, now: datetime
) -> None:
    person = UserFactory()
    head = MandateFactory(city=city, role="head", person=person)
    MandateFactory(city=city, role="editor", person=person)
    end_mandate(mandate=head, ends_at=now, reason="stepped down", actor=SYSTEM, now=now)
    assert held(person, city) == {
        "see_desk",
        "draft_texts_of_city",
        "edit_practices_of_city",
        "edit_profile_of_city",
    }


def test_a_mandate_that_has_not_begun_is_revoked(city: City, now: datetime) -> None:
    mandate = MandateFactory(city=city, role="head", starts_at=now + DAY)
    ended = end_mandate(mandate=mandate, ends_at=now, reason="error", actor=SYSTEM, now=now)
    assert ended.ends_at == ended.starts_at
    assert not city_policy.may(mandate.person, CityAction.VOTE, city, now + DAY)
    again = grant_mandate(
        person=mandate.person, city=city, role="head", starts_at=now, actor=SYSTEM, now=now
    )
    assert again.pk is not None


def test_what_cannot_be_ended_is_refused(city: City, now: datetime) -> None:
    mandate = MandateFactory(city=city, role="head", ends_at=now + DAY)
    with pytest.raises(InvalidInput):
        end_mandate(mandate=mandate, ends_at=now - SECOND, reason="", actor=SYSTEM, now=now)
    with pytest.raises(InvalidInput):
        end_mandate(mandate=mandate, ends_at=now + 2 * DAY, reason="", actor=SYSTEM, now=now)
    later = now + DAY
    with pytest.raises(WrongState) as refusal:
        end_mandate(mandate=mandate, ends_at=later, reason="", actor=SYSTEM, now=later)
    assert refusal.value.code == "mandate_ended"


def test_without_a_letter_there_is_no_vote_until_it_is_seen(city: City, now: datetime) -> None:
    person, registrar = UserFactory(), office_person("registrar")
    mandate = grant_mandate(
        person=person, city=city, role="head", starts_at=now, actor=registrar, now=now
    )
    assert mandate.accredited_at is None
    assert not city_policy.may(person, CityAction.VOTE, city, now)
    assert not city_policy.may(person, CityAction.NOMINATE, city, now)
    assert city_policy.may(person, CityAction.EDIT_PRACTICES, city, now)
    with pytest.raises(WrongState) as refusal:
        accredit_mandate(mandate=mandate, credential="2018-12-12", actor=registrar, now=now)
    assert refusal.value.code == "letter_missing"
    mandate = attach_letter(mandate=mandate, upload=letter(), actor=registrar, now=now)
    accredit_mandate(mandate=mandate, credential="2018-12-12", actor=registrar, now=now)
    fresh = User.objects.get(pk=person.pk)
    assert city_policy.may(fresh, CityAction.VOTE, city, now)
    with pytest.raises(WrongState):
        accredit_mandate(mandate=mandate, credential="again", actor=registrar, now=now)


def test_the_letter_that_was_looked_at_is_the_one_that_counts(city: City, now: datetime) -> None:
    head, registrar = city_person("head", city=city), office_person("registrar")
    mandate = MandateFactory(city=city, accredited_at=None)
    first = attach_letter(mandate=mandate, upload=letter(), actor=head, now=now).letter
    second = attach_letter(mandate=mandate, upload=letter("VIE-18"), actor=head, now=now).letter
    assert (second.city, second.purpose, second.uploaded_by) == (city, "credence", head)
    with pytest.raises(Conflict) as refusal:
        accredit_mandate(
            mandate=mandate, credential="VIE-17", letter=first, actor=registrar, now=now
        )
    assert refusal.value.code == "letter_changed"
    done = accredit_mandate(
        mandate=mandate, credential="VIE-18", letter=second, actor=registrar, now=now
    )
    assert (done.accredited_by, done.letter) == (registrar, second)
    entry = json.loads(AuditEntry.objects.get(action="mandate.accredited").payload)
    assert entry["sha256"] == second.sha256
    with pytest.raises(WrongState) as refusal_again:
        attach_letter(mandate=mandate, upload=letter(), actor=head, now=now)
    assert refusal_again.value.code == "accredited"


def test_who_brings_a_letter_and_for_whom(city: City, now: datetime) -> None:
    mandate = MandateFactory(city=city, accredited_at=None)
    for actor in (mandate.person, city_person("head"), office_person("auditor")):
        with pytest.raises(NotAllowed):
            attach_letter(mandate=mandate, upload=letter(), actor=actor, now=now)
    writer = MandateFactory(city=city, role="editor", accredited_at=None)
    with pytest.raises(WrongState) as refusal:
        attach_letter(mandate=writer, upload=letter(), actor=SYSTEM, now=now)
    assert refusal.value.code == "needs_no_letter"
    wrong = SimpleUploadedFile("letter.pdf", b"hello", "application/pdf")
    with pytest.raises(InvalidInput) as refused:
        attach_letter(mandate=mandate, upload=wrong, actor=SYSTEM, now=now)
    assert refused.value.where == "letter"


def test_alternates_are_put_into_an_order(city: City, now: datetime) -> None:
    head = city_person("head", city=city)
    first, second, third = (
        MandateFactory(city=city, role="alternate", rank=rank) for rank in (1, 2, 3)
    )
    MandateFactory(city=city, role="alternate", rank=9, ends_at=now)
    seen = [first.uuid, second.uuid, third.uuid]
    order = [third.uuid, first.uuid, second.uuid]
    given = {"city": city, "actor": head, "now": now}
    ranked = rank_alternates(order=order, seen=seen, **given)
    assert [(mandate.uuid, mandate.rank) for mandate in ranked] == list(
        zip(order, (1, 2, 3), strict=True)
    )
    assert next_rank(city=city, now=now) == 4
    with pytest.raises(Conflict) as refusal:
        rank_alternates(order=seen, seen=seen, **given)
    assert refusal.value.code == "order_changed"
    with pytest.raises(InvalidInput):
        rank_alternates(order=order[:2], seen=order, **given)
    with pytest.raises(NotAllowed):
        rank_alternates(order=seen, seen=order, city=city, actor=first.person, now=now)
    entry = AuditEntry.objects.get(action="delegation.ranked")
    assert json.loads(entry.payload) == {"order": [str(uuid) for uuid in order]}


def test_the_right_is_asked_again_within_the_act(city: City, now: datetime) -> None:
    mandate = MandateFactory(city=city, role="head")
    person = mandate.person
    assert city_policy.may(person, CityAction.VOTE, city, now)
    Mandate.objects.filter(pk=mandate.pk).update(ends_at=now)
    assert city_policy.may(person, CityAction.VOTE, city, now)
    with transaction.atomic(), pytest.raises(NotAllowed):
        still_holds(actor=person, action=CityAction.VOTE, city=city, now=now)


SETTLING: dict[str, Callable[..., Any]] = {
    "grant": lambda city, **by: grant_mandate(
        person=UserFactory(), city=city, role="editor", starts_at=by["now"], **by
    ),
    "hand over": lambda city, **by: hand_over(
        head=city.mandates.get(role="head"), person=UserFactory(), **by
    ),
    "rank": lambda city, **by: rank_alternates(city=city, order=[], seen=[], **by),
    "attach": lambda city, **by: attach_letter(
        mandate=city.mandates.get(role="voting_delegate"), upload=letter(), **by
    ),
    "end": lambda city, **by: end_mandate(
        mandate=city.mandates.get(role="voting_delegate"), ends_at=by["now"], reason="", **by
    ),
    "invite": lambda city, **by: invite(city=city, email="b@example.org", role="editor", **by),
    "renew": lambda city, **by: renew_invitation(invitation=city.invitations.get(), **by),
    "revoke": lambda city, **by: revoke_invitation(invitation=city.invitations.get(), **by),
    "contacts": lambda city, **by: set_contacts(city=city, contacts=[], **by),
    "profile": lambda city, **by: correct_city(
        city=city,
        code=city.code,
        country=city.country,
        region=city.region,
        names=city.names.as_dict(),
        **by,
    ),
}


@pytest.mark.parametrize("settle", SETTLING.values(), ids=SETTLING)
def test_a_head_whose_mandate_was_ended_meanwhile_settles_nothing(
    settle: Callable[..., Any], city: City, now: datetime
) -> None:
    head = city_person("head", city=city)
    city_person(city=city, accredited_at=None)
    invite(city=city, email="a@example.org", role="editor", actor=head, now=now)
    assert city_policy.may(head, CityAction.MANAGE_PEOPLE, city, now)
    # The person's page has asked for the right already; another process ends the mandate now.
    Mandate.objects.filter(person=head).update(ends_at=now)
    with pytest.raises(NotAllowed):
        settle(city, actor=head, now=now)
    assert AuditEntry.objects.count() == 1


def test_a_head_of_delegation_keeps_the_people_of_the_own_city_only(
    city: City, now: datetime
) -> None:
    head = city_person("head", city=city)
    mandate = grant_mandate(
        person=UserFactory(),
        city=city,
        role="alternate",
        starts_at=now,
        credential="our own letter",
        actor=head,
        now=now,
    )
    assert mandate.accredited_at is None
    assert AuditEntry.objects.get().city == "vienna"
    end_mandate(mandate=mandate, ends_at=now, reason="error", actor=head, now=now)
    with pytest.raises(NotAllowed):
        accredit_mandate(mandate=mandate, credential="letter", actor=head, now=now)
    elsewhere = MandateFactory(role="editor")
    with pytest.raises(NotAllowed) as refusal:
        end_mandate(mandate=elsewhere, ends_at=now, reason="", actor=head, now=now)
    assert refusal.value.where == elsewhere.city.slug
    with pytest.raises(NotAllowed):
        grant_mandate(
            person=UserFactory(),
            city=elsewhere.city,
            role="editor",
            starts_at=now,
            actor=head,
            now=now,
        )


@pytest.mark.parametrize("role", ["voting_delegate", "alternate", "editor", "observer"])
def test_other_roles_grant_nothing(role: str, city: City, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        grant_mandate(
            person=UserFactory(),
            city=city,
            role="editor",
            starts_at=now,
            actor=city_person(role, city=city),
            now=now,
        )


def test_clashes_are_refused(city: City, now: datetime) -> None:
    head = city_person("head", city=city, ends_at=now + DAY)
    delegate = city_person("voting_delegate", city=CityFactory(slug="hamburg"))

    def refused(person: User, role: str, *, starts_at: datetime = now) -> tuple[str, str]:
        with pytest.raises(Conflict) as refusal:
            grant_mandate(
                person=person, city=city, role=role, starts_at=starts_at, actor=SYSTEM, now=now
            )
        return refusal.value.code, refusal.value.where

    assert refused(head, "head") == ("holds_mandate", "role")
    assert refused(UserFactory(), "head") == ("has_head", "role")
    assert refused(delegate, "alternate") == ("votes_for_another_city", "hamburg")
    follower = grant_mandate(
        person=UserFactory(), city=city, role="head", starts_at=now + DAY, actor=SYSTEM, now=now
    )
    writer = grant_mandate(
        person=delegate, city=city, role="editor", starts_at=now, actor=SYSTEM, now=now
    )
    assert {follower.role, writer.role} == {"head", "editor"}


@pytest.mark.parametrize(("kind", "mixed"), [("member", True), ("observer", False)])
def test_a_returning_officer_gets_no_mandate_of_a_voting_city(
    kind: str, mixed: bool, now: datetime
) -> None:
    officer = OfficeRoleFactory(role="returning_officer", ends_at=now + DAY).person
    city = MembershipFactory(kind=kind).city

    def grant(starts_at: datetime) -> Mandate:
        return grant_mandate(
            person=officer, city=city, role="editor", starts_at=starts_at, actor=SYSTEM, now=now
        )

    if mixed:
        with pytest.raises(Conflict) as refusal:
            grant(now)
        assert refusal.value.code == "returning_officer_holds_a_mandate"
        assert grant(now + DAY).starts_at == now + DAY
    else:
        assert grant(now).starts_at == now


def test_the_sweep_leaves_exactly_what_follows_from_mandates(now: datetime) -> None:
    living = [MandateFactory(role=role) for role in ("head", "alternate", "editor", "observer")]
    gone = MandateFactory(role="head", ends_at=now + DAY)
    CityUserObjectPermission.objects.filter(user=living[0].person).first().delete()
    later = now + DAY
    expected = derived_grants(mandates=Mandate.objects.all(), now=later)
    surplus = len(actions_of(gone))
    assert sweep_grants(now=later) == surplus + 1
    stored = set(
        CityUserObjectPermission.objects.values_list("user", "content_object", "permission")
    )
    assert stored == expected
    assert len(expected) == sum(len(actions_of(mandate)) for mandate in living)
    assert sweep_grants(now=later) == 0


def test_the_sweep_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    MandateFactory(ends_at=datetime.fromisoformat("2018-12-13T00:00:00+09:00"))
    call_command("sweep_grants", json=True)
    assert json.loads(capsys.readouterr().out) == {"grants": 7, "people": 0}
    assert CityUserObjectPermission.objects.count() == 0
