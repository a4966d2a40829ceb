"""How a stored document becomes a hit, whatever engine stored it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from search.query import Hit
from search.rules.question import Question, excerpt, mark

EXCERPT = {"ko": 130, "ja": 100, "zh": 80, "": 200}
"""Characters of an excerpt by language: about three lines."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What an engine keeps of a document to show it. `day` is an ISO date or empty."""

    id: str
    kind: str
    lang: str
    title: str
    url: str
    summary: str
    body: str
    facets: Mapping[str, Sequence[str]]
    day: str


def make_hit(stored: Stored, score: float, question: Question) -> Hit:
    """A hit with its answers marked; `score` is greater for better."""
    text = "\n".join(part for part in (stored.summary, stored.body) if part)
    return Hit(
        id=stored.id,
        kind=stored.kind,
        title=stored.title,
        url=stored.url,
        lang=stored.lang,
        score=round(score, 4),
        summary=stored.summary,
        highlight=excerpt(text, question, length=EXCERPT.get(stored.lang, EXCERPT[""])),
        marked_title=mark(stored.title, question),
        facets={name: tuple(values) for name, values in stored.facets.items()},
        date=date.fromisoformat(stored.day) if stored.day else None,
    )
