"""Who has a seat at an assembly, and who is in it at a moment."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Q

from members.models import City, Mandate
from members.models.cities import MembershipKind
from members.policies import ACTIONS_OF_MANDATE, CityAction, in_force
from resolutions.models import Assembly
from resolutions.models.assemblies import AssemblyKind
from resolutions.rules.attendance import Act, ActKind, present_at
from resolutions.rules.roll import Roll, Seat
from resolutions.selectors.rules import bylaws_in_force

VOICES = ("head", "voting_delegate", "alternate")


def seats_of_assembly(*, assembly: Assembly, on: date) -> list[City]:
    """The cities with a seat on a day, by code, names loaded.

    Members have a seat. While a founding assembly has no bylaws in force yet, the cities
    that confirmed their part in it (membership "applicant") have one too.
    """
    kinds = [MembershipKind.MEMBER]
    if assembly.kind == AssemblyKind.FOUNDING and bylaws_in_force(on=on) is None:
        kinds.append(MembershipKind.APPLICANT)
    return list(
        City.objects.filter(
            Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=on),
            memberships__kind__in=kinds,
            memberships__starts_on__lte=on,
        )
        .distinct()
        .prefetch_related("name_rows")
        .order_by("code")
    )


def roll_of_assembly(*, assembly: Assembly, now: datetime, on: date) -> Roll:
    """The roll as it stands: each seat with the roles that may speak for it. Three queries."""
    cities = seats_of_assembly(assembly=assembly, on=on)
    voices: dict[int, set[str]] = defaultdict(set)
    voting = [role for role, acts in ACTIONS_OF_MANDATE.items() if CityAction.VOTE in acts]
    for city_id, role in (
        Mandate.objects.filter(in_force(now), city__in=cities, role__in=voting)
        .values_list("city_id", "role")
        .order_by("city_id", "rank")
    ):
        voices[city_id].add(role)
    return Roll(
        [
            Seat(
                city_slug=city.slug,
                city_code=city.code,
                name=city.names,
                voices=tuple(role for role in VOICES if role in voices[city.pk]),
            )
            for city in cities
        ]
    )


def attendance_acts(*, assembly: Assembly) -> list[Act]:
    """The recorded acts of attendance, as the rule reads them. One query."""
    rows = assembly.attendance.select_related("city", "corrects").order_by("number")
    return [
        Act(
            number=row.number,
            seat=row.city.slug,
            kind=ActKind(row.kind),
            at=row.at,
            mode=row.mode,
            corrects=row.corrects.number if row.corrects else None,
            reason=row.reason,
        )
        for row in rows
    ]


def cities_present(*, assembly: Assembly, now: datetime) -> frozenset[str]:
    """The slugs of the cities whose seats are taken at `now`."""
    return present_at(attendance_acts(assembly=assembly), now)
