"""What is searched: sources of documents, and keeping the index in step with them.

A source knows one kind of thing: how to go through all of them, and what one
of them is now. The index is built from the sources and can be thrown away
and built again at any time.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from search.engines import get_engine
from search.errors import IndexUnavailable, RebuildSuperseded
from search.query import Document

logger = logging.getLogger(__name__)

BATCH = 200
NOTHING_TO_UPDATE = frozenset(("index_missing", "index_outdated", "index_damaged"))
"""States of the index in which only a rebuild helps."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing. `now(things)` gives their documents; of what is not public, none."""

    kind: str
    everything: Callable[[], Iterable[Document]]
    now: Callable[[Sequence[str]], Iterable[Document]]


_sources: dict[str, Source] = {}


def register_source(
    kind: str,
    *,
    everything: Callable[[], Iterable[Document]],
    now: Callable[[Sequence[str]], Iterable[Document]],
) -> None:
    """Make a kind of thing searchable. Registering a kind again replaces its source."""
    _sources[kind] = Source(kind=kind, everything=everything, now=now)


def kinds() -> tuple[str, ...]:
    """The kinds that are searched, in the order they were registered."""
    return tuple(_sources)


def every_document() -> Iterator[Document]:
    """Everything that is searched, kind by kind."""
    for source in _sources.values():
        yield from source.everything()


def rebuild_index() -> dict[str, int]:
    """Build the index anew; give the number of documents by kind. Raises `SearchError`."""
    counted: Counter[str] = Counter()

    def counting() -> Iterator[Document]:
        for document in every_document():
            counted[document.kind] += 1
            yield document

    get_engine().rebuild(counting())
    return {kind: counted[kind] for kind in kinds()}


def reindex(*, kind: str, things: Iterable[str]) -> None:
    """Bring the index up to what these things are now.

    Where there is no usable index it is built. Raises `IndexUnavailable` when the index
    exists and could not be written.
    """
    source = _sources[kind]
    waiting = iter(dict.fromkeys(things))
    while batch := list(islice(waiting, BATCH)):
        try:
            get_engine().replace(kind=kind, things=batch, documents=list(source.now(batch)))
        except IndexUnavailable as reason:
            if reason.code not in NOTHING_TO_UPDATE:
                raise
            logger.info("search index built anew: %s", reason.code)
            build_missing_index()
            return


def build_missing_index() -> None:
    """Build the index where only that helps; another process that does so at once is as good."""
    try:
        rebuild_index()
    except RebuildSuperseded:
        logger.info("another process builds the search index")
