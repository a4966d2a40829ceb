"""Days: which one a moment falls on, where the network is."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from secretariat.kernel.models import Network


def network_day(at: datetime) -> date:
    """The day of `at` in the network's time zone; before there is a network, in its default."""
    return at.astimezone(network_zone()).date()


def day_begins_at(day: date) -> datetime:
    """The moment at which `day` begins where the network is."""
    return datetime.combine(day, time.min, network_zone())


def network_zone() -> ZoneInfo:
    """The network's time zone; before there is a network, its default."""
    network = Network.objects.filter(pk=1).only("time_zone").first() or Network()
    return ZoneInfo(network.time_zone)
