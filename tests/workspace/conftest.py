"""What tests of the desk and the office share."""

from __future__ import annotations

import pytest

from cms.services.site import found_site
from secretariat.kernel.models import Network
from tests.factories import NOW, NetworkFactory
from tests.resolutions.stage import FoundingStage, Stage


def found() -> Network:
    """A network with its site founded."""
    network: Network = NetworkFactory()
    found_site(network=network, now=NOW)
    return network


@pytest.fixture
def network(db: None) -> Network:
    """A network with its site founded."""
    return found()


@pytest.fixture
def stage(network: Network) -> Stage:
    """Member cities under bylaws."""
    return Stage()


@pytest.fixture
def founding(network: Network) -> FoundingStage:
    """A founding assembly before any rule."""
    return FoundingStage()
