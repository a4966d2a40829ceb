"""The stored permissions are compared with what mandates give, and nothing is changed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.utils import translation

from members.models import City, CityUserObjectPermission
from members.policies import CityAction
from members.services.grants import check_grants
from members.services.mandates import end_mandate, sweep_grants
from secretariat.kernel.policy import SYSTEM
from tests.factories import CityFactory, MandateFactory, UserFactory, city_person

pytestmark = pytest.mark.django_db


def codes(now: datetime) -> list[tuple[str, str, str, str]]:
    found = check_grants(now=now).differences
    return [(one.code, one.holder, one.city, one.permission) for one in found]


def permission(action: CityAction) -> Permission:
    return Permission.objects.get(codename=action.value)


def test_what_services_leave_agrees(now: datetime) -> None:
    for role in ("head", "voting_delegate", "alternate", "editor", "observer"):
        city_person(role)
    found = check_grants(now=now)
    assert (found.stored, found.left_behind, found.differences) == (25, 0, [])


def test_an_expired_mandate_is_no_difference_swept_or_not(now: datetime) -> None:
    mandate = MandateFactory(role="editor", ends_at=now + timedelta(hours=1))
    later = now + timedelta(hours=1)
    found = check_grants(now=later)
    assert (found.stored, found.left_behind, found.differences) == (4, 4, [])
    sweep_grants(now=later)
    assert check_grants(now=later).stored == 0
    assert mandate.ends_at == later


def test_a_mandate_that_was_ended_leaves_nothing(now: datetime) -> None:
    mandate = MandateFactory(role="editor")
    end_mandate(mandate=mandate, ends_at=now, reason="moved", actor=SYSTEM, now=now)
    found = check_grants(now=now)
    assert (found.stored, found.left_behind, found.differences) == (0, 0, [])


def test_what_is_missing_and_what_is_surplus_is_listed(now: datetime) -> None:
    city = CityFactory(slug="vienna")
    other = CityFactory(slug="hamburg")
    person = city_person("observer", city=city)
    CityUserObjectPermission.objects.all().delete()
    for owner, action in ((other, CityAction.SEE_DESK), (city, CityAction.VOTE)):
        CityUserObjectPermission.objects.create(
            user=person, content_object=owner, permission=permission(action)
        )
    who = str(person.uuid)
    assert sorted(codes(now)) == [
        ("missing", who, "vienna", "see_desk"),
        ("surplus", who, "hamburg", "see_desk"),
        ("surplus", who, "vienna", "vote_for_city"),
    ]
    sweep_grants(now=now)
    assert codes(now) == []


def test_an_unaccredited_mandate_gives_no_vote(now: datetime) -> None:
    mandate = MandateFactory(accredited_at=None)
    CityUserObjectPermission.objects.create(
        user=mandate.person, content_object=mandate.city, permission=permission(CityAction.VOTE)
    )
    assert [one[0::3] for one in codes(now)] == [("surplus", "vote_for_city")]


def test_permissions_for_all_cities_and_in_general_tables_are_listed(now: datetime) -> None:
    city: City = CityFactory(slug="vienna")
    person, group = UserFactory(), Group.objects.create(name="friends")
    person.user_permissions.add(permission(CityAction.VOTE))
    group.permissions.add(permission(CityAction.SEE_DESK))
    apps.get_model("guardian", "GroupObjectPermission").objects.create(
        group=group,
        permission=permission(CityAction.VOTE),
        content_type=permission(CityAction.VOTE).content_type,
        object_pk=str(city.pk),
    )
    assert set(codes(now)) == {
        ("elsewhere", "group:friends", "vienna", "vote_for_city"),
        ("for_all_cities", "group:friends", "", "see_desk"),
        ("for_all_cities", str(person.uuid), "", "vote_for_city"),
    }


def test_the_command_exits_with_1_and_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    person = city_person("observer", city=CityFactory(slug="vienna"))
    call_command("check_grants", json=True)
    assert json.loads(capsys.readouterr().out)["agrees"] is True
    CityUserObjectPermission.objects.all().delete()
    with translation.override("en"), pytest.raises(SystemExit) as ended:
        call_command("check_grants", json=True)
    assert ended.value.code == 1
    document = json.loads(capsys.readouterr().out)
    assert (
        document["refused"]
        == document["differences"]
        == [
            {
                "code": "missing",
                "message": "a mandate gives this permission, and it is not stored: "
                f"see_desk vienna {person.uuid}",
                "where": "vienna",
                "holder": str(person.uuid),
                "city": "vienna",
                "permission": "see_desk",
            }
        ]
    )


def test_what_differs_is_said_in_korean_too(capsys: pytest.CaptureFixture[str]) -> None:
    person = city_person("observer", city=CityFactory(slug="vienna"))
    with translation.override("ko"):
        call_command("check_grants")
    assert capsys.readouterr().out == (
        "위임에 따른 것과 같음: 권한 1건(그중 끝난 위임이 남긴 것 0건), 차이 0건\n"
    )
    CityUserObjectPermission.objects.all().delete()
    with translation.override("ko"), pytest.raises(SystemExit):
        call_command("check_grants")
    assert capsys.readouterr().out == (
        "위임에 따른 권한이 저장되어 있지 않습니다: "
        f"see_desk vienna {person.uuid} (missing)\n"
        "위임에 따른 것과 다름: 권한 0건(그중 끝난 위임이 남긴 것 0건), 차이 1건\n"
    )


def test_the_comparison_costs_the_same_for_one_and_for_many(
    now: datetime, django_assert_num_queries: Any
) -> None:
    for _more in range(3):
        city_person()
        check_grants(now=now)
        with django_assert_num_queries(7):
            check_grants(now=now)
