"""Whom one can be in the demonstration, and what is worth doing there now. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cms.templatetags.formats import reader_language
from members.models import City, Mandate, OfficeRole
from members.models.people import OfficeRoleKind
from members.policies import in_force
from members.selectors.people import PRECEDENCE
from resolutions.models import Election, RollSeat
from resolutions.models.elections import ElectionState
from resolutions.models.votes import VoteMode, VoteState
from secretariat.kernel.models import User
from secretariat.workspace.demonstration.people import DOMAIN
from secretariat.workspace.selectors.votes import ballot_of


@dataclass(frozen=True, slots=True)
class Part:
    """A person one can sign in as: the role in words, what it does, the city's square."""

    person: User
    name: str
    does: str
    code: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody one can be; delegates whose city has not voted yet come first."""

    officers: tuple[Part, ...]
    waiting: tuple[Part, ...]
    delegates: tuple[Part, ...]

    def part_of(self, person: User) -> Part | None:
        """The part of a person who is signed in."""
        everybody = (*self.officers, *self.waiting, *self.delegates)
        return next((part for part in everybody if part.person.pk == person.pk), None)


def cast_of(*, now: datetime) -> Cast:
    """Everybody one can be at a moment. The same number of queries for any number of cities."""
    to_vote = _cities_still_to_vote()
    rows = (
        Mandate.objects.filter(in_force(now), person__email__endswith=f"@{DOMAIN}")
        .select_related("person", "city")
        .prefetch_related("city__name_rows")
        .order_by(PRECEDENCE, "pk")
    )
    first = {mandate.person_id: mandate for mandate in reversed(rows)}
    delegates = [_delegate(mandate, waits=mandate.city_id in to_vote) for mandate in first.values()]
    delegates.sort(key=lambda part: part.name)
    return Cast(
        officers=_officers(now),
        waiting=tuple(part for part in delegates if part.waits),
        delegates=tuple(part for part in delegates if not part.waits),
    )


def what_now(cast: Cast) -> str:
    """One sentence: the most interesting thing to do at this moment."""
    election = Election.objects.order_by("-announced_at").first()
    state = election.state if election else ""
    if cast.waiting:
        names = ", ".join(part.name for part in cast.waiting)
        return _(
            "Sign in as one of those who have not voted yet (%(names)s) and vote. "
            "Then sign in as the returning officer and close the round."
        ) % {"names": names}
    words = {
        ElectionState.NOMINATING: _(
            "Sign in as a delegate and nominate or second a city; "
            "then open the first round as the returning officer."
        ),
        ElectionState.IN_ROUND: _(
            "Everybody has voted. Sign in as the returning officer and close the round."
        ),
        ElectionState.BETWEEN_ROUNDS: _(
            "The round is closed. Sign in as the returning officer and open the next one."
        ),
        ElectionState.DECIDED: _(
            "The chair city is elected. The returning officer draws up the certificate; "
            "the returning officer and the secretary-general sign it."
        ),
        ElectionState.CERTIFIED: _(
            "The election is certified. As the returning officer, prepare the vote on the "
            "Seoul Office from the agenda and open it."
        ),
    }
    return words.get(
        ElectionState(state) if state else "",
        _("Sign in as the secretary-general and look around."),
    )


def demonstration_person(*, uuid: str) -> User | None:
    """An account of the demonstration; no other account is ever signed in without a password."""
    return User.objects.filter(uuid=uuid, is_active=True, email__endswith=f"@{DOMAIN}").first()


def _officers(now: datetime) -> tuple[Part, ...]:
    does = {
        OfficeRoleKind.SECRETARY_GENERAL: _(
            "convenes and opens assemblies, tables and adopts texts, signs certificates"
        ),
        OfficeRoleKind.RETURNING_OFFICER: _("runs votes and the election, closes rounds"),
        OfficeRoleKind.REGISTRAR: _("keeps cities and mandates, records attendance"),
        OfficeRoleKind.LIBRARIAN: _("reviews and publishes practices, edits the site"),
        OfficeRoleKind.AUDITOR: _("reads everything, changes nothing"),
    }
    rows = OfficeRole.objects.filter(in_force(now), person__email__endswith=f"@{DOMAIN}")
    held = {OfficeRoleKind(row.role): row.person for row in rows.select_related("person")}
    return tuple(
        Part(person=held[kind], name=str(kind.label), does=does[kind])
        for kind in OfficeRoleKind
        if kind in held
    )


def _delegate(mandate: Mandate, *, waits: bool) -> Part:
    city: City = mandate.city
    return Part(
        person=mandate.person,
        name=city.name_in(reader_language()),
        does=mandate.get_role_display(),
        code=city.code,
        waits=waits,
    )


def _cities_still_to_vote() -> set[int]:
    """The keys of cities present in an open roll-call that have not voted."""
    seats = RollSeat.objects.filter(
        vote__state=VoteState.OPEN, vote__mode=VoteMode.ROLL_CALL, present_at_opening=True
    ).select_related("ballot")
    return {seat.city_id for seat in seats if ballot_of(seat) is None}
