"""Work that falls due by time: done when it is due, not before, and a failure stops no other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from secretariat.kernel import due
from secretariat.kernel.due import LEASE, PAUSE, Fate, do_what_is_due, falls_due
from secretariat.kernel.models import DueWork
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


class Daily:
    """A piece of work that remembers when it was done."""

    def __init__(self, name: str, *, every: timedelta = timedelta(days=1)) -> None:
        self.done_at: list[datetime] = []
        self.fails = False
        falls_due(name, label=name, every=every)(self.do)

    def do(self, now: datetime) -> dict[str, int]:
        if self.fails:
            raise RuntimeError("the disk is full")
        self.done_at.append(now)
        return {"things": len(self.done_at)}


@pytest.fixture(autouse=True)
def _nothing_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "_works", {})


def fates(now: datetime) -> dict[str, str]:
    return {outcome.work.name: outcome.fate.value for outcome in do_what_is_due(now=now)}


def test_it_is_done_at_once_and_again_at_the_end_of_its_interval_to_the_moment() -> None:
    work = Daily("sweep")
    day = timedelta(days=1)
    assert fates(NOW) == {"sweep": "done"}
    assert fates(NOW) == fates(NOW + HOUR) == fates(NOW + day - TICK) == {"sweep": "not_due"}
    assert fates(NOW + day) == {"sweep": "done"}
    assert work.done_at == [NOW, NOW + day]
    row = DueWork.objects.get()
    assert (row.done_at, row.due_at) == (NOW + day, NOW + 2 * day)


def test_an_outcome_says_what_was_done_and_when_it_is_due_next() -> None:
    Daily("sweep", every=HOUR)
    [outcome] = do_what_is_due(now=NOW)
    assert (outcome.fate, outcome.counts, outcome.due_at) == (Fate.DONE, {"things": 1}, NOW + HOUR)
    [outcome] = do_what_is_due(now=NOW + TICK)
    assert (outcome.fate, outcome.counts, outcome.due_at) == (Fate.NOT_DUE, {}, NOW + HOUR)


def test_what_was_done_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    Daily("sweep")
    falls_due("idle", label="idle", every=HOUR)(lambda _now: {"things": 0})
    do_what_is_due(now=NOW)
    assert caplog.messages == ["sweep: things 1"]


def test_one_that_fails_is_logged_stops_no_other_and_is_tried_again_soon(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, after = Daily("broken"), Daily("after")
    broken.fails = True
    outcomes = do_what_is_due(now=NOW)
    assert [(each.work.name, each.fate, each.problem) for each in outcomes] == [
        ("broken", Fate.FAILED, "the disk is full"),
        ("after", Fate.DONE, ""),
    ]
    assert after.done_at == [NOW]
    assert "broken failed" in caplog.text
    assert DueWork.objects.get(name="broken").done_at is None
    broken.fails = False
    assert fates(NOW + PAUSE - TICK) == {"broken": "not_due", "after": "not_due"}
    assert fates(NOW + PAUSE) == {"broken": "done", "after": "not_due"}


def test_what_is_done_often_waits_no_longer_after_a_failure() -> None:
    broken = Daily("often", every=timedelta(minutes=5))
    broken.fails = True
    assert do_what_is_due(now=NOW)[0].due_at == NOW + timedelta(minutes=5)


def test_what_somebody_took_on_is_left_to_them_for_an_hour() -> None:
    work = Daily("sweep")
    assert due._take_on(due.works()[0], NOW) is None
    assert fates(NOW + LEASE - TICK) == {"sweep": "not_due"}
    assert fates(NOW + LEASE) == {"sweep": "done"}
    assert work.done_at == [NOW + LEASE]
