"""The stage on which the attacks take place."""

from tests.workspace.conftest import network, stage

__all__ = ["network", "stage"]
