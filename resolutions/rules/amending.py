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

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from resolutions.rules.canonical import normal_field
from resolutions.rules.changes import out_of_order
from resolutions.rules.conflicts import CANNOT_BOTH, matrix_of_footprints
from resolutions.rules.footprints import Footprint
from resolutions.rules.operations import Op, Operation, Words, operations_hash
from resolutions.rules.outcome import Outcome
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Provision, TextTree
from resolutions.rules.text_body import TOP, TextBody
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
    outcome = Outcome(body, made, used)
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
            followed = TextBody.of(Outcome(self.body, {1: footprint}).trees())
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
        outcome = Outcome(self.body, {1: Footprint.of(self.body, operations)}).trees()
        for language, tree in self.target.trees.items():
            if outcome[language].provisions != tree.provisions:
                raise _not_expressible(language)


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
