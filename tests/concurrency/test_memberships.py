"""A city leaves while somebody else settles who acts for it."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.db.utils import OperationalError

from members.models import Mandate
from members.services import memberships
from members.services.mandates import end_mandate
from members.services.memberships import record_membership
from secretariat.kernel import audit
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.factories import MandateFactory
from tests.resolutions.stage import at

pytestmark = pytest.mark.postgres


def leaving_and_ending(stage: TwentySeats, number: int) -> list[Any]:
    """The office records that a city leaves and ends a mandate of it, at once."""
    city = stage.cities[f"city-{number:02}"]
    mandates = [MandateFactory(city=city, role="editor") for _each in range(12)]

    def leave() -> Any:
        return record_membership(
            city=city,
            kind="withdrawn",
            starts_on=at(1).date(),
            decision="assembly:2018",
            actor=stage.registrar,
            now=at(1),
        )

    def end() -> Any:
        return end_mandate(
            mandate=Mandate.objects.get(pk=mandates[-1].pk),
            ends_at=at(1),
            reason="left",
            actor=stage.secretary,
            now=at(1),
        )

    return at_once(leave, end)


def test_neither_waits_for_the_other_for_ever(stage: TwentySeats) -> None:
    for number in range(5):
        answers = leaving_and_ending(stage, number)
        assert [each for each in answers if isinstance(each, OperationalError)] == []
    assert audit.verify() == []


def test_control_with_the_city_locked_first_they_do(stage: TwentySeats) -> None:
    numbers = iter(range(20))

    def deadlock() -> bool:
        number = next(numbers, None)
        if number is None:
            return False
        answers = leaving_and_ending(stage, number)
        return any(isinstance(each, OperationalError) for each in answers)

    with patch.object(memberships, "_lock_people", lambda city, now: None):
        assert goes_wrong(deadlock)
