"""What needs no server: how the engine behaves without one, and which engine is used."""

import logging
from pathlib import Path
from typing import Any

import pytest

from search.engines import get_engine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from search.errors import IndexUnavailable
from search.query import Document, Query

NOWHERE = "http://127.0.0.1:9"
"""Nothing listens on the discard port."""


@pytest.fixture(autouse=True)
def _quiet_transport() -> None:
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)


def test_a_server_that_is_not_there_is_said() -> None:
    engine = ElasticsearchEngine(NOWHERE)
    assert engine.search(Query(text="임금")).degraded == "index_unreachable"
    with pytest.raises(IndexUnavailable) as refused:
        engine.upsert([Document(id="a", kind="practice", lang="ko", title="임금", url="/a/")])
    assert refused.value.code == "index_unreachable"
    engine.client.close()


def test_the_settings_choose_the_engine(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_INDEX = tmp_path / "index.sqlite3"
    assert isinstance(get_engine(), EmbeddedEngine)
    settings.ELASTICSEARCH_URL = NOWHERE
    assert isinstance(get_engine(), ElasticsearchEngine)
