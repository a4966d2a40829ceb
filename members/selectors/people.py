"""People: finding them, and what they hold at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Case, Q, QuerySet, SmallIntegerField, Value, When

from members.models import City, Mandate, OfficeRole
from members.models.people import MandateRole
from members.policies import in_force
from secretariat.kernel.models import User

MOST = 20


def find_people(*, search: str, most: int = MOST) -> list[User]:
    """People whose name or address holds `search`; the exact address alone finds its owner."""
    search = search.strip()
    if not search:
        return []
    owner = User.objects.filter(email__iexact=search, is_active=True).first()
    if owner is not None:
        return [owner]
    rows = User.objects.filter(
        Q(name__icontains=search) | Q(email__icontains=search), is_active=True
    )
    return list(rows.order_by("name", "pk")[:most])


def find_cities(*, search: str, most: int = MOST) -> list[City]:
    """Cities whose name in any language holds `search`; an exact name or code finds its city."""
    search = search.strip()
    if not search:
        return []
    rows = City.objects.prefetch_related("name_rows").order_by("slug")
    exact = rows.filter(
        Q(slug__iexact=search) | Q(code__iexact=search) | Q(name_rows__name__iexact=search)
    ).distinct()
    found = list(exact[:most])
    return found or list(rows.filter(name_rows__name__icontains=search).distinct()[:most])


PRECEDENCE: Final = Case(
    *(When(role=role.value, then=Value(place)) for place, role in enumerate(MandateRole)),
    output_field=SmallIntegerField(),
)
"""The head of delegation first, then the voting delegate; to sort mandates by."""


def mandates_of_city(*, city: City, now: datetime) -> QuerySet[Mandate]:
    """The mandates in force, with their people, in the order of precedence."""
    rows = Mandate.objects.filter(in_force(now), city=city)
    return rows.select_related("person").order_by(PRECEDENCE, "rank", "starts_at", "pk")


def mandates_of_person(*, person: User, now: datetime) -> QuerySet[Mandate]:
    """The mandates of one person that are in force or begin later, with their cities."""
    rows = Mandate.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), person=person)
    return (
        rows.select_related("city")
        .prefetch_related("city__name_rows")
        .order_by("city__slug", "role", "pk")
    )


def office_people(*, now: datetime) -> QuerySet[OfficeRole]:
    """The office roles in force, with their people."""
    return (
        OfficeRole.objects.filter(in_force(now))
        .select_related("person")
        .order_by("role", "starts_at", "pk")
    )
