"""Deriving the operations of an amendment from the text as it should read, and applying them.

    derive(base, new)        the operations that make `new` of `base`
    apply(base, operations)  the text as one amendment makes it
    apply_all(base, …)       the text as several amendments together make it

All operations are written against the base and are checked against it, by hash, before any is
applied; so the outcome does not depend on the order in which amendments are named. Words that
several amendments change are merged (`resolutions.rules.merging`). Where two insert at the same
place, that of the lower-numbered amendment stands first; where they give the same key or number
to different provisions, the later one gets the next that is free. Several amendments that are
not numbered are taken in the order of the hashes of their operations.

References to a provision that gets another number or place follow it, in words whose writer did
not know of it; what an amendment that renumbers or moves writes itself is in its own numbering.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from resolutions.rules.canonical import normal_field
from resolutions.rules.changes import out_of_order
from resolutions.rules.conflicts import CANNOT_BOTH, matrix_of_footprints
from resolutions.rules.footprints import Footprint
from resolutions.rules.merging import merge_words
from resolutions.rules.operations import Op, Operation, Words, operations_hash
from resolutions.rules.references import follow_renumbering
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.rules.text_body import TOP, Place, TextBody
from secretariat.kernel.bilingual import Bilingual

Trees = Mapping[str, TextTree]
Numbered = Mapping[int, Sequence[Operation]]


class Stale(RuleRefused):
    """An operation was written against another text than the one it is applied to.

    `where` is "key (language)".
    """

    def __init__(self, body: TextBody, key: str, language: str) -> None:
        at = body.citation(key)
        gone = key not in body.places
        super().__init__(
            "stale",
            Bilingual(
                ko=f"수정안이 기준으로 삼은 {at.in_language('ko')}({language})이(가) 지금 본문과 "
                f"다릅니다{' (없는 조항)' if gone else ''}. 지금 본문에 맞추어 수정안을 다시 "
                "작성하십시오.",
                en=f"The amendment was written against another wording of {at.in_language('en')} "
                f"({language}){', which the text does not have' if gone else ''}. Write it again "
                "against the text as it is now.",
            ),
            where=f"{key} ({language})",
        )
        self.key = key
        self.language = language


class Apart(RuleRefused):
    """Two amendments that cannot be applied together; `numbers` names them."""

    def __init__(self, numbers: tuple[int, int], sentence: Bilingual) -> None:
        one, other = numbers
        super().__init__(
            "amendments_apart",
            Bilingual(
                ko=f"수정안 제{one}호와 제{other}호를 함께 반영할 수 없습니다. "
                f"{sentence.in_language('ko')}",
                en=f"Amendments {one} and {other} cannot be applied together. "
                f"{sentence.in_language('en')}",
            ),
            where=f"{one}, {other}",
        )
        self.numbers = numbers


def derive(base: Trees, new: Trees) -> tuple[Operation, ...]:
    """The operations that make `new` of `base`, in reading order; `apply` gives `new` exactly.

    `new` may lack a language of `base`: its words then stay. Provisions are told apart by key.
    Raises RuleRefused where the title differs, a provision lost its words in one language only,
    or the languages do not agree on what stands where.
    """
    wanted = {language: _normal(tree) for language, tree in new.items()}
    return _Derivation(TextBody.of(base), TextBody.of(wanted)).operations()


def apply(base: Trees, operations: Sequence[Operation]) -> dict[str, TextTree]:
    """The text as one amendment makes it. Raises Stale, or RuleRefused."""
    return apply_all(base, {1: operations})


def apply_all(
    base: Trees,
    amendments: Numbered | Iterable[Sequence[Operation]],
    *,
    used: Collection[str] = (),
) -> dict[str, TextTree]:
    """The text as the amendments together make it, by number if they are given by number.

    `used` are keys that no new provision may get, beside those of the base. Raises Stale; Apart
    for two that cannot be applied together; RuleRefused for one that contradicts itself.
    """
    return combine(base, amendments, used=used).trees


@dataclass(frozen=True, slots=True)
class Combined:
    """A text with several amendments in it.

    `keys` maps (number of an amendment, key that it gave) to the key that its provision got.
    """

    trees: dict[str, TextTree]
    keys: Mapping[tuple[int, str], str]


def combine(
    base: Trees,
    amendments: Numbered | Iterable[Sequence[Operation]],
    *,
    used: Collection[str] = (),
) -> Combined:
    """As `apply_all`, with the keys that new provisions got."""
    body = TextBody.of(base)
    numbered = dict(amendments) if isinstance(amendments, Mapping) else _in_order(amendments)
    made = {}
    for number in sorted(numbered):
        check_base(body, numbered[number])
        made[number] = Footprint.of(body, numbered[number])
    if len(made) > 1:
        matrix = matrix_of_footprints(body, made)
        for one, other, finding in matrix.of_kind(*CANNOT_BOTH):
            raise Apart((one, other), finding.sentence)
    outcome = _Outcome(body, made, used)
    return Combined(outcome.trees(), outcome.keys)


def written_against(base: Trees, operation: Operation) -> Operation:
    """The operation with the hashes of what it touches in `base`."""
    body = TextBody.of(base)
    key = operation.key
    if operation.op is Op.INSERT_AFTER:
        key = operation.after or operation.parent
    hashes = body.hashes(key, whole=operation.op is Op.DELETE) if key in body.places else {}
    if operation.op is Op.SUBSTITUTE:
        hashes = {code: value for code, value in hashes.items() if code in operation.words}
    return replace(operation, base=hashes)


def check_base(body: TextBody, operations: Iterable[Operation]) -> None:
    """Raise Stale unless every operation was written against the text as it is."""
    own = set()
    operations = list(operations)
    for operation in operations:
        if operation.op is Op.INSERT_AFTER:
            own.add(operation.key)
    for operation in operations:
        key, whole = operation.key, operation.op is Op.DELETE
        if operation.op is Op.INSERT_AFTER:
            key = operation.after or operation.parent
            if key == TOP or key in own:
                continue
        if key not in body.places:
            raise Stale(body, key, body.languages[0] if body.languages else "")
        languages: Iterable[str] = body.languages
        if operation.op is Op.SUBSTITUTE:
            languages = operation.words
        for language in languages:
            now = body.subtree_hash(key, language) if whole else body.hash(key, language)
            if operation.base.get(language, "") != now:
                raise Stale(body, key, language)


def _in_order(amendments: Iterable[Sequence[Operation]]) -> dict[int, Sequence[Operation]]:
    """Numbers for amendments that have none: by hash, so that naming them otherwise is the same."""
    listed = list(amendments)
    if len(listed) > 1:
        listed.sort(key=operations_hash)
    return dict(enumerate(listed, start=1))


def _normal(tree: TextTree) -> TextTree:
    """The tree as it would be stored."""

    def normal(provision: Provision) -> Provision:
        heading, text = normal_field(provision.heading), normal_field(provision.text)
        children = tuple(map(normal, provision.children))
        return replace(provision, heading=heading, text=text, children=children)

    provisions = tuple(map(normal, tree.provisions))
    return replace(tree, title=normal_field(tree.title), provisions=provisions)


class _Derivation:
    """What leads from one text to another; pairs by key, and by kind."""

    def __init__(self, body: TextBody, target: TextBody) -> None:
        self.body = body
        self.target = target
        self._check_languages()
        self.stays = {
            key
            for key, place in body.places.items()
            if key in target.places and target.places[key].kind is place.kind
        }
        self.moves = self._moves()
        self.kept = {key for key in self.stays if self._is_struck(key)}

    def operations(self) -> tuple[Operation, ...]:
        made = [*self._deletions(), *self._structure()]
        followed = self.body
        if any(each.op in (Op.RENUMBER, Op.MOVE) for _order, each in made):
            footprint = Footprint.of(self.body, [each for _order, each in made])
            followed = TextBody.of(_Outcome(self.body, {1: footprint}).trees())
        order = {key: place for place, key in enumerate(self.target.reading_order())}
        for key in self.stays:
            if key not in self.kept and (edits := self._edits(key, followed)):
                base = {code: self.body.hash(key, code) for code in edits}
                base = {code: value for code, value in base.items() if value}
                edit = Operation(op=Op.SUBSTITUTE, key=key, base=base, words=edits)
                made.append(((order[key], 1, 2), edit))
        made.sort(key=lambda each: each[0])
        operations = tuple(each for _order, each in made)
        self._check(operations)
        return operations

    def _check_languages(self) -> None:
        for language, tree in self.target.trees.items():
            if language not in self.body.trees:
                raise _no_such_language(language)
            if tree.title != normal_field(self.body.trees[language].title):
                raise _title_stays(language)
            for key in self.body.provisions[language].keys() & self.target.places.keys():
                if key not in self.target.provisions[language]:
                    raise _words_missing(key, language)

    def _in_new(self, key: str) -> bool:
        """Whether a provision of the base has words in a language that was written anew."""
        return any(key in self.body.provisions[code] for code in self.target.trees)

    def _moves(self) -> set[str]:
        moved: set[str] = set()
        for parent, keys in self.target.below.items():
            at = {key: place for place, key in enumerate(self.body.below.get(parent, ()))}
            kept_parent = parent == TOP or parent in self.stays
            here = [key for key in keys if key in self.stays and key in at and kept_parent]
            moved.update(out_of_order(here, [at[key] for key in here]))
            moved.update(key for key in keys if key in self.stays and key not in here)
        return moved

    def _is_struck(self, key: str) -> bool:
        """Whether nothing is left of it but its number."""
        old, new = self.body.places[key], self.target.places[key]
        if old.number != new.number or key in self.moves or self.target.below.get(key):
            return False
        languages = [code for code in self.body.languages if key in self.body.provisions[code]]
        struck = {code: Words.repealed(code) for code in languages}
        if any(self.target.words(key, code) != struck[code] for code in languages):
            return False
        words_differ = any(self.body.words(key, code) != struck[code] for code in languages)
        return words_differ or bool(self.body.below.get(key))

    def _deletions(self) -> Iterable[tuple[tuple[int, int, int], Operation]]:
        place = -1
        order = {key: place for place, key in enumerate(self.target.reading_order())}
        for nth, key in enumerate(self.body.reading_order()):
            place = order.get(key, place)
            parent = self.body.places[key].parent
            top = parent == TOP or (parent in self.stays and parent not in self.kept)
            struck = key not in self.stays and self._in_new(key) and top
            if key in self.kept or struck:
                yield (
                    (place, 0 if key in self.kept else 3, nth),
                    Operation(
                        op=Op.DELETE,
                        key=key,
                        base=self.body.hashes(key, whole=True),
                        number_kept=key in self.kept,
                    ),
                )

    def _structure(self) -> Iterable[tuple[tuple[int, int, int], Operation]]:
        before: dict[str, str] = {}
        for keys in self.target.below.values():
            before.update(zip(keys, [TOP, *keys], strict=False))
        for nth, key in enumerate(self.target.reading_order()):
            place = self.target.places[key]
            if key not in self.stays:
                anchor = before[key] or place.parent
                yield (
                    (nth, 0, 0),
                    Operation(
                        op=Op.INSERT_AFTER,
                        key=key,
                        base=self.body.hashes(anchor) if anchor in self.stays else {},
                        words={
                            code: words
                            for code in self.target.languages
                            if (words := self.target.words(key, code)) is not None
                        },
                        kind=place.kind,
                        number=place.number,
                        parent=place.parent,
                        after=before[key],
                    ),
                )
                continue
            base = self.body.hashes(key)
            if key in self.moves:
                move = Operation(
                    op=Op.MOVE, key=key, base=base, parent=place.parent, after=before[key]
                )
                yield (nth, 0, 0), move
            if place.number != self.body.places[key].number:
                renumber = Operation(op=Op.RENUMBER, key=key, base=base, number=place.number)
                yield (nth, 1, 0), renumber

    def _edits(self, key: str, followed: TextBody) -> dict[str, Words]:
        edits = {}
        for language in self.target.languages:
            words = self.target.words(key, language)
            if words is not None and words != followed.words(key, language):
                edits[language] = words
        return edits

    def _check(self, operations: Sequence[Operation]) -> None:
        outcome = _Outcome(self.body, {1: Footprint.of(self.body, operations)}).trees()
        for language, tree in self.target.trees.items():
            if outcome[language].provisions != tree.provisions:
                raise _not_expressible(language)


@dataclass(slots=True)
class _Node:
    """A provision of the outcome; `words` by language, only where that language has it."""

    key: str
    kind: Kind
    number: str
    words: dict[str, Words] = field(default_factory=dict)


class _Outcome:
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
        written = {frozenset[int](): _Outcome(self.body, unaware).trees()}
        if len(knowing) > 1:
            for number in knowing:
                alone = _Outcome(self.body, {number: self.made[number]})
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


def _no_such_language(language: str) -> RuleRefused:
    return RuleRefused(
        "language_unknown",
        Bilingual(
            ko=f"본문에 없는 언어입니다: {language}. 본문의 언어로만 수정안을 작성하십시오.",
            en=f"The text is not there in this language: {language}. Amend the languages it has.",
        ),
        where=language,
    )


def _title_stays(language: str) -> RuleRefused:
    return RuleRefused(
        "title_stays",
        Bilingual(
            ko="수정안은 조항을 고칩니다. 제명을 바꾸려면 새 초안을 제안하십시오.",
            en="An amendment changes provisions. To change the title, propose a new draft.",
        ),
        where=f"title ({language})",
    )


def _words_missing(key: str, language: str) -> RuleRefused:
    return RuleRefused(
        "words_missing",
        Bilingual(
            ko=f"조항 {key}의 본문이 한 언어({language})에서만 빠졌습니다. 모든 언어에서 "
            "삭제하거나 남기십시오.",
            en=f"The provision {key} is missing in one language only ({language}). Strike it in "
            "every language, or leave it.",
        ),
        where=f"{key} ({language})",
    )


def _not_expressible(language: str) -> RuleRefused:
    return RuleRefused(
        "not_expressible",
        Bilingual(
            ko=f"이 변경을 수정안으로 나타낼 수 없습니다({language}). 나누어 고쳐 보십시오.",
            en=f"This change cannot be said as an amendment ({language}). Try smaller steps.",
        ),
        where=language,
    )


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
