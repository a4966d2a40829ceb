"""The life of a nomination."""

from __future__ import annotations

import pytest

from resolutions.rules.nomination_lifecycle import (
    NOMINATION_LIFECYCLE,
    Seconding,
    Support,
    Withdrawing,
)
from secretariat.kernel.transitions import TransitionRefused

MILAN_SECONDS = Seconding(city="milan", nominee="vienna", nominated_by="hamburg")


def test_from_proposal_to_election():
    step = NOMINATION_LIFECYCLE.step
    state = step("proposed", "second", MILAN_SECONDS)
    state = step(state, "confirm_seconded", Support(seconders=2, needed=2))
    state = step(state, "accept")
    assert state == "accepted"
    assert step(state, "elect") == "elected"
    assert step(state, "eliminate") == "eliminated"
    assert step("eliminated", "reinstate") == "accepted"


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("proposed", ("second", "confirm_seconded", "withdraw")),
        ("seconded", ("second", "accept", "lose_support", "withdraw")),
        ("accepted", ("lose_support", "withdraw", "eliminate", "elect")),
        ("eliminated", ("reinstate",)),
        ("withdrawn", ()),
        ("elected", ()),
    ],
)
def test_what_each_state_allows(state, actions):
    assert NOMINATION_LIFECYCLE.actions(state) == actions


@pytest.mark.parametrize(
    ("state", "action", "facts", "code"),
    [
        (
            "proposed",
            "second",
            Seconding(city="vienna", nominee="vienna", nominated_by="hamburg"),
            "seconds_own_nomination",
        ),
        (
            "proposed",
            "second",
            Seconding(city="hamburg", nominee="vienna", nominated_by="hamburg"),
            "seconds_own_nomination",
        ),
        (
            "seconded",
            "second",
            Seconding(
                city="milan",
                nominee="vienna",
                nominated_by="hamburg",
                seconders=frozenset({"milan"}),
            ),
            "seconded_already",
        ),
        ("proposed", "confirm_seconded", Support(seconders=1, needed=2), "seconders_missing"),
        ("proposed", "accept", None, "not_in_this_state"),
        ("accepted", "withdraw", Withdrawing(round_open=True), "round_open"),
        ("withdrawn", "accept", None, "not_in_this_state"),
        ("eliminated", "elect", None, "not_in_this_state"),
    ],
)
def test_refusals(state, action, facts, code):
    with pytest.raises(TransitionRefused) as refused:
        NOMINATION_LIFECYCLE.step(state, action, facts)
    assert refused.value.code == code


def test_a_body_may_ask_for_no_seconders():
    assert (
        NOMINATION_LIFECYCLE.step("proposed", "confirm_seconded", Support(seconders=0, needed=0))
        == "seconded"
    )


@pytest.mark.parametrize("state", ["proposed", "seconded", "accepted"])
def test_a_nomination_is_withdrawn_between_rounds(state):
    assert NOMINATION_LIFECYCLE.step(state, "withdraw", Withdrawing()) == "withdrawn"
