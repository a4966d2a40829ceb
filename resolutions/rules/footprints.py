"""What an amendment touches: the one reading of its operations that everything else uses.

A footprint says, by key of the base, which words an amendment rewrites, which provisions it
renumbers, moves or strikes, beside or below which it puts something, and which numbers it
gives away. Two amendments whose footprints have nothing in common leave each other alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from resolutions.rules.merging import WordEdit, word_edits
from resolutions.rules.operations import Op, Operation, Words
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind
from resolutions.rules.text_body import TOP, TextBody
from secretariat.kernel.bilingual import Bilingual

Slot = tuple[str, str]
"""Below which parent, after which sibling."""
Claim = tuple[str, Kind, str]
"""Within which scope which number of which kind is given away."""
_RANGE = 1 << 32
"""More words than any heading or text has."""


@dataclass(slots=True)
class Footprint:
    """What one amendment does to the base.

    `edits` maps a key to its new words by language; `struck` maps the key of a deletion to
    whether the number is kept, `gone` every key that ends with it to that key. `inserted` are
    the insertions by their own key, in order; `slots` says what is put where.
    """

    edits: dict[str, dict[str, Words]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    moves: dict[str, Slot] = field(default_factory=dict)
    struck: dict[str, bool] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    inserted: dict[str, Operation] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)
    siblings: set[str] = field(default_factory=set)
    slots: dict[Slot, str] = field(default_factory=dict)
    claims: dict[Claim, str] = field(default_factory=dict)
    _edits: dict[str, tuple[WordEdit, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, body: TextBody, operations: Sequence[Operation]) -> Footprint:
        """Raises RuleRefused where the operations contradict one another."""
        made = cls()
        for operation in operations:
            made._add(operation)
        made._settle(body)
        return made

    def touched_otherwise(self) -> set[str | Slot | Claim]:
        """Everything but rewritten words at which another amendment could meet this one."""
        met: set[str | Slot | Claim] = set(self.inserted)
        met.update(self.numbers, self.moves, self.gone)
        met.update(self.parents, self.siblings, self.slots, self.claims)
        met.discard(TOP)
        return met

    def __bool__(self) -> bool:
        return bool(self.edits) or bool(self.touched_otherwise())

    def word_edits(self, body: TextBody, key: str) -> tuple[WordEdit, ...]:
        """What changes in heading and text of a reworded provision, in all languages in one row.

        Each heading and each text has a range of places of its own. Where a language had no
        words, the whole range is one edit.
        """
        if key not in self._edits:
            found: list[WordEdit] = []
            for nth, language in enumerate(body.languages):
                new = self.edits[key].get(language)
                if new is None:
                    continue
                base = body.words(key, language)
                at = 2 * nth * _RANGE
                if base is None:
                    words = (new.heading, new.text)
                    found.append(WordEdit(at, at + 2 * _RANGE - 1, words, at + 2 * _RANGE - 1))
                    continue
                heading = word_edits(base.heading, new.heading)
                text = word_edits(base.text, new.text)
                found += [_shifted(each, at) for each in heading]
                found += [_shifted(each, at + _RANGE) for each in text]
            self._edits[key] = tuple(found)
        return self._edits[key]

    def carriers(self, body: TextBody) -> set[str]:
        """The provisions whose operative rules have to be looked at again.

        Everything in an article that is reworded, renumbered, moved, inserted into or in part
        struck; outside articles the provision alone; and everything that is struck.
        """
        heads = {*self.edits, *self.numbers, *self.moves, *self.gone, *self.parents}
        found = set(self.gone)
        for key in heads:
            above = body.path_or_none(key)
            article = next((k for k in above if body.places[k].kind is Kind.ARTICLE), None)
            if article is not None:
                found.update(body.subtree(article))
            elif key not in self.parents:
                found.add(key)
        return found & body.places.keys()

    def same_effect(self, other: Footprint) -> bool:
        """Whether both do the very same, whatever the order in which they say it."""
        return (
            self.edits == other.edits
            and self.numbers == other.numbers
            and self.moves == other.moves
            and self.struck == other.struck
            and self.inserted == other.inserted
        )

    def _add(self, operation: Operation) -> None:
        key = operation.key
        match operation.op:
            case Op.SUBSTITUTE:
                own = self.edits.setdefault(key, {})
                if own.keys() & operation.words.keys():
                    raise _named_twice(key)
                own.update(operation.words)
            case Op.INSERT_AFTER:
                if key in self.inserted or not key or operation.kind is None:
                    raise _named_twice(key)
                self.inserted[key] = operation
            case Op.DELETE:
                if key in self.struck:
                    raise _named_twice(key)
                self.struck[key] = operation.number_kept
            case Op.RENUMBER:
                if key in self.numbers:
                    raise _named_twice(key)
                self.numbers[key] = operation.number
            case Op.MOVE:
                if key in self.moves:
                    raise _named_twice(key)
                self.moves[key] = (operation.parent, operation.after)

    def _settle(self, body: TextBody) -> None:
        for key in self.struck:
            waiting = [key]
            while waiting:
                each = waiting.pop()
                if each != key and (each in self.moves or each in self.struck):
                    continue
                self.gone[each] = key
                waiting.extend(body.below.get(each, ()))
        otherwise = self.edits.keys() | self.numbers.keys() | self.moves.keys()
        if ended := sorted(self.gone.keys() & otherwise):
            raise _named_twice(ended[0])
        for key, operation in self.inserted.items():
            self._put(body, key, (operation.parent, operation.after))
            if operation.number and operation.kind is not None:
                at = self._scope(body, operation.parent, operation.kind, operation.number)
                self.claims[at, operation.kind, operation.number] = key
        for key, slot in self.moves.items():
            self._put(body, key, slot)
        for key, number in self.numbers.items():
            place = body.places.get(key)
            if place is not None and number:
                parent = self.moves[key][0] if key in self.moves else place.parent
                at = self._scope(body, parent, place.kind, number)
                self.claims[at, place.kind, number] = key

    def _put(self, body: TextBody, key: str, slot: Slot) -> None:
        parent, after = slot
        self.slots[slot] = key
        if parent not in self.inserted:
            self.parents.add(parent)
        if after and after not in self.inserted:
            self.siblings.add(after)

    def _scope(self, body: TextBody, parent: str, kind: Kind, number: str) -> str:
        while parent in self.inserted and kind is Kind.ARTICLE and "." not in number:
            parent = self.inserted[parent].parent
        return body.scope(parent, kind, number) if parent in body.places else parent


def footprints(
    body: TextBody, amendments: Mapping[int, Sequence[Operation]]
) -> dict[int, Footprint]:
    """The footprint of each amendment, by its number."""
    return {number: Footprint.of(body, operations) for number, operations in amendments.items()}


def clashes(mine: Sequence[WordEdit], theirs: Sequence[WordEdit]) -> set[int]:
    """The places of the languages, in the order of the body, in which edits touch."""
    return {
        one.start // (2 * _RANGE)
        for one in mine
        for other in theirs
        if one != other and one.reach >= other.start and other.reach >= one.start
    }


def _shifted(edit: WordEdit, by: int) -> WordEdit:
    return WordEdit(edit.start + by, edit.stop + by, edit.words, edit.reach + by)


def _named_twice(key: str) -> RuleRefused:
    return RuleRefused(
        "named_twice",
        Bilingual(
            ko=f"한 수정안이 조항 {key}을(를) 두 가지로 고칩니다. 하나만 남기십시오.",
            en=f"One amendment changes the provision {key} in two ways. Leave one of them.",
        ),
        where=key,
    )
