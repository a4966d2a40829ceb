"""Reports on the members: who is what on a day, by region, and who may vote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from members.models import City, Membership
from members.models.cities import MembershipKind, Region
from members.rules.standing import ArrearsRule, StandingFinding, standing_on
from members.selectors.standing import standings

BATCH = 2000


def memberships_on(
    *, on: date, kind: str = "", region: str = "", search: str = ""
) -> QuerySet[Membership]:
    """What each city or body is on a day, by its address name, with its city and names.

    Everybody, withdrawn ones too; `kind`, `region` and `search` (part of a name, the short
    code) narrow. Two queries when read.
    """
    rows = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)
    if kind:
        rows = rows.filter(kind=kind)
    if region:
        rows = rows.filter(city__region=region)
    if search:
        named = City.objects.filter(
            Q(name_rows__name__icontains=search) | Q(code__iexact=search) | Q(slug=search)
        ).values("pk")
        rows = rows.filter(city__in=named)
    return rows.select_related("city").prefetch_related("city__name_rows").order_by("city__slug")


@dataclass(frozen=True, slots=True)
class RegionLine:
    """How many are what in one region, in the order of `KINDS`."""

    region: str
    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


KINDS = tuple(MembershipKind)


def counts_by_region(*, on: date) -> list[RegionLine]:
    """One line for each region that has anybody on a day. One query."""
    rows = (
        Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)
        .order_by()
        .values_list("city__region", "kind")
        .annotate(count=Count("pk"))
    )
    counted = {(region, kind): count for region, kind, count in rows}
    lines = [
        RegionLine(
            region.value,
            str(region.label),
            tuple(counted.get((region.value, kind.value), 0) for kind in KINDS),
        )
        for region in Region
    ]
    return [line for line in lines if line.total]


WITH_SEAT = frozenset({"member", "suspended", "applicant"})


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One city or body on a day, with its standing."""

    membership: Membership
    standing: StandingFinding

    @property
    def city(self) -> City:
        return self.membership.city


def report_lines(
    *,
    on: date,
    kind: str = "",
    region: str = "",
    search: str = "",
    founding: bool = False,
    arrears: ArrearsRule | None = None,
) -> Iterator[ReportLine]:
    """The whole report, line by line. Five queries and two for each batch of rows."""
    found = standings(on=on, founding=founding, arrears=arrears)
    rows = memberships_on(on=on, kind=kind, region=region, search=search)
    for membership in rows.iterator(chunk_size=BATCH):
        standing = found.get(membership.city_id) or standing_on((), on)
        yield ReportLine(membership, standing)


@dataclass(frozen=True, slots=True)
class VotingReport:
    """How many may vote on a day, and the keys of the cities that may not, or owe something."""

    voting: int
    held_back: tuple[int, ...]
    warned: tuple[int, ...]
    standings: dict[int, StandingFinding]


def voting_report(
    *, on: date, founding: bool = False, arrears: ArrearsRule | None = None
) -> VotingReport:
    """Who with a seat may vote on a day. Three queries; cities are loaded by `lines_of`."""
    found = standings(on=on, founding=founding, arrears=arrears)
    seats = {key: each for key, each in found.items() if each.kind in WITH_SEAT}
    return VotingReport(
        voting=sum(each.may_vote for each in seats.values()),
        held_back=tuple(sorted(key for key, each in seats.items() if not each.may_vote)),
        warned=tuple(
            sorted(key for key, each in seats.items() if arrears and each.may_vote and each.unpaid)
        ),
        standings=found,
    )


def lines_of(*, on: date, cities: Sequence[int], report: VotingReport) -> list[ReportLine]:
    """Lines of the report for some cities, by address name. Two queries."""
    rows = memberships_on(on=on).filter(city__in=cities)
    return [ReportLine(row, report.standings[row.city_id]) for row in rows]
