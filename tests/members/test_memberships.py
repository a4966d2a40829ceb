"""Membership over time: half-open rows without overlap, none of them overwritten."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from members.models import City, Membership
from members.models.cities import MembershipKind
from members.policies import CityAction, city_policy
from members.services.mandates import grant_mandate
from members.services.memberships import change_membership, record_membership
from secretariat.kernel.clock import SEOUL
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, User
from secretariat.kernel.policy import SYSTEM
from tests.factories import (
    NOW,
    CityFactory,
    MandateFactory,
    MembershipFactory,
    OfficeRoleFactory,
    UserFactory,
    city_person,
    office_person,
)

FOUNDING = date(2018, 12, 12)


def rows(city: City) -> list[tuple[str, date, date | None]]:
    found = city.memberships.order_by("starts_on")
    return list(found.values_list("kind", "starts_on", "ends_on"))


@pytest.mark.django_db
def test_the_next_row_ends_the_open_one_on_its_first_day(now: datetime) -> None:
    city = CityFactory(slug="vienna")
    actor = office_person("registrar")
    record_membership(
        city=city, kind="applicant", starts_on=date(2018, 11, 12), actor=actor, now=now
    )
    record_membership(
        city=city,
        kind="member",
        starts_on=FOUNDING,
        decision="vote:2018-founding-2",
        actor=actor,
        now=now,
    )
    assert rows(city) == [
        ("applicant", date(2018, 11, 12), FOUNDING),
        ("member", FOUNDING, None),
    ]
    entry = AuditEntry.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.chain, entry.action, json.loads(entry.payload)) == (
        "city:vienna",
        "membership.recorded",
        {
            "kind": "member",
            "starts_on": "2018-12-12",
            "ended": "applicant",
            "decision": "vote:2018-founding-2",
        },
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "starts_on", "error", "code"),
    [
        ("member", FOUNDING, Conflict, "same_membership"),
        ("suspended", date(2018, 1, 1), Conflict, "membership_overlaps"),
        ("suspended", date(2017, 12, 31), Conflict, "membership_overlaps"),
        ("king", FOUNDING, InvalidInput, "invalid_input"),
    ],
)
def test_what_would_rewrite_the_past_is_refused(
    kind: str, starts_on: date, error: type[Exception], code: str, now: datetime
) -> None:
    city = MembershipFactory().city
    with pytest.raises(error) as refusal:
        record_membership(city=city, kind=kind, starts_on=starts_on, actor=SYSTEM, now=now)
    assert refusal.value.code == code
    assert rows(city) == [("member", date(2018, 1, 1), None)]


@pytest.mark.django_db
def test_a_day_within_an_ended_row_is_refused_the_day_after_is_not(now: datetime) -> None:
    city = MembershipFactory(ends_on=FOUNDING).city
    with pytest.raises(Conflict):
        record_membership(
            city=city,
            kind="observer",
            starts_on=FOUNDING - timedelta(days=1),
            actor=SYSTEM,
            now=now,
        )
    record_membership(city=city, kind="member", starts_on=FOUNDING, actor=SYSTEM, now=now)
    assert rows(city)[1] == ("member", FOUNDING, None)


@pytest.mark.django_db
def test_a_city_does_not_come_to_vote_while_its_delegate_runs_votes(now: datetime) -> None:
    mandate = MandateFactory(role="editor")
    OfficeRoleFactory(person=mandate.person, role="returning_officer")
    with pytest.raises(Conflict) as refusal:
        record_membership(
            city=mandate.city, kind="member", starts_on=FOUNDING, actor=SYSTEM, now=now
        )
    assert refusal.value.code == "returning_officer_holds_a_mandate"
    observer = record_membership(
        city=mandate.city, kind="observer", starts_on=FOUNDING, actor=SYSTEM, now=now
    )
    assert observer.kind == "observer"


@pytest.mark.django_db
def test_only_who_keeps_the_cities_records_memberships(now: datetime) -> None:
    city = CityFactory()
    for actor in (office_person("returning_officer"), city_person("head", city=city)):
        with pytest.raises(NotAllowed):
            record_membership(city=city, kind="member", starts_on=FOUNDING, actor=actor, now=now)


class AnySequence(TestCase):
    """Whatever is recorded, in whatever order: what stands fits together without overlap."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(MembershipKind.values), st.integers(min_value=0, max_value=40)
            ),
            max_size=8,
        )
    )
    def test_rows_fit_together(self, wishes: list[tuple[str, int]]) -> None:
        city = CityFactory()
        accepted = 0
        for kind, day in wishes:
            try:
                record_membership(
                    city=city,
                    kind=kind,
                    starts_on=FOUNDING + timedelta(days=day),
                    decision="vote:2018-founding-2",
                    actor=SYSTEM,
                    now=NOW,
                )
                accepted += 1
            except (Conflict, WrongState):
                continue
        found = list(Membership.objects.filter(city=city).order_by("starts_on"))
        assert len(found) == accepted
        assert [row.ends_on for row in found[:-1]] == [row.starts_on for row in found[1:]]
        assert all(first.kind != second.kind for first, second in pairwise(found))
        if found:
            assert found[-1].ends_on is None


@pytest.mark.django_db
def test_with_a_withdrawal_mandates_end_by_themselves(now: datetime) -> None:
    registrar = office_person("registrar")
    city = MembershipFactory(city=CityFactory(slug="vienna")).city
    head = MandateFactory(city=city, role="head")
    later = MandateFactory(city=city, role="editor", starts_at=NOW + timedelta(days=40))
    record_membership(
        city=city,
        kind="withdrawn",
        starts_on=date(2018, 12, 31),
        decision="vote:2018-founding-2",
        actor=registrar,
        now=now,
    )
    head.refresh_from_db()
    later.refresh_from_db()
    last = datetime(2018, 12, 31, tzinfo=SEOUL)
    assert head.ends_at == last
    assert later.ends_at == later.starts_at
    assert city_policy.may(head.person, CityAction.SEE_DESK, city, now)
    assert not city_policy.may(fresh(head.person), CityAction.SEE_DESK, city, last)
    entries = AuditEntry.objects.filter(chain="city:vienna", action="mandate.ended")
    assert {json.loads(entry.payload)["reason"] for entry in entries} == {"withdrawn"}
    assert entries.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "may"),
    [
        (FOUNDING, None, False),
        (FOUNDING + timedelta(days=1), None, True),
        (date(2018, 1, 1), FOUNDING, True),
        (date(2018, 1, 1), FOUNDING + timedelta(days=1), False),
    ],
)
def test_nobody_acts_for_a_city_that_has_left_swept_or_not(
    starts_on: date, ends_on: date | None, may: bool, now: datetime, django_assert_num_queries
) -> None:
    mandate = MandateFactory(role="head")
    Membership.objects.create(
        city=mandate.city, kind="withdrawn", starts_on=starts_on, ends_on=ends_on
    )
    person = fresh(mandate.person)
    with django_assert_num_queries(2):
        assert city_policy.may(person, CityAction.VOTE, mandate.city, now) is may
    with django_assert_num_queries(0):
        assert city_policy.may(person, CityAction.VOTE, mandate.city, now) is may


@pytest.mark.django_db
def test_nobody_is_given_a_mandate_of_a_city_that_has_left(now: datetime) -> None:
    city = MembershipFactory(kind="withdrawn").city
    with pytest.raises(WrongState) as refusal:
        grant_mandate(
            person=UserFactory(),
            city=city,
            role="editor",
            starts_at=now,
            actor=office_person("registrar"),
            now=now,
        )
    assert refusal.value.code == "city_withdrawn"


@pytest.mark.django_db
def test_a_union_is_never_a_member_and_a_suspension_names_its_decision(now: datetime) -> None:
    union = CityFactory(body="union")
    with pytest.raises(WrongState) as refusal:
        record_membership(city=union, kind="member", starts_on=FOUNDING, actor=SYSTEM, now=now)
    assert refusal.value.code == "only_cities_have_seats"
    city = MembershipFactory().city
    with pytest.raises(WrongState) as refusal:
        change_membership(city=city, kind="suspended", starts_on=FOUNDING, actor=SYSTEM, now=now)
    assert refusal.value.code == "decision_not_named"
    with pytest.raises(Missing):
        change_membership(
            city=city,
            kind="suspended",
            starts_on=FOUNDING,
            decision="vote:never",
            actor=SYSTEM,
            now=now,
        )


@pytest.mark.django_db
def test_a_city_leaves_by_its_letter(now: datetime, settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    city = MembershipFactory().city
    membership = change_membership(
        city=city,
        kind="withdrawn",
        starts_on=FOUNDING,
        upload=SimpleUploadedFile("letter.pdf", b"%PDF-1.7"),
        reason="The council decided so.",
        actor=SYSTEM,
        now=now,
    )
    assert membership.letter is not None
    assert (membership.letter.city, membership.reason) == (city, "The council decided so.")


def fresh(person: User) -> User:
    """The person as the next request reads it."""
    return User.objects.get(pk=person.pk)
