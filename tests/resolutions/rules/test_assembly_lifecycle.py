"""The life of an assembly."""

from __future__ import annotations

import pytest

from resolutions.rules.assembly_lifecycle import ASSEMBLY_LIFECYCLE, Closing, Convening, Opening
from secretariat.kernel.transitions import TransitionRefused


def test_from_convocation_to_closing():
    state = ASSEMBLY_LIFECYCLE.step(
        "draft", "convene", Convening(agenda_items=6, days=30, days_needed=30)
    )
    state = ASSEMBLY_LIFECYCLE.step(state, "record_attendance")
    state = ASSEMBLY_LIFECYCLE.step(state, "open", Opening(seats=22, presided=True))
    state = ASSEMBLY_LIFECYCLE.step(state, "record_attendance")
    state = ASSEMBLY_LIFECYCLE.step(state, "close", Closing())
    assert state == "closed"
    assert ASSEMBLY_LIFECYCLE.step(state, "correct_attendance") == "closed"


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("draft", ("convene", "cancel")),
        ("convened", ("open", "record_attendance", "correct_attendance", "cancel")),
        ("open", ("record_attendance", "correct_attendance", "close")),
        ("closed", ("correct_attendance",)),
        ("cancelled", ()),
    ],
)
def test_what_each_state_allows(state, actions):
    assert ASSEMBLY_LIFECYCLE.actions(state) == actions


def test_a_recorded_waiver_shortens_the_notice():
    facts = Convening(agenda_items=1, days=3, days_needed=30, waived=True)
    assert ASSEMBLY_LIFECYCLE.step("draft", "convene", facts) == "convened"


@pytest.mark.parametrize(
    ("state", "action", "facts", "code"),
    [
        ("draft", "convene", Convening(agenda_items=0, days=60), "agenda_empty"),
        (
            "draft",
            "convene",
            Convening(agenda_items=1, days=29, days_needed=30),
            "notice_too_short",
        ),
        ("convened", "open", Opening(seats=0, presided=True), "no_seats"),
        ("convened", "open", Opening(seats=22, presided=False), "nobody_presides"),
        ("open", "close", Closing(open_votes=1), "votes_still_open"),
        ("open", "close", Closing(running_elections=1), "election_under_way"),
        ("open", "open", None, "not_in_this_state"),
        ("closed", "record_attendance", None, "not_in_this_state"),
    ],
)
def test_refusals(state, action, facts, code):
    with pytest.raises(TransitionRefused) as refused:
        ASSEMBLY_LIFECYCLE.step(state, action, facts)
    assert refused.value.code == code
