"""The life of a text's draft."""

from __future__ import annotations

import pytest

from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, Adoption, Standstill, Tabling
from secretariat.kernel.transitions import TransitionRefused


def test_from_draft_to_publication_and_to_the_next_draft():
    state = TEXT_LIFECYCLE.step("draft", "table", Tabling(provisions=12))
    state = TEXT_LIFECYCLE.step(state, "adopt", Adoption(decided=True))
    state = TEXT_LIFECYCLE.step(state, "publish")
    assert state == "published"
    assert TEXT_LIFECYCLE.step(state, "redraft") == "draft"


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("draft", ("edit", "table", "withdraw")),
        ("tabled", ("adopt", "take_back", "withdraw")),
        ("adopted", ("publish",)),
        ("published", ("redraft",)),
        ("withdrawn", ("redraft",)),
    ],
)
def test_what_each_state_allows(state, actions):
    assert TEXT_LIFECYCLE.actions(state) == actions


@pytest.mark.parametrize(
    ("state", "action", "facts", "code"),
    [
        ("draft", "table", Tabling(provisions=0), "text_empty"),
        (
            "draft",
            "table",
            Tabling(provisions=3, languages_missing=("en",)),
            "authentic_language_missing",
        ),
        ("tabled", "adopt", Adoption(decided=False), "text_not_decided"),
        (
            "tabled",
            "adopt",
            Adoption(decided=True, unchanged=False),
            "text_changed_since_decision",
        ),
        ("tabled", "take_back", Standstill(vote_open=True), "vote_on_text_open"),
        ("tabled", "withdraw", Standstill(vote_open=True), "vote_on_text_open"),
        ("tabled", "edit", None, "not_in_this_state"),
        ("adopted", "edit", None, "not_in_this_state"),
        ("published", "adopt", Adoption(decided=True), "not_in_this_state"),
    ],
)
def test_refusals(state, action, facts, code):
    with pytest.raises(TransitionRefused) as refused:
        TEXT_LIFECYCLE.step(state, action, facts)
    assert refused.value.code == code
