"""Drafting: what may stand where, which number comes next, and what in a draft wants a look.

A draft is seen as *sketches*: provisions in reading order with the words of each language. The
*unit* of work is a provision that is cited by itself (an article, a chapter's heading, the
preamble) with the paragraphs, items, subitems and footnotes in it.

Inserted numbers follow the practice of Korean statutes (제12조의2 after 제12조, 제12조의2의2
after 제12조의2) and of treaties (Article 12 bis): `numbering` renders them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from resolutions.rules.canonical import normal_field
from resolutions.rules.canonical_json import canonical_json, sha256_hex
from resolutions.rules.numbering import sort_key
from resolutions.rules.structure import Kind


class Shape(Protocol):
    """What a provision must tell to be placed."""

    @property
    def key(self) -> str: ...
    @property
    def parent_key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Wording:
    """Heading and text in one language, and when they were last brought together with the rest."""

    heading: str = ""
    text: str = ""
    reviewed_at: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.heading or self.text)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A provision of a draft with its words by language."""

    key: str
    parent_key: str
    kind: Kind
    number: str = ""
    words: Mapping[str, Wording] = field(default_factory=dict)


INNER = (Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM, Kind.FOOTNOTE)
"""What is edited together with the provision in which it stands."""

_IN_DIVISIONS = (Kind.ARTICLE, Kind.PARAGRAPH, Kind.FOOTNOTE)
_BELOW: Mapping[Kind | None, tuple[Kind, ...]] = {
    None: (
        Kind.PREAMBLE,
        Kind.PART,
        Kind.CHAPTER,
        Kind.SECTION,
        Kind.ARTICLE,
        Kind.PARAGRAPH,
        Kind.SUPPLEMENTARY,
        Kind.ANNEX,
        Kind.CLOSING,
    ),
    Kind.PREAMBLE: (Kind.PARAGRAPH, Kind.FOOTNOTE),
    Kind.PART: (Kind.CHAPTER, Kind.SECTION, *_IN_DIVISIONS),
    Kind.CHAPTER: (Kind.SECTION, *_IN_DIVISIONS),
    Kind.SECTION: (Kind.SECTION, *_IN_DIVISIONS),
    Kind.ARTICLE: (Kind.PARAGRAPH, Kind.ITEM, Kind.FOOTNOTE),
    Kind.PARAGRAPH: (Kind.ITEM, Kind.SUBITEM, Kind.FOOTNOTE),
    Kind.ITEM: (Kind.SUBITEM, Kind.FOOTNOTE),
    Kind.SUBITEM: (Kind.SUBITEM, Kind.FOOTNOTE),
    Kind.SUPPLEMENTARY: (Kind.CHAPTER, Kind.SECTION, *_IN_DIVISIONS),
    Kind.ANNEX: (Kind.PART, Kind.CHAPTER, Kind.SECTION, *_IN_DIVISIONS, Kind.ITEM),
    Kind.CLOSING: (Kind.PARAGRAPH, Kind.FOOTNOTE),
    Kind.FOOTNOTE: (),
}


def kinds_below(kind: Kind | None) -> tuple[Kind, ...]:
    """What may stand directly in a provision of this kind; None is the text itself."""
    return _BELOW[kind]


def head_of(key: str, shapes: Mapping[str, Shape]) -> str:
    """The provision with which `key` is edited: itself, or what it stands in."""
    shape = shapes[key]
    while Kind(shape.kind) in INNER and shape.parent_key in shapes:
        shape = shapes[shape.parent_key]
    return shape.key


def units(sketches: Iterable[Shape]) -> dict[str, list[str]]:
    """The units of a text in reading order: head → keys in reading order, the head first."""
    found: dict[str, list[str]] = {}
    head: dict[str, str] = {}
    for sketch in sketches:
        inside = Kind(sketch.kind) in INNER and sketch.parent_key in head
        head[sketch.key] = head[sketch.parent_key] if inside else sketch.key
        found.setdefault(head[sketch.key], []).append(sketch.key)
    return found


# ── numbers and keys ────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"[0-9]{1,4}(?:[A-Za-z]|(?:[-.][0-9]{1,4}){1,3})?|[^\W_]{1,6}")


def is_number(number: str) -> bool:
    """Whether it can stand as a number: "3", "12-2", "4.1", "12A"; "" where nothing is numbered."""
    return not number or _NUMBER.fullmatch(number) is not None


def suggest_number(before: str, after: str) -> str:
    """The number between its neighbours' ("" where there is none); "" where none fits.

    12 and nothing → 13; 12 and 14 → 13; 12 and 13 → 12-2; 12-2 and 13 → 12-3;
    12-2 and 12-3 → 12-2-2; nothing and 2 → 1; nothing and nothing → 1.
    """
    if not before:
        return "1" if not after or sort_key("1") < sort_key(after) else ""
    if not before[-1].isdigit():
        return ""
    head, last = re.fullmatch(r"(.*?)([0-9]+)", before).groups()  # type: ignore[union-attr]
    following = f"{head}{int(last) + 1}"
    if not after:
        whole = before.partition("-")[0]
        return f"{int(whole) + 1}" if whole.isdigit() else following
    for number in (following, f"{before}-2"):
        if sort_key(before) < sort_key(number) < sort_key(after):
            return number
    return ""


def run_of_numbers(first: str, count: int) -> list[str] | None:
    """`count` numbers from `first` on: "4" gives 4, 5, 6; "4.1" gives 4.1, 4.2. None: no way."""
    found = re.fullmatch(r"(.*?)([0-9]+)", first)
    if found is None:
        return None
    return [f"{found[1]}{int(found[2]) + step}" for step in range(count)]


_SEGMENTS = {
    Kind.PART: "part",
    Kind.CHAPTER: "ch",
    Kind.SECTION: "sec",
    Kind.ARTICLE: "art",
    Kind.PARAGRAPH: "p",
    Kind.ITEM: "i",
    Kind.SUBITEM: "s",
    Kind.FOOTNOTE: "fn",
}
_NAMED = {
    Kind.PREAMBLE: "pre",
    Kind.CLOSING: "closing",
    Kind.SUPPLEMENTARY: "supp",
    Kind.ANNEX: "annex",
}


def new_key(
    kind: Kind, number: str, parent_key: str, shapes: Mapping[str, Shape], taken: Collection[str]
) -> str:
    """A key for a new provision, like those that importing makes, and never one used before."""
    if kind in _NAMED:
        wanted = _NAMED[kind]
        if kind is Kind.ANNEX and number:
            wanted += _in_key(number)
        elif kind in (Kind.SUPPLEMENTARY, Kind.ANNEX):
            wanted += str(1 + sum(Kind(each.kind) is kind for each in shapes.values()))
    else:
        above = parent_key
        if kind in (Kind.PART, Kind.CHAPTER) or (kind is Kind.ARTICLE and "." not in number):
            above = _numbered_from(parent_key, shapes)
        segment = _SEGMENTS[kind] if number or kind is Kind.ARTICLE else "u"
        wanted = f"{segment}{_in_key(number.rpartition('.')[2]) or 1}"
        wanted = f"{above}.{wanted}" if above else wanted
    key, nth = wanted, 1
    while key in taken:
        nth += 1
        key = f"{wanted}_{nth}"
    return key


def _in_key(number: str) -> str:
    return re.sub(r"[^a-z0-9-]", "", number.lower())


def _numbered_from(key: str, shapes: Mapping[str, Shape]) -> str:
    """The supplementary provisions or annex in which articles are numbered anew, or ""."""
    while key in shapes:
        if Kind(shapes[key].kind) in (Kind.SUPPLEMENTARY, Kind.ANNEX):
            return key
        key = shapes[key].parent_key
    return ""


def series_of(key: str, ordered: Sequence[Shape]) -> list[str]:
    """The keys numbered in one run with `key`, in reading order: all articles, an article's
    paragraphs, the articles of one 부칙. Articles numbered within their chapter (4.1) stay there.
    """
    shapes = {each.key: each for each in ordered}
    one = shapes[key]

    def place(shape: Shape) -> tuple[str, str]:
        through = Kind(shape.kind) in (Kind.ARTICLE, Kind.CHAPTER) and "." not in shape.number
        above = _numbered_from(shape.parent_key, shapes) if through else shape.parent_key
        return (shape.kind, above if not through else f"through:{above}")

    return [each.key for each in ordered if place(each) == place(one) and each.number]


# ── words ───────────────────────────────────────────────────────────────────────────────────

REPEALED: Mapping[str, str] = {"ko": "삭제", "en": "Repealed"}
"""What stands in place of the words of a provision that keeps its number."""


def words_hash(heading: str, text: str) -> str:
    """What words were when somebody began to change them. Absent words are empty ones."""
    return sha256_hex(canonical_json([normal_field(heading), normal_field(text)]))


# ── what wants a look ───────────────────────────────────────────────────────────────────────


class Flag(StrEnum):
    """What is not as it should be with a provision, before the text is tabled."""

    EMPTY = "empty"
    MISSING = "missing"
    ONE_LANGUAGE = "one_language"
    DANGLING = "dangling"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Finding:
    """A flag on a provision.

    `languages` are those that lack words (MISSING), that were written last (ONE_LANGUAGE), or in
    which a reference leads nowhere (DANGLING); `words` the references or the names of rules.
    """

    flag: Flag
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def find_flags(
    sketches: Sequence[Sketch],
    *,
    languages: Collection[str],
    rules: Mapping[str, Sequence[str]] | None = None,
    bound_at: datetime | None = None,
    dangling: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> dict[str, tuple[Finding, ...]]:
    """Key → what wants a look there.

    `languages` are those in which every provision should stand; `rules` the names of the rules
    bound to a key, `bound_at` when they were; `dangling` the references of a key that lead
    nowhere, by language.
    """
    parents = {sketch.parent_key for sketch in sketches}
    changed = _changed_below(sketches, bound_at) if rules and bound_at else frozenset()
    found: dict[str, tuple[Finding, ...]] = {}
    for sketch in sketches:
        here = list(_word_flags(sketch, languages, has_children=sketch.key in parents))
        if led_nowhere := (dangling or {}).get(sketch.key):
            here.append(
                Finding(
                    Flag.DANGLING,
                    languages=tuple(led_nowhere),
                    words=tuple(word for words in led_nowhere.values() for word in words),
                )
            )
        if sketch.key in changed and sketch.key in (rules or {}):
            here.append(Finding(Flag.RULE, words=tuple((rules or {})[sketch.key])))
        if here:
            found[sketch.key] = tuple(here)
    return found


def _word_flags(
    sketch: Sketch, languages: Collection[str], *, has_children: bool
) -> Iterable[Finding]:
    written = {code: words for code, words in sketch.words.items() if words}
    if not written:
        if not has_children:
            yield Finding(Flag.EMPTY)
        return
    if lacking := tuple(code for code in languages if code not in written):
        yield Finding(Flag.MISSING, languages=lacking)
    if last := written_last(written):
        yield Finding(Flag.ONE_LANGUAGE, languages=last)


def written_last(words: Mapping[str, Wording]) -> tuple[str, ...]:
    """The languages that were changed after the others; () where all say the same."""
    moments = {code: each.reviewed_at for code, each in words.items() if each}
    if len(set(moments.values())) < 2:
        return ()
    latest = max(moment for moment in moments.values() if moment is not None)
    return tuple(code for code, moment in moments.items() if moment == latest)


def _changed_below(sketches: Sequence[Sketch], since: datetime) -> frozenset[str]:
    """The keys at or below which words were written after `since`."""
    parents = {sketch.key: sketch.parent_key for sketch in sketches}
    changed: set[str] = set()
    for sketch in sketches:
        if not any(
            words.reviewed_at is not None and words.reviewed_at > since
            for words in sketch.words.values()
        ):
            continue
        key = sketch.key
        while key and key not in changed:
            changed.add(key)
            key = parents.get(key, "")
    return frozenset(changed)


def together(
    reviewed: Mapping[str, datetime | None],
    *,
    changed: Collection[str],
    fresh: Collection[str],
    still_the_same: bool,
    now: datetime,
) -> dict[str, datetime | None]:
    """When each language counts as brought together, after `changed` ones were written at `now`.

    A language that is written for the first time (`fresh`) translates what stands there, and one
    that lagged behind was brought up to date; both bring the others along. Otherwise those that
    were not written stay behind, unless the writer says that they are still right.
    """
    after: dict[str, datetime | None] = dict(reviewed) | dict.fromkeys(changed, now)
    if not changed:
        return after
    for code, moment in reviewed.items():
        if code in changed:
            continue
        lagged = moment is not None and any(
            (before := reviewed.get(each)) is None or before < moment
            for each in changed
            if each in reviewed
        )
        if still_the_same or lagged or all(each in fresh for each in changed):
            after[code] = now
    return after
