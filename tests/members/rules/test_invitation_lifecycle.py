"""Invitations: what each state allows, and that time alone ends one that waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.invitation_lifecycle import (
    INVITATION_LIFECYCLE,
    OPEN_FOR,
    REASONS,
    STATES,
    Accepting,
    InvitationAction,
    InvitationState,
    open_until,
    state_at,
)
from members.rules.reasons import explain
from secretariat.kernel.transitions import TransitionRefused

SENT = datetime(2018, 12, 1, 9, tzinfo=UTC)
RIGHT = Accepting(invited="head@wien.example", own="Head@Wien.example", link=2, latest_link=2)


def test_what_each_state_allows() -> None:
    assert {state: INVITATION_LIFECYCLE.actions(state) for state in InvitationState} == {
        "waiting": ("accept", "renew", "revoke"),
        "expired": ("renew", "revoke"),
        "accepted": (),
        "revoked": (),
    }


def test_the_invited_address_accepts_whatever_its_case() -> None:
    assert INVITATION_LIFECYCLE.step("waiting", InvitationAction.ACCEPT, RIGHT) == "accepted"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (
            Accepting(invited="a@wien.example", own="b@wien.example", link=1, latest_link=1),
            "another_address",
        ),
        (
            Accepting(invited="a@wien.example", own="a@wien.example", link=1, latest_link=2),
            "newer_link_sent",
        ),
    ],
)
def test_another_address_and_an_earlier_link_are_refused(facts: Accepting, code: str) -> None:
    with pytest.raises(TransitionRefused) as refused:
        INVITATION_LIFECYCLE.step("waiting", InvitationAction.ACCEPT, facts)
    assert refused.value.code == code
    assert explain(refused.value) == REASONS[code]


def test_every_state_has_its_sentence() -> None:
    assert set(STATES) == set(InvitationState)


@given(st.timedeltas(min_value=-OPEN_FOR, max_value=2 * OPEN_FOR))
def test_it_waits_up_to_and_not_including_its_end(later: timedelta) -> None:
    ends = open_until(sent_at=SENT, mandate_ends_at=None)
    expected = "waiting" if later < OPEN_FOR else "expired"
    assert state_at("waiting", expires_at=ends, moment=SENT + later) == expected
    assert state_at("accepted", expires_at=ends, moment=SENT + later) == "accepted"


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=2 * OPEN_FOR))
def test_it_never_waits_beyond_what_it_invites_to(length: timedelta) -> None:
    ends = open_until(sent_at=SENT, mandate_ends_at=SENT + length)
    assert ends == min(SENT + length, SENT + OPEN_FOR)
