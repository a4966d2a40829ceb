"""Half-open periods: from a start up to, not including, an end; without an end, still running.

Pure. Days (`*_on`) and moments (`*_at`) alike; the two are never mixed. Half-open periods
fit together without a gap or a doubled day: one ends on the day on which the next starts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

Point = TypeVar("Point", date, datetime)


@dataclass(frozen=True, slots=True)
class Period(Generic[Point]):
    """From `starts` up to, not including, `ends`. Raises ValueError where it would be empty."""

    starts: Point
    ends: Point | None = None

    def __post_init__(self) -> None:
        if self.ends is not None and self.ends <= self.starts:
            raise ValueError(f"a period ends after it starts: {self.starts} to {self.ends}")

    def contains(self, point: Point) -> bool:
        """Whether `point` lies in the period; its start does, its end does not."""
        return self.starts <= point and (self.ends is None or point < self.ends)

    def overlaps(self, other: Period[Point]) -> bool:
        """Whether any day or moment lies in both."""
        starts_before_other_ends = other.ends is None or self.starts < other.ends
        other_starts_before_end = self.ends is None or other.starts < self.ends
        return starts_before_other_ends and other_starts_before_end


def gaps(periods: Iterable[Period[Point]], *, within: Period[Point]) -> tuple[Period[Point], ...]:
    """The parts of `within` that no period covers, in order."""
    found: list[Period[Point]] = []
    reached = within.starts
    for period in sorted(periods, key=lambda item: item.starts):
        if within.ends is not None and period.starts >= within.ends:
            break
        if period.starts > reached:
            found.append(Period(reached, period.starts))
        if period.ends is None:
            return tuple(found)
        reached = max(reached, period.ends)
    if within.ends is None or reached < within.ends:
        found.append(Period(reached, within.ends))
    return tuple(found)


def overlapping(
    periods: Iterable[Period[Point]],
) -> tuple[tuple[Period[Point], Period[Point]], ...]:
    """Neighbours that overlap, in the order of their starts; empty where all fit together."""
    ordered = sorted(periods, key=lambda item: item.starts)
    return tuple(
        (first, second) for first, second in itertools.pairwise(ordered) if first.overlaps(second)
    )
