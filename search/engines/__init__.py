"""The engines, and which one this installation uses."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine


def get_engine() -> Engine:
    """The engine of this process: Elasticsearch where its address is set, else the embedded one."""
    if settings.ELASTICSEARCH_URL:
        return _elasticsearch(settings.ELASTICSEARCH_URL)
    return _embedded(str(settings.SEARCH_INDEX))


@lru_cache(maxsize=8)
def _embedded(path: str) -> Engine:
    return EmbeddedEngine(path)


@lru_cache(maxsize=8)
def _elasticsearch(url: str) -> Engine:
    # Its client is slow to import and most installations have no server.
    from search.engines.elasticsearch import ElasticsearchEngine

    return ElasticsearchEngine(url)
