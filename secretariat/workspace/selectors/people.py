"""Who acts for a city and who is asked to; what waits for the office to accredit. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from members.models import City, Invitation, Mandate
from members.models.people import MandateRole
from members.rules.invitation_lifecycle import InvitationState
from members.rules.voices import VOTING_ROLES
from members.selectors.people import PRECEDENCE

RECENT = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that waits, or whose time is over; `orphaned` where its inviter has left."""

    invitation: Invitation
    expired: bool
    orphaned: bool


@dataclass(frozen=True, slots=True)
class Delegation:
    """A city's people, in the order of precedence, then who comes later, who left, who is asked."""

    people: tuple[Mandate, ...]
    later: tuple[Mandate, ...]
    former: tuple[Mandate, ...]
    waiting: tuple[Waiting, ...]

    @property
    def alternates(self) -> tuple[Mandate, ...]:
        """The alternates, first in rank first."""
        return tuple(each for each in self.people if each.role == MandateRole.ALTERNATE)

    @property
    def has_head(self) -> bool:
        """Whether somebody leads the delegation."""
        return any(each.role == MandateRole.HEAD for each in self.people)


def delegation_of(*, city: City, now: datetime) -> Delegation:
    """Everybody of a city. Three queries, for one person as for thirty."""
    rows = list(
        Mandate.objects.filter(city=city)
        .exclude(ends_at__lte=now)
        .select_related("person", "letter")
        .order_by(PRECEDENCE, "rank", "starts_at", "pk")
    )
    former = Mandate.objects.filter(city=city, ends_at__lte=now).select_related("person")
    heads = {
        each.person_id for each in rows if each.role == MandateRole.HEAD and each.starts_at <= now
    }
    invitations = (
        Invitation.objects.filter(city=city, state=InvitationState.WAITING.value)
        .select_related("invited_by")
        .order_by("invited_at", "pk")
    )
    return Delegation(
        people=tuple(each for each in rows if each.starts_at <= now),
        later=tuple(each for each in rows if each.starts_at > now),
        former=tuple(former.order_by("-ends_at", "pk")[:RECENT]),
        waiting=tuple(_waiting(each, heads, now) for each in invitations),
    )


def _waiting(invitation: Invitation, heads: set[int], now: datetime) -> Waiting:
    by_head = invitation.inviting_role == MandateRole.HEAD
    return Waiting(
        invitation=invitation,
        expired=invitation.state_at(now) is InvitationState.EXPIRED,
        orphaned=by_head and invitation.invited_by_id not in heads,
    )


def mandate_of_city(*, city: City, uuid: UUID) -> Mandate | None:
    """One mandate of a city with its person and letter, or None."""
    rows = Mandate.objects.select_related("person", "city", "letter", "accredited_by")
    return rows.filter(city=city, uuid=uuid).first()


def mandates_for_office(
    *, now: datetime, search: str = "", only_unaccredited: bool = False
) -> QuerySet[Mandate]:
    """The mandates that hold or will hold, with their people and cities; two queries a page.

    `only_unaccredited`: those with a vote to come, a letter at hand first.
    """
    rows = Mandate.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    if search:
        named = City.objects.filter(
            Q(name_rows__name__icontains=search) | Q(code__iexact=search) | Q(slug=search)
        )
        rows = rows.filter(
            Q(person__name__icontains=search)
            | Q(person__email__iexact=search)
            | Q(city__in=named.values("pk"))
        )
    if only_unaccredited:
        rows = rows.filter(accredited_at=None, role__in=[str(role) for role in VOTING_ROLES])
        rows = rows.order_by(F("letter_id").desc(nulls_last=True), "-starts_at", "-pk")
    else:
        rows = rows.order_by("city__code", PRECEDENCE, "rank", "pk")
    return rows.select_related("person", "city", "letter").prefetch_related("city__name_rows")


def invitations_to_office(*, now: datetime) -> list[Waiting]:
    """Who is asked to work for the office."""
    rows = Invitation.objects.filter(city=None, state=InvitationState.WAITING.value)
    return [
        Waiting(each, expired=each.state_at(now) is InvitationState.EXPIRED, orphaned=False)
        for each in rows.order_by("invited_at", "pk")
    ]
