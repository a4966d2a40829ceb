"""What a city's desk shows: what waits for the city, what was decided, who acts for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils.translation import get_language

from cms.rules.practice_lifecycle import Stage
from members.models import City, Mandate
from members.selectors.people import mandates_of_city
from resolutions.models import (
    Amendment,
    Assembly,
    DraftingCity,
    Election,
    Nomination,
    RollSeat,
    Seconding,
    Signing,
)
from resolutions.models.amendments import AmendmentState
from resolutions.models.assemblies import AssemblyState
from resolutions.models.elections import ElectionState, NominationState
from resolutions.models.signatures import SigningState
from resolutions.models.votes import VoteMode, VoteState
from resolutions.rules.attendance import Presence, presences
from resolutions.selectors.seats import attendance_acts
from secretariat.workspace.selectors.practices import Version, listed, practices_of
from secretariat.workspace.selectors.votes import ballot_of

RECENT = 5
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Attending:
    """A city at an assembly: `since` when it has been there without a break, None if it is not."""

    assembly: Assembly
    since: datetime | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Concerns:
    """Of what there is anything at all now, so that a desk asks no further where there is not."""

    nominating: bool
    drafts: bool
    filed: bool
    signing: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on a city's desk. `ballots` are the city's seats in open votes."""

    ballots: tuple[RollSeat, ...]
    decided: tuple[RollSeat, ...]
    nominations: tuple[Nomination, ...]
    elections: tuple[Election, ...]
    attending: Attending | None
    upcoming: tuple[Assembly, ...]
    people: tuple[Mandate, ...]
    practices: tuple[Version, ...]
    returned: tuple[Version, ...]
    concerns: Concerns

    @property
    def waiting_ballots(self) -> tuple[RollSeat, ...]:
        """Open votes in which the city has not voted."""
        return tuple(seat for seat in self.ballots if ballot_of(seat) is None)

    @property
    def cast_ballots(self) -> tuple[RollSeat, ...]:
        """Open votes in which it has; the vote can still be changed."""
        return tuple(seat for seat in self.ballots if ballot_of(seat) is not None)


def desk_of(*, city: City, now: datetime) -> Desk:
    """Everything on a city's desk, in as many queries for thirty things as for one."""
    seats = _seats_in_votes(city)
    concerns = _concerns(city)
    elections = _elections_taking_nominations() if concerns.nominating else []
    assemblies = list(
        Assembly.objects.filter(
            Q(state=AssemblyState.OPEN) | Q(state=AssemblyState.CONVENED, ends_at__gt=now)
        )
        .prefetch_related("wordings")
        .order_by("starts_at")
    )
    meeting = next((each for each in assemblies if each.state == AssemblyState.OPEN), None)
    practices, returned = _practices(city)
    return Desk(
        ballots=tuple(
            seat
            for seat in seats
            if seat.vote.state == VoteState.OPEN and seat.vote.mode == VoteMode.ROLL_CALL
        ),
        decided=tuple(seat for seat in seats if seat.vote.state == VoteState.CLOSED)[:RECENT],
        nominations=tuple(
            nomination for election in elections for nomination in election.nominations.all()
        ),
        elections=tuple(elections),
        attending=attending(assembly=meeting, city=city, now=now) if meeting else None,
        upcoming=tuple(each for each in assemblies if each.state == AssemblyState.CONVENED),
        people=tuple(mandates_of_city(city=city, now=now)),
        practices=practices,
        returned=returned,
        concerns=concerns,
    )


def _concerns(city: City) -> Concerns:
    """One query."""
    found = City.objects.filter(pk=city.pk).values_list(
        Exists(Election.objects.filter(state=ElectionState.NOMINATING)),
        Exists(DraftingCity.objects.filter(city=OuterRef("pk"), ended_at=None)),
        Exists(Amendment.objects.filter(state=AmendmentState.FILED)),
        Exists(Signing.objects.filter(state=SigningState.OPEN)),
    )
    return Concerns(*found.get())


def attending(*, assembly: Assembly, city: City, now: datetime) -> Attending:
    """Whether the record says that the city is there, and since when. One query."""
    acts = attendance_acts(assembly=assembly)
    periods: tuple[Presence, ...] = presences(acts).get(city.slug, ())
    current = next((period for period in periods if period.contains(now)), None)
    if current is None:
        return Attending(assembly=assembly)
    return Attending(assembly=assembly, since=current.starts_at, mode=current.mode)


def _practices(city: City) -> tuple[tuple[Version, ...], tuple[Version, ...]]:
    """The practices that changed last, each in the reader's language where it has that; and the
    versions that the librarian returned. Five queries for both."""
    newest = [row["external_id"] for row in practices_of(city=city)[:RECENT]]
    waiting = practices_of(city=city, stage=Stage.RETURNED)[:RECENT]
    returned = [row["external_id"] for row in waiting]
    both = {*newest, *returned}
    rows = listed(city=city, identifiers=list(dict.fromkeys((*newest, *returned)))) if both else []
    by_name = {next(iter(row.versions.values())).practice.external_id: row for row in rows}
    return (
        tuple(
            row.versions.get(_language()) or next(iter(row.versions.values()))
            for row in (by_name[name] for name in newest if name in by_name)
        ),
        tuple(
            version
            for name in returned
            if name in by_name
            for version in by_name[name].versions.values()
            if version.stage == Stage.RETURNED
        ),
    )


def _language() -> str:
    return (get_language() or "ko").split("-")[0]


def _seats_in_votes(city: City) -> list[RollSeat]:
    """The city's seats in votes that are open, then in the latest that were decided."""
    return list(
        RollSeat.objects.filter(city=city, vote__state__in=(VoteState.OPEN, VoteState.CLOSED))
        .select_related("vote__result", "ballot__option__city")
        .prefetch_related("vote__wordings", "ballot__option__city__name_rows")
        .order_by(F("vote__closed_at").desc(nulls_first=True), "vote__opened_at", "pk")[:SHOWN]
    )


def _elections_taking_nominations() -> list[Election]:
    standing = (NominationState.PROPOSED, NominationState.SECONDED, NominationState.ACCEPTED)
    nominations = Nomination.objects.filter(state__in=standing).select_related(
        "city", "nominated_by"
    )
    return list(
        Election.objects.filter(state=ElectionState.NOMINATING)
        .select_related("assembly")
        .prefetch_related(
            "wordings",
            Prefetch(
                "nominations",
                queryset=nominations.prefetch_related(
                    "city__name_rows",
                    Prefetch(
                        "secondings",
                        queryset=Seconding.objects.filter(struck=None).select_related("city"),
                    ),
                ).order_by("city__code"),
            ),
        )
        .order_by("announced_at")
    )
