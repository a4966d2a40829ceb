"""Two drafters at once: nothing is lost, the second is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from members.models import City
from resolutions.models import DraftRevision, Instrument, Provision, ProvisionLock
from resolutions.rules.drafting import words_hash
from resolutions.rules.operations import Words
from resolutions.services.drafting import Changed, Locked, ProvisionWords, save_words
from resolutions.services.drafting_room import name_drafting_city, take_lock
from resolutions.services.drafting_structure import insert_provision
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.resolutions.stage import at

pytestmark = pytest.mark.postgres

Unlock = Callable[..., None]


def drafted(stage: TwentySeats, number: int) -> tuple[Instrument, City]:
    instrument = stage.drafted(f"statute-{number}", articles=1)
    city = stage.cities["city-00"]
    name_drafting_city(instrument=instrument, city=city, actor=stage.secretary, now=at(-50))
    return instrument, city


def both_save(stage: TwentySeats, number: int) -> tuple[Instrument, list[Any]]:
    """The office and a city save other words for one article, begun on the same ones."""
    instrument, city = drafted(stage, number)
    stood = instrument.provisions.get(key="art1").texts.get(language="ko")
    base = {"ko": words_hash(stood.heading, stood.text)}

    def save(words: str, **who: Any) -> Any:
        return save_words(
            instrument=instrument,
            provisions=[ProvisionWords("art1", {"ko": Words(stood.heading, words)}, base)],
            reason=words,
            now=at(0),
            **who,
        )

    return instrument, at_once(
        lambda: save("office", actor=stage.secretary),
        lambda: save("city", actor=stage.delegates["city-00"], city=city),
    )


def lost(instrument: Instrument, answers: list[Any]) -> bool:
    """Whether both were told that their words are saved, though only one set of them stands."""
    return not any(isinstance(answer, Exception) for answer in answers)


def test_of_two_drafters_one_saves_and_the_other_is_told(stage: TwentySeats) -> None:
    for number in range(5):
        instrument, answers = both_save(stage, number)
        told = [isinstance(answer, Changed) for answer in answers]
        assert sorted(told) == [False, True], answers
        winner = ("office", "city")[told.index(False)]
        stands = instrument.provisions.get(key="art1").texts.get(language="ko")
        assert stands.text == winner
        revisions = DraftRevision.objects.filter(instrument=instrument, act="words")
        assert [row.revision.comment for row in revisions] == [winner]
    assert audit.verify() == []


def test_control_without_the_lock_both_believe_that_their_words_stand(
    stage: TwentySeats, unlock: Unlock
) -> None:
    unlock(Instrument)
    numbers = iter(range(100))
    assert goes_wrong(lambda: lost(*both_save(stage, next(numbers))))


def test_a_lock_is_taken_by_one(stage: TwentySeats) -> None:
    for number in range(5):
        instrument, city = drafted(stage, number)
        taking = {"instrument": instrument, "key": "art1", "now": at(0)}
        answers = at_once(
            lambda taking=taking: take_lock(actor=stage.secretary, **taking),
            lambda taking=taking, city=city: take_lock(
                actor=stage.delegates["city-00"], city=city, **taking
            ),
        )
        kinds = sorted(type(answer).__name__ for answer in answers)
        assert kinds == [Locked.__name__, ProvisionLock.__name__]
        held = next(answer for answer in answers if isinstance(answer, ProvisionLock))
        assert ProvisionLock.objects.get(instrument=instrument).person_id == held.person_id


def both_insert(stage: TwentySeats, number: int) -> tuple[Instrument, list[Any]]:
    """Two articles with one number, put at one place at the same moment."""
    instrument, city = drafted(stage, number)

    def insert(**who: Any) -> Any:
        return insert_provision(
            instrument=instrument,
            kind="article",
            number="2",
            parent="",
            after="art1",
            words={"ko": Words("", "둘째")},
            reason="both",
            now=at(0),
            **who,
        )

    return instrument, at_once(
        lambda: insert(actor=stage.secretary),
        lambda: insert(actor=stage.delegates["city-00"], city=city),
    )


def test_of_two_insertions_with_one_number_one_is_refused(stage: TwentySeats) -> None:
    for number in range(5):
        instrument, answers = both_insert(stage, number)
        kinds = [isinstance(answer, Conflict) for answer in answers]
        assert sorted(kinds) == [False, True], answers
        assert Provision.objects.filter(instrument=instrument).count() == 2
        positions = list(instrument.provisions.values_list("position", flat=True))
        assert len(set(positions)) == len(positions)
    assert audit.verify() == []
