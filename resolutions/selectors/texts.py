"""What the public reads of texts: published editions, and nothing of a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from members.models import City
from resolutions.models import Edition, Instrument, RollSeat
from resolutions.models.votes import VoteMode
from resolutions.rules.in_force import EditionDates, InForce, edition_on, in_force_periods
from resolutions.rules.structure import TextTree
from resolutions.selectors.trees import build_tree


def published_editions() -> QuerySet[Edition]:
    """Every published edition with its languages, its instrument and the vote behind it."""
    return (
        Edition.objects.filter(publication__isnull=False)
        .select_related("instrument", "decision", "publication")
        .prefetch_related("languages", "instrument__wordings", "decision__wordings")
        .order_by("instrument__kind", "-adopted_on", "instrument__slug", "number")
    )


def editions_adopted_by(*, city: City) -> QuerySet[Edition]:
    """The published editions for which the city's seat voted, or to which it consented."""
    agreed = RollSeat.objects.filter(
        Q(ballot__option__key="for") | Q(vote__mode=VoteMode.CONSENSUS, present_at_opening=True),
        city=city,
    )
    return (
        published_editions()
        .filter(decision__in=agreed.values("vote"))
        .order_by("-adopted_on", "instrument__slug")
    )


def published_instruments() -> QuerySet[Instrument]:
    """Instruments with at least one published edition."""
    return Instrument.objects.filter(editions__publication__isnull=False).distinct()


@dataclass(frozen=True, slots=True)
class InstrumentEditions:
    """A public instrument: its published editions in order, and the one in force, if any."""

    instrument: Instrument
    editions: tuple[Edition, ...]
    in_force: Edition | None
    periods: dict[int, InForce]

    @property
    def shown(self) -> Edition:
        """The edition in force, else the latest."""
        return self.in_force or self.editions[-1]


def group_editions(*, editions: QuerySet[Edition], on: date) -> list[InstrumentEditions]:
    """The editions gathered by instrument, in the order in which they come."""
    gathered: dict[int, list[Edition]] = {}
    for edition in editions:
        gathered.setdefault(edition.instrument_id, []).append(edition)
    return [_instrument_editions(tuple(found), on) for found in gathered.values()]


def instrument_editions(*, slug: str, on: date) -> InstrumentEditions | None:
    """One public instrument, or None. Five queries at most."""
    found = group_editions(editions=published_editions().filter(instrument__slug=slug), on=on)
    return found[0] if found else None


def _instrument_editions(editions: tuple[Edition, ...], on: date) -> InstrumentEditions:
    dates = [
        EditionDates(
            number=each.number, in_force_from=each.in_force_from, adopted_on=each.adopted_on
        )
        for each in editions
    ]
    current = edition_on(on, dates)
    by_number = {each.number: each for each in editions}
    return InstrumentEditions(
        instrument=editions[0].instrument,
        editions=editions,
        in_force=by_number[current.number] if current else None,
        periods={period.number: period for period in in_force_periods(dates)},
    )


def edition_trees(*, edition: Edition) -> dict[str, TextTree]:
    """The edition in each of its languages, Korean first. Two queries; prefetch `languages`."""
    rows = list(edition.provisions.prefetch_related("texts").order_by("position"))
    languages = sorted(
        edition.languages.all(), key=lambda row: (row.language != "ko", row.language)
    )
    return {
        row.language: build_tree(rows=rows, title=row.title, language=row.language)
        for row in languages
    }


def published_numbers() -> frozenset[tuple[str, int]]:
    """`(slug, number)` of every published edition: what a citation may link to. One query."""
    return frozenset(
        Edition.objects.filter(publication__isnull=False).values_list("instrument__slug", "number")
    )
