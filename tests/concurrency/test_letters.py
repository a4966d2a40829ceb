"""Letters at the same time: what one letter asks for is done once, and struck once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from members.models import ActByLetter, LetterContest, Mandate
from members.services.letters import confirm_letter, contest_letter, refuse_letter
from secretariat.kernel import audit
from secretariat.kernel.errors import WrongState
from secretariat.kernel.models import AuditEntry, User
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.factories import UserFactory
from tests.members.papers import recorded
from tests.resolutions.stage import at

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def a_letter(stage: TwentySeats) -> ActByLetter:
    person = UserFactory()
    facts = {
        "email": person.email,
        "name": person.name,
        "language": "en",
        "role": "alternate",
        "rank": 1,
        "until": None,
    }
    city = stage.cities["city-00"]
    return recorded("credentials", city, facts, actor=stage.registrar, now=at(0))


def one_confirms_and_one_refuses(stage: TwentySeats, other: User) -> tuple[ActByLetter, list[Any]]:
    letter = a_letter(stage)
    answers = at_once(
        lambda: confirm_letter(letter=letter, actor=stage.secretary, now=at(1)),
        lambda: refuse_letter(letter=letter, reason="unsigned", actor=other, now=at(1)),
    )
    letter.refresh_from_db()
    return letter, answers


def outcomes(letter: ActByLetter) -> set[str]:
    rows = AuditEntry.objects.filter(
        action__in=("letter.confirmed", "letter.refused"), payload__contains=str(letter.uuid)
    )
    return set(rows.values_list("action", flat=True))


def test_a_letter_is_confirmed_or_refused_never_both_and_contested_once(stage: TwentySeats) -> None:
    for _attempt in range(5):
        letter, answers = one_confirms_and_one_refuses(stage, stage.officer)
        done = [answer for answer in answers if isinstance(answer, ActByLetter)]
        assert len(done) == 1
        assert outcomes(letter) == {f"letter.{letter.state}"}
        named = Mandate.objects.filter(person__email=letter.facts["email"])
        assert named.count() == (letter.state == "confirmed")
    letter = confirm_letter(letter=a_letter(stage), actor=stage.secretary, now=at(1))
    person = stage.delegates["city-00"]

    def contest() -> Any:
        return contest_letter(letter=letter, reason="not ours", actor=person, now=at(2))

    answers = at_once(contest, contest)
    assert LetterContest.objects.filter(letter=letter).count() == 1
    assert [type(each) for each in answers if not isinstance(each, LetterContest)] == [WrongState]
    assert audit.verify() == []


def test_control_without_the_lock_on_the_letter_both_happen(
    stage: TwentySeats, unlock: Callable[..., None]
) -> None:
    unlock(ActByLetter)

    def race() -> bool:
        letter, _answers = one_confirms_and_one_refuses(stage, stage.officer)
        return outcomes(letter) == {"letter.confirmed", "letter.refused"}

    assert goes_wrong(race)
