"""A stage that stands for all tests of a file: built once, undone after each test.

    standing_stage, _django_db_helper, stage = stands("assembly")

at the top of a file builds the stage and, of what it makes when asked, `assembly`, once. Each
test gets a stage of its own whose people and things are read anew from the database.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, models, transaction

from tests.resolutions.stage import Stage


def stands(
    *built: str, on: Callable[[], object] | None = None, kind: type[Stage] = Stage
) -> tuple[Any, Any, Any]:
    """The fixtures `standing_stage`, `_django_db_helper` and `stage`; `on` runs before all."""

    @pytest.fixture(scope="module")
    def standing_stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
        with django_db_blocker.unblock(), transaction.atomic():
            if on is not None:
                on()
            stage = kind()
            for name in built:
                getattr(stage, name)
            yield stage
            transaction.set_rollback(True)

    @pytest.fixture
    def _django_db_helper(standing_stage: Stage, django_db_blocker: Any) -> Iterator[None]:
        """In place of pytest-django's own: what a test changes is undone, the stage stays."""
        with django_db_blocker.unblock(), transaction.atomic():
            yield
            connection.check_constraints()
            transaction.set_rollback(True)

    @pytest.fixture
    def stage(standing_stage: Stage, db: None) -> Stage:
        """Member cities under bylaws."""
        own = copy.copy(standing_stage)
        own.__dict__.update({name: _read_anew(value) for name, value in vars(own).items()})
        return own

    return standing_stage, _django_db_helper, stage


def _read_anew(value: Any) -> Any:
    if isinstance(value, models.Model):
        return type(value)._default_manager.get(pk=value.pk)
    if isinstance(value, dict):
        return {name: _read_anew(one) for name, one in value.items()}
    return value
