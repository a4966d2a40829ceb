"""What every test may use."""

from __future__ import annotations

import gc
from datetime import datetime

import pytest
from django.db.models.signals import post_migrate
from hypothesis import HealthCheck, settings

from secretariat.kernel import clock
from tests import factories
from tests.foundations import last_app, lay_foundations

pytest_plugins = ["tests.not_run"]

# A busy machine fails no test: what has a time limit is measured by `make bench`.
settings.register_profile(
    "untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Tables are made from the models; tests/kernel/test_migrations.py runs the migrations."""
    return False


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before the database is made, and after every flush: what migrations would have put there."""
    post_migrate.connect(lay_foundations, sender=last_app())


@pytest.fixture
def now() -> datetime:
    """The moment at which tests take place: 12 December 2018, 14:40 in Seoul."""
    return factories.NOW


@pytest.fixture(autouse=True)
def _clock_starts_anew() -> None:
    """What the clock remembers of one test's database is not true in the next."""
    clock.forget()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


FIRST = ("tests/security/test_access_matrix", "tests/workspace/", "tests/browser/")
"""What takes longest: begun first, so that no worker is left with a long file at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; otherwise the order in which they were found."""

    def place(item: pytest.Item) -> int:
        for number, folder in enumerate(FIRST):
            if item.nodeid.startswith(folder):
                return number
        return len(FIRST)

    items.sort(key=place)
