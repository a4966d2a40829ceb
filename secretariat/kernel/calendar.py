"""Days: which one a moment falls on, where the network is."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from secretariat.kernel.models import Network


def network_day(at: datetime) -> date:
    """The day of `at` in the network's time zone; before there is a network, in its default."""
    network = Network.objects.filter(pk=1).only("time_zone").first() or Network()
    return at.astimezone(ZoneInfo(network.time_zone)).date()
