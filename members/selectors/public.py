"""What the public reads about cities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BooleanField,
    Case,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from members.models import City, Membership
from members.models.cities import CityName, MembershipKind

SHOWN_KINDS = (
    MembershipKind.MEMBER,
    MembershipKind.APPLICANT,
    MembershipKind.OBSERVER,
    MembershipKind.PARTNER,
    MembershipKind.SUSPENDED,
)


APART = (MembershipKind.OBSERVER, MembershipKind.PARTNER)
"""Without a seat: listed after the cities."""


@dataclass(frozen=True, slots=True)
class CityStanding:
    """A city and what it is to the network on a day."""

    city: City
    kind: str
    since: date


def called(language: str) -> Coalesce:
    """Of a row with a `city`, the city's name in a language, else its address name; to sort by."""
    names = CityName.objects.filter(city=OuterRef("city_id"), language=language)
    return Coalesce(Subquery(names.values("name")[:1]), F("city__slug"))


def cities_of_network(
    *, on: date, search: str = "", region: str = "", language: str = ""
) -> QuerySet[Membership]:
    """The memberships that hold on a day, withdrawn ones left out, by region and code, or by
    region and name in a `language`.

    Observers and partners stand apart, after the cities: `apart` says so. `search` finds a
    piece of the name in any language, or the code. City and names are loaded: two queries
    when read.
    """
    rows = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on, kind__in=SHOWN_KINDS
    )
    if region:
        rows = rows.filter(city__region=region)
    if search:
        named = City.objects.filter(
            Q(name_rows__name__icontains=search) | Q(code__iexact=search)
        ).values("pk")
        rows = rows.filter(city__in=named)
    return (
        rows.annotate(
            apart=Case(When(kind__in=APART, then=True), default=False, output_field=BooleanField())
        )
        .select_related("city")
        .prefetch_related("city__name_rows")
        .order_by(
            "apart",
            Case(When(kind__in=APART, then=Value("")), default=F("city__region")),
            called(language) if language else F("city__code"),
            "pk",
        )
    )


def member_cities(*, on: date) -> list[City]:
    """The cities that have a seat on a day: the members; before there are any, the founders."""
    rows = list(
        cities_of_network(on=on).filter(kind__in=[MembershipKind.MEMBER, MembershipKind.APPLICANT])
    )
    members = [row for row in rows if row.kind == MembershipKind.MEMBER]
    return [row.city for row in members or rows]


def city_by_slug(*, slug: str) -> City | None:
    """A city with its names and memberships, or None. Three queries."""
    return City.objects.filter(slug=slug).prefetch_related("name_rows", "memberships").first()


def membership_history(*, city: City) -> list[Membership]:
    """What the city was to the network over time, latest first; prefetch `memberships`."""
    return sorted(city.memberships.all(), key=lambda row: row.starts_on, reverse=True)


def standing_on(*, city: City, on: date) -> CityStanding | None:
    """What the city is on a day, and since when without a break; prefetch `memberships`."""
    current = next(
        (
            row
            for row in city.memberships.all()
            if row.starts_on <= on and (row.ends_on is None or row.ends_on > on)
        ),
        None,
    )
    return CityStanding(city, current.kind, current.starts_on) if current else None


def cities_by_slug(*, slugs: Iterable[str]) -> dict[str, City]:
    """Cities with their names. Two queries."""
    rows = City.objects.filter(slug__in=set(slugs)).prefetch_related("name_rows")
    return {city.slug: city for city in rows}


def earliest_membership() -> date | None:
    """The day since which there have been members, or None."""
    found: date | None = Membership.objects.filter(kind=MembershipKind.MEMBER).aggregate(
        first=Min("starts_on")
    )["first"]
    return found
