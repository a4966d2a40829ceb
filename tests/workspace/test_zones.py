"""The clock of a city, from its country and its place."""

from decimal import Decimal

import pytest

from members.models import City
from secretariat.workspace.zones import zone_of, zones_of


@pytest.mark.parametrize(
    ("country", "latitude", "longitude", "zone"),
    [
        ("KR", "35.17944", "129.07556", "Asia/Seoul"),
        ("AT", "48.20849", "16.37208", "Europe/Vienna"),
        ("US", "40.71427", "-74.00597", "America/New_York"),
        ("US", "34.05223", "-118.24368", "America/Los_Angeles"),
        ("ZA", "-26.20227", "28.04363", "Africa/Johannesburg"),
        ("XX", "0", "0", ""),
    ],
)
def test_the_zone_is_that_of_the_nearest_place_in_the_country(
    country: str, latitude: str, longitude: str, zone: str
) -> None:
    city = City(country=country, latitude=Decimal(latitude), longitude=Decimal(longitude))
    assert zone_of(city) == zone


def test_a_place_that_is_not_known_takes_the_first_zone_of_the_country() -> None:
    assert zone_of(City(country="JP", latitude=None, longitude=None)) == "Asia/Tokyo"


def test_the_networks_clock_comes_first_and_once() -> None:
    seoul = City(country="KR", latitude=None, longitude=None)
    tokyo = City(country="JP", latitude=None, longitude=None)
    assert zones_of(seoul) == ("Asia/Seoul",)
    assert zones_of(tokyo) == ("Asia/Seoul", "Asia/Tokyo")
