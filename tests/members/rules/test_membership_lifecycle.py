"""Terms of membership: what may follow what, without a gap or an overlap, and standing from it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.membership_lifecycle import (
    MEMBERSHIP_LIFECYCLE,
    NONE,
    Grounds,
    action_to,
    kinds_after,
)
from members.rules.periods import Period, gaps, overlapping
from members.rules.reasons import REASONS, STATES
from members.rules.standing import MembershipKind, MembershipRow, kind_on, standing_on

DAY = date(2018, 12, 12)


@pytest.mark.parametrize(
    ("state", "body", "kinds"),
    [
        (NONE, "city", ("applicant", "member", "observer", "partner")),
        (NONE, "union", ("observer", "partner")),
        ("member", "city", ("suspended", "observer", "withdrawn")),
        ("suspended", "city", ("member", "withdrawn")),
        ("withdrawn", "city", ("applicant", "member", "observer", "partner")),
        ("withdrawn", "institute", ("observer", "partner")),
        ("observer", "union", ("partner", "withdrawn")),
    ],
)
def test_what_a_body_can_become_next(state, body, kinds):
    assert kinds_after(state, body=body) == kinds


@pytest.mark.parametrize(
    ("state", "kind", "grounds", "code"),
    [
        ("member", "suspended", Grounds(), "decision_not_named"),
        ("suspended", "member", Grounds(letter_named=True), "decision_not_named"),
        ("member", "withdrawn", Grounds(), "letter_or_decision_not_named"),
        (NONE, "member", Grounds(body="employers"), "only_cities_have_seats"),
    ],
)
def test_grounds_that_a_step_takes(state, kind, grounds, code):
    transition = MEMBERSHIP_LIFECYCLE.transitions[(state, action_to(state, kind))]
    assert transition.guard is not None
    assert transition.guard(grounds) == code
    assert set(REASONS[code]) == {"ko", "en"}


def test_every_state_has_its_sentence():
    assert {state for table, state in STATES if table == "membership"} == set(
        MEMBERSHIP_LIFECYCLE.states
    )


@st.composite
def terms(draw: st.DrawFn) -> list[MembershipRow]:
    """A life in the network as the table allows it: each row ends as the next begins."""
    rows: list[MembershipRow] = []
    state, on = NONE, DAY
    for _step in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(kinds_after(state)))
        if rows:
            rows[-1] = MembershipRow(rows[-1].kind, rows[-1].starts_on, on)
        rows.append(MembershipRow(MembershipKind(kind), on))
        state, on = kind, on + timedelta(days=draw(st.integers(1, 400)))
    return rows


DAYS = st.integers(min_value=-30, max_value=2500).map(lambda n: DAY + timedelta(days=n))


@given(terms())
def test_a_life_in_the_network_has_no_gap_and_no_overlap(rows: list[MembershipRow]) -> None:
    periods = [row.period for row in rows]
    assert overlapping(periods) == ()
    if rows:
        assert gaps(periods, within=Period(rows[0].starts_on)) == ()


@given(terms(), DAYS)
def test_on_every_day_a_city_is_one_thing_from_its_first_day_on(
    rows: list[MembershipRow], on: date
) -> None:
    covering = [row for row in rows if row.period.contains(on)]
    assert len(covering) == (1 if rows and on >= rows[0].starts_on else 0)
    assert kind_on(rows, on) == (covering[0].kind if covering else None)


@given(terms(), DAYS, st.booleans())
def test_standing_depends_only_on_what_began_up_to_the_day(
    rows: list[MembershipRow], on: date, founding: bool
) -> None:
    known = [
        MembershipRow(row.kind, row.starts_on, row.ends_on if (row.ends_on or on) <= on else None)
        for row in rows
        if row.starts_on <= on
    ]
    assert standing_on(rows, on, founding=founding) == standing_on(known, on, founding=founding)
