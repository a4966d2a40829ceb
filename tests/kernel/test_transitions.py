"""Lifecycles as tables."""

from __future__ import annotations

import pytest

from secretariat.kernel.transitions import (
    Arrow,
    Place,
    Transition,
    TransitionRefused,
    TransitionTable,
    diagram,
)


def quorum_there(facts: object) -> str | None:
    return None if facts == "quorum" else "no_quorum"


TABLE = TransitionTable(
    "vote",
    {
        ("prepared", "open"): Transition("open", guard=quorum_there),
        ("open", "cast"): Transition("open"),
        ("open", "close"): Transition("closed"),
    },
)


def test_an_act_leads_where_the_table_says() -> None:
    assert TABLE.step("prepared", "open", "quorum") == "open"
    assert TABLE.step("open", "cast") == "open"
    assert TABLE.states == ("prepared", "open", "closed")
    assert TABLE.actions("open") == ("cast", "close")
    assert TABLE.actions("closed") == ()


def test_a_guard_refuses_with_its_own_code() -> None:
    with pytest.raises(TransitionRefused) as refusal:
        TABLE.step("prepared", "open", "too few")
    assert (refusal.value.code, refusal.value.allowed) == ("no_quorum", ("open",))
    assert not TABLE.allows("prepared", "open", "too few")


def test_an_act_in_the_wrong_state_is_refused_and_the_possible_ones_named() -> None:
    with pytest.raises(TransitionRefused) as refusal:
        TABLE.step("open", "open", "quorum")
    found = refusal.value
    assert (found.table, found.code, found.state, found.action, found.allowed) == (
        "vote",
        "not_in_this_state",
        "open",
        "open",
        ("cast", "close"),
    )
    assert not TABLE.allows("closed", "close")


def test_the_diagram_is_made_from_the_table() -> None:
    assert TABLE.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> prepared",
        "    prepared --> open: open [quorum_there]",
        "    open --> open: cast",
        "    open --> closed: close",
    ]


def test_the_drawing_is_made_from_the_table() -> None:
    drawn = diagram(TABLE)
    assert drawn.places == (Place("prepared", 0, 0), Place("open", 1, 0), Place("closed", 2, 0))
    assert drawn.columns == (("prepared",), ("open",), ("closed",))
    assert drawn.arrows[1:] == (
        Arrow("open", "open", "cast", ""),
        Arrow("open", "closed", "close", ""),
    )
    assert drawn.arrows[0].guard == " ".join((quorum_there.__doc__ or "").split())
    assert drawn.reached_from("open") == ("closed",)
    assert drawn.before("closed") == {"prepared", "open"}
    assert drawn.before("prepared") == set()


def test_a_drawing_with_a_way_back_and_two_ends() -> None:
    table = TransitionTable(
        "round",
        {
            ("a", "go"): Transition("b"),
            ("b", "back"): Transition("a"),
            ("b", "win"): Transition("c"),
            ("b", "lose"): Transition("d"),
        },
    )
    drawn = diagram(table)
    assert drawn.columns == (("a",), ("b",), ("c", "d"))
    assert drawn.reached_from("b") == ("a", "c", "d")
    assert drawn.before("d") == {"a", "b"}
