"""The life of an amendment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resolutions.rules.amendment_lifecycle import (
    AMENDMENT_LIFECYCLE,
    Admission,
    Deciding,
    Filing,
    Joining,
    Leaving,
    Refusal,
    Standing,
)
from secretariat.kernel.transitions import TransitionRefused

READY = Filing(operations=1, noted=True, base_current=True)
GAMMA_JOINS = Joining(city="gamma", proposer="beta")


def test_from_the_draft_into_the_text():
    step = AMENDMENT_LIFECYCLE.step
    state = step("draft", "change")
    state = step(state, "file", READY)
    state = step(state, "join", GAMMA_JOINS)
    state = step(state, "admit", Admission(sponsors=1, needed=1))
    state = step(state, "put_to_vote", Deciding(base_current=True))
    state = step(state, "adopt")
    assert step(state, "reopen") == "admitted"
    assert step(state, "apply") == "applied"


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("draft", ("change", "file", "withdraw")),
        ("filed", ("join", "leave", "review_rules", "admit", "refuse", "withdraw")),
        (
            "admitted",
            ("join", "leave", "review_rules", "withdraw", "put_to_vote", "adopt", "reject", "fall"),
        ),
        ("adopted", ("apply", "reopen")),
        ("rejected", ("reopen",)),
        ("fallen", ("reopen",)),
        ("withdrawn", ()),
        ("inadmissible", ()),
        ("applied", ()),
    ],
)
def test_what_each_state_allows(state, actions):
    assert AMENDMENT_LIFECYCLE.actions(state) == actions


DECIDING = Deciding(base_current=True)


@pytest.mark.parametrize(
    ("state", "action", "facts", "code"),
    [
        ("draft", "file", replace(READY, operations=0), "nothing_amended"),
        ("draft", "file", replace(READY, noted=False), "note_missing"),
        ("draft", "file", replace(READY, base_current=False), "base_not_current"),
        ("draft", "file", replace(READY, in_time=False), "filed_too_late"),
        ("filed", "join", replace(GAMMA_JOINS, city="beta"), "proposer_joins"),
        ("filed", "join", replace(GAMMA_JOINS, sponsors=frozenset({"gamma"})), "joined_already"),
        ("filed", "leave", Leaving(sponsor=False), "not_a_sponsor"),
        ("filed", "leave", Leaving(sponsor=True, vote_open=True), "vote_on_amendment_open"),
        ("admitted", "withdraw", Standing(vote_open=True), "vote_on_amendment_open"),
        ("filed", "admit", Admission(sponsors=1, needed=2), "sponsors_missing"),
        ("filed", "refuse", Refusal(reason=" "), "reason_missing"),
        ("admitted", "put_to_vote", replace(DECIDING, base_current=False), "base_not_current"),
        ("admitted", "put_to_vote", replace(DECIDING, in_time=False), "filed_too_late"),
        ("admitted", "put_to_vote", replace(DECIDING, can_be_applied=False), "apart_from_adopted"),
        ("admitted", "put_to_vote", replace(DECIDING, rules_reviewed=False), "rules_not_reviewed"),
        ("admitted", "put_to_vote", replace(DECIDING, rules_apart=True), "rules_apart"),
        ("filed", "put_to_vote", DECIDING, "not_in_this_state"),
    ],
)
def test_what_a_guard_refuses(state, action, facts, code):
    with pytest.raises(TransitionRefused) as refused:
        AMENDMENT_LIFECYCLE.step(state, action, facts)
    assert refused.value.code == code
