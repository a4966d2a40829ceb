"""A draft as its writers see it: its sketch, what wants a look, who is at it, and its past.

The past is read from django-reversion: with every change of a provision its row and all its
texts are kept together, so a provision as it was is the newest version of its row up to then,
with the texts of the same revision.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Max, Q, QuerySet, Subquery, prefetch_related_objects
from django.utils.dateparse import parse_datetime
from reversion.models import Version

from members.models import City
from resolutions.models import (
    DraftingCity,
    DraftRevision,
    Instrument,
    InstrumentTitle,
    Provision,
    ProvisionBuffer,
    ProvisionComment,
    ProvisionLock,
    ProvisionText,
)
from resolutions.rules.drafting import Finding, Sketch, Wording, find_flags, units
from resolutions.rules.references import Reference, dangling_references
from resolutions.rules.structure import Kind, TextTree
from resolutions.rules.structure import Provision as Node
from secretariat.kernel.models import AuditEntry

# ── the draft as it stands ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its answers, oldest first."""

    comment: ProvisionComment
    answers: tuple[ProvisionComment, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft on the desk: sketches in reading order, tombstones, flags, locks, open comments.

    `units` maps the head of each unit of work to its keys; `threads` are the comments on the
    one that was asked for. Six queries, however long the text.
    """

    instrument: Instrument
    sketches: tuple[Sketch, ...]
    tombstones: tuple[Sketch, ...]
    trees: Mapping[str, TextTree]
    languages: tuple[str, ...]
    units: Mapping[str, Sequence[str]]
    flags: Mapping[str, tuple[Finding, ...]]
    rules: Mapping[str, Sequence[str]]
    locks: Mapping[str, ProvisionLock]
    comments: Mapping[str, int]
    threads: tuple[Thread, ...]

    @property
    def by_key(self) -> dict[str, Sketch]:
        return {sketch.key: sketch for sketch in self.sketches}

    @property
    def rules_without_provision(self) -> tuple[str, ...]:
        """The rules that are bound to a provision which the draft no longer has."""
        living = {sketch.key for sketch in self.sketches}
        return tuple(
            name for key, names in self.rules.items() if key not in living for name in names
        )


def draft_sheet(*, instrument: Instrument, now: datetime, opened: str = "") -> Sheet:
    """The draft of a text, with everything that its editor shows beside the words.

    `opened` is a provision whose unit's comments are wanted whole.
    """
    rows = list(instrument.provisions.prefetch_related("texts").order_by("position"))
    sketches = _in_reading_order([sketch_of(row) for row in rows if not row.removed])
    languages = sorted(
        {*instrument.authentic_languages, *(code for each in sketches for code in each.words)},
        key=lambda language: (language != "ko", language),
    )
    trees = {code: tree_of(sketches, instrument.title_in(code), code) for code in languages}
    found_units = units(sketches)
    keys = next((keys for keys in found_units.values() if opened in keys), [])
    rules: dict[str, list[str]] = defaultdict(list)
    bound_at = None
    for rule in instrument.draft_rules.annotate(bound_at=Subquery(_bindings(instrument)[:1])):
        rules[rule.provision_key].append(rule.name)
        bound_at = rule.bound_at
    locks = list(instrument.locks.filter(ends_at__gt=now).select_related("city"))
    comments = list(
        instrument.comments.filter(Q(key__in=keys) | Q(settled_at=None, answers=None))
        .select_related("city")
        .order_by("written_at", "pk")
    )
    held = [lock.city for lock in locks if lock.city is not None]
    cities = [*held, *(each.city for each in comments if each.city is not None)]
    prefetch_related_objects(cities, "name_rows")
    return Sheet(
        instrument=instrument,
        sketches=sketches,
        tombstones=tuple(sketch_of(row) for row in rows if row.removed),
        trees=trees,
        languages=tuple(languages),
        units=found_units,
        flags=find_flags(
            sketches,
            languages=languages,
            rules=rules,
            bound_at=bound_at,
            dangling=_dangling(trees),
        ),
        rules=rules,
        locks={lock.key: lock for lock in locks},
        comments=Counter(
            each.key for each in comments if each.settled_at is None and each.answers_id is None
        ),
        threads=_threads([each for each in comments if each.key in keys]),
    )


def sketch_of(row: Provision) -> Sketch:
    """A row of the draft with its words (`texts` prefetched)."""
    return Sketch(
        key=row.key,
        parent_key=row.parent_key,
        kind=Kind(row.kind),
        number=row.number,
        words={
            text.language: Wording(text.heading, text.text, text.reviewed_at)
            for text in row.texts.all()
        },
    )


def tree_of(sketches: Iterable[Sketch], title: str, language: str) -> TextTree:
    """Sketches nested, in one language, as `trees.build_tree` nests rows."""
    below: dict[str, list[Sketch]] = defaultdict(list)
    for sketch in sketches:
        below[sketch.parent_key].append(sketch)

    def nest(parent: str) -> tuple[Node, ...]:
        nested = []
        for sketch in below[parent]:
            words = sketch.words.get(language)
            children = nest(sketch.key)
            if words is None and not children:
                continue
            nested.append(
                Node(
                    key=sketch.key,
                    kind=sketch.kind,
                    number=sketch.number,
                    heading=words.heading if words else "",
                    text=words.text if words else "",
                    children=children,
                )
            )
        return tuple(nested)

    return TextTree(title=title, lang=language, provisions=nest(""))


def _in_reading_order(sketches: Sequence[Sketch]) -> tuple[Sketch, ...]:
    below: dict[str, list[Sketch]] = defaultdict(list)
    for sketch in sketches:
        below[sketch.parent_key].append(sketch)
    ordered: list[Sketch] = []
    waiting = list(reversed(below[""]))
    while waiting:
        sketch = waiting.pop()
        ordered.append(sketch)
        waiting.extend(reversed(below[sketch.key]))
    return tuple(ordered)


def _dangling(trees: Mapping[str, TextTree]) -> dict[str, dict[str, list[str]]]:
    """Key → language → the words of references that lead nowhere."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for code, tree in trees.items():
        for reference in _dangling_in(tree):
            found[reference.key][code].append(reference.words)
    return found


@lru_cache(maxsize=16)
def _dangling_in(tree: TextTree) -> tuple[Reference, ...]:
    """Kept, since a tree of 200 articles takes a quarter of a second and mostly stays."""
    return dangling_references(tree)


def _bindings(instrument: Instrument) -> QuerySet[Any, Any]:
    """When rules were bound to the draft, the latest first."""
    bound = AuditEntry.objects.filter(chain=instrument.chain, action="text.rules_bound")
    return bound.order_by("-sequence").values_list("occurred_at", flat=True)


# ── who is at it, and what they say ─────────────────────────────────────────────────────────


def _threads(rows: Iterable[ProvisionComment]) -> tuple[Thread, ...]:
    """Comments with their answers: the open ones first, then the settled."""
    answers: dict[int, list[ProvisionComment]] = defaultdict(list)
    first = []
    for row in rows:
        if row.answers_id is None:
            first.append(row)
        else:
            answers[row.answers_id].append(row)
    first.sort(key=lambda row: row.settled_at is not None)
    return tuple(Thread(row, tuple(answers[row.pk])) for row in first)


def buffer_of(*, instrument: Instrument, key: str, person: Any) -> ProvisionBuffer | None:
    """What this person typed for this unit and did not save."""
    return ProvisionBuffer.objects.filter(instrument=instrument, key=key, person=person).first()


def drafting_cities(*, instrument: Instrument) -> QuerySet[DraftingCity]:
    """The cities that draft with the office now."""
    return (
        DraftingCity.objects.filter(instrument=instrument, ended_at=None)
        .select_related("city")
        .prefetch_related("city__name_rows")
        .order_by("city__code")
    )


def drafts_of(*, city: City) -> QuerySet[Instrument]:
    """The texts that the city drafts with the office."""
    return (
        Instrument.objects.filter(drafting_cities__city=city, drafting_cities__ended_at=None)
        .prefetch_related("wordings")
        .order_by("kind", "slug")
    )


# ── the past ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PastProvision:
    """A provision as a revision left it."""

    key: str
    parent_key: str
    position: int
    kind: str
    number: str
    removed: bool
    words: Mapping[str, Wording] = field(default_factory=dict)

    def sketch(self) -> Sketch:
        return Sketch(self.key, self.parent_key, Kind(self.kind), self.number, self.words)


@dataclass(frozen=True, slots=True)
class DraftState:
    """A whole draft as a revision left it: what was there, by key, and what it was called."""

    provisions: Mapping[str, PastProvision]
    titles: Mapping[str, str]

    def trees(self, languages: Iterable[str], *, titles: Mapping[str, str]) -> dict[str, TextTree]:
        """As trees; `titles` serve where the past knows none."""
        rows = sorted(self.provisions.values(), key=lambda row: row.position)
        sketches = _in_reading_order([row.sketch() for row in rows])
        return {
            code: tree_of(sketches, self.titles.get(code) or titles.get(code, ""), code)
            for code in languages
        }

    @property
    def languages(self) -> set[str]:
        return {code for row in self.provisions.values() for code in row.words}


def draft_history(*, instrument: Instrument) -> QuerySet[DraftRevision]:
    """The revisions of a draft, newest first, each with how many `provisions` it holds.

    Found by an index on the text, whatever the length of other texts' histories.
    """
    rows = Q(revision__version__content_type=_content_type(Provision))
    return (
        DraftRevision.objects.filter(instrument=instrument)
        .select_related("revision__user", "city")
        .prefetch_related("city__name_rows")
        .annotate(provisions=Count("revision__version", filter=rows))
        .order_by("-revision_id")
    )


def draft_state_at(*, instrument: Instrument, revision: int) -> DraftState | None:
    """The whole draft after a revision of it, or None where it is none of this text's.

    Four queries; the newest versions up to then are found within the text's own revisions.
    """
    if not DraftRevision.objects.filter(instrument=instrument, revision=revision).exists():
        return None
    upto = DraftRevision.objects.filter(instrument=instrument, revision__lte=revision)
    newest = (
        Version.objects.filter(
            content_type__in=(_content_type(Provision), _content_type(InstrumentTitle)),
            revision__in=upto.values("revision"),
        )
        .order_by()
        .values("content_type", "object_id")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    rows: dict[tuple[int, int], PastProvision] = {}
    titles: dict[str, str] = {}
    kind = _content_type(Provision).pk
    for version in Version.objects.filter(pk__in=newest):
        values = _values(version)
        if version.content_type_id != kind:
            titles[values["language"]] = values["title"]
        elif not values["removed"]:
            rows[version.revision_id, int(version.object_id)] = _past(values)
    words = _words_in(
        Version.objects.filter(revision__in={revision_id for revision_id, _pk in rows})
    )
    provisions = {}
    for place, row in rows.items():
        row_words = words.get(place, {})
        provisions[row.key] = PastProvision(
            row.key, row.parent_key, row.position, row.kind, row.number, False, row_words
        )
    return DraftState(provisions=provisions, titles=titles)


@dataclass(frozen=True, slots=True)
class PastWords:
    """A provision as one revision left it, and that revision."""

    change: DraftRevision
    provision: PastProvision


def provision_history(*, instrument: Instrument, key: str, limit: int = 50) -> list[PastWords]:
    """What one provision was, newest first. Four queries."""
    row = instrument.provisions.filter(key=key).first()
    if row is None:
        return []
    versions = list(
        Version.objects.filter(
            content_type=_content_type(Provision),
            object_id=str(row.pk),
            revision__draft__instrument=instrument,
        )
        .select_related("revision__user", "revision__draft__city")
        .prefetch_related("revision__draft__city__name_rows")
        .order_by("-pk")[:limit]
    )
    words = _words_in(
        Version.objects.filter(
            revision__in=[version.revision_id for version in versions],
            serialized_data__contains=f'"provision": {row.pk},',
        )
    )
    past = []
    for version in versions:
        values = _values(version)
        found = _past(values)
        past.append(
            PastWords(
                change=version.revision.draft,
                provision=PastProvision(
                    found.key,
                    found.parent_key,
                    found.position,
                    found.kind,
                    found.number,
                    found.removed,
                    words.get((version.revision_id, row.pk), {}),
                ),
            )
        )
    return past


def _words_in(versions: QuerySet[Any]) -> dict[tuple[int, int], dict[str, Wording]]:
    """(revision, provision) → language → words."""
    found: dict[tuple[int, int], dict[str, Wording]] = defaultdict(dict)
    for version in versions.filter(content_type=_content_type(ProvisionText)):
        values = _values(version)
        reviewed = values.get("reviewed_at")
        found[version.revision_id, values["provision"]][values["language"]] = Wording(
            values["heading"], values["text"], parse_datetime(reviewed) if reviewed else None
        )
    return found


def _past(values: Mapping[str, Any]) -> PastProvision:
    names = ("key", "parent_key", "position", "kind", "number", "removed")
    return PastProvision(**{name: values[name] for name in names})


def _values(version: Any) -> dict[str, Any]:
    """The fields of a version; read directly, since a whole text holds thousands of them."""
    fields: dict[str, Any] = json.loads(version.serialized_data)[0]["fields"]
    return fields


def _content_type(model: Any) -> ContentType:
    return ContentType.objects.get_for_model(model)
