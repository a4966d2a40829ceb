"""What the office sees of assemblies: the list, and the console of one with all of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from members.models import Membership
from members.models.cities import MembershipKind
from resolutions.models import AgendaItem, Assembly, Edition, Election, Instrument, Vote
from resolutions.models.assemblies import AssemblyKind, AssemblyState
from resolutions.models.texts import InstrumentState
from resolutions.models.votes import Outcome, VoteMode, VoteState
from resolutions.rules.operative import RuleName, RuleSet
from resolutions.rules.quorum import find_quorum
from resolutions.selectors.assemblies import Attendance, day_of
from resolutions.selectors.rules import rules_of_edition, rules_source
from resolutions.selectors.seats import cities_present, seats_of_assembly


def assemblies_for_office() -> QuerySet[Assembly]:
    """Every assembly, drafts included, latest first, with its open votes: `open_votes`."""
    return (
        Assembly.objects.select_related("host_city")
        .prefetch_related("wordings", "host_city__name_rows")
        .annotate(open_votes=Count("votes", filter=Q(votes__state=VoteState.OPEN)))
        .order_by("-starts_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Console:
    """An assembly with everything that is decided at it.

    `rules_from` is the edition that the rules stand in, None before a founding assembly has
    agreed on any. `votes` hold `editions` (what they adopted) and `instrument`, prefetched.
    """

    assembly: Assembly
    attendance: Attendance
    agenda: tuple[AgendaItem, ...]
    votes: tuple[Vote, ...]
    elections: tuple[Election, ...]
    rules: RuleSet
    rules_from: Edition | None

    def votes_on(self, item: AgendaItem) -> list[Vote]:
        """The votes under a point of the agenda."""
        return [vote for vote in self.votes if vote.agenda_item_id == item.pk]

    @property
    def votes_apart(self) -> list[Vote]:
        """The votes under no point of the agenda."""
        return [vote for vote in self.votes if vote.agenda_item_id is None]

    @property
    def open_votes(self) -> list[Vote]:
        return [vote for vote in self.votes if vote.state == VoteState.OPEN]

    @property
    def to_adopt(self) -> list[Vote]:
        """Votes that adopted a text which is not sealed as an edition yet."""
        return [
            vote
            for vote in self.votes
            if _adopted(vote)
            and vote.instrument is not None
            and vote.instrument.state == InstrumentState.TABLED
            and not vote.editions.all()
        ]

    @property
    def to_publish(self) -> list[Edition]:
        """Editions adopted here that are not public yet."""
        return [
            edition
            for vote in self.votes
            for edition in vote.editions.all()
            if not hasattr(edition, "publication")
        ]

    @property
    def rules_to_agree(self) -> Edition | None:
        """The edition, adopted by consensus here, that a founding assembly can take as rules."""
        if self.assembly.kind != AssemblyKind.FOUNDING or self.assembly.founding_rules_id:
            return None
        if self.rules_from is not None:
            return None
        found = (
            edition
            for vote in self.votes
            if vote.mode == VoteMode.CONSENSUS and _adopted(vote)
            for edition in vote.editions.all()
        )
        return next(found, None)

    @property
    def bylaws_adopted(self) -> Edition | None:
        """The bylaws' edition that this founding assembly adopted."""
        if self.assembly.kind != AssemblyKind.FOUNDING:
            return None
        found = (
            edition
            for vote in self.votes
            if vote.instrument is not None and vote.instrument.kind == "bylaws"
            for edition in vote.editions.all()
        )
        return next(found, None)


def _adopted(vote: Vote) -> bool:
    result = getattr(vote, "result", None)
    return (
        vote.state == VoteState.CLOSED
        and result is not None
        and (result.outcome == Outcome.ADOPTED)
    )


def console_of(*, slug: str, now: datetime) -> Console | None:
    """One assembly with agenda, votes, elections, attendance and rules, or None."""
    assembly = assembly_for_office(slug=slug)
    if assembly is None:
        return None
    at = assembly.closed_at or now
    on = day_of(assembly=assembly, at=max(at, assembly.opened_at or assembly.starts_at))
    source = rules_source(assembly=assembly, on=on)
    rules = rules_of_edition(edition=source) if source else RuleSet(())
    return Console(
        assembly=assembly,
        attendance=attendance_under(assembly=assembly, rules=rules, at=at, now=now),
        agenda=tuple(
            assembly.agenda.select_related("instrument")
            .prefetch_related("wordings", "instrument__wordings")
            .order_by("number")
        ),
        votes=tuple(votes_for_office().filter(assembly=assembly).order_by("prepared_at", "pk")),
        elections=tuple(
            assembly.elections.prefetch_related("wordings").order_by("announced_at", "pk")
        ),
        rules=rules,
        rules_from=source,
    )


def attendance_under(
    *, assembly: Assembly, rules: RuleSet, at: datetime, now: datetime
) -> Attendance:
    """Who is there at a moment, with the quorum by rules that were read already."""
    on = day_of(assembly=assembly, at=max(at, assembly.opened_at or assembly.starts_at))
    seats = tuple(seats_of_assembly(assembly=assembly, on=on))
    present = cities_present(assembly=assembly, now=at) & {city.slug for city in seats}
    quorum = None
    if RuleName.QUORUM in rules and seats:
        quorum = find_quorum(
            rules.quorum(),
            seats=len(seats),
            present=len(present),
            citation=rules.citation(RuleName.QUORUM),
        )
    return Attendance(at=at, seats=seats, present=present, quorum=quorum)


def assembly_for_office(*, slug: str) -> Assembly | None:
    """One assembly, or None."""
    return (
        Assembly.objects.select_related("host_city", "presiding_city")
        .prefetch_related("wordings", "host_city__name_rows", "presiding_city__name_rows")
        .filter(slug=slug)
        .first()
    )


def votes_for_office() -> QuerySet[Vote]:
    """Votes in every state, with what the office acts on."""
    editions = Edition.objects.select_related("publication", "instrument")
    return Vote.objects.select_related(
        "assembly", "result", "instrument", "election", "agenda_item"
    ).prefetch_related(
        "wordings",
        "instrument__wordings",
        Prefetch("editions", queryset=editions.prefetch_related("instrument__wordings")),
    )


def tabled_instruments() -> list[Instrument]:
    """Texts that can be put to a vote: drafts and tabled ones, by title."""
    rows = Instrument.objects.filter(
        state__in=(InstrumentState.DRAFT, InstrumentState.TABLED)
    ).prefetch_related("wordings")
    return sorted(rows, key=str)


def founders_waiting(*, console: Console) -> bool:
    """Whether founding participants are still to be made members by the bylaws adopted here."""
    if console.bylaws_adopted is None or console.assembly.state not in (
        AssemblyState.OPEN,
        AssemblyState.CLOSED,
    ):
        return False
    keys = [city.pk for city in console.attendance.seats]
    return Membership.objects.filter(
        city__in=keys, kind=MembershipKind.APPLICANT, ends_on=None
    ).exists()
