"""Votes under load: closing races with casting and loses nothing; nothing happens twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from resolutions.models import Assembly, Ballot, RollSeat, Vote, VoteResult
from resolutions.services.votes import cast_vote, close_vote, open_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import WrongState
from secretariat.kernel.models import AuditEntry
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.factories import city_person
from tests.resolutions.stage import at

pytestmark = pytest.mark.postgres

Unlock = Callable[..., None]


def entries(vote: Vote, action: str) -> list[dict[str, Any]]:
    found = AuditEntry.objects.filter(chain=vote.chain, action=action).order_by("sequence")
    return [json.loads(entry.payload) for entry in found]


def only_refused_in_words(answers: list[Any], kind: type) -> bool:
    """Whether each act was done (its answer is a `kind`) or refused by the lifecycle."""
    return all(
        isinstance(answer, kind)
        or (isinstance(answer, WrongState) and answer.code == "not_in_this_state")
        for answer in answers
    )


# casting and closing


def twenty_cast_and_one_closes(stage: TwentySeats) -> tuple[Vote, dict[str, Any], Any]:
    vote = stage.open_vote()

    def casting(slug: str) -> Callable[[], Any]:
        return lambda: cast_vote(
            vote=vote,
            city=stage.cities[slug],
            choice="for",
            actor=stage.delegates[slug],
            now=at(2),
        )

    def closing() -> Any:
        return close_vote(vote=vote, actor=stage.officer, now=at(3))

    slugs = list(stage.cities)
    *answers, result = at_once(*(casting(slug) for slug in slugs), closing)
    return vote, dict(zip(slugs, answers, strict=True)), result


def counted(result: VoteResult) -> set[str]:
    lines = json.loads(result.document)["ballots"]
    return {line["city"] for line in lines if line["choice"] is not None}


def test_every_accepted_ballot_is_in_the_result_and_no_refused_one(stage: TwentySeats) -> None:
    for _attempt in range(5):
        vote, answers, result = twenty_cast_and_one_closes(stage)
        assert only_refused_in_words(list(answers.values()), Ballot)
        accepted = {slug for slug, answer in answers.items() if isinstance(answer, Ballot)}
        assert counted(result) == accepted
        ballots = Ballot.objects.filter(seat__vote=vote)
        assert set(ballots.values_list("seat__city__slug", flat=True)) == accepted
        assert {entry["city"] for entry in entries(vote, "vote.cast")} == accepted
        assert json.loads(result.document)["counts"]["for"] == len(accepted)
    assert audit.verify() == []


def test_control_without_the_lock_on_the_vote_ballots_are_lost(
    stage: TwentySeats, unlock: Unlock
) -> None:
    _ = stage.assembly
    unlock(Vote)

    def race() -> bool:
        _vote, answers, result = twenty_cast_and_one_closes(stage)
        accepted = {slug for slug, answer in answers.items() if isinstance(answer, Ballot)}
        return accepted != counted(result)

    assert goes_wrong(race)


# opening


def two_open(stage: TwentySeats) -> tuple[Vote, list[Any]]:
    vote = stage.prepared()

    def opening() -> Vote:
        return open_vote(vote=vote, actor=stage.officer, now=at(1))

    return vote, at_once(opening, opening)


def test_a_vote_that_two_open_is_opened_once(stage: TwentySeats) -> None:
    for _attempt in range(5):
        vote, answers = two_open(stage)
        assert only_refused_in_words(answers, Vote)
        assert sum(isinstance(answer, Vote) for answer in answers) == 1
        assert RollSeat.objects.filter(vote=vote).count() == len(stage.cities)
        assert len(entries(vote, "vote.opened")) == 1
    assert audit.verify() == []


def test_control_without_the_locks_both_try_to_open(stage: TwentySeats, unlock: Unlock) -> None:
    _ = stage.assembly
    unlock(Vote, Assembly)
    assert goes_wrong(lambda: not only_refused_in_words(two_open(stage)[1], Vote))


# closing


def two_close(stage: TwentySeats) -> tuple[Vote, list[Any]]:
    vote = stage.open_vote()

    def closing() -> VoteResult:
        return close_vote(vote=vote, actor=stage.officer, now=at(3))

    return vote, at_once(closing, closing)


def test_a_vote_that_two_close_has_one_result(stage: TwentySeats) -> None:
    for _attempt in range(5):
        vote, answers = two_close(stage)
        assert only_refused_in_words(answers, VoteResult)
        assert sum(isinstance(answer, VoteResult) for answer in answers) == 1
        assert VoteResult.objects.filter(vote=vote).count() == 1
        assert len(entries(vote, "vote.closed")) == 1
    assert audit.verify() == []


def test_control_without_the_lock_both_try_to_close(stage: TwentySeats, unlock: Unlock) -> None:
    _ = stage.assembly
    unlock(Vote)
    assert goes_wrong(lambda: not only_refused_in_words(two_close(stage)[1], VoteResult))


# one seat, two people


def two_cast_for_one_seat(stage: TwentySeats, colleague: Any) -> tuple[Vote, list[Any]]:
    vote = stage.open_vote()
    city = stage.cities["city-00"]

    def casting(actor: Any, choice: str) -> Callable[[], Any]:
        return lambda: cast_vote(vote=vote, city=city, choice=choice, actor=actor, now=at(2))

    return vote, at_once(casting(stage.delegates["city-00"], "for"), casting(colleague, "against"))


def is_one_ballot_with_its_history(vote: Vote, answers: list[Any]) -> bool:
    """Both were accepted one after the other, and the last word stands."""
    ballots = list(Ballot.objects.filter(seat__vote=vote).select_related("option"))
    said = entries(vote, "vote.cast")
    return (
        only_refused_in_words(answers, Ballot)
        and len(ballots) == 1
        and ballots[0].times_cast == len(said) == 2
        and said[0]["replaces"] is None
        and said[1]["replaces"] == said[0]["choice"]
        and ballots[0].option.key == said[1]["choice"]
    )


def test_two_people_of_one_seat_have_one_ballot(stage: TwentySeats) -> None:
    colleague = city_person("alternate", city=stage.cities["city-00"], rank=1)
    for _attempt in range(5):
        assert is_one_ballot_with_its_history(*two_cast_for_one_seat(stage, colleague))
    assert audit.verify() == []


def test_control_without_the_locks_one_word_is_lost(stage: TwentySeats, unlock: Unlock) -> None:
    colleague = city_person("alternate", city=stage.cities["city-00"], rank=1)
    _ = stage.assembly
    unlock(Vote, Ballot)
    assert goes_wrong(
        lambda: not is_one_ballot_with_its_history(*two_cast_for_one_seat(stage, colleague))
    )
