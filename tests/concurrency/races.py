"""Acts that happen at the same time, each in its own thread and connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

from members.models import City
from tests.factories import CityFactory, MembershipFactory, letters
from tests.resolutions.stage import Stage

ATTEMPTS = 25
"""How often a race without locks is run before we say that it cannot go wrong."""

SEATS = 20


class TwentySeats(Stage):
    """The stage with twenty member cities, "city-00" to "city-19"."""

    def _cities(self) -> dict[str, City]:
        cities = {}
        for number in range(SEATS):
            slug = f"city-{number:02}"
            cities[slug] = CityFactory(slug=slug, code=letters(number))
            MembershipFactory(city=cities[slug])
        return cities


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all acts at the same time; each answers with its result, or with what it raised."""
    together = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def do(place: int) -> None:
        try:
            connection.ensure_connection()
            together.wait(timeout=60)
            answers[place] = acts[place]()
        except Exception as raised:  # noqa: BLE001 - whatever it is, the test looks at it
            answers[place] = raised
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=do, args=(place,), daemon=True) for place in range(len(acts))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "the acts wait for each other"
    return answers


def goes_wrong(race: Callable[[], bool]) -> bool:
    """Whether a race shows damage at least once in `ATTEMPTS` runs."""
    return any(race() for _attempt in range(ATTEMPTS))
