"""Which edition of a text is in force on a day.

An edition is in force from its day of entry into force until a later edition enters into
force. "Later" is the higher number: what was adopted last, knowing all before, prevails from
its day on, even where an earlier edition would have entered into force after it. Periods are
half-open: the day on which the next edition begins belongs to the next edition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class EditionDates:
    """What is known of one edition.

    `adopted_on` None is a draft; `in_force_from` None is adopted without a day of entry into
    force yet: neither is ever in force. `ended_on` is the first day on which the text was no
    longer in force without a successor (withdrawn, lapsed).
    """

    number: int
    in_force_from: date | None
    adopted_on: date | None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """A period `starts_on ≤ day < ends_on` in which one edition is in force; None is open."""

    number: int
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        """Whether this period contains `day`."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def edition_on(day: date, editions: Iterable[EditionDates]) -> EditionDates | None:
    """The edition in force on `day`, or None."""
    begun = [
        edition
        for edition in editions
        if edition.adopted_on is not None
        and edition.in_force_from is not None
        and edition.in_force_from <= day
    ]
    latest = max(begun, key=lambda edition: edition.number, default=None)
    if latest is not None and latest.ended_on is not None and latest.ended_on <= day:
        return None
    return latest


def in_force_periods(editions: Iterable[EditionDates]) -> tuple[InForce, ...]:
    """The periods in order of time; an edition that was never in force has none."""
    periods: list[InForce] = []
    next_start: date | None = None
    standing = [each for each in editions if each.adopted_on is not None]
    for edition in sorted(standing, key=lambda each: each.number, reverse=True):
        starts_on = edition.in_force_from
        if starts_on is None or (next_start is not None and starts_on >= next_start):
            continue
        ends = [day for day in (next_start, edition.ended_on) if day is not None]
        ends_on = min(ends, default=None)
        next_start = starts_on
        if ends_on is None or starts_on < ends_on:
            periods.append(InForce(edition.number, starts_on, ends_on))
    return tuple(reversed(periods))
