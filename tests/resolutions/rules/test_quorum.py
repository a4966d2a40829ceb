"""Quorum: exact boundaries, monotone, and sentences in both languages."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.quorum import QuorumFinding, QuorumRule, find_quorum
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual

HALF = QuorumRule(fraction=Fraction(1, 2), strict=False)
MORE_THAN_HALF = QuorumRule(fraction=Fraction(1, 2), strict=True)
TWO_THIRDS = QuorumRule(fraction=Fraction(2, 3), strict=False)
ARTICLE_9 = Bilingual(ko="제9조제1항", en="Art. 9(1)")

rules = st.builds(
    lambda fraction, strict, at_least: QuorumRule(
        fraction=fraction, strict=strict and fraction < 1, at_least=at_least
    ),
    st.fractions(min_value=Fraction(1, 12), max_value=1, max_denominator=12),
    st.booleans(),
    st.integers(0, 10),
)


@pytest.mark.parametrize(
    ("rule", "seats", "needed"),
    [
        (HALF, 42, 21),
        (MORE_THAN_HALF, 42, 22),
        (HALF, 41, 21),
        (MORE_THAN_HALF, 41, 21),
        (MORE_THAN_HALF, 40, 21),
        (TWO_THIRDS, 22, 15),
        (TWO_THIRDS, 21, 14),
        (MORE_THAN_HALF, 22, 12),
        (HALF, 1, 1),
        (HALF, 0, 1),
        (QuorumRule(fraction=Fraction(1), strict=False), 22, 22),
        (QuorumRule(fraction=Fraction(1, 3), strict=False, at_least=10), 12, 10),
        (QuorumRule(fraction=Fraction(1, 3), strict=False, at_least=10), 60, 20),
    ],
)
def test_seats_needed(rule, seats, needed):
    assert rule.needed(seats=seats) == needed


def test_a_quorum_that_is_met_cites_its_article():
    assert find_quorum(MORE_THAN_HALF, seats=40, present=27, citation=ARTICLE_9) == QuorumFinding(
        needed=21,
        present=27,
        seats=40,
        met=True,
        sentence=Bilingual(
            ko="재적 40석 가운데 27석이 출석하였습니다(제9조제1항: 21석 이상).",
            en="27 of 40 seats present (Art. 9(1): at least 21).",
        ),
    )


def test_a_quorum_that_is_missed_says_so():
    finding = find_quorum(MORE_THAN_HALF, seats=40, present=20)
    assert not finding.met
    assert finding.sentence == Bilingual(
        ko="재적 40석 가운데 20석이 출석하였습니다(21석 이상). 의사정족수에 미치지 못합니다.",
        en="20 of 40 seats present (at least 21): no quorum.",
    )


def test_the_rule_as_a_phrase():
    assert MORE_THAN_HALF.describe() == Bilingual(
        ko="재적 의석의 과반수", en="more than half of all seats"
    )
    assert QuorumRule(fraction=Fraction(1, 3), strict=False, at_least=10).describe() == Bilingual(
        ko="재적 의석의 3분의 1 이상, 다만 10석 이상",
        en="at least one third of all seats, and at least 10 seats",
    )


@given(rules, st.integers(0, 200), st.data())
def test_one_more_present_never_loses_the_quorum(rule, seats, data):
    present = data.draw(st.integers(0, max(seats - 1, 0)))
    now = find_quorum(rule, seats=seats, present=min(present, seats))
    later = find_quorum(rule, seats=seats, present=min(present + 1, seats))
    assert now.met <= later.met
    assert now.needed == later.needed


@given(rules, st.integers(0, 200))
def test_one_more_seat_never_needs_fewer_present(rule, seats):
    assert rule.needed(seats=seats) <= rule.needed(seats=seats + 1)


@given(rules, st.integers(0, 200), st.integers(0, 200))
def test_met_is_what_cross_multiplication_says(rule, seats, present):
    present = min(present, seats)
    left, right = present * rule.fraction.denominator, rule.fraction.numerator * seats
    share_met = left > right if rule.strict else left >= right
    expected = share_met and present >= max(rule.at_least, 1)
    assert find_quorum(rule, seats=seats, present=present).met is expected


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"fraction": 0.5, "strict": False}, "fraction_not_exact"),
        ({"fraction": Fraction(0), "strict": False}, "fraction_out_of_range"),
        ({"fraction": Fraction(3, 2), "strict": False}, "fraction_out_of_range"),
        ({"fraction": Fraction(1), "strict": True}, "fraction_unreachable"),
        ({"fraction": Fraction(1, 2), "strict": False, "at_least": -1}, "negative_number"),
    ],
)
def test_rules_that_make_no_sense_are_refused(values, code):
    with pytest.raises(RuleRefused) as refused:
        QuorumRule(**values)
    assert refused.value.code == code
    assert set(refused.value.message) == {"ko", "en"}


@pytest.mark.parametrize(
    ("seats", "present", "code", "where"),
    [
        (10, 11, "more_present_than_seats", "present"),
        (-1, 0, "negative_number", "seats"),
        (1, -1, "negative_number", "present"),
    ],
)
def test_numbers_that_cannot_be_are_refused(seats, present, code, where):
    with pytest.raises(RuleRefused) as refused:
        find_quorum(HALF, seats=seats, present=present)
    assert (refused.value.code, refused.value.where) == (code, where)
