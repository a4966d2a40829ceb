"""Typed contexts of the components that pages are made of.

Each dataclass names its template; `{% component thing %}` renders it with the dataclass as
`self`. Views build these values; templates do not compute. Geometry (widths, positions on the
map) is worked out here, because the content security policy forbids style attributes: drawings
use SVG attributes. Numbers are exact integers; percentages are rounded for drawing only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from cms import land
from cms.seats import Mark, Seat, SeatField, Text

# ── page furniture ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Crumb:
    """One step of the way here; the last has no `url`."""

    label: Text
    url: str = ""


@dataclass(frozen=True)
class Badge:
    """A state in one word. Tones: neutral, open, waiting, adopted, rejected, tied, draft."""

    template: ClassVar[str] = "cms/components/badge.html"
    text: Text
    tone: str = "neutral"


@dataclass(frozen=True)
class Notice:
    """Something to know before reading on. Tones: info, success, warning, danger, open."""

    template: ClassVar[str] = "cms/components/notice.html"
    title: Text
    text: Text = ""
    tone: str = "info"
    url: str = ""
    link: Text = ""


@dataclass(frozen=True)
class EmptyState:
    """A list with nothing in it: what would be here, and what to do."""

    template: ClassVar[str] = "cms/components/empty.html"
    title: Text
    text: Text = ""
    url: str = ""
    link: Text = ""


STATES: Mapping[str, tuple[Text, str]] = {
    "draft": (_("Draft"), "draft"),
    "prepared": (_("Prepared"), "draft"),
    "planned": (_("Planned"), "draft"),
    "convened": (_("Convened"), "waiting"),
    "scheduled": (_("Scheduled"), "draft"),
    "nominating": (_("Nominations open"), "open"),
    "nominations": (_("Nominations open"), "open"),
    "open": (_("Open"), "open"),
    "opened": (_("Open"), "open"),
    "voting": (_("Voting"), "open"),
    "tied": (_("Tied"), "tied"),
    "adopted": (_("Adopted"), "adopted"),
    "rejected": (_("Not adopted"), "rejected"),
    "closed": (_("Closed"), "neutral"),
    "elected": (_("Elected"), "adopted"),
    "certified": (_("Certified"), "adopted"),
    "published": (_("Published"), "adopted"),
    "in_force": (_("In force"), "adopted"),
    "superseded": (_("Superseded"), "neutral"),
    "repealed": (_("Repealed"), "rejected"),
    "cancelled": (_("Cancelled"), "rejected"),
    "withdrawn": (_("Withdrawn"), "rejected"),
    "member": (_("Member"), "adopted"),
    "founding": (_("Founding member"), "adopted"),
    "applicant": (_("Applicant"), "waiting"),
    "observer": (_("Observer"), "neutral"),
    "partner": (_("Partner"), "neutral"),
    "suspended": (_("Suspended"), "rejected"),
    "eliminate": (_("Lowest eliminated"), "neutral"),
    "repeat": (_("To be repeated"), "tied"),
    "lot": (_("Decided by lot"), "tied"),
}
"""What each state of an aggregate is called, and its tone."""


def state_badge(state: str) -> Badge:
    """The badge of a state; an unknown state shows its own name."""
    text, tone = STATES.get(str(state), (str(state).replace("_", " "), "neutral"))
    return Badge(text=text, tone=tone)


@dataclass(frozen=True)
class ZoneTime:
    """A moment as a city's clock shows it."""

    moment: dt.datetime
    zone: str


@dataclass(frozen=True)
class Deadline:
    """When something closes, in words and in the time of the places concerned."""

    template: ClassVar[str] = "cms/components/deadline.html"
    closes_at: dt.datetime
    now: dt.datetime
    zones: tuple[str, ...] = field(default_factory=lambda: (timezone.get_current_timezone_name(),))

    @property
    def past(self) -> bool:
        """Whether the moment has been reached (periods are half-open)."""
        return self.now >= self.closes_at

    @property
    def words(self) -> str:
        """ "closes in 2 h 10 min", or "closed 3 days ago"."""
        length = in_words(abs(self.closes_at - self.now))
        if self.past:
            return gettext("closed %(length)s ago") % {"length": length}
        return gettext("closes in %(length)s") % {"length": length}


def in_words(length: dt.timedelta) -> str:
    """A length of time as people say it: two units at most, rounded down; "under a minute"."""
    minutes = int(length.total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(pgettext("length of time", "%(count)d h") % {"count": hours})
    if minutes and not days:
        parts.append(pgettext("length of time", "%(count)d min") % {"count": minutes})
    return " ".join(parts) or gettext("under a minute")


# ── lists ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Card:
    """One thing of a list worth looking at; `lang` marks text in another language."""

    title: Text
    url: str = ""
    kicker: Text = ""
    text: Text = ""
    meta: Text = ""
    badge: Badge | None = None
    lang: str = ""


@dataclass(frozen=True)
class CardList:
    """Cards in columns; `level` is the heading level of their titles."""

    template: ClassVar[str] = "cms/components/cards.html"
    cards: Sequence[Card]
    level: int = 3


@dataclass(frozen=True)
class Row:
    """One line of a chronological or legal list. `on` is a date or a moment."""

    title: Text
    url: str = ""
    on: dt.date | dt.datetime | None = None
    text: Text = ""
    meta: Text = ""
    badge: Badge | None = None
    lang: str = ""


@dataclass(frozen=True)
class RowList:
    """Lines between rules; `level` is the heading level of their titles."""

    template: ClassVar[str] = "cms/components/rows.html"
    rows: Sequence[Row]
    level: int = 3

    @property
    def dated(self) -> bool:
        """Whether a column of dates is needed."""
        return any(row.on for row in self.rows)


@dataclass(frozen=True)
class FacetOption:
    """One value to filter by; `url` is the list with it added, or taken away when selected."""

    label: Text
    count: int
    url: str
    selected: bool = False


@dataclass(frozen=True)
class FacetGroup:
    """The values of one facet."""

    label: Text
    options: Sequence[FacetOption]


@dataclass(frozen=True)
class Facets:
    """Filters beside a list; `reset_url` when something is selected."""

    template: ClassVar[str] = "cms/components/facets.html"
    groups: Sequence[FacetGroup]
    reset_url: str = ""


@dataclass(frozen=True)
class TimelineEntry:
    """One act, with the moment it happened. Tones: "" (done), open, later."""

    at: dt.datetime | dt.date
    title: Text
    text: Text = ""
    url: str = ""
    tone: str = ""
    badge: Badge | None = None

    @property
    def timed(self) -> bool:
        """Whether the moment has a time of day."""
        return isinstance(self.at, dt.datetime)


@dataclass(frozen=True)
class Timeline:
    """Acts in the order they happened."""

    template: ClassVar[str] = "cms/components/timeline.html"
    entries: Sequence[TimelineEntry]


@dataclass(frozen=True)
class TallyRow:
    """A line of figures; `mark` draws the square before its label."""

    label: Text
    values: Sequence[int | str]
    seat: Seat | None = None
    note: Text = ""


@dataclass(frozen=True)
class Tally:
    """A table of exact figures: the first column names, the others count."""

    template: ClassVar[str] = "cms/components/tally.html"
    caption: Text
    columns: Sequence[Text]
    rows: Sequence[TallyRow]
    total: TallyRow | None = None


# ── results ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ResultPart:
    """Votes of one kind. `counted` is False for what stays out of the denominator."""

    mark: Mark
    count: int
    label: Text = ""
    candidate: int | None = None
    counted: bool = True

    @property
    def seat(self) -> Seat:
        """The square that stands for these votes."""
        return Seat(code="", name="", mark=self.mark, candidate=self.candidate)

    @property
    def words(self) -> str:
        """What these votes are called."""
        return str(self.label) or self.mark.label


@dataclass(frozen=True)
class Unit:
    """One vote in the drawing; positions in per cent of the width."""

    x: str
    width: str
    css_class: str
    counted: bool


@dataclass(frozen=True)
class Result:
    """The result of a vote: exact numbers, one unit for each vote, and where the majority lies.

    `denominator` is what the majority is taken of, `needed` the least number that carries;
    `outcome` a key of STATES; `sentence` the rule's explanation in the reader's language.
    """

    template: ClassVar[str] = "cms/components/result.html"
    parts: Sequence[ResultPart]
    denominator: int
    needed: int
    outcome: str = ""
    sentence: Text = ""
    threshold_label: Text = ""

    SOLID_FROM: ClassVar[int] = 80

    @property
    def scale(self) -> int:
        """How many units the width holds."""
        votes = sum(part.count for part in self.parts)
        return max(votes, self.denominator, self.needed, 1)

    @property
    def badge(self) -> Badge | None:
        """The outcome in one word."""
        return state_badge(self.outcome) if self.outcome else None

    @property
    def units(self) -> tuple[Unit, ...]:
        """One rectangle for each vote; one for each part when there are too many to tell apart."""
        solid = self.scale > self.SOLID_FROM
        units, at = [], 0
        for part in self.parts:
            colour = (
                f"unit--{part.mark}"
                if part.candidate is None
                else f"unit--c{part.candidate % 6 + 1}"
            )
            steps = (part.count,) if solid else (1,) * part.count
            for step in steps:
                if step:
                    units.append(
                        Unit(
                            percent(at, self.scale),
                            percent(step, self.scale),
                            f"{colour} unit--solid" if solid else colour,
                            part.counted,
                        )
                    )
                at += step
        return tuple(units)

    @property
    def threshold_x(self) -> str:
        """Where the mark of the majority stands."""
        return percent(self.needed, self.scale)

    @property
    def threshold_anchor(self) -> str:
        """On which side of the mark its words fit."""
        return "end" if self.needed * 2 > self.scale else "start"

    @property
    def threshold_words(self) -> str:
        """The words at the mark."""
        if self.threshold_label:
            return str(self.threshold_label)
        return gettext("needed: %(needed)d of %(denominator)d") % {
            "needed": self.needed,
            "denominator": self.denominator,
        }

    @property
    def text_alternative(self) -> str:
        """The drawing in one sentence."""
        parts = ", ".join(f"{part.words} {part.count}" for part in self.parts)
        return f"{parts}. {self.threshold_words}."


def percent(part: int, whole: int) -> str:
    """`part` of `whole` in per cent, to three places, as an SVG length."""
    return f"{part * 100 / whole:.3f}%"


@dataclass(frozen=True)
class RoundResult:
    """A candidate's figures in one round. `fate`: "", "elected", "eliminated", "withdrawn"."""

    votes: int | None
    fate: str = ""

    @property
    def fate_words(self) -> str:
        """The fate in the reader's language."""
        words = {
            "elected": gettext("elected"),
            "eliminated": gettext("eliminated"),
            "withdrawn": gettext("withdrew"),
        }
        return words.get(self.fate, "")


@dataclass(frozen=True)
class RoundCandidate:
    """A line of the table of rounds; `position` is the candidate's place on the ballot, from 0."""

    name: Text
    position: int
    results: Sequence[RoundResult]
    url: str = ""

    @property
    def seat(self) -> Seat:
        """The candidate's square."""
        return Seat(code="", name=self.name, mark=Mark.CANDIDATE, candidate=self.position)


@dataclass(frozen=True)
class RoundTable:
    """An election round by round. `rounds` are the column headings; `needed` of each, if known."""

    template: ClassVar[str] = "cms/components/rounds.html"
    caption: Text
    rounds: Sequence[Text]
    candidates: Sequence[RoundCandidate]
    needed: Sequence[int | None] = ()
    notes: Sequence[Text] = ()


# ── the map ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Place:
    """A city on the map."""

    code: str
    name: Text
    latitude: float
    longitude: float
    url: str = ""
    mark: Mark = Mark.MEMBER


@dataclass(frozen=True)
class PlacedCity:
    """A city's square on the map, in units of the map's squares; `moved` if it had to give way."""

    place: Place
    x: str
    y: str
    text_x: str
    text_y: str
    spot_x: str
    spot_y: str
    centre_x: str
    centre_y: str
    moved: bool


@dataclass(frozen=True)
class CityMap:
    """Cities as squares on a map of squares, with the list of them behind it.

    `label` names the map for who does not see it; the member cities unless another is given.
    """

    template: ClassVar[str] = "cms/components/map.html"
    places: Sequence[Place]
    title: Text = ""
    table: bool = True
    label: Text = ""

    SQUARE: ClassVar[float] = 2.1
    TOP: ClassVar[int] = 0
    BOTTOM: ClassVar[int] = 26

    @property
    def view_box(self) -> str:
        """The part of the earth that is shown."""
        return f"0 {self.TOP} {land.WIDTH} {self.BOTTOM - self.TOP}"

    @property
    def land_path(self) -> str:
        """All the squares of land as one path."""
        return "".join(
            f"M{x + 0.11:.2f} {y + 0.11:.2f}h.78v.78h-.78z"
            for y, row in enumerate(land.ROWS)
            for x, square in enumerate(row)
            if square == "#"
        )

    @property
    def cities(self) -> tuple[PlacedCity, ...]:
        """Every city with a square that overlaps no other, near its place and in its direction."""
        spots = tuple(land.position(place.latitude, place.longitude) for place in self.places)
        half = self.SQUARE / 2
        return tuple(
            PlacedCity(
                place=place,
                x=f"{x - half:.2f}",
                y=f"{y - half:.2f}",
                text_x=f"{x:.2f}",
                text_y=f"{y + 0.29:.2f}",
                spot_x=f"{spot[0]:.2f}",
                spot_y=f"{spot[1]:.2f}",
                centre_x=f"{x:.2f}",
                centre_y=f"{y:.2f}",
                moved=abs(x - spot[0]) + abs(y - spot[1]) > half,
            )
            for place, spot, (x, y) in zip(
                self.places, spots, land.spread(spots, side=self.SQUARE), strict=True
            )
        )

    @property
    def field(self) -> SeatField:
        """The same cities as a field of seats."""
        return SeatField.of(
            [Seat(p.code, p.name, p.mark, url=p.url) for p in self.places], title=self.title
        )


# ── programme ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ProgrammePerson:
    """Someone's part in a session: chair, keynote, panel, speaker."""

    role: Text
    name: Text
    affiliation: Text = ""


@dataclass(frozen=True)
class ProgrammeSession:
    """One session. `tone`: "" or "decision" (where the assembly decides)."""

    title: Text
    kind: Text = ""
    room: Text = ""
    people: Sequence[ProgrammePerson] = ()
    text: Text = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class ProgrammeSlot:
    """What happens from `starts` (local time) for `minutes`, where these are known.

    Several sessions stand side by side, unless they follow one another (`parallel` False).
    """

    starts: dt.time | None
    minutes: int | None
    sessions: Sequence[ProgrammeSession]
    pause: bool = False
    parallel: bool = True
    note: Text = ""

    @property
    def ends(self) -> dt.time | None:
        """When the slot ends, by the same clock."""
        if self.starts is None or self.minutes is None:
            return None
        start = dt.datetime.combine(dt.date.min, self.starts)
        return (start + dt.timedelta(minutes=self.minutes)).time()

    @property
    def side_by_side(self) -> bool:
        """Whether sessions stand side by side."""
        return self.parallel and len(self.sessions) > 1

    @property
    def decision(self) -> bool:
        """Whether the assembly decides in this slot."""
        return any(session.tone == "decision" for session in self.sessions)


@dataclass(frozen=True)
class ProgrammeDay:
    """One day of a programme."""

    on: dt.date
    slots: Sequence[ProgrammeSlot]
    label: Text = ""


@dataclass(frozen=True)
class Programme:
    """A programme of days; times are those of `zone`, else of the network.

    `level`: heading level of the days.
    """

    template: ClassVar[str] = "cms/components/programme.html"
    days: Sequence[ProgrammeDay]
    zone: str = ""
    level: int = 2


# ── home ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Action:
    """A link that acts as a button. Tones: "", quiet, open."""

    label: Text
    url: str
    tone: str = ""


@dataclass(frozen=True)
class Hero:
    """The first five seconds: who this is, what it does, its cities, and what is happening now."""

    template: ClassVar[str] = "cms/components/hero.html"
    title: Text
    lead: Text
    kicker: Text = ""
    field: SeatField | None = None
    field_caption: Text = ""
    actions: Sequence[Action] = ()
    now: Notice | None = None


# ── forms ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class FormError:
    """One line of an error summary: what is wrong, and the field to go to."""

    text: Text
    anchor: str = ""


@dataclass(frozen=True)
class ErrorSummary:
    """Everything wrong with a form, at its top."""

    template: ClassVar[str] = "cms/components/error_summary.html"
    errors: Sequence[FormError] = field(default_factory=tuple)
