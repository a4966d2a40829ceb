"""Who has a seat at an assembly, through whom, and who is in it at a moment."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from members.selectors.contributions import contribution_of
from members.services.contributions import (
    ClassTerms,
    draw_up_contributions,
    waive_contribution,
)
from members.services.memberships import record_membership
from resolutions.rules.operative import BoundRule, RuleName, RuleSet
from resolutions.selectors.seats import (
    attendance_acts,
    cities_present,
    roll_of_assembly,
    seats_of_assembly,
)
from secretariat.kernel.bilingual import Bilingual
from tests.factories import NOW, MembershipFactory, city_person
from tests.resolutions.stage import NAMES, FoundingStage, Stage, at

TODAY = NOW.date()


def slugs(stage: Stage, on: date = TODAY) -> list[str]:
    return [city.slug for city in seats_of_assembly(assembly=stage.assembly, on=on)]


def test_members_have_a_seat_in_the_order_of_their_codes(stage: Stage) -> None:
    assert slugs(stage) == list(NAMES)


@pytest.mark.parametrize("kind", ["applicant", "observer", "partner", "suspended", "withdrawn"])
def test_nobody_else_has_one(stage: Stage, kind: str) -> None:
    MembershipFactory(kind=kind)
    assert slugs(stage) == list(NAMES)


def test_at_a_founding_assembly_those_who_confirmed_have_one_too(founding: FoundingStage) -> None:
    MembershipFactory(kind="observer")
    assert slugs(founding) == list(NAMES)


def test_a_membership_counts_from_its_first_day_to_before_its_last(stage: Stage) -> None:
    ends = TODAY + timedelta(days=10)
    record_membership(
        city=stage.cities["zeta"],
        kind="withdrawn",
        starts_on=ends,
        decision="vote:2018-founding-3",
        actor=stage.secretary,
        now=NOW,
    )
    newcomer = MembershipFactory(starts_on=ends).city
    assert slugs(stage) == list(NAMES)
    assert slugs(stage, ends - timedelta(days=1)) == list(NAMES)
    assert set(slugs(stage, ends)) == {*NAMES, newcomer.slug} - {"zeta"}


def test_the_roll_says_through_whom_each_seat_may_speak(stage: Stage) -> None:
    city_person("alternate", city=stage.cities["alpha"], rank=1)
    city_person("voting_delegate", city=stage.cities["alpha"])
    city_person("voting_delegate", city=stage.cities["beta"], accredited_at=None)
    city_person("observer", city=stage.cities["gamma"])
    city_person("voting_delegate", city=stage.cities["delta"], ends_at=NOW)
    roll = roll_of_assembly(assembly=stage.assembly, now=NOW, on=TODAY)
    assert {seat.city_slug: seat.voices for seat in roll} == {
        **dict.fromkeys(NAMES, ("head",)),
        "alpha": ("head", "voting_delegate", "alternate"),
    }
    assert [seat.city_code for seat in roll] == ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]
    assert roll.seat("alpha").name.as_dict() == {"ko": "가람", "en": "Alpha"}


def test_more_seats_cost_no_more_queries(
    stage: Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assembly = stage.assembly
    for _more in range(2):
        with django_assert_max_num_queries(4):
            roll_of_assembly(assembly=assembly, now=NOW, on=TODAY)
        for _city in range(12):
            city_person("head")


def test_presence_follows_the_record_of_attendance(stage: Stage) -> None:
    assembly = stage.opened(present=["alpha", "beta"])
    stage.leaves("beta", assembly=assembly, minute=5)
    assert [(act.seat, act.kind.value) for act in attendance_acts(assembly=assembly)] == [
        ("alpha", "arrived"),
        ("beta", "arrived"),
        ("beta", "left"),
    ]
    assert cities_present(assembly=assembly, now=at(-30)) == frozenset()
    assert cities_present(assembly=assembly, now=at(4)) == {"alpha", "beta"}
    assert cities_present(assembly=assembly, now=at(5)) == {"alpha"}


def test_who_owes_too_much_keeps_the_seat_and_is_not_on_the_roll(stage: Stage) -> None:
    draw_up_contributions(
        year=2018,
        classes=[ClassTerms(code="A", population_from=0, amount=Decimal(100))],
        currency="EUR",
        due_on=date(2018, 3, 31),
        actor=stage.secretary,
        now=NOW,
    )
    for slug in set(NAMES) - {"zeta"}:
        due = contribution_of(city=stage.cities[slug], year=2018)
        assert due is not None
        waive_contribution(
            contribution=due, on=TODAY, reason="first year", actor=stage.secretary, now=NOW
        )
    limit = BoundRule(
        name=RuleName.ARREARS_LIMIT,
        value=1,
        instrument="bylaws",
        edition=1,
        provision_key="art6",
        citation=Bilingual(ko="제6조", en="Art. 6"),
    )
    without = roll_of_assembly(assembly=stage.assembly, now=NOW, on=TODAY)
    under = roll_of_assembly(assembly=stage.assembly, now=NOW, on=TODAY, rules=RuleSet([limit]))
    assert {seat.city_slug for seat in without} - {seat.city_slug for seat in under} == {"zeta"}
    assert "zeta" in slugs(stage)
