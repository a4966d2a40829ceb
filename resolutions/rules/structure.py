"""The shape of a legal text: a title and a tree of provisions with stable keys.

One `TextTree` holds one language. The Korean and the English tree of one text have the
same keys, so a provision is compared, cited and paired by its key, never by its position.

Kinds follow Korean and international legislative drafting:

    ko  전문, 제1편, 제1장, 제1절, 제3조, ①, 1., 가., 부칙, 별표, 채택 문구
    en  Preamble, Part 1, Chapter 1, Section 1, Article 3, 1., (a), (i),
        Supplementary Provisions, Annex, closing formula

A `number` is neutral of language: "3", "12-2" (제12조의2, Article 12 bis), "4.1" (an article
numbered within its chapter), "" where nothing is numbered.

A footnote is a child of the provision whose text it explains; `[^1]` in that text marks its
place, and its number is what stands between the signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a provision is. The order is the order of nesting, not of appearance."""

    PREAMBLE = "preamble"
    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    SUBITEM = "subitem"
    SUPPLEMENTARY = "supplementary"
    ANNEX = "annex"
    CLOSING = "closing"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Provision:
    """One provision in one language.

    `text` is the provision's own text, without that of its children; a line feed in it
    separates paragraphs (or the lines of a closing formula or a table).
    """

    key: str
    kind: Kind
    number: str = ""
    heading: str = ""
    text: str = ""
    children: tuple[Provision, ...] = ()

    def walk(self) -> Iterator[Provision]:
        """This provision and everything below it, in reading order."""
        waiting = [self]
        while waiting:
            provision = waiting.pop()
            yield provision
            waiting.extend(reversed(provision.children))

    def as_json(self) -> dict[str, Any]:
        """`{"key","kind","number","heading","text","children":[…]}`."""
        return {
            "key": self.key,
            "kind": self.kind.value,
            "number": self.number,
            "heading": self.heading,
            "text": self.text,
            "children": [child.as_json() for child in self.children],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Provision:
        """The provision that `as_json` wrote. Raises KeyError or ValueError on another shape."""
        return cls(
            key=str(value["key"]),
            kind=Kind(value["kind"]),
            number=str(value["number"]),
            heading=str(value["heading"]),
            text=str(value["text"]),
            children=tuple(cls.from_json(child) for child in value["children"]),
        )


@dataclass(frozen=True, slots=True)
class TextTree:
    """A text in one language: its title and its provisions in order."""

    title: str
    lang: str
    provisions: tuple[Provision, ...] = ()

    def walk(self) -> Iterator[Provision]:
        """Every provision, in reading order."""
        for provision in self.provisions:
            yield from provision.walk()

    def walk_with_parent(self) -> Iterator[tuple[Provision, Provision | None]]:
        """Every provision with the one above it (None at the top), in reading order."""
        waiting: list[tuple[Provision, Provision | None]] = [
            (provision, None) for provision in reversed(self.provisions)
        ]
        while waiting:
            provision, parent = waiting.pop()
            yield provision, parent
            waiting.extend((child, provision) for child in reversed(provision.children))

    def by_key(self) -> dict[str, Provision]:
        """Key to provision. Raises ValueError where a key occurs twice."""
        found: dict[str, Provision] = {}
        for provision in self.walk():
            if provision.key in found:
                raise ValueError(f"key {provision.key!r} occurs twice")
            found[provision.key] = provision
        return found

    def find(self, key: str) -> Provision | None:
        """The provision with this key, or None."""
        return next((provision for provision in self.walk() if provision.key == key), None)

    def path(self, key: str) -> tuple[Provision, ...]:
        """The provisions from the top down to `key`, that one included; () if there is none."""
        above = {
            provision.key: (provision, parent) for provision, parent in self.walk_with_parent()
        }
        steps: list[Provision] = []
        step = above.get(key)
        while step is not None:
            provision, parent = step
            steps.append(provision)
            step = above[parent.key] if parent is not None else None
        return tuple(reversed(steps))

    def concatenation(self) -> str:
        """Title, headings and texts in reading order, one a line: all words, no numbering."""
        pieces = [self.title]
        for provision in self.walk():
            pieces += (provision.heading, provision.text)
        return "\n".join(piece for piece in pieces if piece)

    def as_json(self) -> dict[str, Any]:
        """`{"title","lang","provisions":[…]}`."""
        return {
            "title": self.title,
            "lang": self.lang,
            "provisions": [provision.as_json() for provision in self.provisions],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> TextTree:
        """The tree that `as_json` wrote. Raises KeyError or ValueError on another shape."""
        return cls(
            title=str(value["title"]),
            lang=str(value["lang"]),
            provisions=tuple(Provision.from_json(each) for each in value["provisions"]),
        )
