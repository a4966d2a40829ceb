"""Fractions and counts in words, and the exact smallest count."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.numerals import (
    counted,
    fraction_in_words,
    joined,
    share_in_words,
    smallest_count,
    threshold_in_words,
)
from secretariat.kernel.bilingual import Bilingual


@pytest.mark.parametrize(
    ("fraction", "korean", "english"),
    [
        (Fraction(1, 2), "2분의 1", "half"),
        (Fraction(1, 3), "3분의 1", "one third"),
        (Fraction(2, 3), "3분의 2", "two thirds"),
        (Fraction(3, 4), "4분의 3", "three quarters"),
        (Fraction(4, 5), "5분의 4", "four fifths"),
        (Fraction(7, 13), "13분의 7", "7/13"),
        (Fraction(1), "전부", "all"),
    ],
)
def test_fractions_in_words(fraction, korean, english):
    assert fraction_in_words(fraction) == Bilingual(ko=korean, en=english)


@pytest.mark.parametrize(
    ("fraction", "strict", "share", "threshold"),
    [
        (Fraction(1, 2), True, ("과반수", "more than half"), ("과반수", "more than half")),
        (Fraction(1, 2), False, ("2분의 1", "half"), ("2분의 1 이상", "at least half")),
        (
            Fraction(2, 3),
            True,
            ("3분의 2 초과", "more than two thirds"),
            ("3분의 2 초과", "more than two thirds"),
        ),
        (Fraction(1), False, ("전부", "all"), ("전부", "all")),
    ],
)
def test_shares_and_thresholds(fraction, strict, share, threshold):
    assert share_in_words(fraction, strict=strict) == Bilingual(ko=share[0], en=share[1])
    assert threshold_in_words(fraction, strict=strict) == Bilingual(
        ko=threshold[0], en=threshold[1]
    )


def test_counts_and_lists_in_english():
    assert [counted(0, "seat"), counted(1, "seat"), counted(2, "seat")] == [
        "0 seats",
        "1 seat",
        "2 seats",
    ]
    assert joined(()) == ""
    assert joined(("Seoul",)) == "Seoul"
    assert joined(("Hamburg", "Seoul", "Vienna")) == "Hamburg, Seoul and Vienna"


@given(
    st.fractions(min_value=Fraction(1, 20), max_value=1, max_denominator=20),
    st.integers(0, 400),
    st.booleans(),
)
def test_smallest_count_is_found_by_trying_every_number(fraction, total, strict):
    def reaches(number: int) -> bool:
        left, right = number * fraction.denominator, fraction.numerator * total
        return left > right if strict else left >= right

    expected = next(number for number in range(total + 2) if reaches(number))
    assert smallest_count(fraction, of=total, strict=strict) == expected
