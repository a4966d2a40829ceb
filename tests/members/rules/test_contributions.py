"""What is unpaid on a day, from dated entries alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.contributions import (
    ZERO,
    DueRow,
    EntryKind,
    EntryRow,
    balance_on,
    is_overdue,
    overdue_years,
)
from members.rules.standing import ArrearsRule, MembershipKind, MembershipRow, standing_on
from secretariat.kernel.bilingual import Bilingual

DUE = date(2018, 3, 31)
HUNDRED = Decimal("100.00")


def due(*entries: EntryRow, year: int = 2018) -> DueRow:
    return DueRow(year=year, due_on=DUE.replace(year=year), amount=HUNDRED, entries=tuple(entries))


def paid(amount: str, on: date, number: int = 1) -> EntryRow:
    return EntryRow(number=number, kind=EntryKind.PAID, on=on, amount=Decimal(amount))


def test_a_contribution_is_overdue_from_the_day_after_its_day():
    assert [is_overdue(due(), DUE + timedelta(days=n)) for n in (-1, 0, 1)] == [False, False, True]


def test_a_payment_counts_from_its_day_and_only_a_full_one_settles():
    row = due(paid("60.00", date(2018, 5, 1)), paid("40.00", date(2018, 6, 1), number=2))
    assert balance_on(row, date(2018, 5, 31)).outstanding == Decimal("40.00")
    assert is_overdue(row, date(2018, 5, 31))
    assert balance_on(row, date(2018, 6, 1)).outstanding == ZERO
    assert not is_overdue(row, date(2018, 6, 1))


def test_a_waiver_a_correction_and_a_struck_entry_are_further_entries():
    waived = due(EntryRow(number=1, kind=EntryKind.WAIVED, on=date(2018, 5, 1)))
    assert is_overdue(waived, date(2018, 4, 30))
    assert not is_overdue(waived, date(2018, 5, 1))
    corrected = due(
        paid("60.00", date(2018, 4, 1)),
        EntryRow(number=2, kind=EntryKind.CORRECTED, on=date(2018, 5, 1), amount=Decimal("60.00")),
    )
    assert balance_on(corrected, date(2018, 5, 1)).outstanding == ZERO
    struck = due(
        paid("100.00", date(2018, 4, 1)),
        EntryRow(number=2, kind=EntryKind.STRUCK, on=date(2018, 7, 1), strikes=1),
    )
    assert not is_overdue(struck, date(2018, 6, 30))
    assert is_overdue(struck, date(2018, 7, 1))


MEMBER = [MembershipRow(MembershipKind.MEMBER, date(2015, 1, 1))]
RULE = ArrearsRule(2, Bilingual(ko="제12조", en="Art. 12"))


@pytest.mark.parametrize(
    ("years", "may_vote", "code", "en"),
    [
        ((), True, "member", "A member city may vote."),
        (
            (2016,),
            True,
            "member",
            (
                "A member city may vote. 1 contribution is unpaid (2016); with 2 it would not "
                "vote (Art. 12)."
            ),
        ),
        (
            (2016, 2017),
            False,
            "arrears",
            (
                "2 contributions are unpaid (2016, 2017). A city does not vote while 2 or more are "
                "unpaid (Art. 12)."
            ),
        ),
    ],
)
def test_the_vote_rests_with_as_many_unpaid_as_the_rule_says(years, may_vote, code, en):
    finding = standing_on(
        MEMBER, date(2018, 12, 12), dues=[due(year=year) for year in years], arrears=RULE
    )
    assert (finding.may_vote, finding.code, finding.reason["en"]) == (may_vote, code, en)
    assert finding.unpaid == years


def test_without_a_rule_contributions_do_not_touch_standing():
    finding = standing_on(MEMBER, date(2018, 12, 12), dues=[due(year=2016), due(year=2017)])
    assert (finding.may_vote, finding.code, finding.unpaid) == (True, "member", (2016, 2017))


def test_arrears_say_nothing_about_a_city_that_does_not_vote_anyway():
    rows = [MembershipRow(MembershipKind.SUSPENDED, date(2015, 1, 1))]
    dues = [due(year=2016), due(year=2017)]
    assert standing_on(rows, date(2018, 12, 12), dues=dues, arrears=RULE).code == "suspended"


DAYS = st.integers(min_value=0, max_value=900).map(lambda n: date(2017, 1, 1) + timedelta(days=n))
AMOUNTS = st.integers(min_value=0, max_value=20_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def due_rows(draw: st.DrawFn) -> DueRow:
    entries: list[EntryRow] = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        kind = draw(st.sampled_from(EntryKind))
        strikes = draw(st.integers(1, number - 1)) if number > 1 else None
        if kind is EntryKind.STRUCK and strikes is None:
            kind = EntryKind.WAIVED
        entries.append(
            EntryRow(
                number=number,
                kind=kind,
                on=draw(DAYS),
                amount=draw(AMOUNTS),
                strikes=strikes if kind is EntryKind.STRUCK else None,
            )
        )
    return due(*entries, year=draw(st.sampled_from([2017, 2018])))


def without_later(row: DueRow, on: date) -> DueRow:
    entries = tuple(entry for entry in row.entries if entry.on <= on)
    return DueRow(year=row.year, due_on=row.due_on, amount=row.amount, entries=entries)


@given(rows=st.lists(due_rows(), max_size=4), on=DAYS)
def test_what_is_overdue_depends_on_nothing_after_the_day(rows: list[DueRow], on: date) -> None:
    known = [without_later(row, on) for row in rows if row.due_on < on]
    assert overdue_years(rows, on) == overdue_years(known, on)


@given(row=due_rows(), on=DAYS, amount=AMOUNTS)
def test_a_further_payment_never_makes_more_outstanding(
    row: DueRow, on: date, amount: Decimal
) -> None:
    further = EntryRow(number=99, kind=EntryKind.PAID, on=on, amount=amount)
    more = DueRow(
        year=row.year, due_on=row.due_on, amount=row.amount, entries=(*row.entries, further)
    )
    assert balance_on(more, on).outstanding <= balance_on(row, on).outstanding
