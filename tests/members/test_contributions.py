"""Contributions: drawn up once a year, then only further entries."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from members.models import Contribution
from members.rules.standing import ArrearsRule
from members.selectors.contributions import as_it_stands, contribution_of, contributions_of_city
from members.selectors.standing import standing_of_city, standings
from members.services.contributions import (
    ClassTerms,
    charge_missing,
    correct_amount,
    draw_up_contributions,
    record_payment,
    strike_entry,
    waive_contribution,
)
from secretariat.kernel.errors import Conflict, DomainError, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry
from tests.factories import CityFactory, MembershipFactory, city_person, office_person

pytestmark = pytest.mark.django_db

TODAY = date(2018, 12, 12)
CLASSES = (
    ClassTerms(code="A", population_from=0, amount=Decimal("500.00")),
    ClassTerms(code="B", population_from=1_000_000, amount=Decimal("1500.00")),
)


def drawn_up(now: datetime, *, year: int = 2018, actor=None) -> int:
    return draw_up_contributions(
        year=year,
        classes=CLASSES,
        currency="EUR",
        due_on=date(year, 3, 31),
        actor=actor or office_person("registrar"),
        now=now,
    )


def test_every_member_owes_what_its_class_says(now: datetime) -> None:
    MembershipFactory(city=CityFactory(slug="small", population=20_000))
    MembershipFactory(city=CityFactory(slug="large", population=1_000_000), kind="suspended")
    MembershipFactory(city=CityFactory(slug="unknown", population=None))
    MembershipFactory(city=CityFactory(slug="guest"), kind="observer")
    MembershipFactory(city=CityFactory(slug="gone"), ends_on=TODAY)
    assert drawn_up(now) == 3
    rows = Contribution.objects.order_by("city__slug").values_list("city__slug", "of_class__code")
    assert list(rows) == [("large", "B"), ("small", "A"), ("unknown", "A")]
    entry = AuditEntry.objects.get(chain="contributions:2018")
    assert json.loads(entry.payload)["cities"] == 3
    with pytest.raises(Conflict):
        drawn_up(now)


def test_who_is_admitted_later_is_charged_later(now: datetime) -> None:
    registrar = office_person("registrar")
    MembershipFactory()
    drawn_up(now, actor=registrar)
    with pytest.raises(Conflict):
        charge_missing(year=2018, actor=registrar, now=now)
    late = MembershipFactory().city
    assert charge_missing(year=2018, actor=registrar, now=now) == 1
    assert contribution_of(city=late, year=2018) is not None
    with pytest.raises(WrongState):
        charge_missing(year=2019, actor=registrar, now=now)


def test_payments_corrections_and_strikes_are_further_rows(now: datetime) -> None:
    registrar = office_person("registrar")
    city = MembershipFactory(city=CityFactory(slug="vienna", population=1_900_000)).city
    drawn_up(now, actor=registrar)
    due = contribution_of(city=city, year=2018)
    assert due is not None
    assert as_it_stands(due, TODAY).state == "overdue"
    wrong = record_payment(
        contribution=due,
        amount=Decimal("1500.00"),
        on=date(2018, 5, 2),
        reference="bank statement 12",
        actor=registrar,
        now=now,
    )
    assert contributions_of_city(city=city, on=TODAY)[0].state == "paid"
    strike_entry(entry=wrong, reason="another city's payment", actor=registrar, now=now)
    with pytest.raises(Conflict):
        strike_entry(entry=wrong, reason="once more", actor=registrar, now=now)
    correct_amount(
        contribution=due,
        amount=Decimal("800.00"),
        on=TODAY,
        reason="class agreed for 2018",
        actor=registrar,
        now=now,
    )
    assert contributions_of_city(city=city, on=TODAY)[0].balance.outstanding == Decimal("800.00")
    waive_contribution(contribution=due, on=TODAY, reason="flood", actor=registrar, now=now)
    assert contributions_of_city(city=city, on=TODAY)[0].state == "waived"
    assert [entry.kind for entry in due.entries.order_by("number")] == [
        "paid",
        "struck",
        "corrected",
        "waived",
    ]
    actions = AuditEntry.objects.filter(chain="city:vienna").order_by("sequence")
    assert list(actions.values_list("action", flat=True)) == [
        "contribution.paid",
        "contribution.struck",
        "contribution.corrected",
        "contribution.waived",
    ]
    with pytest.raises(WrongState):
        waive_contribution(contribution=due, on=TODAY, reason="again", actor=registrar, now=now)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"classes": ()}, "classes"),
        (
            {"classes": (ClassTerms(code="A", population_from=5, amount=Decimal(1)),)},
            "population_from",
        ),
        ({"classes": (*CLASSES, CLASSES[0])}, "code"),
        (
            {"classes": (ClassTerms(code="A", population_from=0, amount=Decimal("0.001")),)},
            "amount",
        ),
        ({"currency": "euro"}, "currency"),
        ({"year": 1066}, "year"),
    ],
)
def test_unusable_classes_are_refused(changes: dict, where: str, now: datetime) -> None:
    given = {"year": 2018, "classes": CLASSES, "currency": "EUR", "due_on": date(2018, 3, 31)}
    with pytest.raises(InvalidInput) as refusal:
        draw_up_contributions(**(given | changes), actor=office_person("registrar"), now=now)
    assert refusal.value.where == where


def test_nobody_else_keeps_contributions(now: datetime) -> None:
    city = MembershipFactory().city
    drawn_up(now)
    due = contribution_of(city=city, year=2018)
    assert due is not None
    for actor in (office_person("auditor"), city_person("head", city=city)):
        with pytest.raises(NotAllowed):
            waive_contribution(contribution=due, on=TODAY, reason="ours", actor=actor, now=now)


def test_tomorrow_cannot_be_paid_today(now: datetime) -> None:
    city = MembershipFactory().city
    drawn_up(now)
    due = contribution_of(city=city, year=2018)
    assert due is not None
    with pytest.raises(DomainError) as refusal:
        record_payment(
            contribution=due,
            amount=Decimal(1),
            on=date(2018, 12, 13),
            actor=office_person("registrar"),
            now=now,
        )
    assert refusal.value.where == "on"


@pytest.mark.parametrize("more", [0, 3])
def test_standing_of_all_costs_three_queries(
    more: int, now: datetime, django_assert_num_queries
) -> None:
    for _city in range(1 + more):
        MembershipFactory()
    drawn_up(now, year=2017)
    drawn_up(now)
    with django_assert_num_queries(3):
        found = standings(on=TODAY, arrears=ArrearsRule(2))
    assert {finding.code for finding in found.values()} == {"arrears"}
    assert len(found) == 1 + more


def test_the_vote_comes_back_with_the_payment(now: datetime) -> None:
    registrar = office_person("registrar")
    city = MembershipFactory().city
    drawn_up(now, actor=registrar)
    rule = ArrearsRule(1)
    assert not standing_of_city(city=city, on=TODAY, arrears=rule).may_vote
    assert standing_of_city(city=city, on=TODAY).may_vote
    due = contribution_of(city=city, year=2018)
    assert due is not None
    record_payment(contribution=due, amount=Decimal("1500.00"), on=TODAY, actor=registrar, now=now)
    assert standing_of_city(city=city, on=TODAY, arrears=rule).may_vote
