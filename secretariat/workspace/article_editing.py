"""One article of a text as a form shows it: its rows in order, and the text with them changed.

Pure: trees and rows in, trees out. A *unit* is what is edited at once: an article with its
paragraphs and items; another provision that holds no articles (preamble, annex, closing); of a
division that does, its heading alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from resolutions.rules.operations import Words as Wording
from resolutions.rules.structure import Kind, Provision, TextTree

Trees = Mapping[str, TextTree]
"""One tree for each language, on the same keys."""

Words = Mapping[str, Mapping[str, tuple[str, str]]]
"""Key → language → (heading, text)."""

INNER = (Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM)
BELOW = {Kind.ARTICLE: Kind.PARAGRAPH, Kind.PARAGRAPH: Kind.ITEM, Kind.ITEM: Kind.SUBITEM}
"""What may be added below a provision of a kind."""

_SEGMENTS = {Kind.ARTICLE: "art", Kind.PARAGRAPH: "p", Kind.ITEM: "i", Kind.SUBITEM: "s"}
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_DIVISIONS = (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUPPLEMENTARY)


@dataclass(frozen=True, slots=True)
class Row:
    """A provision of the unit. A new one stands below `parent` after its sibling `after`."""

    key: str
    kind: Kind
    number: str
    depth: int
    parent: str
    after: str = ""
    new: bool = False

    @property
    def has_heading(self) -> bool:
        return self.kind not in (*INNER, Kind.PREAMBLE, Kind.CLOSING, Kind.FOOTNOTE)

    @property
    def token(self) -> str:
        """How a form keeps it while nothing is saved."""
        if not self.new:
            return self.key
        return "|".join(("+", self.key, self.kind.value, self.number, self.parent, self.after))


def units(trees: Trees) -> tuple[Provision, ...]:
    """Every unit in reading order, as the first language has it."""
    tree = next(iter(trees.values()), None)
    return tuple(each for each in tree.walk() if is_unit(each)) if tree is not None else ()


def is_unit(provision: Provision) -> bool:
    """Whether it is edited as a whole of its own."""
    if provision.kind in (Kind.ARTICLE, Kind.PREAMBLE, Kind.ANNEX, Kind.CLOSING, *_DIVISIONS):
        return not (provision.kind in _DIVISIONS and not provision.heading and provision.children)
    return False


def rows_of(trees: Trees, key: str) -> tuple[Row, ...]:
    """The unit's rows as the text stands; () where there is no such provision."""
    found: dict[str, Row] = {}
    order: list[str] = []
    for tree in trees.values():
        root = tree.find(key)
        if root is None:
            continue
        path = tree.path(key)
        parent = path[-2].key if len(path) > 1 else ""
        before = ""
        for row in _rows(root, parent, 0):
            if row.key not in found:
                found[row.key] = row
                order.insert(order.index(before) + 1 if before in found and before else 0, row.key)
            before = row.key
    return tuple(found[name] for name in order)


def _rows(provision: Provision, parent: str, depth: int) -> Iterator[Row]:
    yield Row(provision.key, provision.kind, provision.number, depth, parent)
    if provision.kind in _DIVISIONS and any(_holds_articles(each) for each in provision.children):
        return
    for child in provision.children:
        yield from _rows(child, provision.key, depth + 1)


def _holds_articles(provision: Provision) -> bool:
    return any(each.kind is Kind.ARTICLE for each in provision.walk())


def rows_from(tokens: Sequence[str], standing: Sequence[Row], keys: Collection[str]) -> list[Row]:
    """The rows that a form sent back, in their order; raises ValueError for what it did not show.

    `keys` are those of the whole text: a new row has none of them.
    """
    shown = {row.token: row for row in standing}
    known = {row.key: row for row in standing}
    rows: dict[str, Row] = {}
    for token in tokens:
        row = shown.get(token) or _new_row(token, {**known, **rows}, keys)
        if row.key in rows:
            raise ValueError(token)
        rows[row.key] = row
    return [*rows.values(), *(row for row in standing if row.key not in rows)]


def _new_row(token: str, above: Mapping[str, Row], keys: Collection[str]) -> Row:
    parts = token.split("|")
    if len(parts) != 6 or parts[0] != "+":
        raise ValueError(token)
    _plus, key, kind, number, parent, after = parts
    if not _KEY.fullmatch(key) or key in keys or not re.fullmatch(r"[0-9]+(-[0-9]+)*", number):
        raise ValueError(token)
    held = above.get(parent)
    if held is None or BELOW.get(held.kind) != kind or (after and after not in above):
        raise ValueError(token)
    return Row(key, Kind(kind), number, held.depth + 1, parent, after, new=True)


def with_row_after(
    rows: Sequence[Row], key: str, *, below: bool, used: Collection[str]
) -> list[Row]:
    """The rows with a new one after `key` (a sibling), or as the first `below` it."""
    place = next(index for index, row in enumerate(rows) if row.key == key)
    at = rows[place]
    if below:
        kind, parent, after, depth = BELOW[at.kind], at.key, "", at.depth + 1
        end = place + 1
    else:
        kind, parent, after, depth = at.kind, at.parent, at.key, at.depth
        end = place + 1
        while end < len(rows) and rows[end].depth > at.depth:
            end += 1
    siblings = [row.number for row in rows if row.parent == parent and row.kind is kind]
    number = next_number(at.number if after else "", siblings)
    new = Row(
        unused_key(f"{parent}.{_SEGMENTS[kind]}{number}", {*used, *(row.key for row in rows)}),
        kind,
        number,
        depth,
        parent,
        after,
        new=True,
    )
    return [*rows[:end], new, *rows[end:]]


def new_article(trees: Trees, after: str, used: Collection[str]) -> Row | None:
    """The row of a new article that would stand after the article `after`."""
    for tree in trees.values():
        path = tree.path(after)
        if not path or path[-1].kind is not Kind.ARTICLE:
            continue
        parent = path[-2].key if len(path) > 1 else ""
        siblings = path[-2].children if len(path) > 1 else tree.provisions
        own_series = any(step.kind is Kind.SUPPLEMENTARY for step in path)
        numbered = siblings if own_series else _before_supplements(tree.provisions)
        series = [each.number for each in numbered if each.kind is Kind.ARTICLE]
        number = next_number(path[-1].number, series)
        above = after.rpartition(".")[0]
        key = unused_key(".".join(filter(None, (above, f"art{number}"))), used)
        return Row(key, Kind.ARTICLE, number, 0, parent, after, new=True)
    return None


def _before_supplements(nodes: Sequence[Provision]) -> Iterator[Provision]:
    for node in nodes:
        if node.kind is not Kind.SUPPLEMENTARY:
            yield node
            yield from _before_supplements(node.children)


def next_number(after: str, siblings: Sequence[str]) -> str:
    """The number of what comes after `after`: the next where it is the last, else 3-2, 3-3."""
    if not after:
        return "1"
    if not siblings or after == siblings[-1]:
        base = after.partition("-")[0]
        return str(int(base) + 1) if base.isdigit() else f"{after}-2"
    return inserted_number(after, siblings)


def inserted_number(after: str, siblings: Collection[str]) -> str:
    """A free number between `after` and the next: 12-2 after 12, 12-3 after 12-2."""
    base, _dash, last = after.rpartition("-")
    if not base or not last.isdigit():
        base, last = after, "1"
    step = int(last) + 1
    while f"{base}-{step}" in siblings:
        step += 1
    return f"{base}-{step}"


def segment_of(kind: Kind) -> str:
    """What a key of this kind has before its number."""
    return _SEGMENTS.get(kind, kind.value)


def unused_key(wanted: str, used: Collection[str]) -> str:
    """`wanted`, or with the first number that makes it unlike every key in use."""
    key, nth = wanted, 1
    while key in used:
        nth += 1
        key = f"{wanted}_{nth}"
    return key


def with_unit(
    trees: Trees,
    rows: Sequence[Row],
    words: Words,
    *,
    struck: Collection[str] = (),
    renumber: bool = False,
) -> dict[str, TextTree]:
    """The text with the unit `rows[0]` as the form has it; new rows without words are left out.

    `renumber` numbers its paragraphs, items and subitems anew in their order. Without it, what
    is struck before others of its kind keeps its number as repealed, so that no gap is left.
    """
    return {
        language: _with_unit(tree, rows, words, frozenset(struck), renumber)
        for language, tree in trees.items()
    }


def _with_unit(
    tree: TextTree, rows: Sequence[Row], words: Words, struck: frozenset[str], renumber: bool
) -> TextTree:
    root = rows[0]
    if root.key in struck:
        built = _repealed(root, tree) if _others_follow(tree, root) else None
    else:
        built = _built(root, tree, rows, words, struck, renumber)
        if built is not None and renumber:
            built = replace(built, children=_numbered(built.children))

    def below(nodes: Sequence[Provision]) -> tuple[Provision, ...]:
        found: list[Provision] = []
        for node in nodes:
            if node.key != root.key:
                found.append(replace(node, children=below(node.children)))
            elif built is not None:
                found.append(built)
            if root.new and node.key == root.after and built is not None:
                found.append(built)
        return tuple(found)

    return replace(tree, provisions=below(tree.provisions))


def _built(
    row: Row,
    tree: TextTree,
    rows: Sequence[Row],
    words: Words,
    struck: frozenset[str],
    renumber: bool,
) -> Provision | None:
    heading, text = words.get(row.key, {}).get(tree.lang, ("", ""))
    standing = tree.find(row.key)
    below = [each for each in rows if each.parent == row.key]
    children: list[Provision] = []
    for place, each in enumerate(below):
        if each.key not in struck:
            child = _built(each, tree, rows, words, struck, renumber)
        elif not renumber and any(
            later.kind is each.kind and later.key not in struck for later in below[place + 1 :]
        ):
            child = _repealed(each, tree)
        else:
            child = None
        if child is not None:
            children.append(child)
    shown = {each.key for each in rows}
    if standing is not None:  # what the form does not show stays: the articles of a division
        children += [each for each in standing.children if each.key not in shown]
    if not (heading or text or children):
        return None
    number = standing.number if standing is not None else row.number
    return Provision(row.key, row.kind, number, heading, text, tuple(children))


def _repealed(row: Row, tree: TextTree) -> Provision | None:
    standing = tree.find(row.key)
    if standing is None or not standing.number:
        return None
    gone = Wording.repealed(tree.lang)
    return replace(standing, heading=gone.heading, text=gone.text, children=())


def _others_follow(tree: TextTree, row: Row) -> bool:
    """Whether others of its kind come after it in its series."""
    path = tree.path(row.key)
    if not path:
        return False
    above = path[-2].children if len(path) > 1 else tree.provisions
    series = above
    if row.kind is Kind.ARTICLE and not any(step.kind is Kind.SUPPLEMENTARY for step in path):
        series = tuple(_before_supplements(tree.provisions))
    keys = [each.key for each in series if each.kind is row.kind]
    return row.key in keys[:-1]


def _numbered(nodes: Sequence[Provision]) -> tuple[Provision, ...]:
    """Paragraphs, items and subitems numbered 1, 2, 3 …, each kind by itself."""
    counts: dict[Kind, int] = {}
    found = []
    for node in nodes:
        number = node.number
        if node.kind in INNER and node.number:
            counts[node.kind] = counts.get(node.kind, 0) + 1
            number = str(counts[node.kind])
        found.append(replace(node, number=number, children=_numbered(node.children)))
    return tuple(found)
