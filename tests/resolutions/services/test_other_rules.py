"""Votes and elections without the usual rules: before any, under others, before the opening."""

from __future__ import annotations

import json
from datetime import date

import pytest

from resolutions.models import Nomination
from resolutions.selectors.elections import self_nomination_bar
from resolutions.services.elections import acclaim_candidate
from resolutions.services.votes import close_vote, open_vote
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.errors import InvalidInput, WrongState
from tests.resolutions.stage import BYLAWS_RULES, FoundingStage, Stage, at, records, refused


def test_without_rules_no_roll_call(founding: FoundingStage) -> None:
    vote = founding.prepared()
    with refused("no_rules_in_force", WrongState):
        open_vote(vote=vote, actor=founding.officer, now=at(1))


def test_an_ordinary_assembly_without_bylaws_cannot_decide_even_by_consensus(
    stage: Stage,
) -> None:
    stage.kind = "extraordinary"
    vote = stage.prepared(mode="consensus")
    with refused("no_rules_in_force", WrongState):
        open_vote(vote=vote, actor=stage.officer, now=at(1))


def test_before_any_rule_a_consensus_needs_somebody_present(founding: FoundingStage) -> None:
    assembly = founding.opened(present=[])
    vote = founding.prepared(assembly=assembly, mode="consensus")
    with refused("no_quorum", WrongState):
        open_vote(vote=vote, actor=founding.officer, now=at(1))
    founding.arrives("alpha", assembly=assembly, minute=1)
    open_vote(vote=vote, actor=founding.officer, now=at(2))
    founding.leaves("alpha", assembly=assembly, minute=3)
    finding = close_vote(vote=vote, actor=founding.officer, now=at(10))
    assert finding.outcome == "inquorate"
    assert (
        json.loads(finding.document)["sentence"]["en"]
        == "No seat was present, so there was no consensus."
    )


def test_without_a_rule_on_seconders_nobody_is_nominated(founding: FoundingStage) -> None:
    election = founding.nominating()
    with refused("rule_missing", InvalidInput, where="nomination_seconders"):
        founding.nomination(election, "alpha", by="beta")


def test_where_no_seconder_is_needed_a_proposal_is_seconded_at_once(stage: Stage) -> None:
    with_rules(stage, {"nomination_seconders": (0, "art6")})
    election = stage.nominating()
    with records(
        "election:2018-chair nomination.proposed", "election:2018-chair nomination.seconded"
    ):
        stage.nomination(election, "alpha", by="beta")


@pytest.mark.parametrize("value", [None, "allowed"])
def test_a_city_nominates_itself_unless_a_rule_says_otherwise(
    stage: Stage, value: str | None
) -> None:
    bound = {"self_nomination": (value, "art6")} if value else {}
    with_rules(stage, bound)
    election = stage.nominating()
    assert self_nomination_bar(election=election, at=at(2)) is None
    with records("election:2018-chair nomination.proposed"):
        stage.nomination(election, "alpha", by="alpha")


def test_where_the_bylaws_rule_it_out_no_city_nominates_itself(stage: Stage) -> None:
    with_rules(stage, {"self_nomination": ("not_allowed", "art6")})
    election = stage.nominating()
    sentences = {
        "ko": "도시는 스스로를 추천할 수 없습니다(제6조). 다른 도시가 추천하여야 합니다.",
        "en": "A city cannot nominate itself (Article 6). Another city has to nominate it.",
    }
    with refused("nominates_itself", InvalidInput, where="alpha"):
        stage.nomination(election, "alpha", by="alpha")
    assert not Nomination.objects.exists()
    bar = self_nomination_bar(election=election, at=at(2))
    assert bar == Bilingual(sentences)
    with records("election:2018-chair nomination.proposed"):
        stage.nomination(election, "alpha", by="beta")


def with_rules(stage: Stage, more: dict[str, tuple[object, str]]) -> None:
    rules = {**BYLAWS_RULES, **more}
    stage.__dict__["bylaws"] = stage.adopted("bylaws", "bylaws", rules=rules, on=date(2018, 11, 1))


def test_nobody_is_acclaimed_before_the_assembly_is_open(stage: Stage) -> None:
    stage.__dict__["assembly"] = stage.convened()
    election = stage.race("alpha")
    with refused("assembly_not_open", WrongState):
        acclaim_candidate(election=election, actor=stage.officer, now=at(6))
