"""Work that falls due by time: each app registers its own, one command does what is due.

A piece of work is a function of the moment that does it and says in counts what it did. It
keeps its own transactions, and must do no harm when done twice. Whoever takes a piece on moves
its next moment first, under a lock, so that of several processes one does it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from secretariat.kernel.calendar import network_zone
from secretariat.kernel.models import DueWork

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(hours=1)
"""How long work is left to the process that took it on; if that died, it is due again then."""

PAUSE: Final = timedelta(minutes=15)
"""After how long work that failed is tried again, where its interval is longer."""

Do = Callable[[datetime], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work, what it is called, and how often it falls due."""

    name: str
    label: Any
    every: timedelta
    do: Do


class Fate(StrEnum):
    DONE = "done"
    NOT_DUE = "not_due"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a piece of work: `counts` of what was done, `problem` where it failed."""

    work: Work
    fate: Fate
    due_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""


_works: dict[str, Work] = {}


def falls_due(name: str, *, label: Any, every: timedelta) -> Callable[[Do], Do]:
    """Register a piece of work under a stable name; `label` says in a few words what it is."""

    def register(do: Do) -> Do:
        _works[name] = Work(name, label, every, do)
        return do

    return register


def works() -> list[Work]:
    """Everything that is registered, in the order in which it is done."""
    return list(_works.values())


def do_what_is_due(*, now: datetime) -> list[Outcome]:
    """Do each piece of work that is due at `now`; one that fails does not stop the others."""
    return [_turn(work, now) for work in works()]


def _turn(work: Work, now: datetime) -> Outcome:
    due_at = _take_on(work, now)
    if due_at is not None:
        return Outcome(work, Fate.NOT_DUE, due_at)
    try:
        with timezone.override(network_zone()):
            counts = dict(work.do(now))
    except Exception as problem:
        logger.exception("%s failed", work.name)
        due_at = now + min(work.every, PAUSE)
        DueWork.objects.filter(name=work.name).update(due_at=due_at)
        return Outcome(work, Fate.FAILED, due_at, problem=str(problem) or repr(problem))
    due_at = now + work.every
    DueWork.objects.filter(name=work.name).update(due_at=due_at, done_at=now)
    said = ", ".join(f"{what} {number}" for what, number in counts.items())
    logger.log(logging.INFO if any(counts.values()) else logging.DEBUG, "%s: %s", work.name, said)
    return Outcome(work, Fate.DONE, due_at, counts)


def _take_on(work: Work, now: datetime) -> datetime | None:
    """Take the work on, so that nobody else does; where it is not due, when it will be."""
    DueWork.objects.get_or_create(name=work.name, defaults={"due_at": now})
    with transaction.atomic():
        row = DueWork.objects.select_for_update().get(name=work.name)
        if row.due_at > now:
            return row.due_at
        row.due_at = now + LEASE
        row.save(update_fields=["due_at"])
    return None
