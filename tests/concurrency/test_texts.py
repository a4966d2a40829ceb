"""Texts under load: what an edition rests on is not taken away in the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from resolutions.models import Edition, Instrument, Vote
from resolutions.services.texts import adopt_text, take_off_the_table
from resolutions.services.votes import annul_vote, close_vote, open_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import WrongState
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.resolutions.stage import at

pytestmark = pytest.mark.postgres

Unlock = Callable[..., None]


def one_adopts_and_one_annuls(stage: TwentySeats, number: int) -> list[Any]:
    instrument = stage.tabled(f"statute-{number}", articles=1)
    vote = stage.open_vote(instrument=instrument)
    stage.cast(vote, **{"city-00": "for"})
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    return at_once(
        lambda: adopt_text(instrument=instrument, vote=vote, actor=stage.secretary, now=at(4)),
        lambda: annul_vote(vote=vote, reason="swapped", actor=stage.officer, now=at(4)),
    )


def test_a_vote_is_either_relied_on_or_annulled(stage: TwentySeats) -> None:
    for number in range(5):
        adopted, annulled = one_adopts_and_one_annuls(stage, number)
        done = [isinstance(adopted, Edition), isinstance(annulled, Vote)]
        assert sorted(done) == [False, True]
        refused = annulled if done[0] else adopted
        assert isinstance(refused, WrongState)
        assert refused.code == ("result_relied_on" if done[0] else "text_not_decided")
    assert audit.verify() == []


def test_control_without_the_lock_an_edition_rests_on_an_annulled_vote(
    stage: TwentySeats, unlock: Unlock
) -> None:
    _ = stage.assembly
    unlock(Vote)
    numbers = iter(range(100))

    def race() -> bool:
        adopted, annulled = one_adopts_and_one_annuls(stage, next(numbers))
        return isinstance(adopted, Edition) and isinstance(annulled, Vote)

    assert goes_wrong(race)


def one_opens_and_one_takes_back(stage: TwentySeats, number: int) -> tuple[Vote, list[Any]]:
    instrument = stage.tabled(f"statute-{number}", articles=1)
    vote = stage.prepared(instrument=instrument)
    return vote, at_once(
        lambda: open_vote(vote=vote, actor=stage.officer, now=at(1)),
        lambda: take_off_the_table(
            instrument=instrument, reason="typing", actor=stage.secretary, now=at(1)
        ),
    )


def is_open_on_a_draft(vote: Vote) -> bool:
    found = Vote.objects.select_related("instrument").get(pk=vote.pk)
    assert found.instrument is not None
    return found.state == "open" and found.instrument.state == "draft"


def test_no_vote_is_open_on_a_text_that_may_be_edited(stage: TwentySeats) -> None:
    for number in range(5):
        vote, answers = one_opens_and_one_takes_back(stage, number)
        assert not is_open_on_a_draft(vote)
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert {getattr(refusal, "code", repr(refusal)) for refusal in refused} <= {
            "not_tabled",
            "vote_on_text_open",
        }
        assert len(refused) == 1
    assert audit.verify() == []


def test_control_without_the_lock_a_text_may_be_edited_while_it_is_voted_on(
    stage: TwentySeats, unlock: Unlock
) -> None:
    _ = stage.assembly
    unlock(Instrument)
    numbers = iter(range(100))
    assert goes_wrong(
        lambda: is_open_on_a_draft(one_opens_and_one_takes_back(stage, next(numbers))[0])
    )
