"""The life of a vote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resolutions.rules.vote_lifecycle import VOTE_LIFECYCLE, Annulment, Casting, VoteOpening
from secretariat.kernel.transitions import TransitionRefused

READY = VoteOpening(assembly_open=True, seats=20, quorum_met=True)


def test_from_preparation_to_closing():
    state = VOTE_LIFECYCLE.step("prepared", "open", READY)
    state = VOTE_LIFECYCLE.step(state, "cast", Casting(on_roll=True, present=True))
    assert VOTE_LIFECYCLE.step(state, "close") == "closed"


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("prepared", ("open",)),
        ("open", ("cast", "close", "annul")),
        ("closed", ("annul",)),
        ("annulled", ()),
    ],
)
def test_what_each_state_allows(state, actions):
    assert VOTE_LIFECYCLE.actions(state) == actions


@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_vote_is_annulled_for_a_reason(state):
    assert VOTE_LIFECYCLE.step(state, "annul", Annulment(reason="wrong question")) == "annulled"


@pytest.mark.parametrize(
    ("state", "action", "facts", "code"),
    [
        ("prepared", "open", replace(READY, assembly_open=False), "assembly_not_open"),
        ("prepared", "open", replace(READY, seats=0), "no_seats"),
        ("prepared", "open", replace(READY, rules_in_force=False), "no_rules_in_force"),
        ("prepared", "open", replace(READY, quorum_met=False), "no_quorum"),
        ("open", "open", READY, "not_in_this_state"),
        ("closed", "open", READY, "not_in_this_state"),
        ("open", "cast", Casting(on_roll=False, present=True), "not_on_the_roll"),
        ("open", "cast", Casting(on_roll=True, present=False), "seat_not_present"),
        ("prepared", "cast", Casting(on_roll=True, present=True), "not_in_this_state"),
        ("closed", "cast", Casting(on_roll=True, present=True), "not_in_this_state"),
        ("closed", "close", None, "not_in_this_state"),
        ("closed", "annul", Annulment(reason=" "), "reason_missing"),
        ("closed", "annul", Annulment(reason="x", relied_on=True), "result_relied_on"),
    ],
)
def test_refusals(state, action, facts, code):
    with pytest.raises(TransitionRefused) as refused:
        VOTE_LIFECYCLE.step(state, action, facts)
    assert refused.value.code == code
