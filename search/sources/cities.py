"""Cities of the network: every city that is, or was, something to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from members.models import City
from search.query import Document
from search.sources.wording import CHUNK, address, country_name, languages, names_of

KIND = "city"


def everything() -> Iterator[Document]:
    """Every city of the network."""
    for city in _rows().order_by("pk").iterator(chunk_size=CHUNK):
        yield from _documents(city)


def now(things: Sequence[str]) -> Iterator[Document]:
    """These cities, by their address names."""
    for city in _rows().filter(slug__in=things):
        yield from _documents(city)


def _rows() -> QuerySet[City]:
    return City.objects.exclude(memberships=None).distinct().prefetch_related("name_rows")


def _documents(city: City) -> Iterator[Document]:
    for language in languages():
        country = country_name(city.country, language)
        yield Document(
            id=city.slug,
            kind=KIND,
            lang=language,
            title=city.name_in(language),
            url=address("cities", language, city.slug),
            summary=city.descriptions.in_language(language),
            keywords=(*names_of([city]), country, city.code),
            facets={"city": [city.slug], "country": [city.country]},
        )
