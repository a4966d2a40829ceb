"""What facets and their values are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.models import InstrumentType, Pillar
from cms.seats import Text
from cms.templatetags.formats import COUNTRIES, language_name, reader_language
from members.models import City
from resolutions.models.texts import InstrumentKind
from search.query import Sort

FACETS: Mapping[str, Text] = {
    "kind": pgettext_lazy("search", "Kind"),
    "lang": pgettext_lazy("search", "Language"),
    "pillar": pgettext_lazy("search", "Pillar of decent work"),
    "country": pgettext_lazy("search", "Country"),
    "city": pgettext_lazy("search", "City"),
    "instrument": pgettext_lazy("search", "Instrument"),
    "year": pgettext_lazy("search", "Year"),
    "tag": pgettext_lazy("search", "Subject"),
}

KINDS: Mapping[str, Text] = {
    "practice": pgettext_lazy("search", "Practice"),
    "article": pgettext_lazy("search", "Article of a text"),
    "decision": pgettext_lazy("search", "Decision"),
    "election": pgettext_lazy("search", "Election"),
    "assembly": pgettext_lazy("search", "Assembly"),
    "city": pgettext_lazy("search", "City"),
    "page": pgettext_lazy("search", "Page"),
}

SORTS: Mapping[Sort, Text] = {
    Sort.RELEVANCE: _("Best match"),
    Sort.NEWEST: _("Newest first"),
    Sort.OLDEST: _("Oldest first"),
    Sort.TITLE: _("By title"),
}

_INSTRUMENTS: Mapping[str, Text] = {
    **dict(InstrumentType.choices),
    **dict(InstrumentKind.choices),
}
_PILLARS: Mapping[str, Text] = dict(Pillar.choices)
_KNOWN: Mapping[str, Mapping[str, Text]] = {
    "kind": KINDS,
    "pillar": _PILLARS,
    "country": COUNTRIES,
    "instrument": _INSTRUMENTS,
}


def city_names(slugs: Iterable[str]) -> dict[str, str]:
    """The names of cities by their address names, for the reader. Two queries."""
    wanted = set(slugs)
    if not wanted:
        return {}
    language = reader_language()
    rows = City.objects.filter(slug__in=wanted).prefetch_related("name_rows")
    return {city.slug: city.name_in(language) for city in rows}


def value_label(name: str, value: str, cities: Mapping[str, str]) -> str:
    """What one value of a facet is called; an unknown one stays as it is."""
    if name == "city":
        return cities.get(value, value)
    if name == "lang":
        return language_name(value)
    return str(_KNOWN.get(name, {}).get(value, value))


def in_order(name: str, values: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """The values of a facet as they are shown: in their own order, years downwards, by count."""
    given = list(values)
    if name in ("pillar", "kind"):
        order = list(_KNOWN[name])
        return sorted(given, key=lambda each: order.index(each[0]) if each[0] in order else 99)
    if name == "year":
        return sorted(given, reverse=True)
    return given
