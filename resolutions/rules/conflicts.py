"""Whether two amendments to one text can both be applied, and what stands in the way.

    NONE                 they touch different things
    IDENTICAL            they do the very same; applied together it is done once
    MERGEABLE            they touch the same provision, and every language takes both changes
    INSERTION_ORDER      both put something at one place, or give away one number: the lower
                         number of an amendment comes first
    HARD                 they want different words, numbers or places for one provision
    DELETE_AGAINST_EDIT  one strikes what the other changes
    ANCHOR_GONE          one strikes or moves that beside or below which the other inserts

The last three cannot be applied together. What is called mergeable merges by words
(`resolutions.rules.merging`); it is so called only if every language merges. The finding is
the same whichever of the two is named first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Final

from resolutions.rules.footprints import Footprint, clashes
from resolutions.rules.merging import go_together
from resolutions.rules.operations import Operation
from resolutions.rules.structure import TextTree
from resolutions.rules.text_body import TOP, TextBody
from secretariat.kernel.bilingual import Bilingual


class Conflict(StrEnum):
    """How two amendments stand to one another."""

    NONE = "none"
    IDENTICAL = "identical"
    MERGEABLE = "mergeable"
    HARD = "hard"
    DELETE_AGAINST_EDIT = "delete_against_edit"
    ANCHOR_GONE = "anchor_gone"
    INSERTION_ORDER = "insertion_order"

    @property
    def label(self) -> Bilingual:
        """A short name for tables."""
        return _LABELS[self]

    @property
    def apart(self) -> bool:
        """Whether the two cannot be applied together."""
        return self in CANNOT_BOTH


CANNOT_BOTH: Final = frozenset({Conflict.HARD, Conflict.DELETE_AGAINST_EDIT, Conflict.ANCHOR_GONE})

_WORST_FIRST: Final = (
    Conflict.HARD,
    Conflict.DELETE_AGAINST_EDIT,
    Conflict.ANCHOR_GONE,
    Conflict.INSERTION_ORDER,
    Conflict.MERGEABLE,
    Conflict.IDENTICAL,
)

_LABELS: Final = {
    Conflict.NONE: Bilingual(ko="충돌 없음", en="no conflict"),
    Conflict.IDENTICAL: Bilingual(ko="같은 내용", en="identical"),
    Conflict.MERGEABLE: Bilingual(ko="함께 반영 가능", en="can be merged"),
    Conflict.HARD: Bilingual(ko="양립 불가", en="cannot both stand"),
    Conflict.DELETE_AGAINST_EDIT: Bilingual(ko="삭제와 수정", en="deletion against change"),
    Conflict.ANCHOR_GONE: Bilingual(ko="기준 조항 없어짐", en="place of insertion gone"),
    Conflict.INSERTION_ORDER: Bilingual(ko="신설 순서", en="order of insertion"),
}

_SENTENCES: Final = {
    Conflict.NONE: (
        "두 수정안은 서로 다른 곳을 고칩니다.",
        "The two amendments change different places.",
    ),
    Conflict.IDENTICAL: (
        "두 수정안의 내용이 같습니다: {at}. 함께 채택되어도 한 번만 반영됩니다.",
        "The two amendments do the same: {at}. If both are adopted, it is done once.",
    ),
    Conflict.MERGEABLE: (
        "두 수정안이 같은 조항의 다른 부분을 고치므로 함께 반영할 수 있습니다: {at}.",
        "Both change other parts of the same provision and can be applied together: {at}.",
    ),
    Conflict.HARD: (
        "두 수정안이 같은 조항을 서로 다르게 고치므로 하나만 채택할 수 있습니다: {at}{languages}.",
        "Both change the same provision differently, so only one can be adopted: {at}{languages}.",
    ),
    Conflict.DELETE_AGAINST_EDIT: (
        "한 수정안은 삭제하고 다른 수정안은 고치므로 하나만 채택할 수 있습니다: {at}.",
        "One strikes what the other changes, so only one can be adopted: {at}.",
    ),
    Conflict.ANCHOR_GONE: (
        (
            "한 수정안이 삭제하거나 옮기는 곳에 다른 수정안이 조항을 넣으므로 하나만 채택할 수 "
            "있습니다: {at}."
        ),
        (
            "One strikes or moves the place at which the other inserts, so only one can be "
            "adopted: {at}."
        ),
    ),
    Conflict.INSERTION_ORDER: (
        (
            "두 수정안이 같은 자리에 조항을 넣거나 같은 번호를 씁니다: {at}. 함께 채택되면 번호가 "
            "빠른 수정안의 조항이 앞에 옵니다."
        ),
        (
            "Both insert at the same place or use the same number: {at}. If both are adopted, "
            "that of the lower-numbered amendment comes first."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class ConflictFinding:
    """How two amendments stand to one another.

    `keys` are the provisions of the base at which they meet (for something inserted, what it is
    put beside or below), `languages` those in which they cannot both stand; both sorted.
    """

    kind: Conflict
    keys: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    _body: TextBody | None = field(default=None, compare=False, repr=False)

    @property
    def sentence(self) -> Bilingual:
        """What it means for the two, citing the provisions."""
        ko, en = _SENTENCES[self.kind]
        cited = [self._body.citation(key) for key in self.keys] if self._body else []
        languages = ", ".join(self.languages)
        told = languages if self._body and len(self.languages) < len(self._body.languages) else ""
        return Bilingual(
            ko=ko.format(
                at=", ".join(each.in_language("ko") for each in cited) or "본문 처음",
                languages=f" ({told})" if told else "",
            ),
            en=en.format(
                at=", ".join(each.in_language("en") for each in cited) or "the top of the text",
                languages=f" ({told})" if told else "",
            ),
        )

    def as_json(self) -> dict[str, object]:
        """`{"kind", "keys": […], "languages": […], "sentence": {ko, en}}`."""
        return {
            "kind": self.kind.value,
            "keys": list(self.keys),
            "languages": list(self.languages),
            "sentence": self.sentence.as_dict(),
        }


NO_CONFLICT: Final = ConflictFinding(Conflict.NONE)


@dataclass(frozen=True, slots=True)
class ConflictMatrix:
    """All pairs of the amendments to a text; a pair that is not in `cells` has no conflict."""

    numbers: tuple[int, ...]
    cells: Mapping[tuple[int, int], ConflictFinding]
    """By the lower and the higher number."""

    def between(self, one: int, other: int) -> ConflictFinding:
        """The finding for two amendments, in either order."""
        return self.cells.get((min(one, other), max(one, other)), NO_CONFLICT)

    def apart_from(self, number: int) -> tuple[int, ...]:
        """The amendments that cannot be applied together with this one."""
        return tuple(
            other
            for other in self.numbers
            if other != number and self.between(number, other).kind in CANNOT_BOTH
        )

    def of_kind(self, *kinds: Conflict) -> Iterator[tuple[int, int, ConflictFinding]]:
        """The pairs of these kinds, by number."""
        for (one, other), finding in sorted(self.cells.items()):
            if finding.kind in kinds:
                yield one, other, finding


def compare_amendments(
    base: Mapping[str, TextTree], mine: Sequence[Operation], theirs: Sequence[Operation]
) -> ConflictFinding:
    """How two amendments to `base` stand to one another. Raises RuleRefused."""
    body = TextBody.of(base)
    return compare_footprints(body, Footprint.of(body, mine), Footprint.of(body, theirs))


def conflict_matrix(
    base: Mapping[str, TextTree], amendments: Mapping[int, Sequence[Operation]]
) -> ConflictMatrix:
    """Every pair of amendments, by number. Compares only those that touch the same thing."""
    body = TextBody.of(base)
    made = {number: Footprint.of(body, ops) for number, ops in amendments.items()}
    return matrix_of_footprints(body, made)


def matrix_of_footprints(body: TextBody, made: Mapping[int, Footprint]) -> ConflictMatrix:
    """As `conflict_matrix`, for amendments that were read already.

    Most pairs meet only in words that both rewrite: these are settled provision by provision.
    """
    reworded: dict[str, list[int]] = defaultdict(list)
    meeting: dict[object, list[int]] = defaultdict(list)
    for number in sorted(made):
        for key in made[number].edits:
            reworded[key].append(number)
        for touched in made[number].touched_otherwise():
            meeting[touched].append(number)
    pairs = {pair for numbers in meeting.values() for pair in combinations(numbers, 2)}
    for met in meeting.keys() & reworded.keys():
        others = set(meeting[met])
        for one in reworded[str(met)]:
            pairs.update((min(one, other), max(one, other)) for other in others - {one})
    pairs.update(combinations(sorted(n for n, each in made.items() if each.moves), 2))
    merged: dict[tuple[int, int], list[str]] = {}
    for key, numbers in reworded.items():
        if len(numbers) < 2:
            continue
        edits = [(number, made[number].word_edits(body, key)) for number in numbers]
        for (one, ours), (other, theirs) in combinations(edits, 2):
            if ours == theirs or not go_together(ours, theirs):
                pairs.add((one, other))
            else:
                merged.setdefault((one, other), []).append(key)
    cells = {
        pair: ConflictFinding(Conflict.MERGEABLE, tuple(sorted(keys)), (), body)
        for pair, keys in merged.items()
        if pair not in pairs
    }
    for one, other in pairs:
        finding = compare_footprints(body, made[one], made[other])
        if finding.kind is not Conflict.NONE:
            cells[one, other] = finding
    return ConflictMatrix(tuple(sorted(made)), cells)


def compare_footprints(body: TextBody, mine: Footprint, theirs: Footprint) -> ConflictFinding:
    """How two amendments that were read already stand to one another."""
    if mine.same_effect(theirs) and mine:
        keys = mine.edits.keys() | mine.numbers.keys() | mine.moves.keys() | mine.struck.keys()
        keys = keys | {slot[1] or slot[0] for slot in mine.slots}
        known = tuple(sorted(key for key in keys if key in body.places))
        return ConflictFinding(Conflict.IDENTICAL, known, (), body)
    found = _Found()
    _compare_words(body, mine, theirs, found)
    if mine.numbers or theirs.numbers or mine.moves or theirs.moves:
        _compare_numbers_and_places(body, mine, theirs, found)
    if mine.gone or theirs.gone:
        _compare_deletions(mine, theirs, found)
        _compare_deletions(theirs, mine, found)
    if mine.slots and theirs.slots:
        _compare_insertions(mine, theirs, found)
    if mine.claims and theirs.claims:
        _compare_claims(mine, theirs, found)
    return found.finding(body)


class _Found:
    """What was found while two footprints were compared."""

    __slots__ = ("keys", "languages")

    def __init__(self) -> None:
        self.keys: dict[Conflict, set[str]] = {}
        self.languages: set[str] = set()

    def note(self, kind: Conflict, key: str) -> None:
        self.keys.setdefault(kind, set()).add(key)

    def finding(self, body: TextBody) -> ConflictFinding:
        kind = next((kind for kind in _WORST_FIRST if kind in self.keys), None)
        if kind is None:
            return NO_CONFLICT
        keys = self.keys[kind]
        if kind is Conflict.IDENTICAL:
            # Not the same as a whole: what they share can be applied with the rest.
            kind = Conflict.MERGEABLE
        elif kind is Conflict.MERGEABLE:
            keys = keys | self.keys.get(Conflict.IDENTICAL, set())
        languages = tuple(sorted(self.languages)) if kind is Conflict.HARD else ()
        return ConflictFinding(kind, tuple(sorted(keys - {TOP})), languages, body)


def _compare_words(body: TextBody, mine: Footprint, theirs: Footprint, found: _Found) -> None:
    for key in mine.edits.keys() & theirs.edits.keys():
        ours, others = mine.edits[key], theirs.edits[key]
        if ours == others:
            found.note(Conflict.IDENTICAL, key)
            continue
        edits = mine.word_edits(body, key), theirs.word_edits(body, key)
        if go_together(*edits):
            found.note(Conflict.MERGEABLE, key)
            continue
        found.note(Conflict.HARD, key)
        found.languages.update(body.languages[nth] for nth in clashes(*edits))


def _compare_numbers_and_places(
    body: TextBody, mine: Footprint, theirs: Footprint, found: _Found
) -> None:
    _compare_same(mine.numbers, theirs.numbers, found)
    _compare_same(mine.moves, theirs.moves, found)
    changed = mine.edits.keys() | mine.numbers.keys() | mine.moves.keys()
    for key in changed & (theirs.edits.keys() | theirs.numbers.keys() | theirs.moves.keys()):
        found.note(Conflict.MERGEABLE, key)
    for key in (mine.moves.keys() & theirs.siblings) | (theirs.moves.keys() & mine.siblings):
        if mine.moves.get(key) != theirs.moves.get(key):
            found.note(Conflict.ANCHOR_GONE, key)
    for key, (parent, _after) in mine.moves.items():
        for other, (other_parent, _other_after) in theirs.moves.items():
            if other in body.path_or_none(parent) and key in body.path_or_none(other_parent):
                found.note(Conflict.HARD, key)
                found.note(Conflict.HARD, other)


def _compare_claims(mine: Footprint, theirs: Footprint, found: _Found) -> None:
    for claim in mine.claims.keys() & theirs.claims.keys():
        one, other = mine.claims[claim], theirs.claims[claim]
        if one in mine.inserted and other in theirs.inserted:
            if mine.inserted[one] != theirs.inserted[other]:
                found.note(Conflict.INSERTION_ORDER, _beside(mine.inserted[one]))
                found.note(Conflict.INSERTION_ORDER, _beside(theirs.inserted[other]))
        elif one != other or one in mine.inserted or other in theirs.inserted:
            for key, inserted in ((one, mine.inserted), (other, theirs.inserted)):
                if key not in inserted:
                    found.note(Conflict.HARD, key)


def _compare_same(mine: Mapping[str, object], theirs: Mapping[str, object], found: _Found) -> None:
    for key in mine.keys() & theirs.keys():
        found.note(Conflict.IDENTICAL if mine[key] == theirs[key] else Conflict.HARD, key)


def _compare_deletions(mine: Footprint, theirs: Footprint, found: _Found) -> None:
    """What `mine` strikes against what `theirs` does there."""
    gone = mine.gone
    if not gone:
        return
    for changed in (theirs.edits, theirs.numbers, theirs.moves):
        for key in gone.keys() & changed.keys():
            found.note(Conflict.DELETE_AGAINST_EDIT, gone[key])
    for key in gone.keys() & theirs.parents:
        found.note(Conflict.ANCHOR_GONE, gone[key])
    for key in gone.keys() & theirs.siblings:
        if not mine.struck.get(key, False):
            found.note(Conflict.ANCHOR_GONE, gone[key])
    for key in gone.keys() & theirs.struck.keys():
        if key not in mine.struck:
            found.note(Conflict.MERGEABLE, key)
        elif mine.struck[key] == theirs.struck[key]:
            same = {k for k, top in mine.gone.items() if top == key}
            others = {k for k, top in theirs.gone.items() if top == key}
            found.note(Conflict.IDENTICAL if same == others else Conflict.MERGEABLE, key)
        else:
            found.note(Conflict.HARD, key)


def _compare_insertions(mine: Footprint, theirs: Footprint, found: _Found) -> None:
    for slot in mine.slots.keys() & theirs.slots.keys():
        one, other = mine.slots[slot], theirs.slots[slot]
        same = one == other and mine.inserted.get(one) == theirs.inserted.get(other)
        found.note(Conflict.IDENTICAL if same else Conflict.INSERTION_ORDER, slot[1] or slot[0])
    for key in mine.inserted.keys() & theirs.inserted.keys():
        if mine.inserted[key] != theirs.inserted[key]:
            found.note(Conflict.INSERTION_ORDER, _beside(mine.inserted[key]))
            found.note(Conflict.INSERTION_ORDER, _beside(theirs.inserted[key]))


def _beside(operation: Operation) -> str:
    return operation.after or operation.parent
