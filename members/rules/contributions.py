"""Contributions: what a city owes for a year, what has been paid, and what is overdue on a day.

A contribution is due up to and on its day and unpaid from the day after, for as long as
anything of it is outstanding. Nothing about it is rewritten: a payment, a waiver, a corrected
amount and the striking of a wrong entry are further entries, each with the day from which it
counts. What was true on a day is therefore read from the entries up to that day alone.

Pure. Amounts are exact decimals in one currency. Source: the articles of the bylaws on
contributions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

ZERO: Final = Decimal(0)


class EntryKind(StrEnum):
    """What was entered; the values are those of `members.models.ContributionEntry`."""

    PAID = "paid"
    WAIVED = "waived"
    CORRECTED = "corrected"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One entry: `amount` was paid, or is the amount due from `on`; `strikes` names an entry."""

    number: int
    kind: EntryKind
    on: date
    amount: Decimal = ZERO
    strikes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """What a city owes for `year`, payable up to and on `due_on`."""

    year: int
    due_on: date
    amount: Decimal
    entries: tuple[EntryRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """How a contribution stands on a day: `due` after corrections, `paid`, and whether waived."""

    due: Decimal
    paid: Decimal
    waived: bool

    @property
    def outstanding(self) -> Decimal:
        """What is still to be paid; never below zero."""
        return ZERO if self.waived else max(ZERO, self.due - self.paid)


def counting_entries(row: DueRow, on: date) -> tuple[EntryRow, ...]:
    """The entries that count on the day `on`, in order: neither later nor struck by then."""
    known = sorted((entry for entry in row.entries if entry.on <= on), key=lambda e: e.number)
    struck = {entry.strikes for entry in known if entry.kind is EntryKind.STRUCK}
    return tuple(
        entry
        for entry in known
        if entry.kind is not EntryKind.STRUCK and entry.number not in struck
    )


def balance_on(row: DueRow, on: date) -> Balance:
    """How the contribution stands on the day `on`; the last correction of the amount counts."""
    due, paid, waived = row.amount, ZERO, False
    for entry in counting_entries(row, on):
        match entry.kind:
            case EntryKind.PAID:
                paid += entry.amount
            case EntryKind.CORRECTED:
                due = entry.amount
            case EntryKind.WAIVED:
                waived = True
    return Balance(due, paid, waived)


def is_overdue(row: DueRow, on: date) -> bool:
    """Whether its day has passed and something of it is outstanding."""
    return row.due_on < on and balance_on(row, on).outstanding > ZERO


def overdue_years(rows: Iterable[DueRow], on: date) -> tuple[int, ...]:
    """The years whose contributions are overdue on the day `on`, in order."""
    return tuple(sorted(row.year for row in rows if is_overdue(row, on)))
