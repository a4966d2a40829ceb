"""The redline of two trees of one text: provisions paired by key, words marked within each.

Words are the units, never letters: a run of Hangul syllables (a whole eojeol with its particle,
도시는 → 도시가), a number, a word of other letters with its accents and inner apostrophes, or
one single sign. The words that stay are as many as can stay (a longest common subsequence), so
exactly the changed words are marked; where several such redlines exist, a change begins and ends
where sentences, or at least words, do. White space between two changed words belongs to the
change, so that a changed phrase is one run.

The longest common subsequence is found with whole rows of the table as the bits of one integer
(Hyyrö, "Bit-parallel LCS-length computation revisited", 2004) and, where the rows would need too
much memory, by halving (Hirschberg, 1975): time stays bounded for a text rewritten throughout.

docs/reference/redline.md describes what a reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from resolutions.rules.changes import moved_keys
from resolutions.rules.numbering import render_number
from resolutions.rules.structure import Kind, Provision, TextTree


class Mark(StrEnum):
    """Whether words stand in both texts, only in the new one, or only in the old one."""

    SAME = "same"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words with one mark.

    The SAME and DELETED spans of a redline, one after another, are the old text to the letter;
    SAME and INSERTED are the new one.
    """

    mark: Mark
    text: str


class Fate(StrEnum):
    """What became of a provision: of its own number, heading and text, not of those below it.

    RENUMBERED: the number changed and nothing else. MOVED: it stands elsewhere and is otherwise
    the same. A provision that was moved and changed as well is CHANGED with `moved` true.
    """

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RENUMBERED = "renumbered"


@dataclass(frozen=True, slots=True)
class RedlineProvision:
    """One provision of the redline. `depth` counts from 0; `number` is rendered (제3조, (a))."""

    key: str
    kind: Kind
    depth: int
    fate: Fate
    moved: bool
    old: Provision | None
    new: Provision | None
    number: tuple[Span, ...]
    heading: tuple[Span, ...]
    text: tuple[Span, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing happened to it."""
        return self.fate is Fate.SAME


@dataclass(frozen=True, slots=True)
class Redline:
    """Two trees of one language as one: in the reading order of the new one.

    A removed provision stands at its old place, before whatever was added there; a moved one at
    its new place only.
    """

    lang: str
    title: tuple[Span, ...]
    provisions: tuple[RedlineProvision, ...]

    @property
    def changed(self) -> bool:
        """Whether anything differs."""
        return is_changed(self.title) or any(not each.is_same for each in self.provisions)

    def units(self) -> tuple[tuple[RedlineProvision, ...], ...]:
        """The provisions in the pieces in which a text is read and cited, in order.

        An article with all that is below it is one; so is a preamble, an annex, a closing formula
        or a provision outside articles. A part, chapter, section or the head of the
        supplementary provisions is one by itself: what stands below it follows.
        """
        units: list[list[RedlineProvision]] = []
        whole = -1
        for each in self.provisions:
            if whole >= 0 and each.depth > whole:
                units[-1].append(each)
                continue
            units.append([each])
            whole = -1 if each.kind in DIVISIONS else each.depth
        return tuple(map(tuple, units))

    def only_changed(self) -> Redline:
        """This redline with the units in which something changed, whole, below their divisions."""
        kept: list[RedlineProvision] = []
        above: list[RedlineProvision] = []
        for unit in self.units():
            head = unit[0]
            while above and above[-1].depth >= head.depth:
                above.pop()
            if any(not each.is_same for each in unit):
                kept += above
                kept += unit
                above = []
            elif head.kind in DIVISIONS:
                above.append(head)
        return Redline(self.lang, self.title, tuple(kept))


DIVISIONS = (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUPPLEMENTARY)
"""Kinds that hold articles: the heads of what follows, not pieces of text themselves."""


def is_changed(spans: Sequence[Span]) -> bool:
    """Whether anything in `spans` is marked."""
    return any(span.mark is not Mark.SAME for span in spans)


def old_text(spans: Sequence[Span]) -> str:
    """What stood before."""
    return "".join(span.text for span in spans if span.mark is not Mark.INSERTED)


def new_text(spans: Sequence[Span]) -> str:
    """What stands now."""
    return "".join(span.text for span in spans if span.mark is not Mark.DELETED)


# --- Words

_LATIN = r"[^\W\d_가-힣\u1100-\u11ff]"
_ACCENTS = r"[\u0300-\u036f]*"
_LETTERS = rf"(?:{_LATIN}{_ACCENTS})+"
_PLAIN = r"[A-Za-z]+(?:['’][A-Za-z]+)*(?![\w'’\u0300-\u036f])"
"""The commonest words of other letters, which `_LETTERS` would find too, more slowly."""
_WORD = re.compile(
    rf"([가-힣\u1100-\u11ff]+|[0-9]+|{_PLAIN}|{_LETTERS}(?:['’]{_LETTERS})*|\S{_ACCENTS})(\s*)"
)
_SENTENCE_ENDS = frozenset(".!?;:。”’)")
_MAX_TABLE = 1 << 27
"""So many bits of rows are kept at once (16 MB); a larger comparison is halved."""
_MAX_SLIDE = 200

Pairs: TypeAlias = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Words:
    """A text cut into words; `gaps[n]` is the white space before word n, the last one the end's."""

    words: Sequence[str]
    gaps: Sequence[str]

    @classmethod
    def of(cls, text: str) -> _Words:
        found = _WORD.findall(text)
        words, gaps = zip(*found, strict=True) if found else ((), ())
        return cls(words, (text[: len(text) - len(text.lstrip())], *gaps))

    def with_gaps(self, start: int, end: int) -> str:
        """The words from `start` to before `end`, with the white space around and between them."""
        pieces = [self.gaps[start]]
        for place in range(start, end):
            pieces += (self.words[place], self.gaps[place + 1])
        return "".join(pieces)

    def edge(self, place: int) -> int:
        """How good a place the one before word `place` is for a change to begin or end."""
        if place in (0, len(self.words)) or "\n" in self.gaps[place]:
            return 4
        if self.gaps[place]:
            return 3 if self.words[place - 1] in _SENTENCE_ENDS else 2
        return 0 if self.words[place - 1].isalnum() and self.words[place].isalnum() else 1


def words_of(text: str) -> tuple[str, ...]:
    """The words that a redline marks, in order, without the white space between them."""
    return tuple(_Words.of(text).words)


def redline_words(old: str, new: str) -> tuple[Span, ...]:
    """What changed from `old` to `new`, word by word. No two neighbouring spans have one mark."""
    if old == new:
        return _same(old)
    if not old:
        return (Span(Mark.INSERTED, new),)
    if not new:
        return (Span(Mark.DELETED, old),)
    before, after = _Words.of(old), _Words.of(new)
    pairs = _common(before.words, after.words)
    _slide(pairs, before, after)
    return _spans(pairs, before, after)


def _spans(pairs: Pairs, before: _Words, after: _Words) -> tuple[Span, ...]:
    marks: list[tuple[Mark, str]] = []
    words, old_gaps, new_gaps = before.words, before.gaps, after.gaps
    old_place = new_place = 0
    same: list[str] = []
    for old_next, new_next in (*pairs, (len(words), len(after.words))):
        adjoin = old_next == old_place and new_next == new_place
        if adjoin and old_gaps[old_place] == new_gaps[new_place]:
            same.append(old_gaps[old_place])
        else:
            marks.append((Mark.SAME, "".join(same)))
            same = []
            marks += _between(before, old_place, old_next, after, new_place, new_next)
        if old_next < len(words):
            same.append(words[old_next])
        old_place, new_place = old_next + 1, new_next + 1
    marks.append((Mark.SAME, "".join(same)))
    return _merged(marks)


def _between(
    before: _Words, old_start: int, old_end: int, after: _Words, new_start: int, new_end: int
) -> Iterator[tuple[Mark, str]]:
    """The marks of what stands between two words that stayed: white space included."""
    removed = before.with_gaps(old_start, old_end)
    added = after.with_gaps(new_start, new_end)
    shorter = min(len(removed), len(added))
    lead = before.gaps[old_start] if before.gaps[old_start] == after.gaps[new_start] else ""
    tail = before.gaps[old_end] if before.gaps[old_end] == after.gaps[new_end] else ""
    if len(lead) + len(tail) > shorter:
        tail = ""
    yield Mark.SAME, lead
    yield Mark.DELETED, removed[len(lead) : len(removed) - len(tail)]
    yield Mark.INSERTED, added[len(lead) : len(added) - len(tail)]
    yield Mark.SAME, tail


def _merged(marks: list[tuple[Mark, str]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    run: list[str] = []
    current = Mark.SAME
    for mark, text in marks:
        if not text:
            continue
        if mark is not current:
            if run:
                spans.append(Span(current, "".join(run)))
            current, run = mark, []
        run.append(text)
    if run:
        spans.append(Span(current, "".join(run)))
    return tuple(spans)


def _common(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """The places of as many words as possible that both have, in the order of both."""
    start, old_end, new_end = 0, len(old), len(new)
    while start < old_end and start < new_end and old[start] == new[start]:
        start += 1
    while start < old_end and start < new_end and old[old_end - 1] == new[new_end - 1]:
        old_end -= 1
        new_end -= 1
    pairs = [(place, place) for place in range(start)]
    shared = set(old[start:old_end]) & set(new[start:new_end])
    if shared:
        old_places = [place for place in range(start, old_end) if old[place] in shared]
        new_places = [place for place in range(start, new_end) if new[place] in shared]
        found = _longest([old[place] for place in old_places], [new[place] for place in new_places])
        pairs += [(old_places[left], new_places[right]) for left, right in found]
    pairs += zip(range(old_end, len(old)), range(new_end, len(new)), strict=True)
    return pairs


def _longest(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """One longest common subsequence, as pairs of places."""
    if not old or not new:
        return []
    if len(old) * len(new) <= _MAX_TABLE or len(new) == 1:
        return _traced(_rows(old, new), len(old))
    middle = len(new) // 2
    forward = _lengths(_last_row(old, new[:middle]), len(old))
    backward = _lengths(_last_row(old[::-1], new[middle:][::-1]), len(old))
    split = max(range(len(old) + 1), key=lambda k: forward[k] + backward[len(old) - k])
    return _longest(old[:split], new[:middle]) + [
        (left + split, right + middle) for left, right in _longest(old[split:], new[middle:])
    ]


def _bits(old: Sequence[str]) -> dict[str, int]:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(old):
        places.setdefault(word, []).append(place)
    return {word: sum(1 << place for place in at) for word, at in places.items()}


def _rows(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """The rows of the table of lengths; bit k is clear where `old[k]` makes them one longer."""
    at, full = _bits(old), (1 << len(old)) - 1
    row = full
    rows = [row]
    for word in new:
        used = row & at.get(word, 0)
        row = ((row + used) | (row - used)) & full
        rows.append(row)
    return rows


def _last_row(old: Sequence[str], new: Sequence[str]) -> int:
    at, full = _bits(old), (1 << len(old)) - 1
    row = full
    for word in new:
        used = row & at.get(word, 0)
        row = ((row + used) | (row - used)) & full
    return row


def _lengths(row: int, size: int) -> list[int]:
    lengths = [0]
    for bit in reversed(f"{row:0{size}b}"):
        lengths.append(lengths[-1] + (bit == "0"))
    return lengths


def _traced(rows: list[int], size: int) -> Pairs:
    pairs: Pairs = []
    row, column = len(rows) - 1, size
    while row and column:
        bit = 1 << (column - 1)
        if rows[row] & bit:
            column -= 1
        elif rows[row - 1] & bit:
            row, column = row - 1, column - 1
            pairs.append((column, row))
        else:
            row -= 1
    pairs.reverse()
    return pairs


def _slide(pairs: Pairs, before: _Words, after: _Words) -> None:
    """Move each pure insertion or deletion to where it begins and ends best.

    및 제10조 is taken out of 제9조 및 제10조, not "조 및 제10".
    """
    ends = (len(before.words), len(after.words))
    for place in range(len(pairs) + 1):
        old_left, new_left = pairs[place - 1] if place else (-1, -1)
        old_right, new_right = pairs[place] if place < len(pairs) else ends
        removed, added = old_right - old_left > 1, new_right - new_left > 1
        if removed != added:
            _slide_one(pairs, place, after if added else before, side=1 if added else 0)


def _slide_one(pairs: Pairs, place: int, words: _Words, *, side: int) -> None:
    """`pairs[place]` follows the change; `side` is that of the words that changed."""
    start = pairs[place - 1][side] + 1 if place else 0
    end = pairs[place][side] if place < len(pairs) else len(words.words)
    size = end - start
    text = words.words
    earliest, at = start, place - 1
    while (
        at >= 0
        and start - earliest < _MAX_SLIDE
        and text[earliest - 1] == text[earliest + size - 1]
    ):
        if at < place - 1 and not _adjoin(pairs[at], pairs[at + 1]):
            break
        earliest, at = earliest - 1, at - 1
    latest, at = start, place
    while at < len(pairs) and latest - start < _MAX_SLIDE and text[latest] == text[latest + size]:
        if at > place and not _adjoin(pairs[at - 1], pairs[at]):
            break
        latest, at = latest + 1, at + 1
    best = max(
        range(earliest, latest + 1),
        key=lambda at: (words.edge(at) + words.edge(at + size), at),
    )
    for moved in range(best, start):
        _shift(pairs, place - (start - moved), side, size)
    for moved in range(start, best):
        _shift(pairs, place + moved - start, side, -size)


def _adjoin(left: tuple[int, int], right: tuple[int, int]) -> bool:
    return right == (left[0] + 1, left[1] + 1)


def _shift(pairs: Pairs, place: int, side: int, by: int) -> None:
    left, right = pairs[place]
    pairs[place] = (left, right + by) if side else (left + by, right)


# --- Provisions


def redline(old: TextTree, new: TextTree) -> Redline:
    """The redline from `old` to `new`, two trees of one language.

    Keys have to be unique in each tree (ValueError).
    """
    return Redline(new.lang, redline_words(old.title, new.title), tuple(_Walk(old, new).rows()))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A provision of the merged tree; `shown` is the new one where it is there."""

    shown: Provision
    old: Provision | None
    new: Provision | None
    depth: int


class _Walk:
    """The two trees as one, in reading order."""

    def __init__(self, old: TextTree, new: TextTree) -> None:
        self.old, self.new, self.lang = old, new, new.lang
        self.before: Mapping[str, Provision] = old.by_key()
        self.after: Mapping[str, Provision] = new.by_key()
        self.moved = moved_keys(old, new)

    def rows(self) -> Iterator[RedlineProvision]:
        waiting = self._merged(self.old.provisions, self.new.provisions, 0)
        waiting.reverse()
        while waiting:
            placed = waiting.pop()
            yield self._row(placed)
            below = self._merged(
                placed.old.children if placed.old else (),
                placed.new.children if placed.new else (),
                placed.depth + 1,
            )
            waiting.extend(reversed(below))

    def _merged(
        self, old: Sequence[Provision], new: Sequence[Provision], depth: int
    ) -> list[_Placed]:
        """The children of one provision: each removed one after what stood before it."""
        there = {provision.key for provision in new}
        removed: dict[str, list[_Placed]] = {}
        anchor = ""
        for provision in old:
            if provision.key not in self.after:
                removed.setdefault(anchor, []).append(_Placed(provision, provision, None, depth))
            elif provision.key in there and provision.key not in self.moved:
                anchor = provision.key
        merged = removed.pop("", [])
        for provision in new:
            merged.append(_Placed(provision, self.before.get(provision.key), provision, depth))
            merged += removed.pop(provision.key, ())
        return merged

    def _row(self, placed: _Placed) -> RedlineProvision:
        old, new, shown = placed.old, placed.new, placed.shown
        moved = shown.key in self.moved
        fate = _fate(old, new, moved=moved)
        number = render_number(shown.kind, shown.number, self.lang)
        if fate in (Fate.SAME, Fate.MOVED):
            spans = _same(number), _same(shown.heading), _same(shown.text)
        else:
            before = render_number(old.kind, old.number, self.lang) if old else ""
            spans = (
                _whole(before, number if new else ""),
                redline_words(old.heading if old else "", new.heading if new else ""),
                redline_words(old.text if old else "", new.text if new else ""),
            )
        return RedlineProvision(shown.key, shown.kind, placed.depth, fate, moved, old, new, *spans)


def _same(text: str) -> tuple[Span, ...]:
    return (Span(Mark.SAME, text),) if text else ()


def _fate(old: Provision | None, new: Provision | None, *, moved: bool) -> Fate:
    if old is None:
        return Fate.ADDED
    if new is None:
        return Fate.REMOVED
    if (old.kind, old.heading, old.text) != (new.kind, new.heading, new.text):
        return Fate.CHANGED
    if old.number != new.number:
        return Fate.RENUMBERED
    return Fate.MOVED if moved else Fate.SAME


def _whole(old: str, new: str) -> tuple[Span, ...]:
    """A number changes as a whole: 제3조 → 제3조의2, not 제3조 with something behind it."""
    if old == new:
        return _same(old)
    deleted = (Span(Mark.DELETED, old),) if old else ()
    return (*deleted, Span(Mark.INSERTED, new)) if new else deleted
