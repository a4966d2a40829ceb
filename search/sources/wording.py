"""Words that documents of several kinds share: names, languages, addresses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from cms.navigation import site_address
from cms.templatetags.formats import COUNTRIES
from members.models import City
from secretariat.kernel.calendar import network_zone

CHUNK = 500
"""Rows read at once while the index is built."""


def languages() -> list[str]:
    """The languages of the site, by code."""
    return [code for code, _ in settings.LANGUAGES]


def address(section: str, language: str, *steps: str) -> str:
    """The public address of a thing: `address("library", "ko", slug)` is /ko/library/slug/."""
    return site_address(section, language) + "".join(f"{step}/" for step in steps)


def names_of(cities: Iterable[City | None]) -> tuple[str, ...]:
    """Every name of these cities in every language; prefetch `name_rows`."""
    return tuple(dict.fromkeys(row.name for city in cities if city for row in city.name_rows.all()))


def country_name(code: str, language: str) -> str:
    """A country's name in `language`; an unknown code stays."""
    with translation.override(language):
        return str(COUNTRIES.get(code, code))


def local_day(moment: datetime, zone: str = "") -> date:
    """The day of a moment on the clock of `zone`, else of the network."""
    return moment.astimezone(ZoneInfo(zone) if zone else network_zone()).date()
