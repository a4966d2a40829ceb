"""Duties kept apart, by the table of `members.rules.duties`: asked before something is given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import City, Mandate, OfficeRole
from members.models.cities import MembershipKind
from members.rules.duties import Duty, Held, conflict, duties_of_mandate
from members.rules.voices import MandateRow, Role
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import Conflict, WrongState

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


def refuse_withdrawn(*, city: City, at: datetime) -> None:
    """Raise WrongState where the city is out of the network on the day of `at`."""
    day = network_day(at)
    rows = city.memberships.filter(kind=MembershipKind.WITHDRAWN, starts_on__lte=day)
    if rows.filter(Q(ends_on=None) | Q(ends_on__gt=day)).exists():
        raise WrongState(
            _("The city has withdrawn: nobody acts for it. Record its return first."),
            code="city_withdrawn",
            where=city.slug,
        )


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
    """Raise Conflict where an office role meets a mandate of a voting city that it may not."""
    office = [held_role(role) for role in roles]
    for mandate in mandates:
        if mandate.city.slug not in voting_cities:
            continue
        for new in held_mandate(mandate):
            _refuse(new, office)


def refuse_mixed_roles(*, role: OfficeRole, others: Iterable[OfficeRole]) -> None:
    """Raise Conflict where an office role meets another one that it may not."""
    _refuse(held_role(role), [held_role(other) for other in others])


def held_role(role: OfficeRole) -> Held:
    """An office role as the table of duties reads it."""
    return Held(duty=Duty(role.role), starts_at=role.starts_at, ends_at=role.ends_at)


def held_mandate(mandate: Mandate) -> tuple[Held, ...]:
    """A mandate of a city with a seat, as the table of duties reads it; select `city` with it."""
    return tuple(
        Held(
            duty=duty,
            starts_at=mandate.starts_at,
            ends_at=mandate.ends_at,
            where=mandate.city.slug,
        )
        for duty in duties_of_mandate(mandate.role)
    )


def _refuse(new: Held, held: Iterable[Held]) -> None:
    found = conflict(new, held)
    if found is not None:
        apart, other = found
        raise Conflict(apart.reason, code=apart.code, where=new.where or other.where)
