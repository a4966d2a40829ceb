"""One question in, one answer out: what every engine takes and gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from search.rules.question import Piece

FACETS: tuple[str, ...] = ("kind", "lang", "pillar", "country", "city", "instrument", "year", "tag")
"""The facets of every document, in the order in which they are shown."""

PER_PAGE = 10
MOST_PER_PAGE = 100
DEEPEST = 10_000
"""Hits that can be paged through; beyond them a narrower question is the way."""


class Sort(StrEnum):
    """In what order hits come."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Document:
    """One thing in one language, as it is indexed.

    `id` is unique within its kind and language and stable for ever: a slug,
    an external number, `slug/edition/key` of an article. `thing` is what it is a
    part of, where that is more than itself: an instrument's articles are
    replaced together. `keywords` are words
    that find the document without standing in it (the city's name in the
    other language, the labels of its pillars). `facets` holds every value of
    each facet; `kind` and `lang` need not be repeated there.
    """

    id: str
    kind: str
    lang: str
    title: str
    url: str
    thing: str = ""
    summary: str = ""
    body: str = ""
    keywords: tuple[str, ...] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    date: date | None = None

    @property
    def whole(self) -> str:
        """What is replaced at once: the thing, else the document in all its languages."""
        return self.thing or self.id

    def every_facet(self) -> dict[str, tuple[str, ...]]:
        """All facets with `kind` and `lang`, each value once, empty ones left out."""
        found: dict[str, tuple[str, ...]] = {"kind": (self.kind,), "lang": (self.lang,)}
        for name, values in self.facets.items():
            kept = tuple(dict.fromkeys(str(value) for value in values if str(value)))
            if kept:
                found[name] = kept
        return found


@dataclass(frozen=True, slots=True)
class Query:
    """A question: words, a language or none, chosen facet values, a page, an order.

    Values of one facet widen (Hamburg or Vienna), facets narrow each other.
    """

    text: str = ""
    lang: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1
    per_page: int = PER_PAGE
    sort: Sort = Sort.RELEVANCE

    @property
    def offset(self) -> int:
        """Hits before this page."""
        return (self.page - 1) * self.per_page

    def filters(self) -> dict[str, tuple[str, ...]]:
        """The chosen values by facet, the language among them."""
        chosen = {name: tuple(values) for name, values in self.facets.items() if values}
        if self.lang:
            chosen["lang"] = (self.lang,)
        return chosen


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. `marked_title` and `highlight` are pieces, marked where they answer."""

    id: str
    kind: str
    title: str
    url: str
    lang: str
    score: float
    summary: str
    highlight: tuple[Piece, ...]
    marked_title: tuple[Piece, ...]
    facets: Mapping[str, tuple[str, ...]]
    date: date | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """An answer.

    `facets` gives for each facet its values with the number of hits each
    would have, most first; a facet's own choice does not narrow its counts.
    `relaxed` says that nothing had all the words and these have some.
    `degraded` names, when the index cannot answer, why (`IndexUnavailable.code`).
    """

    total: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    page: int = 1
    pages: int = 0
    suggestion: str = ""
    relaxed: bool = False
    degraded: str = ""
