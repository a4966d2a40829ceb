"""The engines, and which one this installation uses."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine


def get_engine() -> Engine:
    """The engine of this process: the embedded one at `settings.SEARCH_INDEX`."""
    return _embedded(str(settings.SEARCH_INDEX))


@lru_cache(maxsize=8)
def _embedded(path: str) -> Engine:
    return EmbeddedEngine(path)
