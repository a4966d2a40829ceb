"""What tests of the public site share."""

from __future__ import annotations

import pytest

from cms.services.site import found_site
from secretariat.kernel.models import Network
from tests.factories import NOW, NetworkFactory


@pytest.fixture
def network(db: None) -> Network:
    """A network with its site founded."""
    network: Network = NetworkFactory()
    found_site(network=network, now=NOW)
    return network
