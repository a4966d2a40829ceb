"""What every race may use.

`unlock` makes the negative control of every test here: the same race, with the row locks
on the named models taken away, must go wrong, or the test would prove nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.models import Model, QuerySet

from secretariat.kernel import audit
from tests.concurrency.races import TwentySeats


@pytest.fixture
def stage(transactional_db: None, settings: Any) -> TwentySeats:
    """Twenty member cities under bylaws, committed; announcements stay undelivered."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    return TwentySeats()


@pytest.fixture
def unlock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`unlock(Vote, …)`: rows of these models are read without locking them from here on.

    Every act then pauses before it writes its audit entries: that stands for the load of a
    busy day, and makes probable what is possible.
    """

    def take_away(*models: type[Model]) -> None:
        locking = QuerySet.select_for_update
        writing = audit._Book.write

        def select_for_update(self: QuerySet[Any], *args: Any, **kwargs: Any) -> QuerySet[Any]:
            return self.all() if self.model in models else locking(self, *args, **kwargs)

        def write(self: audit._Book) -> None:
            time.sleep(0.02)
            writing(self)

        monkeypatch.setattr(QuerySet, "select_for_update", select_for_update)
        monkeypatch.setattr(audit._Book, "write", write)

    return take_away


@pytest.fixture(autouse=True)
def _connections_end_with_the_test() -> Iterator[None]:
    yield
    connections.close_all()
