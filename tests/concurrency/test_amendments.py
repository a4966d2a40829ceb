"""Amendments under load: numbers are given once, and what is voted on is not taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from resolutions.models import Amendment, Edition, Instrument, Vote
from resolutions.services.amendments import file_amendment, withdraw_amendment
from resolutions.services.votes import open_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import WrongState
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.resolutions.amending import admitted, drafted, prepared, say
from tests.resolutions.stage import at

pytestmark = pytest.mark.postgres

Unlock = Callable[..., None]


def statute(stage: TwentySeats, number: int) -> Edition:
    edition = stage.adopted(f"statute-{number}", articles=2, words="one two")
    return Edition.objects.select_related("instrument").get(pk=edition.pk)


def three_are_filed(stage: TwentySeats, number: int) -> list[Any]:
    edition = statute(stage, number)
    drafts = [
        drafted(stage, edition, say(edition, "one", f"w{nth}"), f"city-{nth:02}")
        for nth in range(3)
    ]

    def filing(draft: Amendment) -> Callable[[], Amendment]:
        actor = stage.delegates[draft.proposer.slug]
        return lambda: file_amendment(amendment=draft, actor=actor, now=at(-50))

    return at_once(*(filing(draft) for draft in drafts))


def test_three_that_are_filed_at_once_get_three_numbers(stage: TwentySeats) -> None:
    _ = stage.assembly
    for number in range(3):
        answers = three_are_filed(stage, number)
        assert sorted(row.number for row in answers) == [1, 2, 3]
    assert audit.verify() == []


def one_opens_and_one_withdraws(stage: TwentySeats, number: int) -> tuple[Amendment, list[Any]]:
    edition = statute(stage, number)
    amendment = admitted(stage, edition, say(edition, "one", "first"), "city-01")
    vote = prepared(stage, amendment)
    return amendment, at_once(
        lambda: open_vote(vote=vote, actor=stage.officer, now=at(1)),
        lambda: withdraw_amendment(
            amendment=amendment, actor=stage.delegates["city-01"], now=at(1)
        ),
    )


def is_voted_on_though_withdrawn(amendment: Amendment) -> bool:
    amendment.refresh_from_db()
    return amendment.state == "withdrawn" and amendment.votes.filter(state="open").exists()


def test_what_is_being_voted_on_is_not_withdrawn(stage: TwentySeats) -> None:
    _ = stage.assembly
    for number in range(5):
        amendment, (opened, withdrawn) = one_opens_and_one_withdraws(stage, number)
        assert not is_voted_on_though_withdrawn(amendment)
        assert [isinstance(opened, Vote), isinstance(withdrawn, Amendment)] in (
            [True, False],
            [False, True],
        )
        refused = withdrawn if isinstance(opened, Vote) else opened
        assert isinstance(refused, WrongState)
    assert audit.verify() == []


def test_control_without_the_lock_a_withdrawn_amendment_is_voted_on(
    stage: TwentySeats, unlock: Unlock
) -> None:
    _ = stage.assembly
    unlock(Amendment, Instrument)
    numbers = iter(range(100))

    def race() -> bool:
        amendment, _answers = one_opens_and_one_withdraws(stage, next(numbers))
        return is_voted_on_though_withdrawn(amendment)

    assert goes_wrong(race)
