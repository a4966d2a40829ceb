"""The console of a founding assembly: from no rule at all to rules, bylaws and members."""

from __future__ import annotations

from members.models import Membership
from resolutions.models import Instrument
from resolutions.services.votes import close_vote
from tests.resolutions.stage import FOUNDING_RULES, FoundingStage, at
from tests.workspace.hands import acts_on, minute, signed_in


def test_a_founding_assembly_is_led_to_its_rules_and_its_members(founding: FoundingStage) -> None:
    founding.tabled("rules", rules=FOUNDING_RULES)
    assembly = founding.opened(present=founding.cities, slug="2018-founding")
    secretary = signed_in(founding.secretary)
    console = "/en/office/assemblies/2018-founding/"
    with minute(0):
        page = secretary.get(console)
    assert [step.text for step in page.context["steps"]] == [
        "No rules are in force yet. Put the founding rules to consensus first."
    ]
    vote = founding.open_vote(
        assembly=assembly, mode="consensus", instrument=Instrument.objects.get(slug="rules")
    )
    close_vote(vote=vote, actor=founding.officer, now=at(2))
    with minute(3):
        secretary.post(console, {"act": "adopt", "vote": vote.slug})
        acts = [act.name for act in secretary.get(console).context["acts"]]
        assert acts[:2] == ["agree_rules", "publish"]
        secretary.post(console, {"act": "agree_rules"})
    assembly.refresh_from_db()
    assert assembly.founding_rules.instrument.slug == "rules"

    bylaws = founding.tabled("bylaws", "bylaws")
    adopted = founding.open_vote(
        assembly=assembly, instrument=bylaws, majority_rule="majority_bylaws"
    )
    founding.cast(adopted, **dict.fromkeys(founding.cities, "for"))
    close_vote(vote=adopted, actor=founding.officer, now=at(4))
    with minute(5):
        secretary.post(console, {"act": "adopt", "vote": adopted.slug})
        assert "admit" in acts_on(secretary.get(console))
        secretary.post(console, {"act": "admit"})
        assert "admit" not in acts_on(secretary.get(console))
    assert Membership.objects.filter(kind="member", ends_on=None).count() == 6
