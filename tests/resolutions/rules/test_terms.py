"""Terms of office."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.periods import Period
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.terms import check_free, term_of_office


@pytest.mark.parametrize(
    ("starts_on", "years", "ends_on"),
    [
        (date(2018, 12, 12), 2, date(2020, 12, 12)),
        (date(2020, 2, 28), 1, date(2021, 2, 28)),
        (date(2020, 2, 29), 1, date(2021, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
    ],
)
def test_a_term_ends_on_the_same_day_years_later(starts_on, years, ends_on):
    assert term_of_office(starts_on, years=years) == Period(starts_on, ends_on)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 10))
def test_the_next_term_follows_without_gap_or_overlap(starts_on, years):
    first = term_of_office(starts_on, years=years)
    assert first.ends is not None
    second = term_of_office(first.ends, years=years)
    check_free(second, taken=[first])
    assert not first.contains(second.starts)


def test_overlapping_terms_are_refused():
    first = term_of_office(date(2018, 12, 12), years=2)
    with pytest.raises(RuleRefused) as refused:
        check_free(term_of_office(date(2020, 12, 11), years=2), taken=[first])
    assert (refused.value.code, refused.value.where) == ("terms_overlap", "2018-12-12")


def test_a_term_of_no_years_is_refused():
    with pytest.raises(RuleRefused) as refused:
        term_of_office(date(2018, 12, 12), years=0)
    assert refused.value.code == "term_too_short"
