"""Two processes that do what is due: each piece of work is done once, nobody is asked twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from members.models import ReadyNotice
from resolutions.models import Assembly
from secretariat.kernel import due
from secretariat.kernel.due import do_what_is_due, falls_due
from secretariat.kernel.models import DueWork, OutboxMessage
from secretariat.workspace.readiness import send_ready_checks
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.resolutions.stage import at

pytestmark = pytest.mark.postgres

DAY = timedelta(days=1)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """One piece of daily work, and when it was done."""
    moments: list[datetime] = []
    counting = threading.Lock()
    monkeypatch.setattr(due, "_works", {})

    @falls_due("sweep", label="sweep", every=DAY)
    def sweep(now: datetime) -> dict[str, int]:
        with counting:
            moments.append(now)
        return {}

    return moments


def two_at_once(now: datetime) -> None:
    answers = at_once(lambda: do_what_is_due(now=now), lambda: do_what_is_due(now=now))
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers


def test_of_two_processes_one_does_the_work(transactional_db: None, done: list[datetime]) -> None:
    days = [at(0) + number * DAY for number in range(5)]
    for now in days:
        two_at_once(now)
    assert done == days


def test_control_without_the_lock_both_do_it(
    transactional_db: None,
    done: list[datetime],
    unlock: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unlock(DueWork)
    saving = DueWork.save

    def save(self: DueWork, *args: Any, **kwargs: Any) -> None:
        time.sleep(0.02)
        saving(self, *args, **kwargs)

    monkeypatch.setattr(DueWork, "save", save)
    moments = iter(at(0) + number * DAY for number in range(100))

    def race() -> bool:
        now = next(moments)
        two_at_once(now)
        return done.count(now) > 1

    assert goes_wrong(race)


def test_two_that_ask_the_voters_ask_each_once(stage: TwentySeats) -> None:
    host = stage.cities["city-00"]
    Assembly.objects.create(
        slug="2019-ordinary",
        kind="ordinary",
        state="convened",
        starts_at=at(0) + 9 * DAY,
        ends_at=at(0) + 10 * DAY,
        host_city=host,
        presiding_city=host,
    )
    answers = at_once(lambda: send_ready_checks(now=at(0)), lambda: send_ready_checks(now=at(0)))
    asked = [(notice.person_id, notice.city_id) for answer in answers for notice in answer]
    assert len(asked) == len(set(asked)) == ReadyNotice.objects.count() > 0
    assert OutboxMessage.objects.filter(topic="ready.asked").count() == len(asked)
