"""What an engine is: it stores documents and answers queries, whatever they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from search.query import Document, Query, Results


class Engine(Protocol):
    """The one interface behind which engines stand; the same tests run against each.

    Writers raise `IndexUnavailable` when there is no index to write to.
    `search` never raises: an index that cannot answer gives `Results` whose
    `degraded` says why, and the site stays up.
    """

    def search(self, query: Query) -> Results:
        """Answer a query."""

    def upsert(self, documents: Iterable[Document]) -> None:
        """Store documents, each in place of the one with its kind, id and language."""

    def replace(self, *, kind: str, things: Sequence[str], documents: Iterable[Document]) -> None:
        """Store what these things are now; parts and languages that are not given go away."""

    def delete(self, *, kind: str, thing: str) -> None:
        """Forget a thing in all its languages and parts."""

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build the whole index anew while the old one answers; give the number of documents."""

    def count(self) -> int:
        """Documents stored."""
