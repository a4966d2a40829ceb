"""Provisions while a text is being read, and the keys that they get at the end.

A key is made from the structure alone ("art3.p1.i2"), so that the Korean and the English version
of one text get the same keys, and is never reused for another provision later. The scheme is
described in docs/reference/plain-text-import.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from resolutions.rules.structure import Kind, Provision


@dataclass(slots=True)
class Node:
    """A provision while it is being built."""

    kind: Kind
    number: str = ""
    heading: str = ""
    line: int = 0
    parts: list[list[str]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    footnotes: list[Node] = field(default_factory=list)
    restarts: bool = False
    """Its articles begin again at 1, so that their keys need its own."""
    home: Node | None = None
    """For the lead-in of a list that began again: where that list would have stood."""
    _lines: dict[Kind, dict[str, int]] | None = None
    _newest: dict[Kind, str] | None = None

    def lines_of(self, kind: Kind) -> Mapping[str, int]:
        """Numbers that children of this kind have, with the lines on which they stand."""
        return self._lines.get(kind, {}) if self._lines else {}

    def newest(self, kind: Kind) -> str:
        """The number of the last child of this kind, "" before the first."""
        return self._newest.get(kind, "") if self._newest else ""

    def advance(self, kind: Kind, number: str) -> None:
        """Let the numbering of this kind go on after `number`."""
        if self._newest is None:
            self._newest = {}
        self._newest[kind] = number

    def take(self, kind: Kind, number: str, line: int) -> None:
        """Note that a child has this number."""
        if self._lines is None:
            self._lines = {}
        self._lines.setdefault(kind, {})[number] = line
        self.advance(kind, number)

    def has_numbers(self) -> bool:
        """Whether any child is numbered."""
        return bool(self._lines)

    def text(self) -> str:
        return "\n".join(_joined(part) for part in self.parts)


def _joined(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return lines[0]
    joined: list[str] = []
    for place, line in enumerate(lines):
        if place:
            before = lines[place - 1]
            hyphenated = len(before) > 1 and before[-1] == "-" and before[-2].isalpha()
            if not (hyphenated and line[:1].islower()):
                joined.append(" ")
        joined.append(line)
    return "".join(joined)


_SEGMENTS = {
    Kind.PART: "part",
    Kind.CHAPTER: "ch",
    Kind.SECTION: "sec",
    Kind.ARTICLE: "art",
    Kind.PARAGRAPH: "p",
    Kind.ITEM: "i",
    Kind.SUBITEM: "s",
    Kind.FOOTNOTE: "fn",
    Kind.SUPPLEMENTARY: "supp",
    Kind.ANNEX: "annex",
}


class Keys:
    """Keys from the structure: equal for the Korean and the English version of one text."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def provisions(self, root: Node) -> tuple[Provision, ...]:
        return self._below(root, "", "")

    def _below(self, parent: Node, above: str, base: str) -> tuple[Provision, ...]:
        counts: dict[str, int] = {}
        made: list[Provision] = []
        for node in (*parent.children, *parent.footnotes):
            key = self._unique(self._key(node, parent, above, base, counts))
            here = key if node.kind in (Kind.SUPPLEMENTARY, Kind.ANNEX) else base
            made.append(
                Provision(
                    key=key,
                    kind=node.kind,
                    number=node.number,
                    heading=node.heading,
                    text=node.text(),
                    children=self._below(node, key, here),
                )
            )
        return tuple(made)

    def _key(self, node: Node, parent: Node, above: str, base: str, counts: dict[str, int]) -> str:
        kind = node.kind

        def count(name: str) -> int:
            counts[name] = counts.get(name, 0) + 1
            return counts[name]

        if kind is Kind.PREAMBLE:
            return "pre"
        if kind is Kind.CLOSING:
            nth = count("closing")
            return "closing" if nth == 1 else f"closing{nth}"
        if kind is Kind.SUPPLEMENTARY:
            return f"supp{count('supp')}"
        if kind is Kind.ANNEX:
            nth = count("annex")
            return f"annex{node.number.lower() or nth}"
        if not node.number:
            if kind is Kind.SECTION:
                return _joined_key(above, f"sub{count('sub')}")
            letter = "p" if parent.kind is Kind.PREAMBLE and not parent.has_numbers() else "u"
            return _joined_key(above, f"{letter}{count('u')}")
        if kind is Kind.ARTICLE and "." in node.number:
            return _joined_key(above, f"art{node.number.rpartition('.')[2]}")
        segment = f"{_SEGMENTS[kind]}{node.number.lower()}"
        if kind in (Kind.PART, Kind.CHAPTER):
            numbered_through = _joined_key(base, segment)
            return (
                _joined_key(above, segment) if numbered_through in self.used else numbered_through
            )
        if kind is Kind.ARTICLE and not parent.restarts:
            return _joined_key(base, segment)
        return _joined_key(above, segment)

    def _unique(self, key: str) -> str:
        unique, nth = key, 1
        while unique in self.used:
            nth += 1
            unique = f"{key}_{nth}"
        self.used.add(unique)
        return unique


def _joined_key(above: str, segment: str) -> str:
    return f"{above}.{segment}" if above else segment
