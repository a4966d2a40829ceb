"""What can go wrong with the index.

SearchError
├── IndexUnavailable   missing, damaged, of another version, not reachable
└── RebuildSuperseded  another rebuild began while this one was running
"""

from __future__ import annotations


class SearchError(Exception):
    """The index could not do what it was asked; `code` is stable, for programs."""

    code = "search_failed"

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code or self.code


class IndexUnavailable(SearchError):
    """No index to use: `index_missing`, `_damaged`, `_outdated`, `_busy`, `_unreachable`."""

    code = "index_unavailable"


class RebuildSuperseded(SearchError):
    """A later rebuild took over; its result stands."""

    code = "rebuild_superseded"
