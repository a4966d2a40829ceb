"""From what the selectors read to what the components draw: seats, results, rounds, maps.

Nothing here asks the database; what is given must have its names loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.components import (
    Badge,
    CityMap,
    Place,
    Result,
    ResultPart,
    RoundCandidate,
    RoundResult,
    RoundTable,
)
from cms.seats import Mark, QuorumLine, Seat, SeatField, SeatGroup
from cms.templatetags.formats import reader_language
from members.models import City
from resolutions.models import Nomination, Vote
from resolutions.models.votes import VoteMode, VoteState
from resolutions.rules.exhaustive import RoundFinding
from resolutions.selectors.assemblies import Attendance
from resolutions.selectors.decisions import SeatVote

CHOICES = {"for": Mark.FOR, "against": Mark.AGAINST, "abstain": Mark.ABSTAIN}


def city_url(city: City) -> str:
    return reverse("cms:city", args=[city.slug])


def city_seat(city: City, mark: Mark = Mark.MEMBER, **more: Any) -> Seat:
    """A city's square, leading to its page."""
    return Seat(city.code, city.name_in(reader_language()), mark, url=city_url(city), **more)


def vote_url(vote: Vote) -> str:
    return reverse("cms:decision", args=[vote.slug])


def choice_words(seat: Any, language: str) -> str:
    """What a seat said in a closed vote, in words; give it with its ballot, option and city."""
    ballot = getattr(seat, "ballot", None)
    if seat.vote.mode == VoteMode.CONSENSUS:
        return _("Decided by consensus")
    if ballot is None:
        return _("No vote cast")
    if ballot.option.city is not None:
        return _("Vote: %(choice)s") % {"choice": ballot.option.city.name_in(language)}
    mark = CHOICES.get(ballot.option.key)
    return _("Vote: %(choice)s") % {"choice": mark.label if mark else ballot.option.key}


def member_field(cities: Sequence[City], *, summary: str = "") -> SeatField:
    """The cities as a field of seats, by code."""
    count = len(cities)
    words = ngettext("%(count)d city, %(count)d seat.", "%(count)d cities, %(count)d seats.", count)
    return SeatField.of(
        [city_seat(city) for city in sorted(cities, key=lambda city: city.code)],
        summary=summary or words % {"count": count},
        legend=False,
    )


def city_map(cities: Sequence[City]) -> CityMap | None:
    """The cities whose place is known, on the map."""
    language = reader_language()
    places = [
        Place(
            code=city.code,
            name=city.name_in(language),
            latitude=float(city.latitude),
            longitude=float(city.longitude),
            url=city_url(city),
        )
        for city in cities
        if city.latitude is not None and city.longitude is not None
    ]
    return CityMap(places=places, table=False) if places else None


def attendance_field(attendance: Attendance, *, title: str = "") -> SeatField:
    """Who is there, the present first, up to the line of the quorum."""
    quorum = attendance.quorum
    field = SeatField.of(
        [
            city_seat(city, Mark.PRESENT if city.slug in attendance.present else Mark.ABSENT)
            for city in attendance.seats
        ],
        title=title,
        quorum=QuorumLine(quorum.needed, _("Quorum: %(needed)d") % {"needed": quorum.needed})
        if quorum
        else None,
        arriving=True,
    )
    return field.sorted_by_mark()


def roll_call_field(votes: Sequence[SeatVote], *, open_now: bool) -> SeatField:
    """A roll-call: while it is open who has voted, afterwards how."""
    return SeatField.of(
        [city_seat(seat.city, _roll_call_mark(seat, open_now)) for seat in votes]
    ).sorted_by_mark()


def consensus_field(votes: Sequence[SeatVote], objections: Sequence[str]) -> SeatField:
    """A consensus: the seats present, and those that objected."""
    return SeatField.of(
        [
            city_seat(
                seat.city,
                Mark.AGAINST
                if seat.city.slug in objections
                else Mark.PRESENT
                if seat.present
                else Mark.ABSENT,
                note=_("Objected") if seat.city.slug in objections else "",
            )
            for seat in votes
        ]
    ).sorted_by_mark()


def _roll_call_mark(seat: SeatVote, open_now: bool) -> Mark:
    if open_now and seat.voted:
        return Mark.VOTED
    if seat.choice in CHOICES:
        return CHOICES[seat.choice]
    return Mark.NOT_VOTED if seat.present else Mark.ABSENT


def roll_call_result(vote: Vote, document: Mapping[str, Any]) -> Result | None:
    """The figures of a closed roll-call with its majority, or None."""
    majority = document.get("majority")
    if not majority:
        return None
    counts = document["counts"]
    abstentions_count = majority["denominator"] > counts["for"] + counts["against"]
    return Result(
        parts=(
            ResultPart(Mark.FOR, counts["for"]),
            ResultPart(Mark.AGAINST, counts["against"]),
            ResultPart(Mark.ABSTAIN, counts["abstain"], counted=abstentions_count),
        ),
        denominator=majority["denominator"],
        needed=majority["needed"],
        outcome=document["outcome"],
        sentence=document["sentence"].get(reader_language(), ""),
    )


def candidate_names(nominations: Sequence[Nomination]) -> tuple[str, ...]:
    """The candidates' names in their order."""
    language = reader_language()
    return tuple(nomination.city.name_in(language) for nomination in nominations)


def round_field(
    votes: Sequence[SeatVote], nominations: Sequence[Nomination], *, candidates: Sequence[str]
) -> SeatField:
    """A closed round: the seats stand with the candidate they chose."""
    language = reader_language()
    order = {nomination.city.slug: place for place, nomination in enumerate(nominations)}
    groups = []
    for nomination in nominations:
        slug = nomination.city.slug
        if slug not in candidates:
            continue
        seats = tuple(
            city_seat(seat.city, Mark.CANDIDATE, candidate=order[slug])
            for seat in votes
            if seat.choice == slug
        )
        groups.append(SeatGroup(seats=seats, label=nomination.city.name_in(language)))
    for mark, label in (
        (Mark.ABSTAIN, _("Abstaining")),
        (Mark.NOT_VOTED, _("Did not vote")),
        (Mark.ABSENT, _("Absent")),
    ):
        seats = tuple(
            city_seat(seat.city, mark)
            for seat in votes
            if seat.choice not in order and _roll_call_mark(seat, False) is mark
        )
        if seats:
            groups.append(SeatGroup(seats=seats, label=label))
    return SeatField(groups=tuple(groups), candidates=candidate_names(nominations), legend=False)


def round_table(
    findings: Sequence[tuple[Vote, RoundFinding | None]], nominations: Sequence[Nomination]
) -> RoundTable | None:
    """The closed rounds side by side, with eliminations and who was elected."""
    language = reader_language()
    closed = [(vote, finding) for vote, finding in findings if finding is not None]
    if not closed:
        return None
    candidates = []
    for place, nomination in enumerate(nominations):
        slug = nomination.city.slug
        if not any(slug in finding.votes for _vote, finding in closed):
            continue
        results = []
        for _vote, finding in closed:
            fate = ""
            if finding.elected == slug:
                fate = "elected"
            elif finding.eliminated == slug:
                fate = "eliminated"
            results.append(RoundResult(votes=finding.votes.get(slug), fate=fate))
        candidates.append(
            RoundCandidate(
                name=nomination.city.name_in(language),
                position=place,
                results=tuple(results),
                url=city_url(nomination.city),
            )
        )
    return RoundTable(
        caption=_("Votes round by round"),
        rounds=tuple(round_name(vote) for vote, _finding in closed),
        candidates=tuple(candidates),
        needed=tuple(finding.needed for _vote, finding in closed),
    )


def round_name(vote: Vote) -> str:
    """ "Round 2"."""
    return _("Round %(number)d") % {"number": vote.round_number or 0}


TONES = {
    # votes and their outcomes
    "prepared": "draft",
    "open": "open",
    "adopted": "adopted",
    "elected": "adopted",
    "rejected": "rejected",
    "tied": "tied",
    "not_decided": "tied",
    "inquorate": "rejected",
    "annulled": "rejected",
    # assemblies
    "draft": "draft",
    "convened": "waiting",
    "cancelled": "rejected",
    # elections and nominations
    "announced": "waiting",
    "nominating": "open",
    "in_round": "open",
    "between_rounds": "waiting",
    "decided": "adopted",
    "certified": "adopted",
    "failed": "rejected",
    "proposed": "draft",
    "seconded": "waiting",
    "withdrawn": "rejected",
    # amendments
    "filed": "waiting",
    "admitted": "open",
    "inadmissible": "rejected",
    "fallen": "rejected",
    "applied": "adopted",
    # memberships
    "member": "adopted",
    "applicant": "waiting",
    "suspended": "rejected",
}


def badge_of(thing: Any, field: str = "state") -> Badge:
    """The badge of a model's state (or other field of choices), in its own words."""
    words = getattr(thing, f"get_{field}_display")()
    return Badge(text=words, tone=TONES.get(str(getattr(thing, field)), "neutral"))


def vote_badge(vote: Vote) -> Badge:
    """A closed vote shows its outcome, any other its state."""
    result = getattr(vote, "result", None)
    if vote.state == VoteState.CLOSED and result is not None:
        return badge_of(result, "outcome")
    return badge_of(vote)
