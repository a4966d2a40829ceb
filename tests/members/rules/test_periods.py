"""Half-open periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.periods import Period, gaps, overlapping

FIRST = date(2018, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def period(starts: int, ends: int | None = None) -> Period[date]:
    return Period(day(starts), None if ends is None else day(ends))


periods = st.builds(
    lambda start, length: period(start, None if length is None else start + length),
    st.integers(0, 30),
    st.none() | st.integers(1, 15),
)


def days_of(item: Period[date]) -> set[int]:
    """The days of a period up to a horizon, by trying each."""
    end = 60 if item.ends is None else (item.ends - FIRST).days
    return set(range((item.starts - FIRST).days, end))


def test_the_start_belongs_to_a_period_and_the_end_does_not():
    year = Period(date(2018, 1, 1), date(2019, 1, 1))
    assert year.contains(date(2018, 1, 1))
    assert year.contains(date(2018, 12, 31))
    assert not year.contains(date(2019, 1, 1))
    assert not year.contains(date(2017, 12, 31))


@pytest.mark.parametrize("ends", [0, -1])
def test_an_empty_period_is_refused(ends):
    with pytest.raises(ValueError, match="ends after it starts"):
        period(0, ends)


@given(periods, st.integers(-1, 59))
def test_contains_agrees_with_the_days(item, number):
    assert item.contains(day(number)) is (number in days_of(item))


@given(periods, periods)
def test_overlap_is_a_day_in_common(first, second):
    assert first.overlaps(second) is bool(days_of(first) & days_of(second))
    assert first.overlaps(second) is second.overlaps(first)


@given(st.lists(periods, max_size=5), periods)
def test_gaps_are_the_days_nobody_covers(items, within):
    covered = set().union(*map(days_of, items)) if items else set()
    found = gaps(items, within=within)
    assert set().union(*map(days_of, found), set()) == days_of(within) - covered
    assert overlapping(found) == ()


def test_neighbours_that_overlap_are_named():
    assert overlapping([period(0, 5), period(5, 9)]) == ()
    assert overlapping([period(5, None), period(0, 6)]) == ((period(0, 6), period(5, None)),)
