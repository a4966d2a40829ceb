"""Roles of the office, kept apart from the cities'."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from members.models import OfficeRole
from members.policies import ACTIONS_OF_OFFICE, OfficeAction, office_policy
from members.services.mandates import grant_mandate
from members.services.office import (
    align_all_groups,
    align_groups,
    appoint,
    end_appointment,
    group_name,
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


def groups(person: User) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def test_an_appointment_gives_role_and_group(now: datetime) -> None:
    general, person = office_person(), UserFactory()
    role = appoint(person=person, role="registrar", starts_at=now, actor=general, now=now)
    assert (role.person, role.role, role.starts_at, role.ends_at) == (
        person,
        "registrar",
        now,
        None,
    )
    assert office_policy.roles(person, now) == {"registrar"}
    assert groups(person) == {group_name("registrar")}
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action, entry.role) == (
        "office",
        "office.appointed",
        "secretary_general",
    )
    assert json.loads(entry.payload) == {
        "person": str(person.uuid),
        "role": "registrar",
        "starts_at": "2018-12-12T05:40:00.000000Z",
        "ends_at": None,
    }


def test_ending_it_takes_both(now: datetime) -> None:
    role = OfficeRoleFactory(role="librarian")
    person = role.person
    assert office_policy.may(person, OfficeAction.EDIT_SITE, now)
    end_appointment(
        office_role=role, ends_at=now, reason="moved on", actor=office_person(), now=now
    )
    assert office_policy.roles(person, now) == frozenset()
    assert groups(person) == set()
    with pytest.raises(WrongState):
        end_appointment(office_role=role, ends_at=now, reason="", actor=SYSTEM, now=now)


def test_groups_follow_roles_that_begin_and_end_by_themselves(now: datetime) -> None:
    person = OfficeRoleFactory(role="auditor", starts_at=now + DAY, ends_at=now + 2 * DAY).person
    history = []
    for moment in (now, now + DAY, now + 2 * DAY):
        changed = align_all_groups(now=moment)
        history.append((changed, groups(person)))
    assert history == [(0, set()), (1, {group_name("auditor")}), (1, set())]
    assert not align_groups(person=person, now=now + 2 * DAY)


def test_the_last_secretary_general_stays(now: datetime) -> None:
    first = OfficeRoleFactory()
    with pytest.raises(WrongState) as refusal:
        end_appointment(office_role=first, ends_at=now, reason="", actor=first.person, now=now)
    assert refusal.value.code == "last_secretary_general"
    OfficeRoleFactory()
    ended = end_appointment(
        office_role=first, ends_at=now, reason="retired", actor=first.person, now=now
    )
    assert ended.ends_at == now


def test_what_cannot_be_appointed_is_refused(now: datetime) -> None:
    held = OfficeRoleFactory(role="auditor", ends_at=now + DAY)

    def refused(error: type[Exception], **changes: object) -> str:
        given = {"person": held.person, "role": "auditor", "starts_at": now, **changes}
        with pytest.raises(error) as refusal:
            appoint(**given, actor=SYSTEM, now=now)
        return str(refusal.value.code)

    assert refused(Conflict) == "holds_role"
    assert refused(InvalidInput, role="king") == "invalid_input"
    assert refused(InvalidInput, ends_at=now) == "invalid_input"
    again = appoint(person=held.person, role="auditor", starts_at=now + DAY, actor=SYSTEM, now=now)
    assert OfficeRole.objects.filter(person=again.person).count() == 2


def test_a_delegate_of_a_voting_city_does_not_run_votes(now: datetime) -> None:
    city = MembershipFactory(kind="applicant").city
    delegate = MandateFactory(city=city, role="observer", ends_at=now + DAY).person
    with pytest.raises(Conflict) as refusal:
        appoint(person=delegate, role="returning_officer", starts_at=now, actor=SYSTEM, now=now)
    assert (refusal.value.code, refusal.value.where) == (
        "returning_officer_holds_a_mandate",
        city.slug,
    )
    later = appoint(
        person=delegate, role="returning_officer", starts_at=now + DAY, actor=SYSTEM, now=now
    )
    assert later.starts_at == now + DAY
    librarian = appoint(person=delegate, role="librarian", starts_at=now, actor=SYSTEM, now=now)
    assert librarian.role == "librarian"


def test_office_roles_that_are_apart_do_not_meet(now: datetime) -> None:
    registrar = OfficeRoleFactory(role="registrar", ends_at=now + DAY).person
    given = {"person": registrar, "actor": SYSTEM, "now": now}
    for role, code in (
        ("returning_officer", "roll_and_vote_in_one_hand"),
        ("auditor", "auditor_is_registrar"),
    ):
        with pytest.raises(Conflict) as refusal:
            appoint(role=role, starts_at=now, **given)
        assert refusal.value.code == code
    assert appoint(role="librarian", starts_at=now, **given).role == "librarian"
    later = appoint(role="returning_officer", starts_at=now + DAY, **given)
    assert later.starts_at == now + DAY


def test_who_works_for_the_office_gets_no_vote_of_a_city(now: datetime) -> None:
    city = MembershipFactory().city
    given = {"city": city, "starts_at": now, "actor": SYSTEM, "now": now}
    for role in ("registrar", "secretary_general"):
        officer = office_person(role)
        assert grant_mandate(person=officer, role="editor", **given).role == "editor"
        with pytest.raises(Conflict) as refusal:
            grant_mandate(person=officer, role="alternate", **given)
        assert (refusal.value.code, refusal.value.where) == (f"{role}_has_a_voice", city.slug)


def test_a_delegate_of_an_observing_body_may_run_votes(now: datetime) -> None:
    body = MembershipFactory(kind="observer").city
    delegates = [
        city_person("observer", city=body),
        city_person("observer", city=CityFactory()),
    ]
    for delegate in delegates:
        role = appoint(
            person=delegate, role="returning_officer", starts_at=now, actor=SYSTEM, now=now
        )
        assert role.role == "returning_officer"


@pytest.mark.parametrize("role", sorted(set(ACTIONS_OF_OFFICE) - {"secretary_general"}))
def test_only_the_secretary_general_appoints(role: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        appoint(
            person=UserFactory(),
            role="librarian",
            starts_at=now,
            actor=office_person(role),
            now=now,
        )
