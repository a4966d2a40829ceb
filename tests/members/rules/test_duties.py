"""The table of duties kept apart."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.duties import DUTIES_APART, Duty, Held, conflict, duties_of_mandate

NOON = datetime(2018, 12, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

FORBIDDEN = {
    frozenset(pair)
    for pair in (
        ("returning_officer", "mandate"),
        ("returning_officer", "secretary_general"),
        ("returning_officer", "registrar"),
        ("registrar", "voice"),
        ("secretary_general", "voice"),
        ("auditor", "secretary_general"),
        ("auditor", "returning_officer"),
        ("auditor", "registrar"),
        ("auditor", "librarian"),
        ("auditor", "mandate"),
    )
}


def held(duty: str, starts: int = 0, ends: int | None = None) -> Held:
    return Held(
        duty=Duty(duty),
        starts_at=NOON + starts * HOUR,
        ends_at=None if ends is None else NOON + ends * HOUR,
    )


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(Duty, 2)))
def test_exactly_these_pairs_are_apart(one: Duty, other: Duty) -> None:
    pair = frozenset({one.value, other.value})
    for new, old in ((one, other), (other, one)):
        found = conflict(held(new), [held(old)])
        assert (found is not None) == (pair in FORBIDDEN)


def test_every_row_says_why_in_both_languages_under_a_code_of_its_own() -> None:
    assert len({row.code for row in DUTIES_APART}) == len(DUTIES_APART) == len(FORBIDDEN)
    assert all(row.reason["ko"] and row.reason["en"] for row in DUTIES_APART)


@pytest.mark.parametrize(
    ("role", "duties"),
    [
        ("head", ("mandate", "voice")),
        ("voting_delegate", ("mandate", "voice")),
        ("alternate", ("mandate", "voice")),
        ("editor", ("mandate",)),
        ("observer", ("mandate",)),
    ],
)
def test_what_a_mandate_is(role: str, duties: tuple[str, ...]) -> None:
    assert duties_of_mandate(role) == duties


moments = st.integers(-5, 5)
ends = st.none() | moments


@given(moments, ends, moments, ends)
def test_only_what_shares_a_moment_meets(
    starts: int, ends: int | None, other_starts: int, other_ends: int | None
) -> None:
    first = held("auditor", starts, ends)
    second = held("librarian", other_starts, other_ends)
    shared = any(
        each.starts_at <= NOON + at * HOUR
        and (each.ends_at is None or NOON + at * HOUR < each.ends_at)
        for at in range(-5, 6)
        for each in (first,)
        if second.starts_at <= NOON + at * HOUR
        and (second.ends_at is None or NOON + at * HOUR < second.ends_at)
    )
    assert (conflict(first, [second]) is not None) == shared
    assert (conflict(second, [first]) is not None) == shared
