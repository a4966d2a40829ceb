"""Who acts for a city, when several settle it at once; each test with its negative control."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from members.models import City, Invitation, Mandate
from members.services import mandates
from members.services.invitations import accept_as_new_person, accept_invitation, invite
from members.services.mandates import end_mandate, rank_alternates
from resolutions.models import Ballot, Vote
from resolutions.services.votes import cast_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, LedgerLine, User
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.factories import MandateFactory, UserFactory
from tests.resolutions.stage import at

pytestmark = pytest.mark.postgres

Unlock = Callable[..., None]
WORDS = "three words of my own"


# two heads rank at once: one in the office, one on the desk


@pytest.fixture
def alternates(stage: TwentySeats) -> list[UUID]:
    city = stage.cities["city-00"]
    return [MandateFactory(city=city, role="alternate", rank=rank).uuid for rank in (1, 2, 3)]


def two_rank(stage: TwentySeats, seen: list[UUID]) -> tuple[list[list[UUID]], list[Any]]:
    first, second, third = seen
    orders = [[second, first, third], [third, second, first]]
    actors = [stage.delegates["city-00"], stage.registrar]

    def ranking(order: list[UUID], actor: User) -> Callable[[], Any]:
        return lambda: rank_alternates(
            city=stage.cities["city-00"], order=order, seen=seen, actor=actor, now=at(1)
        )

    return orders, at_once(*map(ranking, orders, actors))


def order_now() -> list[UUID]:
    return list(
        Mandate.objects.filter(role="alternate")
        .order_by("rank", "pk")
        .values_list("uuid", flat=True)
    )


def one_order_won(stage: TwentySeats) -> bool:
    orders, answers = two_rank(stage, order_now())
    done = [
        order for order, answer in zip(orders, answers, strict=True) if isinstance(answer, list)
    ]
    refused = [
        answer
        for answer in answers
        if isinstance(answer, Conflict) and answer.code == "order_changed"
    ]
    return len(done) == len(refused) == 1 and order_now() == done[0]


def test_of_two_orders_one_stands_and_the_other_is_refused(
    stage: TwentySeats, alternates: list[UUID]
) -> None:
    assert all(one_order_won(stage) for _attempt in range(5))
    assert audit.verify() == []


def test_control_without_the_locks_both_orders_are_accepted(
    stage: TwentySeats, alternates: list[UUID], unlock: Unlock
) -> None:
    unlock(City, Mandate)
    assert goes_wrong(lambda: not one_order_won(stage))


# an invitation is accepted twice at once


def invited(stage: TwentySeats, email: str) -> Invitation:
    return invite(
        city=stage.cities["city-00"],
        email=email,
        role="editor",
        actor=stage.delegates["city-00"],
        now=at(0),
    )


def accepted_once(acts: list[Callable[[], Any]], email: str) -> bool:
    """One acceptance was done, the other refused by the lifecycle; there is one mandate."""
    answers = at_once(*acts)
    refused = [
        answer
        for answer in answers
        if isinstance(answer, WrongState) and answer.code == "not_in_this_state"
    ]
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    held = Mandate.objects.filter(person__email=email, role="editor").count()
    return len(done) == len(refused) == held == 1


def as_new_person(stage: TwentySeats, number: int) -> bool:
    email = f"new-{number}@wien.example"
    invitation = invited(stage, email)

    def accept() -> Any:
        return accept_as_new_person(
            invitation=invitation, link=1, name="x", password=WORDS, now=at(1)
        )

    return accepted_once([accept, accept], email)


def as_known_person(stage: TwentySeats, number: int) -> bool:
    person = UserFactory(email=f"known-{number}@wien.example")
    invitation = invited(stage, person.email)

    def accept() -> Any:
        actor = User.objects.get(pk=person.pk)
        return accept_invitation(invitation=invitation, link=1, actor=actor, now=at(1))

    return accepted_once([accept, accept], person.email)


@pytest.mark.parametrize("race", [as_new_person, as_known_person])
def test_an_invitation_is_accepted_once(
    race: Callable[[TwentySeats, int], bool], stage: TwentySeats
) -> None:
    assert all(race(stage, number) for number in range(5))
    assert audit.verify() == []


@pytest.mark.parametrize("race", [as_new_person, as_known_person])
def test_control_without_the_lock_the_second_is_not_refused_in_words(
    race: Callable[[TwentySeats, int], bool], stage: TwentySeats, unlock: Unlock
) -> None:
    unlock(Invitation, User, City)
    numbers = iter(range(1000))
    assert goes_wrong(lambda: not race(stage, next(numbers)))


# a mandate ends while its holder submits a ballot


def place_in_ledger(chain: str, action: str) -> int | None:
    """Where the latest such act stands in the ledger of all acts, or None."""
    entry = AuditEntry.objects.filter(chain=chain, action=action).order_by("-sequence").first()
    if entry is None:
        return None
    return LedgerLine.objects.get(chain=chain, sequence=entry.sequence).number


def cast_while_ending(stage: TwentySeats, vote: Vote, number: int) -> bool:
    """Whether a ballot counts only where it was sealed before the end of the mandate."""
    city = stage.cities[f"city-{number:02}"]
    mandate = stage.delegates[city.slug].mandates.get()

    def casting() -> Any:
        actor = User.objects.get(pk=mandate.person_id)
        return cast_vote(vote=vote, city=city, choice="for", actor=actor, now=at(2))

    def ending() -> Any:
        return end_mandate(
            mandate=Mandate.objects.get(pk=mandate.pk),
            ends_at=at(2),
            reason="recalled",
            actor=stage.registrar,
            now=at(2),
        )

    before = place_in_ledger(vote.chain, "vote.cast")
    cast, ended = at_once(casting, ending)
    assert isinstance(ended, Mandate)
    assert isinstance(cast, Ballot | NotAllowed)
    sealed = place_in_ledger(vote.chain, "vote.cast")
    over = place_in_ledger(city.chain, "mandate.ended")
    if isinstance(cast, NotAllowed):
        return sealed == before and not Ballot.objects.filter(seat__city=city).exists()
    return sealed is not None and over is not None and sealed < over


def test_nobody_casts_after_the_own_mandate_was_ended(stage: TwentySeats) -> None:
    vote = stage.open_vote()
    assert all(cast_while_ending(stage, vote, number) for number in range(8))
    assert audit.verify() == []


def test_control_without_the_lock_a_ballot_is_cast_after_the_end(
    stage: TwentySeats, unlock: Unlock
) -> None:
    vote = stage.open_vote()
    unlock(Mandate)
    numbers = iter(range(20))
    assert any(not cast_while_ending(stage, vote, number) for number in numbers)


# a head's mandate ends while that head settles who acts for the city


def invites(stage: TwentySeats, city: City, actor: User) -> Callable[[], Any]:
    return lambda: invite(
        city=city, email=f"{city.slug}@example.org", role="editor", actor=actor, now=at(2)
    )


def ranks(stage: TwentySeats, city: City, actor: User) -> Callable[[], Any]:
    seen = [MandateFactory(city=city, role="alternate", rank=rank).uuid for rank in (1, 2)]
    return lambda: rank_alternates(city=city, order=seen[::-1], seen=seen, actor=actor, now=at(2))


DONE = {invites: "invitation.sent", ranks: "delegation.ranked"}
Act = Callable[[TwentySeats, City, User], Callable[[], Any]]


def acts_before_the_end(act: Act, stage: TwentySeats, number: int) -> bool:
    """Whether what a head does is sealed before the end of the head's mandate, or refused."""
    city = stage.cities[f"city-{number:02}"]
    mandate = MandateFactory(city=city, role="head")
    doing = act(stage, city, User.objects.get(pk=mandate.person_id))

    def ending() -> Any:
        time.sleep(0.005 * (number % 5))  # so that now the one comes first, now the other
        return end_mandate(
            mandate=Mandate.objects.get(pk=mandate.pk),
            ends_at=at(2),
            reason="recalled",
            actor=stage.registrar,
            now=at(2),
        )

    done, ended = at_once(doing, ending)
    assert isinstance(ended, Mandate), ended
    assert isinstance(done, Invitation | list | NotAllowed), done
    sealed = place_in_ledger(city.chain, DONE[act])
    over = place_in_ledger(city.chain, "mandate.ended")
    if isinstance(done, NotAllowed):
        return sealed is None
    return sealed is not None and over is not None and sealed < over


@pytest.mark.parametrize("act", DONE)
def test_no_head_settles_anything_after_the_own_mandate_was_ended(
    act: Act, stage: TwentySeats
) -> None:
    assert all(acts_before_the_end(act, stage, number) for number in range(15))
    assert audit.verify() == []


@pytest.mark.parametrize("act", DONE)
def test_control_not_asked_again_within_the_act_a_head_does(act: Act, stage: TwentySeats) -> None:
    with patch.object(mandates, "still_holds"):
        assert any(not acts_before_the_end(act, stage, number) for number in range(20))


@pytest.mark.parametrize("act", DONE)
def test_control_without_the_locks_a_head_does(
    act: Act, stage: TwentySeats, unlock: Unlock
) -> None:
    unlock(User, City, Mandate)
    assert any(not acts_before_the_end(act, stage, number) for number in range(20))
