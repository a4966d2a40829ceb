"""Operative rules: typed, bound to an article, one canonical set."""

from __future__ import annotations

from fractions import Fraction

import pytest

from resolutions.rules.majority import Abstentions, MajorityBase, MajorityRule
from resolutions.rules.operative import (
    ELECTION_MAJORITY,
    BoundRule,
    RuleLine,
    RuleName,
    RuleSet,
    SelfNomination,
    TieBreak,
    describe_value,
    value_as_json,
    value_from_json,
)
from resolutions.rules.quorum import QuorumRule
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual

QUORUM = {"base": "all_seats", "fraction": "1/2", "strict": True, "at_least": 0}
TWO_THIRDS = {
    "base": "votes_cast",
    "fraction": "2/3",
    "strict": False,
    "abstentions": "left_out",
}
MORE_THAN_HALF = {**TWO_THIRDS, "fraction": "1/2", "strict": True}

VALUES = [
    (RuleName.QUORUM, QUORUM, QuorumRule(fraction=Fraction(1, 2), strict=True)),
    (
        RuleName.MAJORITY_BYLAWS,
        TWO_THIRDS,
        MajorityRule(
            base=MajorityBase.VOTES_CAST,
            fraction=Fraction(2, 3),
            strict=False,
            abstentions=Abstentions.LEFT_OUT,
        ),
    ),
    (RuleName.MAJORITY_ELECTION, MORE_THAN_HALF, ELECTION_MAJORITY),
    (RuleName.NOTICE_DAYS, 30, 30),
    (RuleName.CHAIR_TERM_YEARS, 2, 2),
    (RuleName.NOMINATION_SECONDERS, 0, 0),
    (RuleName.SELF_NOMINATION, "not_allowed", SelfNomination.NOT_ALLOWED),
    (RuleName.TIE_BREAK, "repeat_once_then_lot", TieBreak.REPEAT_ONCE_THEN_LOT),
]


def bound(name: RuleName, raw: object, *, article: int = 9) -> BoundRule:
    return BoundRule(
        name=name,
        value=value_from_json(name, raw),
        instrument="bylaws",
        edition=1,
        provision_key=f"art{article}.p1",
        citation=Bilingual(ko=f"제{article}조제1항", en=f"Art. {article}(1)"),
    )


@pytest.mark.parametrize(("name", "raw", "value"), VALUES)
def test_values_go_to_json_and_back(name, raw, value):
    assert value_from_json(name, raw) == value
    assert value_as_json(value) == raw


def test_the_fixed_floor_of_a_quorum_may_be_left_out():
    assert value_from_json(
        RuleName.QUORUM, {"base": "all_seats", "fraction": "2/4", "strict": False}
    ) == QuorumRule(fraction=Fraction(1, 2), strict=False)


@pytest.mark.parametrize(
    ("name", "raw", "code", "where"),
    [
        ("quorum", 21, "not_an_object", "quorum"),
        ("quorum", {"base": "all_seats", "fraction": "1/2"}, "field_missing", "strict"),
        ("quorum", {**QUORUM, "abstentions": "counted"}, "field_unknown", "abstentions"),
        ("quorum", {**QUORUM, "fraction": 0.5}, "fraction_not_exact", "fraction"),
        ("quorum", {**QUORUM, "fraction": "1/0"}, "fraction_not_exact", "fraction"),
        ("quorum", {**QUORUM, "fraction": "3/2"}, "fraction_out_of_range", "fraction"),
        ("quorum", {**QUORUM, "base": "present"}, "not_a_choice", "base"),
        ("quorum", {**QUORUM, "strict": "yes"}, "not_true_or_false", "strict"),
        ("quorum", {**QUORUM, "at_least": True}, "not_a_whole_number", "at_least"),
        ("majority_ordinary", {**TWO_THIRDS, "abstentions": "no"}, "not_a_choice", "abstentions"),
        (
            "majority_ordinary",
            {**TWO_THIRDS, "base": "all_seats"},
            "abstentions_cannot_be_left_out",
            "abstentions",
        ),
        ("majority_election", TWO_THIRDS, "election_majority_not_supported", "majority_election"),
        ("notice_days", -1, "number_out_of_range", "notice_days"),
        ("notice_days", "30", "not_a_whole_number", "notice_days"),
        ("notice_days", 1.5, "not_a_whole_number", "notice_days"),
        ("chair_term_years", 0, "number_out_of_range", "chair_term_years"),
        ("chair_term_years", True, "not_a_whole_number", "chair_term_years"),
        ("nomination_seconders", 21, "number_out_of_range", "nomination_seconders"),
        ("tie_break", "coin", "not_a_choice", "tie_break"),
        ("self_nomination", False, "not_a_choice", "self_nomination"),
        ("self_nomination", "repeat_once_then_lot", "not_a_choice", "self_nomination"),
    ],
)
def test_values_that_are_not_valid_are_refused(name, raw, code, where):
    with pytest.raises(RuleRefused) as refused:
        value_from_json(RuleName(name), raw)
    assert (refused.value.code, refused.value.where) == (code, where)
    assert set(refused.value.message) == {"ko", "en"}


def test_a_value_of_the_wrong_kind_cannot_be_bound():
    with pytest.raises(RuleRefused) as refused:
        BoundRule(
            name=RuleName.QUORUM,
            value=3,
            instrument="bylaws",
            edition=1,
            provision_key="art9",
            citation=Bilingual(),
        )
    assert refused.value.code == "wrong_kind_of_value"


def test_a_set_is_canonical_whatever_order_it_comes_in():
    rules = [bound(name, raw) for name, raw, _ in VALUES]
    forwards, backwards = RuleSet(rules), RuleSet(reversed(rules))
    assert forwards == backwards
    assert hash(forwards) == hash(backwards)
    assert forwards.hash == backwards.hash
    assert RuleSet.from_json(forwards.as_json()) == forwards
    assert RuleSet(rules[:-1]).hash != forwards.hash


def test_the_canonical_text_of_a_set():
    assert RuleSet([bound(RuleName.NOTICE_DAYS, 30, article=8)]).canonical() == (
        '{"notice_days":{"citation":{"en":"Art. 8(1)","ko":"제8조제1항"},'
        '"edition":1,"instrument":"bylaws","provision":"art8.p1","value":30}}'
    )


def test_typed_access():
    rules = RuleSet([bound(name, raw) for name, raw, _ in VALUES])
    assert rules.quorum() == QuorumRule(fraction=Fraction(1, 2), strict=True)
    assert rules.majority(RuleName.MAJORITY_BYLAWS).fraction == Fraction(2, 3)
    assert rules.number(RuleName.NOTICE_DAYS) == 30
    assert rules.tie_break() is TieBreak.REPEAT_ONCE_THEN_LOT
    assert rules.citation(RuleName.QUORUM) == Bilingual(ko="제9조제1항", en="Art. 9(1)")
    assert rules.citation(RuleName.MAJORITY_ORDINARY) is None
    assert len(rules) == 8
    assert "quorum" in rules
    with pytest.raises(TypeError):
        rules.number(RuleName.QUORUM)


def test_a_rule_that_no_article_fixes_is_named():
    with pytest.raises(RuleRefused) as refused:
        RuleSet([]).majority()
    assert (refused.value.code, refused.value.where) == ("rule_missing", "majority_ordinary")


def test_a_rule_cannot_be_bound_twice():
    with pytest.raises(RuleRefused) as refused:
        RuleSet([bound(RuleName.NOTICE_DAYS, 30), bound(RuleName.NOTICE_DAYS, 14)])
    assert (refused.value.code, refused.value.where) == ("rule_bound_twice", "notice_days")


def test_an_unknown_name_is_refused():
    with pytest.raises(RuleRefused) as refused:
        RuleSet.from_json({"veto": bound(RuleName.NOTICE_DAYS, 1).as_json()})
    assert (refused.value.code, refused.value.where) == ("not_a_choice", "veto")


def test_the_table_of_rules_in_force():
    rules = RuleSet([bound(RuleName.NOTICE_DAYS, 1, article=8), bound(RuleName.QUORUM, QUORUM)])
    assert rules.describe("ko") == (
        RuleLine(RuleName.QUORUM, "의사정족수", "재적 의석의 과반수", "제9조제1항"),
        RuleLine(RuleName.NOTICE_DAYS, "소집 통지 기간", "회의 1일 전까지", "제8조제1항"),
    )
    assert rules.describe("en") == (
        RuleLine(RuleName.QUORUM, "Quorum", "more than half of all seats", "Art. 9(1)"),
        RuleLine(
            RuleName.NOTICE_DAYS,
            "Notice of an assembly",
            "at least 1 day before the assembly",
            "Art. 8(1)",
        ),
    )


@pytest.mark.parametrize("name", RuleName)
def test_every_rule_has_a_label_in_both_languages(name):
    assert set(name.label) == {"ko", "en"}


@pytest.mark.parametrize(
    ("name", "number", "korean", "english"),
    [
        (RuleName.CHAIR_TERM_YEARS, 1, "1년", "1 year"),
        (RuleName.CHAIR_TERM_YEARS, 2, "2년", "2 years"),
        (RuleName.NOMINATION_SECONDERS, 0, "재청이 필요하지 않음", "none needed"),
        (RuleName.NOMINATION_SECONDERS, 1, "1개 도시 이상", "at least 1 city"),
        (RuleName.NOMINATION_SECONDERS, 2, "2개 도시 이상", "at least 2 cities"),
    ],
)
def test_numbers_in_words(name, number, korean, english):
    assert describe_value(name, number) == Bilingual(ko=korean, en=english)
