"""Standing of cities on a day: one city, some, or all of them in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from members.models import City, Membership
from members.rules.standing import (
    ArrearsRule,
    MembershipKind,
    MembershipRow,
    StandingFinding,
    standing_on,
)
from members.selectors.contributions import dues_by_city


def membership_row(membership: Membership) -> MembershipRow:
    """A membership as the rules read it."""
    return MembershipRow(MembershipKind(membership.kind), membership.starts_on, membership.ends_on)


def standings(
    *,
    on: date,
    founding: bool = False,
    arrears: ArrearsRule | None = None,
    cities: Iterable[int] | None = None,
) -> dict[int, StandingFinding]:
    """The standing on a day of every city that ever had a membership, by the city's key.

    Three queries whatever their number; `cities` narrows to some keys.
    """
    memberships = Membership.objects.filter(starts_on__lte=on)
    keys = list(cities) if cities is not None else None
    if keys is not None:
        memberships = memberships.filter(city__in=keys)
    rows: dict[int, list[MembershipRow]] = defaultdict(list)
    for city, kind, starts_on, ends_on in memberships.values_list(
        "city_id", "kind", "starts_on", "ends_on"
    ).iterator():
        rows[city].append(MembershipRow(MembershipKind(kind), starts_on, ends_on))
    dues = dues_by_city(on=on, cities=keys)
    return {
        city: standing_on(own, on, founding=founding, dues=dues.get(city, ()), arrears=arrears)
        for city, own in rows.items()
    }


def standing_of_city(
    *, city: City, on: date, founding: bool = False, arrears: ArrearsRule | None = None
) -> StandingFinding:
    """The standing of one city on a day. Three queries."""
    found = standings(on=on, founding=founding, arrears=arrears, cities=[city.pk])
    return found.get(city.pk) or standing_on((), on, founding=founding)
