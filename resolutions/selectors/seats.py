"""Who has a seat at an assembly, and who is in it at a moment."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Q

from members.models import City, Mandate
from members.models.cities import MembershipKind
from members.policies import in_force
from members.rules.voices import MandateRow, Role, voice_roles
from members.selectors.standing import standings
from resolutions.models import Assembly
from resolutions.models.assemblies import AssemblyKind
from resolutions.rules.attendance import Act, ActKind, present_at
from resolutions.rules.operative import RuleSet
from resolutions.rules.roll import Roll, Seat
from resolutions.selectors.arrears import arrears_rule


def seats_of_assembly(*, assembly: Assembly, on: date) -> list[City]:
    """The cities with a seat on a day, by code, names loaded.

    Members have a seat; at a founding assembly also the cities that confirmed their part in
    it (membership "applicant"): the same answer as `members.rules.standing`, in one query.
    """
    kinds = [MembershipKind.MEMBER]
    if assembly.kind == AssemblyKind.FOUNDING:
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


def roll_of_assembly(
    *, assembly: Assembly, now: datetime, on: date, rules: RuleSet | None = None
) -> Roll:
    """The roll as it stands: each seat with the roles that may speak for it. Three queries.

    Where the rules in force say how many unpaid contributions take the vote away, cities
    with so many are left out (three more queries): they keep their seat and do not vote.
    """
    cities = seats_of_assembly(assembly=assembly, on=on)
    arrears = arrears_rule(rules) if rules is not None else None
    if arrears is not None:
        found = standings(
            on=on,
            founding=assembly.kind == AssemblyKind.FOUNDING,
            arrears=arrears,
            cities=[city.pk for city in cities],
        )
        cities = [city for city in cities if found[city.pk].may_vote]
    by_city: dict[str, list[MandateRow]] = defaultdict(list)
    mandates = Mandate.objects.filter(in_force(now), city__in=cities)
    for mandate in mandates.select_related("person", "city"):
        by_city[mandate.city.slug].append(
            MandateRow(
                person=str(mandate.person.uuid),
                city=mandate.city.slug,
                role=Role(mandate.role),
                starts_at=mandate.starts_at,
                ends_at=mandate.ends_at,
                rank=mandate.rank,
                accredited_at=mandate.accredited_at,
            )
        )
    return Roll(
        [
            Seat(
                city_slug=city.slug,
                city_code=city.code,
                name=city.names,
                voices=voice_roles(by_city[city.slug], city=city.slug, moment=now),
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
