"""A wrong adoption is put right by an edition of its own; nothing that was adopted changes."""

from __future__ import annotations

from typing import Any

import pytest

from resolutions.models import EditionText
from resolutions.selectors.signatures import signatories_of
from resolutions.selectors.texts import edition_trees
from resolutions.services.corrigenda import CorrectWords, issue_corrigendum
from resolutions.services.texts import publish_edition, take_off_the_table
from secretariat.kernel import audit
from secretariat.kernel.errors import InvalidInput, Missing, NotAllowed, WrongState
from tests.factories import NOW
from tests.resolutions.declarations import next_edition, opened, public, signed
from tests.resolutions.stage import BYLAWS_RULES, Stage, at, records, refused

pytestmark = pytest.mark.django_db

FIX = {"art2.p1": {"ko": CorrectWords("", "바로잡은 말")}}


def issue(stage: Stage, edition: Any, **changes: Any) -> Any:
    given = {
        "edition": edition,
        "corrections": FIX,
        "reason": "A line was lost in copying.",
        "actor": stage.secretary,
        "now": at(5),
    }
    return issue_corrigendum(**given | changes)


def test_a_corrigendum_is_an_edition_of_its_own(stage: Stage) -> None:
    edition = public(stage)
    before = list(EditionText.objects.order_by("pk").values_list("pk", "heading", "text"))
    with records(
        "text:declaration text.drafted",
        "text:declaration text.rules_bound",
        "text:declaration text.tabled",
        "text:declaration text.adopted",
        "text:declaration text.corrected",
        "text:declaration text.published",
    ):
        second = issue(stage, edition)
    assert (second.number, second.corrects, second.predecessor) == (2, edition, edition)
    assert second.adopted_on == second.in_force_from == NOW.date()
    assert second.basis == "정오 / Corrigendum (1): A line was lost in copying."
    old, new = edition_trees(edition=edition), edition_trees(edition=second)
    assert new["en"] == old["en"]
    assert new["ko"].by_key()["art2.p1"].text == "바로잡은 말"
    changed = {
        key
        for key, words in new["ko"].by_key().items()
        if (words.heading, words.text)
        != (old["ko"].by_key()[key].heading, old["ko"].by_key()[key].text)
    }
    assert changed == {"art2.p1"}
    kept = EditionText.objects.filter(provision__edition=edition).order_by("pk")
    assert list(kept.values_list("pk", "heading", "text")) == before
    assert audit.verify() == []


def test_the_operative_rules_stay_as_they_are(stage: Stage) -> None:
    edition = stage.adopted("statute", rules=BYLAWS_RULES)
    publish_edition(edition=edition, actor=stage.secretary, now=at(0))
    second = issue(stage, edition)

    def rules(of: Any) -> set[tuple[str, str]]:
        return {(row.name, row.provision_key) for row in of.rules.all()}

    assert rules(second) == rules(edition) != set()


def test_signatories_of_the_corrected_edition_are_asked_to_confirm(stage: Stage) -> None:
    edition = opened(stage)
    signed(stage, edition)
    second = issue(stage, edition)
    found = signatories_of(instrument=edition.instrument, on=NOW.date())
    assert found is not None
    assert (found.shown.edition, found.behind) == (second, ())
    assert [each.city.slug for each in found.unconfirmed] == ["alpha"]


def test_what_is_not_corrected(stage: Stage) -> None:
    edition = public(stage)
    with refused("nothing_corrected", InvalidInput):
        issue(stage, edition, corrections={})
    for corrections in ({"art99": FIX["art2.p1"]}, {"art1": {"fr": CorrectWords("", "x")}}):
        with pytest.raises(Missing):
            issue(stage, edition, corrections=corrections)
    for reason in (" ", "x" * 201):
        with pytest.raises(InvalidInput) as wrong:
            issue(stage, edition, reason=reason)
        assert wrong.value.where == "reason"
    with pytest.raises(NotAllowed):
        issue(stage, edition, actor=stage.officer)
    next_edition(stage, edition)
    with refused("later_edition", WrongState):
        issue(stage, edition)


def test_a_draft_in_hand_is_not_swept_away(stage: Stage) -> None:
    edition = public(stage)
    instrument = stage.tabled("declaration", "declaration", words="the next one")
    with refused("draft_in_hand", WrongState):
        issue(stage, edition)
    take_off_the_table(instrument=instrument, reason="r", actor=stage.secretary, now=at(1))
    with refused("draft_in_hand", WrongState):
        issue(stage, edition)
    quiet = stage.adopted("quiet", "declaration")
    with refused("not_public", WrongState):
        issue(stage, quiet)
