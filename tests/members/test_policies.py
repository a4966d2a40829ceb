"""May this person do this? The same answer everywhere, with the authority behind it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from members.models import City, CityUserObjectPermission
from members.policies import (
    ACTIONS_OF_MANDATE,
    ACTIONS_OF_OFFICE,
    CityAction,
    OfficeAction,
    city_policy,
    forget,
    mandates_in_force,
    office_policy,
)
from secretariat.kernel.errors import NotAllowed
from secretariat.kernel.models import User
from secretariat.kernel.policy import SYSTEM
from tests.factories import (
    CityFactory,
    MandateFactory,
    OfficeRoleFactory,
    UserFactory,
    city_person,
    office_person,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", sorted(ACTIONS_OF_MANDATE))
def test_each_role_may_do_what_the_table_says_for_the_own_city_alone(
    role: str, now: datetime
) -> None:
    own, other = CityFactory(), CityFactory()
    person = city_person(role, city=own)
    may_own = {action for action in CityAction if city_policy.may(person, action, own, now)}
    may_other = {action for action in CityAction if city_policy.may(person, action, other, now)}
    assert may_own == ACTIONS_OF_MANDATE[role]
    assert may_other == set()
    with pytest.raises(NotAllowed) as refusal:
        city_policy.require(person, CityAction.SEE_DESK, other, now)
    assert refusal.value.where == other.slug


def test_neither_a_permission_nor_a_mandate_is_enough_alone(now: datetime) -> None:
    mandate = MandateFactory(role="head")
    person, city = mandate.person, mandate.city
    mandate.delete()
    assert CityUserObjectPermission.objects.filter(user=person).count() == len(CityAction)
    assert not city_policy.may(person, CityAction.SEE_DESK, city, now)
    stripped = city_person("head", city=city)
    CityUserObjectPermission.objects.filter(user=stripped).delete()
    assert not city_policy.may(stripped, CityAction.SEE_DESK, city, now)


def test_nobody_else_may(now: datetime) -> None:
    city = CityFactory()
    gone = city_person("head", city=city)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    people = [
        AnonymousUser(),
        SYSTEM,
        UserFactory(),
        UserFactory(is_superuser=True),
        office_person(),
        User.objects.get(pk=gone.pk),
    ]
    allowed = {
        (person, action)
        for person in people
        for action in CityAction
        if city_policy.may(person, action, city, now)
    }
    assert allowed == set()


def test_the_cities_of_a_person(now: datetime) -> None:
    person = UserFactory()
    writes = MandateFactory(person=person, role="editor").city
    votes = MandateFactory(person=person, role="head").city
    MandateFactory(person=person, role="head", ends_at=now)
    CityFactory()

    def cities(action: CityAction) -> set[City]:
        return set(city_policy.cities(person, action, now))

    assert cities(CityAction.SEE_DESK) == {writes, votes}
    assert cities(CityAction.VOTE) == {votes}
    assert city_policy.cities(AnonymousUser(), CityAction.VOTE, now).count() == 0
    assert {mandate.city for mandate in mandates_in_force(person, now)} == {writes, votes}


@pytest.mark.parametrize("count", [1, 30])
def test_a_question_takes_two_queries_cold_and_none_warm(
    count: int, now: datetime, django_assert_num_queries: object
) -> None:
    person = UserFactory()
    cities = [MandateFactory(person=person, role="editor").city for _number in range(count)]
    forget(person)
    with django_assert_num_queries(2):  # permissions on the city, mandates
        assert city_policy.may(person, CityAction.SEE_DESK, cities[0], now)
    with django_assert_num_queries(0):
        assert city_policy.may(person, CityAction.EDIT_PROFILE, cities[0], now)


@pytest.mark.parametrize("role", sorted(ACTIONS_OF_OFFICE))
def test_each_office_role_may_do_what_the_table_says(role: str, now: datetime) -> None:
    person = office_person(role)
    may = {action for action in OfficeAction if office_policy.may(person, action, now)}
    assert may == ACTIONS_OF_OFFICE[role]
    forbidden = next(action for action in OfficeAction if action not in may)
    with pytest.raises(NotAllowed) as refusal:
        office_policy.require(person, forbidden, now)
    assert refusal.value.where == forbidden.value


def test_office_roles_hold_for_their_time_only(now: datetime) -> None:
    day = timedelta(days=1)
    person = OfficeRoleFactory(role="auditor", starts_at=now, ends_at=now + day).person
    moments = [now - timedelta(seconds=1), now, now + day - timedelta(seconds=1), now + day]
    assert [office_policy.may(person, OfficeAction.READ_ALL, at) for at in moments] == [
        False,
        True,
        True,
        False,
    ]


def test_the_system_acts_for_the_office_and_names_itself(now: datetime) -> None:
    authority = office_policy.require(SYSTEM, OfficeAction.KEEP_CITIES, now)
    assert (authority.person, authority.role, authority.city) == (None, "system", "")
    assert office_policy.roles(AnonymousUser(), now) == frozenset()
