"""One city, one square: the data shape behind every drawing of seats.

Membership, attendance with its quorum line, a roll-call, one round of an election and the
signatories of a text are all a `SeatField`: groups of `Seat`s, each with a `Mark`. The same
field is drawn on the projector, on a phone and on a certificate (`{% seat_field field %}`),
and carries what the drawing cannot say alone: a sentence and a table.

Counts are of seats, never of people. Nothing here asks the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

Text: TypeAlias = "str | Promise"
"""Text, or a lazy translation of one."""

CANDIDATE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CANDIDATE_COLOURS = 6


class Mark(StrEnum):
    """What is said of one seat."""

    MEMBER = "member"
    PRESENT = "present"
    ABSENT = "absent"
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    VOTED = "voted"
    NOT_VOTED = "not_voted"
    CANDIDATE = "candidate"
    SIGNED = "signed"
    ASKED = "asked"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The mark in words, in the current language."""
        return str(_LABELS[self])


_LABELS: dict[Mark, Text] = {
    Mark.MEMBER: pgettext_lazy("seat", "Member"),
    Mark.PRESENT: pgettext_lazy("seat", "Present"),
    Mark.ABSENT: pgettext_lazy("seat", "Absent"),
    Mark.FOR: pgettext_lazy("seat", "For"),
    Mark.AGAINST: pgettext_lazy("seat", "Against"),
    Mark.ABSTAIN: pgettext_lazy("seat", "Abstaining"),
    Mark.VOTED: pgettext_lazy("seat", "Has voted"),
    Mark.NOT_VOTED: pgettext_lazy("seat", "Not yet voted"),
    Mark.CANDIDATE: pgettext_lazy("seat", "For a candidate"),
    Mark.SIGNED: pgettext_lazy("seat", "Signed"),
    Mark.ASKED: pgettext_lazy("seat", "Asked to confirm"),
    Mark.OPEN: pgettext_lazy("seat", "Open seat"),
}

ORDER = (
    Mark.MEMBER,
    Mark.PRESENT,
    Mark.FOR,
    Mark.AGAINST,
    Mark.ABSTAIN,
    Mark.CANDIDATE,
    Mark.SIGNED,
    Mark.ASKED,
    Mark.VOTED,
    Mark.NOT_VOTED,
    Mark.ABSENT,
    Mark.OPEN,
)
"""The order of marks in a legend and in a sorted field: what is there before what is not."""


@dataclass(frozen=True)
class Seat:
    """One city's square.

    `code`: three letters; `name`: the city in the reader's language; `candidate`: the position
    (0-based, in the order of `SeatField.candidates`) of the candidate it voted for, or None.
    """

    code: str
    name: Text
    mark: Mark = Mark.MEMBER
    candidate: int | None = None
    url: str = ""
    note: Text = ""

    @property
    def letter(self) -> str:
        """The candidate's letter, or nothing."""
        return "" if self.candidate is None else CANDIDATE_LETTERS[self.candidate % 26]

    @property
    def css_class(self) -> str:
        """Classes that give the square its colour and outline."""
        if self.candidate is None:
            return f"seat--{self.mark}"
        return f"seat--candidate seat--c{self.candidate % CANDIDATE_COLOURS + 1}"


@dataclass(frozen=True)
class SeatGroup:
    """Seats that stand together: a candidate's votes in a round, a region, or all of them."""

    seats: tuple[Seat, ...]
    label: Text = ""
    note: Text = ""


@dataclass(frozen=True)
class QuorumLine:
    """The line that seats reach: drawn after seat number `needed` of the first group."""

    needed: int
    label: Text = ""


@dataclass(frozen=True)
class LegendEntry:
    """One line of the legend: a mark (or a candidate), in words, with its number of seats."""

    seat: Seat
    label: str
    count: int


@dataclass(frozen=True)
class SeatField:
    """A field of squares.

    `summary` is its text alternative; when empty it is made from the counts. `arriving` lets
    the squares come in one after another (not where reduced motion is asked for).
    """

    groups: tuple[SeatGroup, ...]
    title: Text = ""
    quorum: QuorumLine | None = None
    candidates: tuple[Text, ...] = ()
    summary: Text = ""
    arriving: bool = False
    legend: bool = True
    table: bool = True

    @classmethod
    def of(cls, seats: Sequence[Seat], **more: object) -> SeatField:
        """A field of one group without a label."""
        return cls(groups=(SeatGroup(seats=tuple(seats)),), **more)  # type: ignore[arg-type]

    @property
    def seats(self) -> Iterator[Seat]:
        """Every seat, group after group."""
        return (seat for group in self.groups for seat in group.seats)

    @property
    def total(self) -> int:
        """How many seats the field holds."""
        return sum(len(group.seats) for group in self.groups)

    @property
    def interactive(self) -> bool:
        """Whether squares lead somewhere, and so must be read one by one."""
        return any(seat.url for seat in self.seats)

    def count(self, mark: Mark) -> int:
        """How many seats carry `mark`."""
        return sum(1 for seat in self.seats if seat.mark is mark)

    def sorted_by_mark(self) -> SeatField:
        """The same field with equal marks together, the present before the absent."""
        return replace(
            self,
            groups=tuple(
                replace(
                    group,
                    seats=tuple(
                        sorted(
                            group.seats,
                            key=lambda seat: (ORDER.index(seat.mark), seat.candidate or 0),
                        )
                    ),
                )
                for group in self.groups
            ),
        )

    def legend_entries(self) -> tuple[LegendEntry, ...]:
        """Marks and candidates that occur, in their fixed order, with their counts."""
        counts = Counter((seat.mark, seat.candidate) for seat in self.seats)
        entries = []
        for (mark, candidate), count in sorted(
            counts.items(), key=lambda item: (ORDER.index(item[0][0]), item[0][1] or 0)
        ):
            label = mark.label
            if candidate is not None and candidate < len(self.candidates):
                label = str(self.candidates[candidate])
            entries.append(
                LegendEntry(Seat(code="", name="", mark=mark, candidate=candidate), label, count)
            )
        return tuple(entries)

    def describe(self, seat: Seat) -> str:
        """What a seat says, in words: its candidate's name, or its mark."""
        if seat.candidate is not None and seat.candidate < len(self.candidates):
            return str(self.candidates[seat.candidate])
        return seat.mark.label

    def text_alternative(self) -> str:
        """The field in one sentence."""
        if self.summary:
            return str(self.summary)
        parts = ", ".join(f"{entry.label} {entry.count}" for entry in self.legend_entries())
        sentence = gettext("%(total)d seats: %(parts)s.") % {"total": self.total, "parts": parts}
        if self.quorum is not None:
            sentence += " " + gettext("Quorum: %(needed)d.") % {"needed": self.quorum.needed}
        return sentence
