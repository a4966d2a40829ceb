"""Elections, from the moment they are announced: candidates, rounds, who was elected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils import translation

from resolutions.models import Election
from search.query import Document
from search.sources.wording import CHUNK, address, languages, local_day, names_of

KIND = "election"


def everything() -> Iterator[Document]:
    """Every election."""
    for election in _rows().order_by("pk").iterator(chunk_size=CHUNK):
        yield from _documents(election)


def now(things: Sequence[str]) -> Iterator[Document]:
    """These elections, by their address names."""
    for election in _rows().filter(slug__in=things):
        yield from _documents(election)


def _rows() -> QuerySet[Election]:
    return Election.objects.select_related("assembly", "elected").prefetch_related(
        "wordings",
        "assembly__wordings",
        "elected__name_rows",
        "nominations__wordings",
        "nominations__city__name_rows",
    )


def _documents(election: Election) -> Iterator[Document]:
    nominations = list(election.nominations.all())
    day = local_day(election.decided_at or election.announced_at, election.assembly.time_zone)
    for language in languages():
        with translation.override(language):
            office, state = str(election.get_office_display()), str(election.get_state_display())
        elected = election.elected.name_in(language) if election.elected else ""
        yield Document(
            id=election.slug,
            kind=KIND,
            lang=language,
            title=election.title_in(language),
            url=address("elections", language, election.slug),
            summary=": ".join(part for part in (state, elected) if part),
            body="\n".join(each.statements.in_language(language) for each in nominations),
            keywords=(
                office,
                election.assembly.title_in(language),
                *names_of(each.city for each in nominations),
            ),
            facets={
                "city": [election.elected.slug] if election.elected else [],
                "year": [str(day.year)],
            },
            date=day,
        )
