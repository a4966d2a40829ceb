"""What the public reads of assemblies: those that were convened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from members.models import City
from resolutions.models import AgendaItem, Assembly, AttendanceAct
from resolutions.models.assemblies import AssemblyState
from resolutions.rules.operative import RuleName
from resolutions.rules.quorum import QuorumFinding, find_quorum
from resolutions.selectors.decisions import public_votes
from resolutions.selectors.rules import rules_of_assembly
from resolutions.selectors.seats import cities_present, seats_of_assembly


def public_assemblies() -> QuerySet[Assembly]:
    """Assemblies that were convened, latest first, with wordings and host."""
    return (
        Assembly.objects.exclude(state=AssemblyState.DRAFT)
        .select_related("host_city", "presiding_city", "founding_rules__instrument")
        .prefetch_related(
            "wordings",
            "host_city__name_rows",
            "presiding_city__name_rows",
            "founding_rules__instrument__wordings",
        )
        .order_by("-starts_at", "-pk")
    )


def public_assembly(*, slug: str) -> Assembly | None:
    """One assembly, or None."""
    return public_assemblies().filter(slug=slug).first()


def running_assembly() -> Assembly | None:
    """The assembly that is open now, or None."""
    return public_assemblies().filter(state=AssemblyState.OPEN).first()


def next_assembly(*, now: datetime) -> Assembly | None:
    """The next convened assembly, or None."""
    return (
        public_assemblies()
        .filter(state=AssemblyState.CONVENED, ends_at__gt=now)
        .order_by("starts_at")
        .first()
    )


def agenda_of(*, assembly: Assembly) -> list[AgendaItem]:
    """The agenda in order, each item with its public votes and the text it is about."""
    return list(
        assembly.agenda.select_related("instrument")
        .prefetch_related(
            "wordings",
            "instrument__wordings",
            Prefetch("votes", queryset=public_votes().order_by("opened_at", "pk")),
        )
        .order_by("number")
    )


def attendance_log(*, assembly: Assembly) -> list[AttendanceAct]:
    """The record of attendance as it was kept, corrections included."""
    return list(
        assembly.attendance.select_related("city", "corrects")
        .prefetch_related("city__name_rows")
        .order_by("number")
    )


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is there at `at`: every seat by code, the slugs present, the quorum if a rule asks."""

    at: datetime
    seats: tuple[City, ...]
    present: frozenset[str]
    quorum: QuorumFinding | None


def day_of(*, assembly: Assembly, at: datetime) -> date:
    """The day at the place of the assembly."""
    return at.astimezone(ZoneInfo(assembly.time_zone)).date()


def attendance_of(*, assembly: Assembly, now: datetime) -> Attendance:
    """The attendance now; of a closed assembly, as it was when it closed."""
    at = assembly.closed_at or now
    on = day_of(assembly=assembly, at=max(at, assembly.opened_at or assembly.starts_at))
    seats = tuple(seats_of_assembly(assembly=assembly, on=on))
    present = cities_present(assembly=assembly, now=at) & {city.slug for city in seats}
    rules = rules_of_assembly(assembly=assembly, on=on)
    quorum = None
    if RuleName.QUORUM in rules and seats:
        quorum = find_quorum(
            rules.quorum(),
            seats=len(seats),
            present=len(present),
            citation=rules.citation(RuleName.QUORUM),
        )
    return Attendance(at=at, seats=seats, present=present, quorum=quorum)
