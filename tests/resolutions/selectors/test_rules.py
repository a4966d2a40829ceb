"""The operative rules in force: which edition fixes them on a day, and how they are cited."""

from __future__ import annotations

from datetime import date

import pytest

from resolutions.rules.operative import RuleName, RuleSet
from resolutions.selectors.rules import (
    bylaws_in_force,
    rules_of_assembly,
    rules_of_edition,
    rules_source,
)
from resolutions.services.texts import adopt_text, publish_edition
from tests.factories import NOW
from tests.resolutions.stage import BYLAWS_RULES, FOUNDING_RULES, FoundingStage, Stage, at


def test_each_rule_cites_its_article_in_both_languages(stage: Stage) -> None:
    rules = rules_of_edition(edition=stage.bylaws)
    assert set(rules) == set(BYLAWS_RULES)
    bound = rules[RuleName.MAJORITY_BYLAWS]
    assert (bound.instrument, bound.edition, bound.provision_key) == ("bylaws", 1, "art2.p2")
    assert bound.citation.as_dict() == {"ko": "제2조제2항", "en": "Article 2(2)"}
    assert rules.number(RuleName.NOTICE_DAYS) == 2


def test_a_text_that_is_no_bylaws_is_cited_by_its_title(stage: Stage) -> None:
    edition = stage.adopted("founding-rules", rules=FOUNDING_RULES)
    citation = rules_of_edition(edition=edition)[RuleName.QUORUM].citation
    assert citation.as_dict() == {
        "ko": "founding-rules ko 제1조",
        "en": "founding-rules en Article 1",
    }


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2018, 10, 31), None),
        (date(2018, 11, 1), 1),
        (date(2018, 12, 12), 1),
        (date(2019, 1, 1), 2),
    ],
)
def test_the_bylaws_in_force_on_a_day(stage: Stage, day: date, expected: int | None) -> None:
    publish_edition(edition=stage.bylaws, actor=stage.secretary, now=at(-90))
    adopt_text(
        instrument=stage.tabled("bylaws", "bylaws", words="amended"),
        vote=None,
        basis="before this platform",
        adopted_on=NOW.date(),
        in_force_from=date(2019, 1, 1),
        actor=stage.secretary,
        now=at(0),
    )
    found = bylaws_in_force(on=day)
    assert (found.number if found else None) == expected


def test_bylaws_adopted_later_prevail_over_an_older_text_with_more_editions(stage: Stage) -> None:
    publish_edition(edition=stage.bylaws, actor=stage.secretary, now=at(-90))
    stage.adopted("bylaws", "bylaws", words="amended", on=date(2018, 11, 15))
    new = stage.adopted("new-bylaws", "bylaws", on=date(2018, 12, 1))
    assert bylaws_in_force(on=NOW.date()) == new


def test_without_bylaws_an_assembly_has_the_rules_it_agreed_on(founding: FoundingStage) -> None:
    assembly = founding.convened()
    today = NOW.date()
    assert rules_source(assembly=assembly, on=today) is None
    assert rules_of_assembly(assembly=assembly, on=today) == RuleSet(())
    assembly.founding_rules = founding.adopted("founding-rules", rules=FOUNDING_RULES)
    assembly.save()
    assert rules_source(assembly=assembly, on=today) == assembly.founding_rules
    assert set(rules_of_assembly(assembly=assembly, on=today)) == set(FOUNDING_RULES)
    bylaws = founding.adopted("bylaws", "bylaws", rules=BYLAWS_RULES)
    assert rules_source(assembly=assembly, on=today) == bylaws
    assert set(rules_of_assembly(assembly=assembly, on=today)) == set(BYLAWS_RULES)
