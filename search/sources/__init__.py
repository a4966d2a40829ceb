"""What the library's search covers: one module for each kind of thing.

Each gives `everything()` and `now(things)`. Documents are made in the language they are in,
so labels among their keywords are in that language too.
"""

from __future__ import annotations

from search.indexing import register_source
from search.sources import articles, assemblies, cities, decisions, elections, pages, practices


def register() -> None:
    """Register every source; called at start-up."""
    for module in (practices, articles, decisions, elections, assemblies, cities, pages):
        register_source(module.KIND, everything=module.everything, now=module.now)
