"""The engines under test: whatever stands behind the interface passes the same tests.

The embedded engine is always tested. Set TEST_ELASTICSEARCH_URL to the address of a server that
may be written to, and the same tests run against it as well.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine

SERVER = os.environ.get("TEST_ELASTICSEARCH_URL", "")


@pytest.fixture(params=["embedded", "elasticsearch"] if SERVER else ["embedded"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine with an empty index."""
    if request.param == "embedded":
        embedded = EmbeddedEngine(tmp_path / "index" / "search.sqlite3")
        embedded.rebuild(())
        yield embedded
        embedded.close()
        return
    from search.engines.elasticsearch import ElasticsearchEngine

    over_server = ElasticsearchEngine(SERVER, name=f"test-{secrets.token_hex(4)}")
    over_server.rebuild(())
    yield over_server
    for index in over_server.client.indices.get(index=f"{over_server.alias}-*"):
        over_server.client.indices.delete(index=index)
    over_server.client.close()
