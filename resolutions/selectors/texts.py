"""What the public reads of texts: published editions, and nothing of a draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from members.models import City
from resolutions.models import (
    Amendment,
    Edition,
    EditionAmendment,
    EditionFile,
    EditionProvision,
    EditionText,
    Instrument,
    RollSeat,
)
from resolutions.models.votes import VoteMode
from resolutions.rules.in_force import EditionDates, InForce, edition_on, in_force_periods
from resolutions.rules.structure import Kind, Provision, TextTree


def published_editions() -> QuerySet[Edition]:
    """Every published edition with its languages, its instrument and the vote behind it."""
    return (
        Edition.objects.filter(publication__isnull=False)
        .select_related("instrument", "decision__result", "publication", "corrects")
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

    def on(self, day: date) -> Edition | None:
        """The edition in force on a day, None before the first."""
        return next(
            (each for each in self.editions if self.covers(each, day)),
            None,
        )

    def covers(self, edition: Edition, day: date) -> bool:
        """Whether an edition is the one in force on a day."""
        period = self.periods.get(edition.number)
        return period is not None and period.covers(day)

    def before(self, edition: Edition) -> Edition | None:
        """The public edition before another."""
        place = self.editions.index(edition)
        return self.editions[place - 1] if place else None


def group_editions(*, editions: QuerySet[Edition], on: date) -> list[InstrumentEditions]:
    """The editions gathered by instrument, in the order in which they come."""
    gathered: dict[int, list[Edition]] = {}
    for edition in editions:
        gathered.setdefault(edition.instrument_id, []).append(edition)
    return [
        _instrument_editions(tuple(sorted(found, key=lambda each: each.number)), on)
        for found in gathered.values()
    ]


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
    return trees_of_editions(editions=[edition])[edition.pk]


def trees_of_editions(*, editions: Collection[Edition]) -> dict[int, dict[str, TextTree]]:
    """Several editions in each of their languages, by primary key. Two queries, however many.

    The same trees as `resolutions.selectors.trees.edition_tree` gives, from plain rows.
    """
    keys = [edition.pk for edition in editions]
    rows = EditionProvision.objects.filter(edition__in=keys).order_by("edition", "position")
    children: dict[int, dict[str, list[_Row]]] = {key: {} for key in keys}
    for edition_key, parent_key, *row in rows.values_list(
        "edition", "parent_key", "pk", "key", "kind", "number"
    ).iterator(chunk_size=_CHUNK):
        children[edition_key].setdefault(parent_key, []).append(row)
    words: dict[str, dict[int, list[str]]] = defaultdict(dict)
    for provision, language, *worded in (
        EditionText.objects.filter(provision__edition__in=keys)
        .values_list("provision", "language", "heading", "text")
        .iterator(chunk_size=_CHUNK)
    ):
        words[language][provision] = worded
    found = {}
    for edition in editions:
        languages = sorted(
            edition.languages.all(), key=lambda row: (row.language != "ko", row.language)
        )
        found[edition.pk] = {
            row.language: TextTree(
                title=row.title,
                lang=row.language,
                provisions=_nest(children[edition.pk], "", words[row.language]),
            )
            for row in languages
        }
    return found


_NO_WORDS = ("", "")
_CHUNK = 5_000
_KINDS = {kind.value: kind for kind in Kind}
_Row: TypeAlias = list[Any]
"""Primary key, key, kind, number."""


def _nest(
    children: Mapping[str, list[_Row]], parent: str, words: Mapping[int, Sequence[str]]
) -> tuple[Provision, ...]:
    nested = []
    for pk, key, kind, number in children.get(parent, ()):
        below = _nest(children, key, words) if key in children else ()
        if (worded := words.get(pk)) is not None:
            nested.append(Provision(key, _KINDS[kind], number, worded[0], worded[1], below))
        elif below:
            nested.append(Provision(key, _KINDS[kind], number, "", "", below))
    return tuple(nested)


@dataclass(frozen=True, slots=True)
class ProvisionVersion:
    """A provision as it stands from one edition on, until the next version.

    `paths` lead, in each language, from the top of the text to the provision, which carries what
    is below it; a language without it is left out, and there is none where it was struck.
    """

    edition: Edition
    paths: Mapping[str, tuple[Provision, ...]]

    @property
    def stands(self) -> bool:
        """Whether the text has the provision."""
        return bool(self.paths)

    @property
    def trees(self) -> dict[str, TextTree]:
        """The provision alone, as a text of its own, in each language."""
        return {
            language: TextTree(title="", lang=language, provisions=(path[-1],))
            for language, path in self.paths.items()
        }


def provision_versions(*, editions: Collection[Edition], key: str) -> list[ProvisionVersion]:
    """The versions of a provision through `editions`, in their order.

    A new version begins where its words, its number or what it stands in changed. Two queries,
    however many editions.
    """
    numbers = {edition.pk: edition for edition in editions}
    shapes: dict[int, dict[str, tuple[int, str, Kind, str]]] = {pk: {} for pk in numbers}
    below: dict[int, dict[str, list[str]]] = {pk: defaultdict(list) for pk in numbers}
    rows = EditionProvision.objects.filter(edition__in=numbers).order_by("edition", "position")
    for pk, of, own, parent, kind, number in rows.values_list(
        "pk", "edition", "key", "parent_key", "kind", "number"
    ):
        shapes[of][own] = (pk, parent, Kind(kind), number)
        below[of][parent].append(own)
    wanted = {
        shapes[of][each][0]
        for of in numbers
        for each in _with_all_below(below[of], key)
        if key in shapes[of]
    }
    words: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    for provision, language, heading, text in EditionText.objects.filter(
        provision__in=wanted
    ).values_list("provision", "language", "heading", "text"):
        words[provision][language] = (heading, text)
    versions: list[ProvisionVersion] = []
    for edition in editions:
        shape = shapes[edition.pk]
        paths = {
            row.language: path
            for row in sorted(edition.languages.all(), key=lambda row: row.language != "ko")
            if (path := _path(shape, below[edition.pk], key, row.language, words))
        }
        if _told(paths) != _told(versions[-1].paths if versions else {}):
            versions.append(ProvisionVersion(edition, paths))
    return versions


def _told(paths: Mapping[str, tuple[Provision, ...]]) -> dict[str, tuple[str, Provision]]:
    """What makes a version: the provision with what is below it, and what it stands in."""
    return {
        language: (path[-2].key if len(path) > 1 else "", path[-1])
        for language, path in paths.items()
    }


def _with_all_below(below: Mapping[str, list[str]], key: str) -> list[str]:
    found = [key]
    for each in found:
        found.extend(below.get(each, ()))
    return found


def _path(
    shape: Mapping[str, tuple[int, str, Kind, str]],
    below: Mapping[str, list[str]],
    key: str,
    language: str,
    words: Mapping[int, Mapping[str, tuple[str, str]]],
) -> tuple[Provision, ...]:
    def whole(own: str) -> Provision | None:
        pk, _parent, kind, number = shape[own]
        inside = tuple(filter(None, (whole(child) for child in below.get(own, ()))))
        said = words.get(pk, {}).get(language)
        if said is None and not inside:
            return None
        heading, text = said or _NO_WORDS
        return Provision(own, kind, number, heading, text, inside)

    provision = whole(key) if key in shape else None
    if provision is None:
        return ()
    steps = [provision]
    parent = shape[key][1]
    while parent:
        _pk, above, kind, number = shape[parent]
        steps.append(Provision(parent, kind, number))
        parent = above
    return tuple(reversed(steps))


def amendments_behind(*, editions: Collection[Edition]) -> dict[int, list[Amendment]]:
    """The amendments that went into editions, by primary key, in the order applied. Two queries."""
    rows = (
        EditionAmendment.objects.filter(edition__in=[edition.pk for edition in editions])
        .select_related("amendment__proposer")
        .prefetch_related("amendment__proposer__name_rows")
        .order_by("edition", "position")
    )
    behind: dict[int, list[Amendment]] = defaultdict(list)
    for row in rows:
        behind[row.edition_id].append(row.amendment)
    return behind


def edition_files(*, edition: Edition) -> QuerySet[EditionFile]:
    """The files of an edition without their bytes, each with its `size`."""
    return (
        EditionFile.objects.filter(edition=edition)
        .defer("content")
        .annotate(size=Length("content"))
        .order_by("format", "language")
    )


def has_provision(*, edition: Edition, key: str) -> bool:
    """Whether an edition has a provision."""
    return edition.provisions.filter(key=key).exists()


def published_numbers() -> frozenset[tuple[str, int]]:
    """`(slug, number)` of every published edition: what a citation may link to. One query."""
    return frozenset(
        Edition.objects.filter(publication__isnull=False).values_list("instrument__slug", "number")
    )
