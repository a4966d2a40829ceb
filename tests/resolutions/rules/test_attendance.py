"""Presence, derived from acts; corrections by further acts; nonsense refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.attendance import Act, ActKind, Presence, count_at, presences, present_at
from resolutions.rules.refusal import RuleRefused

DAY = datetime(2018, 12, 12, 4, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return DAY + timedelta(minutes=minute)


def act(number: int, kind: str, seat: str, minute: int, *, corrects=None, reason="") -> Act:
    return Act(
        number=number,
        kind=ActKind(kind),
        seat=seat,
        at=at(minute),
        corrects=corrects,
        reason=reason,
        mode="in_person" if kind == "arrived" else "",
    )


def test_a_seat_is_present_from_its_arrival_up_to_its_departure():
    acts = [
        act(1, "arrived", "seoul", 0),
        act(2, "arrived", "vienna", 10),
        act(3, "left", "vienna", 30),
        act(4, "arrived", "vienna", 40),
    ]
    assert present_at(acts, at(-1)) == frozenset()
    assert present_at(acts, at(0)) == {"seoul"}
    assert present_at(acts, at(10)) == {"seoul", "vienna"}
    assert present_at(acts, at(30)) == {"seoul"}
    assert [count_at(acts, at(minute)) for minute in (0, 29, 30, 40, 500)] == [1, 2, 1, 2, 2]
    assert presences(acts)["vienna"] == (
        Presence(at(10), at(30), "in_person"),
        Presence(at(40), None, "in_person"),
    )


def test_a_correction_strikes_an_earlier_act():
    acts = [
        act(1, "arrived", "seoul", 0),
        act(2, "left", "seoul", 30),
        act(3, "corrected", "seoul", 50, corrects=2, reason="they had only gone for a call"),
    ]
    assert present_at(acts[:2], at(40)) == frozenset()
    assert present_at(acts, at(40)) == {"seoul"}


def test_a_correction_may_put_another_act_in_its_place():
    acts = [
        act(1, "arrived", "seoul", 0),
        act(2, "left", "seoul", 60),
        act(3, "arrived", "seoul", 20, corrects=1, reason="arrived after the opening"),
    ]
    assert presences(acts)["seoul"] == (Presence(at(20), at(60), "in_person"),)


def test_a_replacement_can_itself_be_replaced():
    acts = [
        act(1, "arrived", "seoul", 0),
        act(2, "arrived", "seoul", 20, corrects=1, reason="too early"),
        act(3, "arrived", "seoul", 10, corrects=2, reason="too late"),
    ]
    assert presences(acts)["seoul"] == (Presence(at(10), None, "in_person"),)


def test_an_entry_for_the_wrong_city_is_struck_and_recorded_anew():
    acts = [
        act(1, "arrived", "milan", 5),
        act(2, "corrected", "milan", 6, corrects=1, reason="it was Marseille"),
        act(3, "arrived", "marseille", 5),
    ]
    assert present_at(acts, at(7)) == {"marseille"}


@pytest.mark.parametrize(
    ("last", "code"),
    [
        (act(5, "arrived", "milan", 40), "out_of_order"),
        (act(3, "arrived", "milan", 40), "out_of_order"),
        (act(4, "arrived", "seoul", 40), "present_already"),
        (act(4, "left", "milan", 40), "not_present"),
        (act(4, "left", "vienna", 40), "not_present"),
        (act(4, "arrived", "vienna", 29), "out_of_order"),
        (act(4, "corrected", "seoul", 40), "nothing_corrected"),
        (act(4, "corrected", "seoul", 40, corrects=9, reason="x"), "corrects_unknown_act"),
        (act(4, "corrected", "seoul", 40, corrects=4, reason="x"), "corrects_unknown_act"),
        (act(4, "corrected", "seoul", 40, corrects=2, reason="x"), "corrects_another_seat"),
        (act(4, "corrected", "seoul", 40, corrects=1, reason="  "), "reason_missing"),
        (act(4, "corrected", "vienna", 40, corrects=2, reason="x"), "correction_leaves_a_gap"),
        (act(4, "left", "seoul", 40, corrects=1, reason="x"), "correction_leaves_a_gap"),
        (act(4, "arrived", "vienna", 35, corrects=2, reason="x"), "correction_leaves_a_gap"),
    ],
)
def test_acts_that_cannot_stand_are_refused(last, code):
    acts = [
        act(1, "arrived", "seoul", 0),
        act(2, "arrived", "vienna", 10),
        act(3, "left", "vienna", 30),
    ]
    presences(acts)
    with pytest.raises(RuleRefused) as refused:
        presences([*acts, last])
    assert (refused.value.code, refused.value.where) == (code, str(last.number))
    assert set(refused.value.message) == {"ko", "en"}


def test_neither_a_struck_act_nor_a_correction_is_corrected_again():
    acts = [
        act(1, "arrived", "seoul", 0),
        act(2, "corrected", "seoul", 1, corrects=1, reason="not they"),
    ]
    for number in (1, 2):
        with pytest.raises(RuleRefused) as refused:
            presences([*acts, act(3, "corrected", "seoul", 2, corrects=number, reason="again")])
        assert refused.value.code == "corrects_struck_act"


@st.composite
def records(draw):
    """A record in which seats come and go as they may, at rising minutes."""
    acts: list[Act] = []
    inside: set[str] = set()
    minute = 0
    for seat in draw(st.lists(st.sampled_from("abcd"), max_size=20)):
        minute += draw(st.integers(0, 5))
        kind = "left" if seat in inside else "arrived"
        inside ^= {seat}
        acts.append(act(len(acts) + 1, kind, seat, minute))
    return acts


@given(records(), st.integers(-1, 110))
def test_presence_agrees_with_walking_through_the_record(acts, minute):
    inside: set[str] = set()
    for entry in acts:
        if entry.at <= at(minute):
            inside = inside | {entry.seat} if entry.kind == "arrived" else inside - {entry.seat}
    assert present_at(acts, at(minute)) == inside
    assert count_at(acts, at(minute)) == len(inside)


@given(records())
def test_striking_the_last_act_restores_the_record_before_it(acts):
    if not acts:
        return
    last = acts[-1]
    number = len(acts) + 1
    corrected = [*acts, act(number, "corrected", last.seat, 200, corrects=last.number, reason="x")]
    for minute in range(0, 110, 7):
        assert present_at(corrected, at(minute)) == present_at(acts[:-1], at(minute))
