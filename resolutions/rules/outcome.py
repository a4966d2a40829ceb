"""What several amendments together make of a text: struck, put, moved, numbered, reworded.

Nothing is checked against the base here: `resolutions.rules.amending` has done so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from resolutions.rules.footprints import Footprint
from resolutions.rules.merging import merge_words
from resolutions.rules.operations import Operation, Words
from resolutions.rules.references import follow_renumbering
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.rules.text_body import TOP, Place, TextBody
from secretariat.kernel.bilingual import Bilingual


@dataclass(slots=True)
class _Node:
    """A provision of the outcome; `words` by language, only where that language has it."""

    key: str
    kind: Kind
    number: str
    words: dict[str, Words] = field(default_factory=dict)


class Outcome:
    """What several footprints together make of a text."""

    def __init__(
        self, body: TextBody, made: Mapping[int, Footprint], used: Collection[str] = ()
    ) -> None:
        self.body = body
        self.made = made
        self.used = used
        self.keys: dict[tuple[int, str], str] = {}
        self.changed: dict[str, _Node] = {}
        self.moved: dict[str, tuple[str, str]] = {}
        self.gone: set[str] = set()
        self.emptied: set[str] = set()
        self.put: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.below: dict[str, list[str]] = {}
        self.written: dict[tuple[str, str], list[int]] = {}
        self._strike()
        self._insert_and_move()
        self._renumber()
        self._reword()
        self._order()
        self._spread_numbers()
        self._follow()

    def trees(self) -> dict[str, TextTree]:
        return {language: self._tree(language) for language in self.body.languages}

    def _node(self, key: str) -> _Node:
        node = self.changed.get(key)
        if node is None:
            place = self.body.places[key]
            node = self.changed[key] = _Node(key, place.kind, place.number)
            for language in self.body.languages:
                words = self.body.words(key, language)
                if words is not None:
                    node.words[language] = words
        return node

    def _strike(self) -> None:
        for footprint in self.made.values():
            for key, top in footprint.gone.items():
                if footprint.struck[top] and key == top:
                    self.emptied.add(key)
                else:
                    self.gone.add(key)
        for key in self.emptied - self.gone:
            node = self._node(key)
            node.words = {language: Words.repealed(language) for language in node.words}

    def _insert_and_move(self) -> None:
        """Give every insertion its final key, in the order of the amendments' numbers."""
        taken = {*self.body.places, *self.used}
        same: dict[tuple[object, ...], str] = {}
        self.inserted: dict[str, tuple[int, Operation]] = {}
        self.parents: dict[str, str] = {}
        for number, footprint in self.made.items():
            named: dict[str, str] = {}
            for key, operation in _anchors_first(footprint.inserted):
                parent = named.get(operation.parent, operation.parent)
                after = named.get(operation.after, operation.after)
                words = _hashable(operation.words)
                what = (key, operation.kind, operation.number, parent, after, words)
                if what in same:
                    named[key] = self.keys[number, key] = same[what]
                    continue
                free = key if key not in taken or key in footprint.gone else _free(key, taken)
                taken.add(free)
                named[key] = self.keys[number, key] = same[what] = free
                assert operation.kind is not None
                self.changed[free] = _Node(
                    free, operation.kind, operation.number, dict(operation.words)
                )
                self.gone.discard(free)
                self.inserted[free] = (number, operation)
                self.parents[free] = parent
                self.put[parent, after].append(free)
            for key, (parent, after) in footprint.moves.items():
                slot = named.get(parent, parent), named.get(after, after)
                if key not in self.moved:
                    self.moved[key] = slot
                    self.parents[key] = slot[0]
                    self.put[slot].append(key)

    def _renumber(self) -> None:
        for footprint in self.made.values():
            for key, number in footprint.numbers.items():
                self._node(key).number = number

    def _reword(self) -> None:
        versions: dict[tuple[str, str], list[Words]] = defaultdict(list)
        for number, footprint in self.made.items():
            for key, edits in footprint.edits.items():
                for language, words in edits.items():
                    versions[key, language].append(words)
                    self.written.setdefault((key, language), []).append(number)
        for (key, language), wanted in versions.items():
            base = self.body.words(key, language) or Words()
            self._node(key).words[language] = _merged(base, wanted, key)

    def _order(self) -> None:
        """The children of every parent: what stays in its order, and what is put after it."""
        placed = set()

        def settle(parent: str) -> None:
            ordered: list[str] = []

            def place(key: str) -> None:
                if key in placed:
                    raise _circle(key)
                placed.add(key)
                ordered.append(key)
                for follower in self.put.get((parent, key), ()):
                    place(follower)

            for key in self.put.get((parent, TOP), ()):
                place(key)
            if parent not in self.inserted:
                for key in self.body.below.get(parent, ()):
                    if key not in self.moved and key not in self.gone and key not in self.inserted:
                        place(key)
            self.below[parent] = ordered
            for key in ordered:
                if key in self.inserted or key in self.body.below or self._is_parent(key):
                    settle(key)

        self._with_something_below = {parent for parent, _after in self.put}
        settle(TOP)
        for keys in self.put.values():
            for key in keys:
                if key not in placed:
                    raise _nowhere(key)

    def _is_parent(self, key: str) -> bool:
        return key in self._with_something_below

    def _spread_numbers(self) -> None:
        """Where amendments give one number to different new provisions, the later ones move on."""
        if len(self.made) < 2 or len(self.inserted) < 2:
            return
        claimed: dict[tuple[str, Kind, str], int] = {}
        waiting = []
        for key, (rank, _operation) in self.inserted.items():
            node = self.changed[key]
            claim = self._scope(key), node.kind, node.number
            if node.number and claimed.setdefault(claim, rank) != rank:
                waiting.append((key, claim[0]))
        for key, scope in waiting:
            node = self.changed[key]
            used = set(self._numbers(scope, node.kind))
            while node.number in used:
                node.number = _next_number(node.number)

    def _scope(self, key: str) -> str:
        node = self.changed[key]
        parent = self._parent(key)
        while (
            node.kind is Kind.ARTICLE
            and "." not in node.number
            and parent != TOP
            and self._kind(parent) not in (Kind.SUPPLEMENTARY, Kind.ANNEX)
        ):
            parent = self._parent(parent)
        return parent

    def _numbers(self, scope: str, kind: Kind) -> Iterable[str]:
        """Every number of that kind within a scope."""
        for key in self.below.get(scope, ()):
            if self._kind(key) is kind:
                yield self.changed[key].number if key in self.changed else self._place(key).number
            elif kind is Kind.ARTICLE and self._kind(key) in (
                Kind.PART, Kind.CHAPTER, Kind.SECTION,
            ):  # fmt: skip
                yield from self._numbers(key, kind)

    def _parent(self, key: str) -> str:
        return self.parents[key] if key in self.parents else self._place(key).parent

    def _kind(self, key: str) -> Kind:
        return self.changed[key].kind if key in self.changed else self._place(key).kind

    def _place(self, key: str) -> Place:
        return self.body.places[key]

    def _follow(self) -> None:
        """References follow what was renumbered or moved, where their writer knew nothing of it.

        Words of an amendment that itself renumbers or moves were written in its own numbering.
        """
        knowing = {number for number, made in self.made.items() if made.numbers or made.moves}
        if not knowing:
            return
        unaware = {n: made for n, made in self.made.items() if n not in knowing}
        written = {frozenset[int](): Outcome(self.body, unaware).trees()}
        if len(knowing) > 1:
            for number in knowing:
                alone = Outcome(self.body, {number: self.made[number]})
                written[frozenset({number})] = alone.trees()
        after = self.trees()
        for writers, before in written.items():
            for language, tree in after.items():
                followed = follow_renumbering(before[language], tree)
                self._take_over(followed, language, writers, knowing)

    def _take_over(
        self, followed: TextTree, language: str, writers: frozenset[int], knowing: set[int]
    ) -> None:
        """Take the words of provisions that these, of all who knew, have written."""
        own = self.body.provisions[language]
        for provision in followed.walk():
            key = provision.key
            if key in self.inserted:
                wrote = {self.inserted[key][0]}
            else:
                wrote = set(self.written.get((key, language), ()))
            if wrote & knowing != writers or key in self.emptied:
                continue
            old, node = own.get(key), self.changed.get(key)
            had = node.words.get(language) if node else old and Words(old.heading, old.text)
            words = Words(provision.heading, provision.text)
            if had is not None and had != words:
                self._node(key).words[language] = words

    def _tree(self, language: str) -> TextTree:
        """Only what differs from the base is made anew."""
        own = self.body.provisions[language]
        tree = self.body.trees[language]

        def nest(parent: str) -> tuple[Provision, ...]:
            nested = []
            for key in self.below.get(parent, ()):
                children = nest(key) if self.below.get(key) else ()
                old, node = own.get(key), self.changed.get(key)
                if node is None:
                    if old is None and not children:
                        continue
                    if old is not None and old.children == children:
                        nested.append(old)
                        continue
                    node = self._node(key)
                words = node.words.get(language)
                if words is None and not children:
                    continue
                words = words or Words()
                nested.append(
                    Provision(key, node.kind, node.number, words.heading, words.text, children)
                )
            return tuple(nested)

        return TextTree(tree.title, tree.lang, nest(TOP))


def _hashable(words: Mapping[str, Words]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted((code, each.heading, each.text) for code, each in words.items()))


def _anchors_first(inserted: Mapping[str, Operation]) -> Iterable[tuple[str, Operation]]:
    """The insertions of one amendment, each after what it stands below or beside."""
    done: set[str] = set()
    waiting = list(inserted.items())
    while waiting:
        left = []
        for key, operation in waiting:
            anchors = {operation.parent, operation.after} & inserted.keys()
            if anchors - done - ({key} if operation.parent == key else set()):
                left.append((key, operation))
                continue
            done.add(key)
            yield key, operation
        if len(left) == len(waiting):
            raise _circle(left[0][0])
        waiting = left


def _merged(base: Words, versions: Sequence[Words], key: str) -> Words:
    if len(versions) == 1:
        return versions[0]
    heading = merge_words(base.heading, (each.heading for each in versions))
    text = merge_words(base.text, (each.text for each in versions))
    if heading is None or text is None:
        raise _circle(key)
    return Words.normal(heading, text)


def _free(key: str, taken: set[str]) -> str:
    nth = 2
    while f"{key}_{nth}" in taken:
        nth += 1
    return f"{key}_{nth}"


def _next_number(number: str) -> str:
    """4 → 5, 12-2 → 12-3, 12A → 12B; what cannot be counted gets -2."""
    head, separator, last = number.rpartition("-")
    if last.isdigit():
        return f"{head}{separator}{int(last) + 1}"
    if last[-1:].isalpha() and last[-1:] not in "zZ" and last.isascii():
        return f"{head}{separator}{last[:-1]}{chr(ord(last[-1]) + 1)}"
    return f"{number}-2"


def _circle(key: str) -> RuleRefused:
    return RuleRefused(
        "goes_in_a_circle",
        Bilingual(
            ko=f"조항 {key}의 자리가 서로를 가리켜 정할 수 없습니다. 자리를 다시 정하십시오.",
            en=f"The place of {key} depends on itself. Say anew where it stands.",
        ),
        where=key,
    )


def _nowhere(key: str) -> RuleRefused:
    return RuleRefused(
        "place_gone",
        Bilingual(
            ko=f"조항 {key}을(를) 둘 자리가 본문에 없습니다. 자리를 다시 정하십시오.",
            en=f"The place at which {key} should stand is not in the text. Say anew where it is.",
        ),
        where=key,
    )
