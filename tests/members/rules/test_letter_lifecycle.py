"""The life of an act by letter, and of the reset of a second factor: two people, always."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models.letters import LetterState as StoredLetterState
from members.models.resets import ResetState as StoredResetState
from members.rules import letter_lifecycle, reset_lifecycle
from members.rules.letter_lifecycle import LETTER_LIFECYCLE, LetterState, Officer
from members.rules.reasons import explain
from members.rules.reset_lifecycle import RESET_LIFECYCLE, Pair, ResetState
from secretariat.kernel.transitions import TransitionRefused

PEOPLE = ("first", "second", "third")
RECORDED_BY_FIRST = Officer(acting="second", recorded_by="first")


def test_the_stored_states_are_those_of_the_rules():
    assert {str(each) for each in StoredLetterState} == {str(each) for each in LetterState}
    assert {str(each) for each in StoredResetState} == {str(each) for each in ResetState}


def test_recorded_confirmed_contested_and_answered():
    step = LETTER_LIFECYCLE.step
    assert step("recorded", "confirm", RECORDED_BY_FIRST) == "confirmed"
    assert step("confirmed", "contest") == "contested"
    apart = Officer(acting="third", recorded_by="first", confirmed_by="second")
    assert step("contested", "uphold", apart) == "upheld"
    assert step("contested", "strike", apart) == "struck"


@pytest.mark.parametrize("table", [LETTER_LIFECYCLE, RESET_LIFECYCLE], ids=lambda each: each.name)
def test_an_end_is_an_end(table):
    ends = {"refused", "withdrawn", "upheld", "struck", "done"} & set(table.states)
    assert all(table.actions(state) == () for state in ends)


@given(
    acting=st.sampled_from(PEOPLE),
    recorded_by=st.sampled_from(PEOPLE),
    acts_for_city=st.booleans(),
)
def test_nobody_confirms_alone_nor_for_the_own_city(acting, recorded_by, acts_for_city):
    facts = Officer(acting=acting, recorded_by=recorded_by, acts_for_city=acts_for_city)
    allowed = acting != recorded_by and not acts_for_city
    assert LETTER_LIFECYCLE.allows("recorded", "confirm", facts) is allowed
    assert LETTER_LIFECYCLE.allows("recorded", "refuse", facts) is allowed
    assert LETTER_LIFECYCLE.allows("recorded", "withdraw", facts) is (acting == recorded_by)


@given(acting=st.sampled_from(PEOPLE))
def test_nobody_upholds_the_own_work_but_anybody_gives_way(acting):
    facts = Officer(acting=acting, recorded_by="first", confirmed_by="second")
    assert LETTER_LIFECYCLE.allows("contested", "uphold", facts) is (acting == "third")
    assert LETTER_LIFECYCLE.allows("contested", "strike", facts) is True


@pytest.mark.parametrize(("acting", "asked_by", "person"), list(product(PEOPLE, repeat=3)))
def test_two_officers_reset_the_factor_of_a_third(acting, asked_by, person):
    facts = Pair(acting=acting, asked_by=asked_by, person=person)
    allowed = acting not in (asked_by, person)
    assert RESET_LIFECYCLE.allows("asked", "confirm", facts) is allowed


@pytest.mark.parametrize(
    ("table", "rules", "codes"),
    [
        (
            LETTER_LIFECYCLE,
            letter_lifecycle,
            {
                "same_officer",
                "not_the_recording_officer",
                "judges_own_work",
                "acts_for_this_city",
            },
        ),
        (
            RESET_LIFECYCLE,
            reset_lifecycle,
            {"own_second_factor", "same_officer_resets", "not_the_asking_officer"},
        ),
    ],
    ids=["letter", "reset"],
)
def test_every_refusal_has_its_sentence(table, rules, codes):
    assert set(rules.REASONS) == codes
    assert set(rules.STATES) == set(table.states)
    for state in table.states:
        refused = TransitionRefused(
            table=table.name, code="not_in_this_state", state=state, action="confirm", allowed=()
        )
        assert set(explain(refused).as_dict()) == {"ko", "en"}
