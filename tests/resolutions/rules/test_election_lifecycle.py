"""The life of an election."""

from __future__ import annotations

import pytest

from resolutions.rules.election_lifecycle import (
    ELECTION_LIFECYCLE,
    Certifying,
    Nominating,
    Standings,
    action_after,
    action_after_lot,
)
from resolutions.rules.exhaustive import Candidate, acclaim, judge_round
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.transitions import TransitionRefused

SEOUL, VIENNA, HAMBURG = (
    Candidate(key, Bilingual(ko=key, en=key)) for key in ("seoul", "vienna", "hamburg")
)


def test_the_election_of_the_founding_round_table():
    step = ELECTION_LIFECYCLE.step
    state = step("announced", "open_nominations", Nominating(lot_committed=True))
    state = step(state, "nominate")
    state = step(state, "open_round", Standings(candidates=3))
    state = step(state, "go_on")
    state = step(state, "open_round", Standings(candidates=3))
    state = step(state, "go_on")
    state = step(state, "open_round", Standings(candidates=2))
    state = step(state, "decide")
    assert step(state, "certify", Certifying(signatures=2)) == "certified"


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("announced", ("open_nominations", "end")),
        ("nominating", ("nominate", "withdraw_candidate", "open_round", "acclaim", "end")),
        ("in_round", ("go_on", "decide", "end", "annul_round")),
        (
            "between_rounds",
            (
                "withdraw_candidate",
                "eliminate_by_lot",
                "elect_by_lot",
                "open_round",
                "acclaim",
                "end",
            ),
        ),
        ("decided", ("certify",)),
        ("certified", ()),
        ("failed", ()),
    ],
)
def test_what_each_state_allows(state, actions):
    assert ELECTION_LIFECYCLE.actions(state) == actions


def test_the_lot_eliminates_or_elects():
    awaited = Standings(candidates=3, lot_awaited=True)
    step = ELECTION_LIFECYCLE.step
    assert step("between_rounds", "eliminate_by_lot", awaited) == "between_rounds"
    assert step("between_rounds", "elect_by_lot", awaited) == "decided"


@pytest.mark.parametrize("state", ["nominating", "between_rounds"])
def test_a_single_candidate_is_acclaimed(state):
    assert ELECTION_LIFECYCLE.step(state, "acclaim", Standings(candidates=1)) == "decided"


@pytest.mark.parametrize(
    ("state", "action", "facts", "code"),
    [
        ("announced", "open_nominations", Nominating(lot_committed=False), "lot_not_committed"),
        ("nominating", "open_round", Standings(candidates=1), "too_few_candidates"),
        ("nominating", "acclaim", Standings(candidates=2), "not_a_single_candidate"),
        ("nominating", "acclaim", Standings(candidates=0), "not_a_single_candidate"),
        (
            "between_rounds",
            "open_round",
            Standings(candidates=3, lot_awaited=True),
            "lot_awaited",
        ),
        ("between_rounds", "acclaim", Standings(candidates=1, lot_awaited=True), "lot_awaited"),
        ("between_rounds", "eliminate_by_lot", Standings(candidates=3), "no_lot_awaited"),
        ("decided", "certify", Certifying(signatures=1), "two_signatures_needed"),
        ("in_round", "open_round", Standings(candidates=3), "not_in_this_state"),
        ("in_round", "withdraw_candidate", None, "not_in_this_state"),
        ("in_round", "nominate", None, "not_in_this_state"),
        ("between_rounds", "nominate", None, "not_in_this_state"),
        ("certified", "annul_round", None, "not_in_this_state"),
    ],
)
def test_refusals(state, action, facts, code):
    with pytest.raises(TransitionRefused) as refused:
        ELECTION_LIFECYCLE.step(state, action, facts)
    assert refused.value.code == code


def test_what_follows_a_round():
    three, two = (SEOUL, VIENNA, HAMBURG), (SEOUL, VIENNA)
    repeat = judge_round(candidates=three, votes={"seoul": 2, "vienna": 1, "hamburg": 1})
    no_votes = judge_round(candidates=three, votes={})
    equal = judge_round(candidates=two, votes={"seoul": 1, "vienna": 1})
    lot_eliminate = judge_round(
        candidates=three, votes={"seoul": 2, "vienna": 1, "hamburg": 1}, history=[repeat]
    )
    lot_elect = judge_round(candidates=two, votes={"seoul": 1, "vienna": 1}, history=[equal])
    findings = [
        judge_round(candidates=three, votes={"seoul": 3, "vienna": 1}),
        judge_round(candidates=three, votes={"seoul": 3, "vienna": 2, "hamburg": 1}),
        repeat,
        lot_eliminate,
        lot_elect,
        judge_round(candidates=three, votes={}, history=[no_votes]),
        acclaim(SEOUL),
    ]
    assert [action_after(finding) for finding in findings] == [
        "decide",
        "go_on",
        "go_on",
        "go_on",
        "go_on",
        "end",
        "acclaim",
    ]
    assert action_after_lot(lot_eliminate) == "eliminate_by_lot"
    assert action_after_lot(lot_elect) == "elect_by_lot"
