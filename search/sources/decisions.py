"""Decisions: votes that are closed. The rounds of an election are found with the election."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils import translation

from resolutions.models import Vote
from resolutions.models.votes import VoteState
from search.query import Document
from search.sources.wording import CHUNK, address, languages, local_day

KIND = "decision"


def everything() -> Iterator[Document]:
    """Every closed vote."""
    for vote in _closed().order_by("pk").iterator(chunk_size=CHUNK):
        yield from _documents(vote)


def now(things: Sequence[str]) -> Iterator[Document]:
    """These votes, by their address names."""
    for vote in _closed().filter(slug__in=things):
        yield from _documents(vote)


def _closed() -> QuerySet[Vote]:
    rows = Vote.objects.filter(state=VoteState.CLOSED, election=None)
    return rows.select_related("assembly", "instrument", "result").prefetch_related(
        "wordings", "assembly__wordings", "instrument__wordings"
    )


def _documents(vote: Vote) -> Iterator[Document]:
    day = local_day(vote.closed_at or vote.prepared_at, vote.assembly.time_zone)
    result = getattr(vote, "result", None)
    for language in languages():
        with translation.override(language):
            outcome = str(result.get_outcome_display()) if result else ""
        yield Document(
            id=vote.slug,
            kind=KIND,
            lang=language,
            title=vote.title_in(language),
            url=address("decisions", language, vote.slug),
            summary=outcome,
            body=vote.questions.in_language(language),
            keywords=(
                vote.assembly.title_in(language),
                vote.instrument.title_in(language) if vote.instrument else "",
            ),
            facets={
                "instrument": [vote.instrument.kind] if vote.instrument else [],
                "year": [str(day.year)],
            },
            date=day,
        )
