"""The stage on which tests of texts and decisions take place."""

from __future__ import annotations

import pytest

from tests.resolutions.stage import FoundingStage, Stage


@pytest.fixture
def stage(db: None) -> Stage:
    """Member cities under bylaws."""
    return Stage()


@pytest.fixture
def founding(db: None) -> FoundingStage:
    """A founding assembly before any rule."""
    return FoundingStage()
