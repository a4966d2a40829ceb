"""An index of its own for each test that asks for one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cms.models import Practice
from cms.models.practices import translation_key_of
from search.engines import get_engine
from search.engines.base import Engine


@pytest.fixture
def index(settings: Any, tmp_path: Path) -> Engine:
    """An empty index at `settings.SEARCH_INDEX`."""
    settings.SEARCH_INDEX = tmp_path / "index.sqlite3"
    engine = get_engine()
    engine.rebuild(())
    return engine


@pytest.fixture
def no_index(settings: Any, tmp_path: Path) -> Path:
    """A place where no index was built."""
    settings.SEARCH_INDEX = tmp_path / "none.sqlite3"
    return Path(settings.SEARCH_INDEX)


MakePractice = Callable[..., Practice]


@pytest.fixture
def make_practice(db: None) -> MakePractice:
    """Make a practice row: `make_practice("seoul-wage", "ko", title="…")`."""
    from wagtail.models import Locale

    def make(external_id: str, language: str = "ko", **fields: Any) -> Practice:
        given = {"title": f"사례 {external_id}", "slug": external_id, "live": True, **fields}
        return Practice.objects.create(
            external_id=external_id,
            locale=Locale.objects.get(language_code=language),
            translation_key=translation_key_of(external_id),
            **given,
        )

    return make
