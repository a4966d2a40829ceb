"""docs/reference/rules.md says what the rules do: its marked parts are made from them.

After a change of the rules, `python -m tests.resolutions.rules.test_reference` writes them anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from members.rules.contributions import DueRow
from members.rules.duties import DUTIES_APART
from members.rules.invitation_lifecycle import REASONS as REASONS_OF_INVITATIONS
from members.rules.letter_lifecycle import REASONS as REASONS_OF_LETTERS
from members.rules.reasons import REASONS as REASONS_OF_MEMBERS
from members.rules.reset_lifecycle import REASONS as REASONS_OF_RESETS
from members.rules.standing import ArrearsRule, MembershipKind, MembershipRow, standing_on
from resolutions.rules.exhaustive import Candidate, RoundFinding, judge_round, resolve_by_lot
from resolutions.rules.majority import Abstentions, MajorityBase, MajorityRule, Tally, judge
from resolutions.rules.operative import (
    RuleName,
    RuleValue,
    SelfNomination,
    TieBreak,
    describe_value,
    value_as_json,
    value_from_json,
)
from resolutions.rules.quorum import QuorumBase, QuorumRule, find_quorum
from resolutions.rules.reasons import REASONS
from secretariat.kernel.bilingual import Bilingual

PAGE = Path(__file__).parents[3] / "docs/reference/rules.md"
MARKED = re.compile(r"<!-- begin (\w+) -->\n(.*?)<!-- end \1 -->", re.DOTALL)

ARTICLE_9 = Bilingual(ko="제9조제1항", en="Art. 9(1)")
ARTICLE_10 = Bilingual(ko="제10조제2항", en="Art. 10(2)")
ARTICLE_12 = Bilingual(ko="제12조제3항", en="Art. 12(3)")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines).replace("| --- ", "|---") + "\n"


def majority(base: MajorityBase, fraction: Fraction, *, strict: bool) -> MajorityRule:
    all_seats = base is MajorityBase.ALL_SEATS
    return MajorityRule(
        base=base,
        fraction=fraction,
        strict=strict,
        abstentions=Abstentions.COUNTED if all_seats else Abstentions.LEFT_OUT,
    )


SIMPLE = majority(MajorityBase.VOTES_CAST, Fraction(1, 2), strict=True)
TWO_THIRDS = majority(MajorityBase.VOTES_CAST, Fraction(2, 3), strict=False)
OF_ALL_SEATS = majority(MajorityBase.ALL_SEATS, Fraction(1, 2), strict=True)

EXAMPLES: Mapping[RuleName, RuleValue] = {
    RuleName.QUORUM: QuorumRule(fraction=Fraction(1, 2), strict=True),
    RuleName.MAJORITY_ORDINARY: SIMPLE,
    RuleName.MAJORITY_BYLAWS: TWO_THIRDS,
    RuleName.MAJORITY_ELECTION: SIMPLE,
    RuleName.NOTICE_DAYS: 30,
    RuleName.CHAIR_TERM_YEARS: 2,
    RuleName.NOMINATION_SECONDERS: 2,
    RuleName.SELF_NOMINATION: SelfNomination.NOT_ALLOWED,
    RuleName.TIE_BREAK: TieBreak.REPEAT_ONCE_THEN_LOT,
    RuleName.ARREARS_LIMIT: 2,
    RuleName.AMENDMENT_SPONSORS: 2,
    RuleName.AMENDMENT_DAYS: 14,
}


def operative() -> str:
    return table(
        ("Rule", "한국어", "English", "Example value", "예", "Which reads"),
        (
            (
                f"`{name}`",
                name.label["ko"],
                name.label["en"],
                f"`{json.dumps(value_as_json(value))}`",
                describe_value(name, value)["ko"],
                describe_value(name, value)["en"],
            )
            for name, value in EXAMPLES.items()
        ),
    )


def choices() -> str:
    return table(
        ("Field", "Values"),
        (
            (field, ", ".join(f"`{member.value}`" for member in kind))
            for field, kind in (
                ("`base` of a quorum", QuorumBase),
                ("`base` of a majority", MajorityBase),
                ("`abstentions`", Abstentions),
                ("`self_nomination`", SelfNomination),
                ("`tie_break`", TieBreak),
            )
        ),
    )


def sentences(findings: Iterable[Bilingual]) -> str:
    return "".join(f"- {sentence['en']}\n  {sentence['ko']}\n" for sentence in findings)


def quorum() -> str:
    rule = QuorumRule(fraction=Fraction(1, 2), strict=True)
    return sentences(
        find_quorum(rule, seats=40, present=present, citation=ARTICLE_9).sentence
        for present in (27, 20)
    )


def majorities() -> str:
    return sentences(
        judge(rule, tally, present=28, seats=40, citation=ARTICLE_10).sentence
        for rule, tally in (
            (TWO_THIRDS, Tally(18, 7, 2)),
            (SIMPLE, Tally(12, 13, 2)),
            (SIMPLE, Tally(10, 10, 5)),
            (SIMPLE, Tally(0, 0, 27)),
            (OF_ALL_SEATS, Tally(20, 5, 2)),
        )
    )


def rounds() -> str:
    candidates = tuple(
        Candidate(key, Bilingual(ko=korean, en=english))
        for key, korean, english in (
            ("hamburg", "함부르크", "Hamburg"),
            ("seoul", "서울", "Seoul"),
            ("vienna", "빈", "Vienna"),
        )
    )
    history: list[RoundFinding] = []
    for votes in (
        {"seoul": 8, "vienna": 6, "hamburg": 6},
        {"seoul": 8, "vienna": 7, "hamburg": 5},
        {"seoul": 10, "vienna": 10},
        {"seoul": 10, "vienna": 10},
    ):
        finding = judge_round(
            candidates=candidates, votes=votes, history=history, citation=ARTICLE_12
        )
        if finding.awaits_lot:
            finding = resolve_by_lot(finding, seed="0123456789abcdef" * 4)
        history.append(finding)
        candidates = finding.next_candidates
    return sentences(finding.sentence for finding in history)


def standing() -> str:
    day = date(2018, 12, 12)
    rows = []
    for kind in (*MembershipKind, None):
        memberships = [MembershipRow(kind, day)] if kind else []
        for founding in (False, True):
            finding = standing_on(memberships, day, founding=founding)
            if founding and finding == standing_on(memberships, day):
                continue
            name = f"`{kind}`" if kind else "none"
            rows.append(
                (
                    f"{name}, founding assembly" if founding else name,
                    "yes" if finding.may_vote else "no",
                    finding.reason["ko"],
                    finding.reason["en"],
                )
            )
    arrears = ArrearsRule(2, ARTICLE_10)
    for years in ((2017,), (2016, 2017)):
        dues = [DueRow(year=y, due_on=date(y, 3, 31), amount=Decimal(100)) for y in years]
        finding = standing_on(
            [MembershipRow(MembershipKind.MEMBER, day)], day, dues=dues, arrears=arrears
        )
        rows.append(
            (
                f"`member`, {len(years)} unpaid where 2 take the vote away",
                "yes" if finding.may_vote else "no",
                finding.reason["ko"],
                finding.reason["en"],
            )
        )
    return table(("Membership", "Votes", "한국어", "English"), rows)


def duties() -> str:
    return table(
        ("Duty", "Not together with", "Code", "한국어", "English"),
        (
            (
                f"`{row.first}`",
                f"`{row.second}`",
                f"`{row.code}`",
                row.reason["ko"],
                row.reason["en"],
            )
            for row in DUTIES_APART
        ),
    )


def reasons() -> str:
    all_reasons = (
        REASONS
        | REASONS_OF_MEMBERS
        | REASONS_OF_INVITATIONS
        | REASONS_OF_LETTERS
        | REASONS_OF_RESETS
    )
    return table(
        ("Code", "한국어", "English"),
        ((f"`{code}`", sentence["ko"], sentence["en"]) for code, sentence in all_reasons.items()),
    )


PARTS: Mapping[str, Callable[[], str]] = {
    "operative": operative,
    "choices": choices,
    "quorum": quorum,
    "majority": majorities,
    "rounds": rounds,
    "standing": standing,
    "duties": duties,
    "reasons": reasons,
}


@pytest.mark.parametrize("part", PARTS)
def test_the_page_says_what_the_rules_do(part):
    written = {
        match[1]: match[2].strip("\n")
        for match in MARKED.finditer(PAGE.read_text(encoding="utf-8"))
    }
    assert written[part] == PARTS[part]().strip("\n")


def test_the_page_has_no_part_that_nothing_makes():
    assert [match[1] for match in MARKED.finditer(PAGE.read_text(encoding="utf-8"))] == list(PARTS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_values_are_valid(name):
    assert set(EXAMPLES) == set(RuleName)
    assert value_from_json(name, value_as_json(EXAMPLES[name])) == EXAMPLES[name]


def write_page() -> None:
    """Write every marked part of the page anew."""
    PAGE.write_text(
        MARKED.sub(
            lambda match: (
                f"<!-- begin {match[1]} -->\n\n{PARTS[match[1]]().rstrip()}\n\n"
                f"<!-- end {match[1]} -->"
            ),
            PAGE.read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    write_page()
