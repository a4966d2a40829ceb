"""A founding assembly starts from nothing: consensus on rules, bylaws by them, members by these."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from members.models import Membership
from resolutions.models import Edition, Vote
from resolutions.rules.operative import RuleName, RuleSet
from resolutions.selectors.rules import rules_of_assembly
from resolutions.services.assemblies import agree_founding_rules
from resolutions.services.founding import admit_founding_members
from resolutions.services.texts import adopt_text
from resolutions.services.votes import close_vote, open_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry
from tests.factories import NOW
from tests.resolutions.stage import (
    BYLAWS_RULES,
    FOUNDING_RULES,
    NAMES,
    FoundingStage,
    Stage,
    at,
    records,
    refused,
)

ASSEMBLY = "assembly:2018-autumn"


def consensus_on(
    stage: Stage, slug: str, *, rules: dict | None = None, kind: str = "resolution"
) -> Edition:
    """A text adopted by consensus of the stage's assembly."""
    instrument = stage.tabled(slug, kind, rules=rules)
    vote = stage.open_vote(mode="consensus", instrument=instrument)
    close_vote(vote=vote, actor=stage.officer, now=at(2))
    return adopt_text(instrument=instrument, vote=vote, actor=stage.secretary, now=at(3))


def agree(stage: Stage, edition: Edition) -> None:
    agree_founding_rules(assembly=stage.assembly, edition=edition, actor=stage.secretary, now=at(4))


def bylaws_by_roll_call(stage: Stage) -> Edition:
    instrument = stage.tabled("bylaws", "bylaws", rules=BYLAWS_RULES)
    vote = stage.open_vote(instrument=instrument, majority_rule="majority_bylaws", now=at(5))
    stage.cast(vote, 6, **dict.fromkeys(NAMES, "for"))
    close_vote(vote=vote, actor=stage.officer, now=at(7))
    return adopt_text(instrument=instrument, vote=vote, actor=stage.secretary, now=at(8))


def admit(stage: Stage, bylaws: Edition, **options: object) -> int:
    given = {"actor": stage.secretary, "now": at(9)}
    return admit_founding_members(assembly=stage.assembly, bylaws=bylaws, **given | options)


def test_the_whole_way_from_no_rule_to_members(founding: FoundingStage) -> None:
    assert rules_of_assembly(assembly=founding.assembly, on=NOW.date()) == RuleSet(())

    rules = consensus_on(founding, "founding-rules", rules=FOUNDING_RULES)
    first = Vote.objects.get(instrument=rules.instrument)
    assert json.loads(first.rules) == {}
    with records(f"{ASSEMBLY} assembly.rules_agreed"):
        agree(founding, rules)
    founding.assembly.refresh_from_db()
    in_force = rules_of_assembly(assembly=founding.assembly, on=NOW.date())
    assert set(in_force) == set(FOUNDING_RULES)
    assert in_force[RuleName.QUORUM].instrument == "founding-rules"
    assert in_force[RuleName.QUORUM].citation["en"] == "founding-rules en Article 1"

    bylaws = bylaws_by_roll_call(founding)
    second = Vote.objects.get(instrument=bylaws.instrument)
    assert {rule["instrument"] for rule in json.loads(second.rules).values()} == {"founding-rules"}
    in_force = rules_of_assembly(assembly=founding.assembly, on=NOW.date())
    assert {rule.instrument for rule in in_force.values()} == {"bylaws"}
    assert in_force[RuleName.QUORUM].citation["en"] == "Article 1"

    with records(
        *(f"city:{slug} membership.recorded" for slug in NAMES),
        f"{ASSEMBLY} assembly.founding_members_admitted",
    ):
        assert admit(founding, bylaws) == 6
    members = Membership.objects.filter(kind="member", ends_on=None)
    assert {(m.city.slug, m.starts_on, m.decision) for m in members} == {
        (slug, NOW.date(), second.chain) for slug in NAMES
    }
    assert Membership.objects.filter(kind="applicant", ends_on=NOW.date()).count() == 6
    assert audit.verify() == []


def test_founding_rules_rest_on_consensus(founding: FoundingStage) -> None:
    _ = founding.assembly
    unsupported = founding.adopted("founding-rules", rules=FOUNDING_RULES)
    with refused("no_consensus", WrongState):
        agree(founding, unsupported)


def test_founding_rules_rest_on_no_roll_call(founding: FoundingStage) -> None:
    agree(founding, consensus_on(founding, "first-rules", rules=FOUNDING_RULES))
    founding.assembly.founding_rules = None
    founding.assembly.save()
    instrument = founding.tabled("founding-rules", rules=FOUNDING_RULES)
    founding.assembly.founding_rules = Edition.objects.get(instrument__slug="first-rules")
    founding.assembly.save()
    vote = founding.open_vote(instrument=instrument)
    founding.cast(vote, **dict.fromkeys(NAMES, "for"))
    close_vote(vote=vote, actor=founding.officer, now=at(5))
    edition = adopt_text(instrument=instrument, vote=vote, actor=founding.secretary, now=at(6))
    founding.assembly.founding_rules = None
    founding.assembly.save()
    with refused("no_consensus", WrongState):
        agree(founding, edition)


def test_founding_rules_rest_on_the_consensus_of_that_assembly(founding: FoundingStage) -> None:
    edition = consensus_on(founding, "founding-rules", rules=FOUNDING_RULES)
    other = founding.opened(present=NAMES, slug="another")
    with refused("no_consensus", WrongState, where="another"):
        agree_founding_rules(assembly=other, edition=edition, actor=founding.secretary, now=at(4))


def test_founding_rules_are_agreed_once(founding: FoundingStage) -> None:
    agree(founding, consensus_on(founding, "founding-rules", rules=FOUNDING_RULES))
    again = consensus_on(founding, "other-rules", rules=FOUNDING_RULES)
    with refused("wrong_state", WrongState):
        agree(founding, again)


def test_an_ordinary_assembly_agrees_on_no_founding_rules(stage: Stage) -> None:
    edition = consensus_on(stage, "founding-rules", rules=FOUNDING_RULES)
    with refused("wrong_state", WrongState):
        agree(stage, edition)


def test_an_objection_leaves_the_assembly_without_rules(founding: FoundingStage) -> None:
    instrument = founding.tabled("founding-rules", rules=FOUNDING_RULES)
    vote = founding.open_vote(mode="consensus", instrument=instrument)
    close_vote(vote=vote, objections=[founding.cities["zeta"]], actor=founding.officer, now=at(2))
    with refused("text_not_decided", WrongState):
        adopt_text(instrument=instrument, vote=vote, actor=founding.secretary, now=at(3))
    roll_call = founding.prepared()
    with refused("no_rules_in_force", WrongState):
        open_vote(vote=roll_call, actor=founding.officer, now=at(4))


@pytest.mark.parametrize("who", ["officer", "registrar", "auditor", "delegate"])
def test_who_may_not_put_the_assembly_under_rules(founding: FoundingStage, who: str) -> None:
    edition = consensus_on(founding, "founding-rules", rules=FOUNDING_RULES)
    actor = founding.delegates["alpha"] if who == "delegate" else getattr(founding, who)
    with refused("not_allowed", NotAllowed):
        agree_founding_rules(assembly=founding.assembly, edition=edition, actor=actor, now=at(4))


# members


def founded(stage: FoundingStage) -> Edition:
    agree(stage, consensus_on(stage, "founding-rules", rules=FOUNDING_RULES))
    return bylaws_by_roll_call(stage)


def test_members_are_admitted_once(founding: FoundingStage) -> None:
    bylaws = founded(founding)
    admit(founding, bylaws)
    with refused("admitted_already", Conflict):
        admit(founding, bylaws)
    with refused("admitted_already", Conflict):
        admit(founding, bylaws, now=NOW + timedelta(days=1))
    assert AuditEntry.objects.filter(action="assembly.founding_members_admitted").count() == 1


def test_members_rest_on_bylaws_that_this_assembly_adopted(founding: FoundingStage) -> None:
    statement = consensus_on(founding, "statement", kind="joint_statement")
    with refused("wrong_state", WrongState):
        admit(founding, statement)
    imported = founding.adopted("bylaws", "bylaws")
    with refused("wrong_state", WrongState):
        admit(founding, imported)


def test_an_ordinary_assembly_admits_no_founding_members(stage: Stage) -> None:
    _ = stage.assembly
    with refused("wrong_state", WrongState):
        admit(stage, stage.bylaws)


def test_who_may_not_admit(founding: FoundingStage) -> None:
    bylaws = founded(founding)
    for actor in (founding.officer, founding.auditor, founding.delegates["alpha"]):
        with refused("not_allowed", NotAllowed):
            admit(founding, bylaws, actor=actor)
