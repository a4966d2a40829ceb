"""Reading contributions: of one city, of a year, and as the rules take them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, QuerySet

from members.models import City, Contribution, ContributionClass, ContributionEntry
from members.rules.contributions import (
    ZERO,
    Balance,
    DueRow,
    EntryKind,
    EntryRow,
    balance_on,
    is_overdue,
)


def entry_row(entry: ContributionEntry, strikes: int | None) -> EntryRow:
    """An entry as the rules read it; `strikes` is the number of the entry that it strikes."""
    return EntryRow(
        number=entry.number,
        kind=EntryKind(entry.kind),
        on=entry.on,
        amount=entry.amount if entry.amount is not None else ZERO,
        strikes=strikes,
    )


def due_row(contribution: Contribution) -> DueRow:
    """A contribution as the rules read it; give it with `of_class` and `entries`."""
    entries = list(contribution.entries.all())
    numbers = {entry.pk: entry.number for entry in entries}
    return DueRow(
        year=contribution.year,
        due_on=contribution.of_class.due_on,
        amount=contribution.of_class.amount,
        entries=tuple(
            entry_row(entry, numbers[entry.strikes_id] if entry.strikes_id else None)
            for entry in entries
        ),
    )


def contributions() -> QuerySet[Contribution]:
    """Contributions with city, names, class and entries: four queries when read."""
    entries = ContributionEntry.objects.select_related("strikes").order_by("number")
    return Contribution.objects.select_related("city", "of_class").prefetch_related(
        "city__name_rows", Prefetch("entries", queryset=entries)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A contribution, what is left of it on a day, and whether its day has passed."""

    contribution: Contribution
    balance: Balance
    overdue: bool

    @property
    def state(self) -> str:
        """ "waived", "paid", "overdue" or "open"."""
        if self.balance.waived:
            return "waived"
        if self.balance.outstanding == ZERO:
            return "paid"
        return "overdue" if self.overdue else "open"


def as_it_stands(contribution: Contribution, on: date) -> Standing:
    """The contribution on a day; give it as `contributions()` reads it."""
    row = due_row(contribution)
    return Standing(contribution, balance_on(row, on), is_overdue(row, on))


def contributions_of_city(*, city: City, on: date) -> list[Standing]:
    """What a city owes and owed, latest year first."""
    rows = contributions().filter(city=city).order_by("-year")
    return [as_it_stands(row, on) for row in rows]


def contribution_of(*, city: City, year: int) -> Contribution | None:
    """One city's contribution of a year, or None."""
    return contributions().filter(city=city, year=year).first()


def years_with_contributions() -> list[int]:
    """The years whose contributions are drawn up, latest first."""
    rows = ContributionClass.objects.order_by("-year").values_list("year", flat=True)
    return list(rows.distinct())


def classes_of_year(*, year: int) -> list[ContributionClass]:
    """The classes of a year, smallest first, each with the number of its cities as `cities`."""
    rows = ContributionClass.objects.filter(year=year)
    return list(rows.annotate(cities=Count("contributions")).order_by("population_from"))


def dues_by_city(*, on: date, cities: Iterable[int] | None = None) -> Mapping[int, list[DueRow]]:
    """Contributions payable before `on`, by the key of the city, as the rules read them.

    Two queries, whatever the number of cities; `cities` narrows to some keys.
    """
    dues = Contribution.objects.filter(of_class__due_on__lt=on)
    entries = ContributionEntry.objects.filter(contribution__of_class__due_on__lt=on, on__lte=on)
    if cities is not None:
        keys = list(cities)
        dues = dues.filter(city__in=keys)
        entries = entries.filter(contribution__city__in=keys)
    by_contribution: dict[int, list[EntryRow]] = defaultdict(list)
    for key, number, kind, day, amount, strikes in entries.values_list(
        "contribution_id", "number", "kind", "on", "amount", "strikes__number"
    ).iterator():
        by_contribution[key].append(
            EntryRow(
                number=number,
                kind=EntryKind(kind),
                on=day,
                amount=amount if amount is not None else ZERO,
                strikes=strikes,
            )
        )
    found: dict[int, list[DueRow]] = defaultdict(list)
    for key, city, year, due_on, amount in dues.values_list(
        "pk", "city_id", "year", "of_class__due_on", "of_class__amount"
    ).iterator():
        found[city].append(
            DueRow(
                year=year, due_on=due_on, amount=amount, entries=tuple(by_contribution.get(key, ()))
            )
        )
    return found
