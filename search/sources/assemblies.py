"""Assemblies, from their convocation on: title, place, agenda."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils import translation

from resolutions.models import Assembly
from resolutions.models.assemblies import AssemblyState
from search.query import Document
from search.sources.wording import CHUNK, address, languages, local_day, names_of

KIND = "assembly"


def everything() -> Iterator[Document]:
    """Every assembly that is convened."""
    for assembly in _convened().order_by("pk").iterator(chunk_size=CHUNK):
        yield from _documents(assembly)


def now(things: Sequence[str]) -> Iterator[Document]:
    """These assemblies, by their address names."""
    for assembly in _convened().filter(slug__in=things):
        yield from _documents(assembly)


def _convened() -> QuerySet[Assembly]:
    rows = Assembly.objects.exclude(state=AssemblyState.DRAFT).select_related("host_city")
    return rows.prefetch_related("wordings", "agenda__wordings", "host_city__name_rows")


def _documents(assembly: Assembly) -> Iterator[Document]:
    day = local_day(assembly.starts_at, assembly.time_zone)
    agenda = sorted(assembly.agenda.all(), key=lambda item: item.number)
    for language in languages():
        with translation.override(language):
            kind = str(assembly.get_kind_display())
        yield Document(
            id=assembly.slug,
            kind=KIND,
            lang=language,
            title=assembly.title_in(language),
            url=address("assemblies", language, assembly.slug),
            summary=assembly.places.in_language(language),
            body="\n".join(
                (
                    *(f"{item.number}. {item.title_in(language)}" for item in agenda),
                    assembly.convocations.in_language(language),
                )
            ),
            keywords=(kind, *names_of([assembly.host_city])),
            facets={
                "city": [assembly.host_city.slug],
                "country": [assembly.host_city.country],
                "year": [str(day.year)],
            },
            date=day,
        )
