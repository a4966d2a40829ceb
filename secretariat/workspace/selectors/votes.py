"""A vote with its roll at a moment: what the ballot, the office and the hall show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from members.models import City
from resolutions.models import Ballot, RollSeat, Vote
from resolutions.models.votes import VoteState
from resolutions.rules.operative import RuleName
from resolutions.rules.quorum import QuorumFinding, find_quorum
from resolutions.selectors.assemblies import Attendance, attendance_of
from resolutions.selectors.decisions import SeatVote, frozen_rules, public_votes, seat_votes
from resolutions.selectors.seats import cities_present


@dataclass(frozen=True, slots=True)
class VotePaper:
    """A vote with its roll at a moment, as a city, the office and the hall see it.

    `seat` is the city's own, None where it is not on the roll or nobody asked for one.
    Before the opening there is no roll: `attendance` says who is there instead.
    """

    vote: Vote
    seat: RollSeat | None
    seats: tuple[SeatVote, ...]
    present: frozenset[str]
    quorum: QuorumFinding | None
    attendance: Attendance | None = None

    @property
    def voted(self) -> int:
        """How many seats have voted."""
        return sum(1 for seat in self.seats if seat.voted)

    @property
    def here(self) -> int:
        """How many seats of the roll are present, or have voted."""
        return sum(1 for seat in self.seats if seat.voted or seat.city.slug in self.present)


def vote_paper(*, slug: str, city: City | None, now: datetime) -> VotePaper | None:
    """A vote that was opened, with its roll and the city's seat on it, or None."""
    vote = (
        public_votes()
        .filter(slug=slug)
        .prefetch_related("options__city__name_rows", "assembly__wordings")
        .first()
    )
    return paper_of(vote=vote, city=city, now=now) if vote is not None else None


def paper_of(*, vote: Vote, now: datetime, city: City | None = None) -> VotePaper:
    """A vote with its roll; one that is not open yet with the attendance."""
    if vote.state == VoteState.PREPARED:
        there = attendance_of(assembly=vote.assembly, now=now)
        return VotePaper(
            vote=vote,
            seat=None,
            seats=(),
            present=there.present,
            quorum=there.quorum,
            attendance=there,
        )
    seats = tuple(seat_votes(vote=vote))
    at = vote.closed_at or vote.annulled_at or now
    present = cities_present(assembly=vote.assembly, now=at)
    return VotePaper(
        vote=vote,
        seat=_seat_of(vote, city) if city is not None else None,
        seats=seats,
        present=present,
        quorum=live_quorum(vote=vote, seats=seats, present=present),
    )


def _seat_of(vote: Vote, city: City) -> RollSeat | None:
    return (
        RollSeat.objects.filter(vote=vote, city=city)
        .select_related("ballot__option__city")
        .prefetch_related("ballot__option__city__name_rows")
        .first()
    )


def live_quorum(
    *, vote: Vote, seats: tuple[SeatVote, ...], present: frozenset[str]
) -> QuorumFinding | None:
    """The quorum of an open vote at this moment, by the rules frozen at its opening."""
    rules = frozen_rules(vote=vote)
    if rules is None or RuleName.QUORUM not in rules or not seats:
        return None
    return find_quorum(
        rules.quorum(),
        seats=len(seats),
        present=sum(1 for seat in seats if seat.voted or seat.city.slug in present),
        citation=rules.citation(RuleName.QUORUM),
    )


def ballot_of(seat: RollSeat) -> Ballot | None:
    """What the seat has said, or None; select `ballot`."""
    found: Ballot | None = getattr(seat, "ballot", None)
    return found
