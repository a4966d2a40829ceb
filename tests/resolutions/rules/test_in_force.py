"""Which edition is in force on a day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.in_force import EditionDates, InForce, edition_on, in_force_periods

FIRST, SECOND = date(2018, 12, 12), date(2020, 1, 1)


def adopted(number: int, start: date | None, ended_on: date | None = None) -> EditionDates:
    return EditionDates(number, start, start or FIRST, ended_on)


def number_on(day: date, *editions: EditionDates) -> int | None:
    found = edition_on(day, editions)
    return found.number if found else None


def test_the_day_of_entry_into_force_belongs_to_the_new_edition() -> None:
    editions = (adopted(1, FIRST), adopted(2, SECOND))
    assert number_on(FIRST - timedelta(days=1), *editions) is None
    assert number_on(FIRST, *editions) == 1
    assert number_on(SECOND - timedelta(days=1), *editions) == 1
    assert number_on(SECOND, *editions) == 2
    assert in_force_periods(editions) == (InForce(1, FIRST, SECOND), InForce(2, SECOND, None))


def test_drafts_and_editions_without_a_day_are_never_in_force() -> None:
    draft = EditionDates(2, SECOND, None)
    undated = adopted(3, None)
    assert number_on(date(2030, 1, 1), adopted(1, FIRST), draft, undated) == 1
    assert in_force_periods([adopted(1, FIRST), draft, undated]) == (InForce(1, FIRST, None),)


def test_two_editions_on_one_day_the_later_number_stands() -> None:
    editions = (adopted(1, FIRST), adopted(2, FIRST))
    assert number_on(FIRST, *editions) == 2
    assert in_force_periods(editions) == (InForce(2, FIRST, None),)


def test_a_later_edition_that_begins_earlier_prevails() -> None:
    editions = (adopted(1, FIRST), adopted(2, SECOND), adopted(3, date(2019, 6, 1)))
    assert number_on(date(2021, 1, 1), *editions) == 3
    assert in_force_periods(editions) == (
        InForce(1, FIRST, date(2019, 6, 1)),
        InForce(3, date(2019, 6, 1), None),
    )


def test_a_text_that_ended_leaves_no_earlier_one_in_force() -> None:
    editions = (adopted(1, FIRST), adopted(2, SECOND, date(2021, 1, 1)))
    assert number_on(date(2020, 12, 31), *editions) == 2
    assert number_on(date(2021, 1, 1), *editions) is None
    assert in_force_periods(editions)[-1] == InForce(2, SECOND, date(2021, 1, 1))


days = st.integers(0, 40).map(lambda step: date(2020, 1, 1) + timedelta(days=step))
histories = st.lists(
    st.builds(EditionDates, st.just(0), st.none() | days, st.none() | days, st.none() | days),
    max_size=6,
).map(
    lambda drawn: [
        EditionDates(n, e.in_force_from, e.adopted_on, e.ended_on) for n, e in enumerate(drawn, 1)
    ]
)


@given(histories, days, st.data())
def test_periods_and_days_agree_in_any_order(
    history: list[EditionDates], day: date, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))
    covering = [period.number for period in in_force_periods(shuffled) if period.covers(day)]
    found = edition_on(day, shuffled)
    assert covering == ([found.number] if found else [])
    assert found == edition_on(day, history)


@given(histories)
def test_periods_follow_each_other(history: list[EditionDates]) -> None:
    periods = in_force_periods(history)
    for before, after in pairwise(periods):
        assert before.ends_on is not None
        assert before.starts_on < before.ends_on <= after.starts_on
