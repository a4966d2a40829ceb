"""The time, read at the edge only: in views, commands and tasks, never in a service.

In demonstration mode the domain's clock starts at a chosen moment of 2018 and runs;
sessions, tokens and everything of the framework keep real time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

SEOUL = ZoneInfo("Asia/Seoul")
DEMONSTRATION_STARTS_AT = datetime(2018, 12, 12, 14, 40, tzinfo=SEOUL)

_REREAD_AFTER_SECONDS = 5.0
_shift: tuple[float, timedelta] | None = None


_held: ContextVar[datetime | None] = ContextVar("held_moment", default=None)


def now() -> datetime:
    """This moment as the domain sees it; aware. Within `held_at`, the moment that is held."""
    held = _held.get()
    if held is not None:
        return held
    real = timezone.now()
    return real + _demonstration_shift() if settings.DEMONSTRATION else real


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """One request, one moment: whoever reads the clock meanwhile reads `moment`."""
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)


def set_demonstration_clock(*, shows: datetime) -> None:
    """Let the demonstration's clock show `shows` from now on."""
    from secretariat.kernel.models import DemonstrationClock

    DemonstrationClock.objects.update_or_create(
        pk=1, defaults={"shows": shows, "set_at": timezone.now()}
    )
    forget()


def forget() -> None:
    """Read the clock's setting again at the next question."""
    global _shift
    _shift = None


def _demonstration_shift() -> timedelta:
    global _shift
    if _shift is None or time.monotonic() - _shift[0] > _REREAD_AFTER_SECONDS:
        from secretariat.kernel.models import DemonstrationClock

        setting = DemonstrationClock.objects.filter(pk=1).first()
        shift = setting.shows - setting.set_at if setting else timedelta()
        _shift = (time.monotonic(), shift)
    return _shift[1]
