"""Majority: worked examples, exact boundaries against brute force, and sentences."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from resolutions.rules.majority import (
    Abstentions,
    MajorityBase,
    MajorityFinding,
    MajorityRule,
    Outcome,
    Tally,
    judge,
)
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


def rule(
    base: str = "votes_cast",
    fraction: str = "1/2",
    *,
    strict: bool = True,
    abstentions: str = "left_out",
) -> MajorityRule:
    return MajorityRule(
        base=MajorityBase(base),
        fraction=Fraction(fraction),
        strict=strict,
        abstentions=Abstentions(abstentions),
    )


SIMPLE = rule()
TWO_THIRDS = rule(fraction="2/3", strict=False)
OF_PRESENT = rule("present", abstentions="counted")
OF_ALL = rule("all_seats", abstentions="counted")

rules = st.builds(
    lambda base, fraction, strict, abstentions: MajorityRule(
        base=base,
        fraction=fraction,
        strict=strict and fraction < 1,
        abstentions=Abstentions.COUNTED if base is MajorityBase.ALL_SEATS else abstentions,
    ),
    st.sampled_from(MajorityBase),
    st.fractions(min_value=Fraction(1, 12), max_value=1, max_denominator=12),
    st.booleans(),
    st.sampled_from(Abstentions),
)


@st.composite
def votes(draw):
    """(tally, present, seats) that fit together."""
    tally = Tally(*(draw(st.integers(0, 60)) for _ in range(3)))
    present = tally.recorded + draw(st.integers(0, 20))
    return tally, present, present + draw(st.integers(0, 20))


@pytest.mark.parametrize(
    ("majority", "tally", "denominator", "needed", "outcome"),
    [
        (TWO_THIRDS, Tally(18, 7, 2), 25, 17, "adopted"),
        (TWO_THIRDS, Tally(17, 8, 2), 25, 17, "adopted"),
        (TWO_THIRDS, Tally(16, 9, 2), 25, 17, "rejected"),
        (TWO_THIRDS, Tally(14, 7), 21, 14, "adopted"),
        (TWO_THIRDS, Tally(10, 10), 20, 14, "rejected"),
        (rule(fraction="2/3", strict=True), Tally(14, 7), 21, 15, "rejected"),
        (SIMPLE, Tally(13, 12, 2), 25, 13, "adopted"),
        (SIMPLE, Tally(12, 13, 2), 25, 13, "rejected"),
        (SIMPLE, Tally(10, 10, 5), 20, 11, "tied"),
        (SIMPLE, Tally(1, 0, 26), 1, 1, "adopted"),
        (SIMPLE, Tally(0, 0, 27), 0, 1, "rejected"),
        (SIMPLE, Tally(0, 0, 0), 0, 1, "rejected"),
        (rule(strict=False), Tally(10, 10), 20, 10, "adopted"),
        (rule(strict=False), Tally(0, 0, 5), 0, 1, "rejected"),
        (rule(abstentions="counted"), Tally(13, 12, 2), 27, 14, "rejected"),
        (rule(abstentions="counted"), Tally(10, 10, 2), 22, 12, "rejected"),
        (rule("present_and_voting"), Tally(13, 12, 2), 25, 13, "adopted"),
        (OF_PRESENT, Tally(14, 12, 1), 28, 15, "rejected"),
        (OF_PRESENT, Tally(15, 12, 1), 28, 15, "adopted"),
        (OF_PRESENT, Tally(14, 14), 28, 15, "tied"),
        (OF_PRESENT, Tally(10, 10), 28, 15, "rejected"),
        (rule("present"), Tally(13, 12, 2), 26, 14, "rejected"),
        (OF_ALL, Tally(20, 5, 3), 40, 21, "rejected"),
        (OF_ALL, Tally(21, 5, 2), 40, 21, "adopted"),
        (rule(fraction="1", strict=False), Tally(27, 0, 1), 27, 27, "adopted"),
        (rule(fraction="1", strict=False), Tally(26, 1, 1), 27, 27, "rejected"),
    ],
)
def test_worked_examples(majority, tally, denominator, needed, outcome):
    finding = judge(majority, tally, present=28, seats=40)
    assert (finding.denominator, finding.needed, finding.in_favour, finding.outcome) == (
        denominator,
        needed,
        tally.in_favour,
        outcome,
    )


def test_the_sentence_of_a_two_thirds_majority():
    assert judge(TWO_THIRDS, Tally(18, 7, 2), present=27, seats=40) == MajorityFinding(
        denominator=25,
        needed=17,
        in_favour=18,
        outcome=Outcome.ADOPTED,
        sentence=Bilingual(
            ko="찬성 18표, 반대 7표, 기권 2표입니다. "
            "투표수 25표의 3분의 2는 17표이므로 가결되었습니다.",
            en="18 for, 7 against, 2 abstaining; two thirds of the 25 votes cast is 17: adopted.",
        ),
    )


@pytest.mark.parametrize(
    ("majority", "tally", "korean", "english"),
    [
        (
            SIMPLE,
            Tally(12, 13, 2),
            "투표수 25표의 과반수는 13표(제10조)이므로 부결되었습니다.",
            "more than half of the 25 votes cast is 13 (Art. 10): rejected.",
        ),
        (
            SIMPLE,
            Tally(10, 10, 0),
            "투표수 20표의 과반수는 11표(제10조)이며 찬성과 반대가 같아 가부동수입니다.",
            "more than half of the 20 votes cast is 11 (Art. 10): tied.",
        ),
        (
            SIMPLE,
            Tally(0, 0, 3),
            "찬성도 반대도 없으므로 부결되었습니다.",
            "no vote for or against: rejected.",
        ),
        (
            SIMPLE,
            Tally(1, 0, 0),
            "투표수 1표의 과반수는 1표(제10조)이므로 가결되었습니다.",
            "more than half of the 1 vote cast is 1 (Art. 10): adopted.",
        ),
        (
            OF_ALL,
            Tally(21, 0, 0),
            "재적 40석의 과반수는 21표(제10조)이므로 가결되었습니다.",
            "more than half of all 40 seats is 21 (Art. 10): adopted.",
        ),
        (
            OF_PRESENT,
            Tally(15, 0, 0),
            "출석 28석의 과반수는 15표(제10조)이므로 가결되었습니다.",
            "more than half of the 28 seats present is 15 (Art. 10): adopted.",
        ),
        (
            rule("present"),
            Tally(15, 0, 2),
            "기권을 제외한 출석 26석의 과반수는 14표(제10조)이므로 가결되었습니다.",
            "more than half of the 26 seats present and not abstaining is 14 (Art. 10): adopted.",
        ),
        (
            rule("present_and_voting"),
            Tally(15, 0, 2),
            "출석하여 투표한 15석의 과반수는 8표(제10조)이므로 가결되었습니다.",
            "more than half of the 15 seats present and voting is 8 (Art. 10): adopted.",
        ),
        (
            rule("present_and_voting", abstentions="counted"),
            Tally(15, 0, 2),
            "출석하여 투표한(기권 포함) 17석의 과반수는 9표(제10조)이므로 가결되었습니다.",
            (
                "more than half of the 17 seats present and voting, abstentions included, "
                "is 9 (Art. 10): adopted."
            ),
        ),
        (
            rule(abstentions="counted"),
            Tally(15, 0, 2),
            "기권을 포함한 투표수 17표의 과반수는 9표(제10조)이므로 가결되었습니다.",
            "more than half of the 17 votes cast, abstentions included, is 9 (Art. 10): adopted.",
        ),
    ],
)
def test_every_base_has_its_sentence(majority, tally, korean, english):
    citation = Bilingual(ko="제10조", en="Art. 10")
    sentence = judge(majority, tally, present=28, seats=40, citation=citation).sentence
    korean_head = (
        f"찬성 {tally.in_favour}표, 반대 {tally.against}표, 기권 {tally.abstaining}표입니다."
    )
    english_head = f"{tally.in_favour} for, {tally.against} against, {tally.abstaining} abstaining;"
    assert sentence == Bilingual(ko=f"{korean_head} {korean}", en=f"{english_head} {english}")


def test_rules_as_phrases():
    assert TWO_THIRDS.describe() == Bilingual(
        ko="투표수의 3분의 2 이상(기권 제외)",
        en="at least two thirds of the votes cast, abstentions not counted",
    )
    assert OF_PRESENT.describe() == Bilingual(
        ko="출석 의석의 과반수(기권 포함)",
        en="more than half of the seats present, abstentions counted",
    )
    assert OF_ALL.describe() == Bilingual(ko="재적 의석의 과반수", en="more than half of all seats")


def by_brute_force(majority: MajorityRule, tally: Tally, present: int, seats: int) -> str:
    """Independent: list every ballot, filter, compare by cross multiplication."""
    ballots = ["for"] * tally.in_favour + ["against"] * tally.against
    ballots += ["abstain"] * tally.abstaining
    if majority.base == "all_seats":
        counted = ballots + ["absent"] * (seats - len(ballots))
    elif majority.base == "present":
        counted = ballots + ["silent"] * (present - len(ballots))
    else:
        counted = ballots
    if majority.abstentions == "left_out":
        counted = [ballot for ballot in counted if ballot != "abstain"]
    yes, no = counted.count("for"), counted.count("against")
    left = yes * majority.fraction.denominator
    right = majority.fraction.numerator * len(counted)
    if yes and (left > right or (left == right and not majority.strict)):
        return "adopted"
    only_two_sides = yes == no and yes + no == len(counted) and yes > 0
    return "tied" if only_two_sides and majority.fraction == Fraction(1, 2) else "rejected"


@given(rules, votes())
def test_outcomes_agree_with_brute_force(majority, case):
    tally, present, seats = case
    finding = judge(majority, tally, present=present, seats=seats)
    assert finding.outcome == by_brute_force(majority, tally, present, seats)


@given(rules, votes())
def test_needed_is_the_exact_boundary(majority, case):
    tally, present, seats = case
    finding = judge(majority, tally, present=present, seats=seats)
    assert (finding.outcome == "adopted") is (finding.in_favour >= finding.needed)
    assert finding.needed >= 1
    assert finding.denominator <= seats


@given(rules, votes())
def test_turning_a_vote_against_into_one_in_favour_never_loses(majority, case):
    tally, present, seats = case
    assume(tally.against > 0)
    turned = Tally(tally.in_favour + 1, tally.against - 1, tally.abstaining)
    rank = {"rejected": 0, "tied": 1, "adopted": 2}
    before = judge(majority, tally, present=present, seats=seats)
    after = judge(majority, turned, present=present, seats=seats)
    assert rank[before.outcome] <= rank[after.outcome]
    assert before.denominator == after.denominator


@given(votes())
def test_votes_are_conserved(case):
    tally, present, seats = case
    assert tally.in_favour + tally.against + tally.abstaining == tally.recorded
    assert judge(SIMPLE, tally, present=present, seats=seats).denominator == tally.decided


@given(rules, votes())
def test_sentences_are_complete_in_both_languages(majority, case):
    tally, present, seats = case
    finding = judge(majority, tally, present=present, seats=seats)
    assert set(finding.sentence) == {"ko", "en"}
    if tally.decided:
        assert f" is {finding.needed}:" in finding.sentence["en"]
        assert f" {finding.needed}표" in finding.sentence["ko"]


@pytest.mark.parametrize(
    ("tally", "present", "seats", "code"),
    [
        (Tally(10, 5, 5), 19, 40, "more_votes_than_present"),
        (Tally(1, 0, 0), 41, 40, "more_present_than_seats"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(tally, present, seats, code):
    with pytest.raises(RuleRefused) as refused:
        judge(SIMPLE, tally, present=present, seats=seats)
    assert refused.value.code == code


def test_negative_votes_are_refused():
    with pytest.raises(RuleRefused) as refused:
        Tally(1, -1)
    assert (refused.value.code, refused.value.where) == ("negative_number", "against")


def test_a_majority_of_all_seats_cannot_leave_abstentions_out():
    with pytest.raises(RuleRefused) as refused:
        rule("all_seats", abstentions="left_out")
    assert refused.value.code == "abstentions_cannot_be_left_out"
