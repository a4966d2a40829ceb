"""The engines under test: whatever stands behind the interface passes the same tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine


@pytest.fixture(params=["embedded"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    made = EmbeddedEngine(tmp_path / "index" / "search.sqlite3")
    made.rebuild(())
    yield made
    made.close()
