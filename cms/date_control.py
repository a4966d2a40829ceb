"""The day that a reader asks about: `?on=2024-05-31`, today where nothing is asked.

What cannot be read as a date is said, and stays in the field as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from django.http import HttpRequest
from django.utils import timezone

_DAY = re.compile(r"(\d{4})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})\.?")
LONGEST = 40


@dataclass(frozen=True)
class DateControl:
    """A form that asks for a day: `{% component control %}`.

    `day` is the one to show, today where nothing or nothing readable was asked; `action` is
    where the form leads, with `kept` parameters.
    """

    template: ClassVar[str] = "cms/components/date_control.html"
    today: date
    day: date
    typed: str = ""
    action: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> bool:
        """Whether a day was asked for and could be read."""
        return bool(self.typed) and not self.invalid

    @property
    def invalid(self) -> bool:
        """Whether what was typed is no date."""
        return bool(self.typed) and read_day(self.typed) is None

    @property
    def later(self) -> bool:
        """Whether the day is still to come, so that a later edition may change the answer."""
        return self.day > self.today

    @property
    def value(self) -> str:
        """What stands in the field."""
        return self.typed if self.invalid else self.day.isoformat()


def asked_day(
    request: HttpRequest, *, action: str = "", kept: Mapping[str, str] | None = None
) -> DateControl:
    """The day of `?on=`."""
    today = timezone.localdate(request.now)  # type: ignore[attr-defined]
    typed = request.GET.get("on", "").strip()[:LONGEST]
    return DateControl(
        today=today,
        day=read_day(typed) or today,
        typed=typed,
        action=action,
        kept=kept or {},
    )


def read_day(typed: str) -> date | None:
    """2024-05-31, 2024. 5. 31. and 2024/5/31 alike; None for what is no day."""
    found = _DAY.fullmatch(typed.strip())
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None
