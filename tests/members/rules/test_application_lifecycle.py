"""What may be done with an application, and when."""

from __future__ import annotations

import pytest

from members.rules.application_lifecycle import APPLICATION_LIFECYCLE, Deciding
from members.rules.reasons import REASONS, STATES
from secretariat.kernel.transitions import TransitionRefused


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("received", ("find_complete", "return", "refuse", "withdraw")),
        ("returned", ("send_again", "refuse", "withdraw")),
        ("complete", ("admit", "decline", "return", "withdraw")),
        ("admitted", ()),
        ("declined", ()),
        ("refused", ()),
        ("withdrawn", ()),
    ],
)
def test_acts_of_a_state(state, actions):
    assert APPLICATION_LIFECYCLE.actions(state) == actions


@pytest.mark.parametrize("action", ["admit", "decline"])
def test_an_assembly_decides_on_members_the_office_on_others(action):
    undecided = Deciding(sought="member", decision_named=False)
    with pytest.raises(TransitionRefused) as refused:
        APPLICATION_LIFECYCLE.step("complete", action, undecided)
    assert refused.value.code == "admission_not_decided"
    assert set(REASONS[refused.value.code]) == {"ko", "en"}
    for facts in (
        Deciding(sought="member", decision_named=True),
        Deciding(sought="partner", decision_named=False),
    ):
        assert APPLICATION_LIFECYCLE.allows("complete", action, facts)


def test_every_state_has_its_sentence():
    assert {state for table, state in STATES if table == "application"} == set(
        APPLICATION_LIFECYCLE.states
    )
