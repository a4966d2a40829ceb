"""What time it is in a city: the time zone of the nearest place in the same country.

Source: `zone.tab` of the IANA time zone database, which names for each zone its countries and
one place. Good enough for "15:30 Seoul, 07:30 Vienna" beside an authoritative time.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from django.utils import timezone

from members.models import City

PLACE = re.compile(r"([+-])(\d{2})(\d{2})(?:\d{2})?([+-])(\d{3})(\d{2})(?:\d{2})?")


def zone_of(city: City) -> str:
    """The name of the city's time zone ("Europe/Vienna"), "" where it cannot be known."""
    zones = _zones_by_country().get(city.country, ())
    if len(zones) < 2 or city.latitude is None or city.longitude is None:
        return zones[0][0] if zones else ""
    here = (int(city.latitude * 60), int(city.longitude * 60))
    return min(zones, key=lambda zone: (zone[1] - here[0]) ** 2 + (zone[2] - here[1]) ** 2)[0]


def zones_of(city: City) -> tuple[str, ...]:
    """The clocks that matter to a city: the network's, then its own."""
    return tuple(
        dict.fromkeys(
            zone for zone in (timezone.get_current_timezone_name(), zone_of(city)) if zone
        )
    )


@cache
def _zones_by_country() -> dict[str, tuple[tuple[str, int, int], ...]]:
    """Country → (zone, latitude, longitude); minutes of arc."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        country, place, zone = line.split("\t")[:3]
        match = PLACE.fullmatch(place)
        if match is None:
            continue
        north, degrees, minutes, east, far, rest = match.groups()
        latitude = (int(degrees) * 60 + int(minutes)) * (-1 if north == "-" else 1)
        longitude = (int(far) * 60 + int(rest)) * (-1 if east == "-" else 1)
        found.setdefault(country, []).append((zone, latitude, longitude))
    return {country: tuple(zones) for country, zones in found.items()}
