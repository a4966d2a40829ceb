"""What the public reads of practices: the live rows of its language."""

from __future__ import annotations

from django.db.models import QuerySet

from cms.models import Practice
from members.models import City


def live_practices(*, language: str) -> QuerySet[Practice]:
    """The public practices in one language, newest first, with city and names."""
    return (
        Practice.objects.filter(live=True, locale__language_code=language)
        .select_related("locale", "city")
        .prefetch_related("city__name_rows")
        .order_by("-first_published_at", "-pk")
    )


def featured_practices(*, language: str, limit: int) -> list[Practice]:
    """The newest public practices of cities; where there are none, the newest of all."""
    rows = live_practices(language=language)
    return list(rows.exclude(city=None)[:limit]) or list(rows[:limit])


def practice_at(*, slug: str, language: str) -> Practice | None:
    """The public practice at an address: in `language`, else in another language, or None."""
    rows = Practice.objects.filter(live=True, slug=slug).select_related("locale", "city")
    found = {row.language: row for row in rows.prefetch_related("city__name_rows")}
    return found.get(language) or next(iter(found.values()), None)


def languages_of(*, practice: Practice) -> list[str]:
    """The languages in which a practice is public."""
    rows = Practice.objects.filter(live=True, external_id=practice.external_id)
    return sorted(rows.values_list("locale__language_code", flat=True))


def practices_of_city(*, city: City, language: str, limit: int) -> list[Practice]:
    """The newest public practices of a city in one language."""
    return list(live_practices(language=language).filter(city=city)[:limit])


def related_practices(*, practice: Practice, limit: int) -> list[Practice]:
    """Other practices of the same city; of no city, of the same country."""
    rows = live_practices(language=practice.language).exclude(pk=practice.pk)
    if practice.city_id:
        return list(rows.filter(city=practice.city)[:limit])
    if practice.country:
        return list(rows.filter(city=None, country=practice.country)[:limit])
    return []


def origin_of(*, practice: Practice) -> Practice | None:
    """The public practice that this one was adapted from, in its language if there is one."""
    if not practice.adapted_from:
        return None
    return _in_one_language(practice.adapted_from, practice.language)


def adaptations_of(*, practice: Practice, limit: int) -> list[Practice]:
    """Public practices of the same language that were adapted from this one."""
    rows = live_practices(language=practice.language)
    return list(rows.exclude(adapted_from="").filter(adapted_from=practice.external_id)[:limit])


def _in_one_language(external_id: str, language: str) -> Practice | None:
    rows = Practice.objects.filter(live=True, external_id=external_id)
    found = {
        row.language: row
        for row in rows.select_related("locale", "city").prefetch_related("city__name_rows")
    }
    return found.get(language) or next(iter(found.values()), None)
