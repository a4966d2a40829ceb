"""Whom the office reaches in a city: its contacts, and the people who act for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from members.models import City, CityContact
from members.policies import in_force


def contacts_of(*, city: City, now: datetime) -> QuerySet[CityContact]:
    """The city's contacts at a moment, the first to write to first."""
    return CityContact.objects.filter(in_force(now), city=city).order_by("place", "pk")


def contacts_of_cities(*, cities: Iterable[City], now: datetime) -> dict[int, list[CityContact]]:
    """The contacts of many cities by the city's key. One query."""
    found: dict[int, list[CityContact]] = {}
    rows = CityContact.objects.filter(in_force(now), city__in=list(cities))
    for row in rows.order_by("city", "place", "pk"):
        found.setdefault(row.city_id, []).append(row)
    return found
