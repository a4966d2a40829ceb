"""Practices of the library: the live ones, each language a row of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils import translation

from cms.models import Practice
from cms.rich_text import plain_of
from search.query import Document
from search.sources.wording import CHUNK, address, country_name, names_of

KIND = "practice"


def everything() -> Iterator[Document]:
    """Every live practice in every language."""
    for practice in _live().order_by("pk").iterator(chunk_size=CHUNK):
        yield _document(practice)


def now(things: Sequence[str]) -> Iterator[Document]:
    """These practices, by their identifiers."""
    for practice in _live().filter(external_id__in=things):
        yield _document(practice)


def _live() -> QuerySet[Practice]:
    rows = Practice.objects.filter(live=True)
    return rows.select_related("locale", "city").prefetch_related("city__name_rows")


def _body(practice: Practice) -> str:
    """Every text of the practice, without its formatting."""
    texts = (
        plain_of(practice.problem),
        practice.body,
        plain_of(practice.results),
        *(str(row["indicator"]) for row in practice.figures),
        practice.legal_basis,
        plain_of(practice.adaptation),
    )
    return "\n\n".join(text for text in texts if text)


def _document(practice: Practice) -> Document:
    language = practice.language
    country = practice.country or (practice.city.country if practice.city else "")
    with translation.override(language):
        labels = (
            *practice.pillar_labels,
            practice.instrument_label,
            *practice.target_group_labels,
            *practice.sector_labels,
        )
    return Document(
        id=practice.external_id,
        kind=KIND,
        lang=language,
        title=practice.title,
        url=address("library", language, practice.slug),
        summary=practice.summary,
        body=_body(practice),
        keywords=(
            *names_of([practice.city]),
            practice.place,
            country_name(country, language),
            *labels,
            *map(str, practice.tags),
        ),
        facets={
            "pillar": practice.pillars,
            "country": [country],
            "city": [practice.city.slug] if practice.city else [],
            "instrument": [practice.instrument],
            "year": [str(practice.year)] if practice.year else [],
            "tag": practice.tags,
        },
        date=date(practice.year, 1, 1) if practice.year else None,
    )
