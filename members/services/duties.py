"""Duties kept apart: whoever runs votes holds no mandate of a city that votes.

The rule is `members.rules.voices.duty_conflicts`; here it is asked about periods.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q

from members.models import City, Mandate, OfficeRole
from members.models.cities import MembershipKind
from members.models.people import OfficeRoleKind
from members.rules.voices import MandateRow, Role, duty_conflicts
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import Conflict

VOTING_KINDS: Final = (
    MembershipKind.APPLICANT,
    MembershipKind.MEMBER,
    MembershipKind.SUSPENDED,
)
"""Cities with a seat; a suspended one keeps it."""


def has_seat(*, city: City, now: datetime) -> bool:
    """Whether the city votes today or later, as far as its memberships say."""
    today = network_day(now)
    rows = city.memberships.filter(kind__in=VOTING_KINDS)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=today)).exists()


def mandate_row(mandate: Mandate) -> MandateRow:
    """A mandate as the rules read it; select `person` and `city` with it."""
    return MandateRow(
        person=str(mandate.person.uuid),
        city=mandate.city.slug,
        role=Role(mandate.role),
        starts_at=mandate.starts_at,
        ends_at=mandate.ends_at,
        rank=mandate.rank,
        accredited_at=mandate.accredited_at,
    )


def refuse_mixed_duties(
    *,
    mandates: Iterable[Mandate],
    roles: Iterable[OfficeRole],
    voting_cities: frozenset[str],
) -> None:
    """Raise Conflict where a returning officer's time meets that of a voting city's mandate."""
    rows = [mandate_row(mandate) for mandate in mandates]
    for role in roles:
        if role.role != OfficeRoleKind.RETURNING_OFFICER:
            continue
        for row in rows:
            met_at = max(role.starts_at, row.starts_at)
            if not _before(met_at, role.ends_at):
                continue
            conflicts = duty_conflicts(
                [row],
                returning_officers={str(role.person.uuid)},
                voting_cities=voting_cities,
                moment=met_at,
            )
            if conflicts:
                raise Conflict(conflicts[0].reason, code=conflicts[0].code, where=conflicts[0].city)


def _before(at: datetime, end: datetime | None) -> bool:
    return end is None or at < end
