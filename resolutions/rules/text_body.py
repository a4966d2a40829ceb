"""A text in all its languages as one structure, indexed by key.

The trees of one text share their keys. Here they are laid over one another: each provision
stands once, with its words in every language that has it. Amendments are applied to this
form and compared over it. What is hashed or cited is computed once, when first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from resolutions.rules.numbering import cite
from resolutions.rules.operations import Words, provision_hash, subtree_hash
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind, Provision, TextTree
from secretariat.kernel.bilingual import Bilingual

TOP: Final = ""
"""In place of a parent's key, for what stands at the top."""


@dataclass(frozen=True, slots=True)
class Place:
    """A provision without its words: what it is and below what it stands."""

    key: str
    kind: Kind
    number: str
    parent: str


@dataclass(slots=True)
class TextBody:
    """The trees of one text laid over one another.

    `below` maps a key (TOP at the top) to the keys of its children in order; `provisions` maps
    a language to its provisions by key.
    """

    trees: Mapping[str, TextTree]
    places: dict[str, Place] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)
    provisions: dict[str, dict[str, Provision]] = field(default_factory=dict)
    _hashes: dict[tuple[str, str, bool], str] = field(default_factory=dict)

    @classmethod
    def of(cls, trees: Mapping[str, TextTree]) -> TextBody:
        """Raises RuleRefused where the languages differ in what stands where."""
        body = cls(trees)
        for language in sorted(trees, key=lambda code: (code != "ko", code)):
            body._lay_over(language, trees[language])
        return body

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.provisions)

    def words(self, key: str, language: str) -> Words | None:
        """The words of a provision in one language; None where that language lacks it."""
        found = self.provisions.get(language, {}).get(key)
        return None if found is None else Words(found.heading, found.text)

    def hash(self, key: str, language: str) -> str:
        """`provision_hash` in one language; "" where that language lacks the provision."""
        return self._hash(key, language, whole=False)

    def subtree_hash(self, key: str, language: str) -> str:
        """`subtree_hash` in one language; "" where that language lacks the provision."""
        return self._hash(key, language, whole=True)

    def hashes(self, key: str, *, whole: bool = False) -> dict[str, str]:
        """The hash in every language that has the provision."""
        found = {code: self._hash(key, code, whole=whole) for code in self.provisions}
        return {code: value for code, value in found.items() if value}

    def subtree(self, key: str) -> Iterator[str]:
        """`key` and every key below it, in reading order."""
        waiting = [key]
        while waiting:
            each = waiting.pop()
            yield each
            waiting.extend(reversed(self.below.get(each, ())))

    def reading_order(self) -> Iterator[str]:
        """Every key, in reading order."""
        for key in self.below.get(TOP, ()):
            yield from self.subtree(key)

    def path(self, key: str) -> tuple[str, ...]:
        """The keys from the top down to `key`, that one included; () for TOP."""
        steps: list[str] = []
        while key != TOP:
            steps.append(key)
            key = self.places[key].parent
        return tuple(reversed(steps))

    def path_or_none(self, key: str) -> tuple[str, ...]:
        """As `path`; () for a key that the text does not have."""
        return self.path(key) if key in self.places else ()

    def scope(self, key: str, kind: Kind, number: str) -> str:
        """Within what a number of a provision below `key` may occur once.

        Articles are numbered through the whole text, supplementary provisions and annexes
        apart; everything else within what it stands below.
        """
        if kind is not Kind.ARTICLE or "." in number:
            return key
        while key != TOP and self.places[key].kind not in (Kind.SUPPLEMENTARY, Kind.ANNEX):
            key = self.places[key].parent
        return key

    def citation(self, key: str) -> Bilingual:
        """How a provision is cited, in every language of the text."""
        if key not in self.places:
            return Bilingual(ko=key, en=key)
        steps = self.path(key)
        cited = {}
        for language in self.languages:
            own = self.provisions[language]
            cited[language] = cite([own[step] for step in steps if step in own], language) or key
        return Bilingual(cited)

    def _hash(self, key: str, language: str, *, whole: bool) -> str:
        at = (key, language, whole)
        if at not in self._hashes:
            provision = self.provisions.get(language, {}).get(key)
            if provision is None:
                self._hashes[at] = ""
            else:
                self._hashes[at] = subtree_hash(provision) if whole else provision_hash(provision)
        return self._hashes[at]

    def _lay_over(self, language: str, tree: TextTree) -> None:
        own = self.provisions[language] = {}
        waiting: list[tuple[str, tuple[Provision, ...]]] = [(TOP, tree.provisions)]
        while waiting:
            parent, provisions = waiting.pop()
            siblings = self.below.setdefault(parent, [])
            after = 0
            for provision in provisions:
                key = provision.key
                if key in own:
                    raise _twice(key, language)
                own[key] = provision
                known = self.places.get(key)
                if known is None:
                    self.places[key] = Place(key, provision.kind, provision.number, parent)
                    siblings.insert(after, key)
                    after += 1
                else:
                    if (known.parent, known.kind, known.number) != (
                        parent, provision.kind, provision.number,
                    ) or siblings[:after].count(key):  # fmt: skip
                        raise _differs(key, language)
                    after = siblings.index(key, after) + 1
                if provision.children:
                    waiting.append((key, provision.children))


def _twice(key: str, language: str) -> RuleRefused:
    return RuleRefused(
        "key_twice",
        Bilingual(
            ko=f"한 본문({language})에 조항 {key}이(가) 두 번 있습니다. 본문을 다시 불러오십시오.",
            en=f"The provision {key} occurs twice in one text ({language}). Import it again.",
        ),
        where=key,
    )


def _differs(key: str, language: str) -> RuleRefused:
    return RuleRefused(
        "languages_differ",
        Bilingual(
            ko=f"조항 {key}의 자리나 번호가 언어에 따라 다릅니다({language}). "
            "모든 언어에서 같은 자리와 번호로 맞추십시오.",
            en=f"The provision {key} has another place or number in one language ({language}). "
            "Give it the same in every language.",
        ),
        where=key,
    )
