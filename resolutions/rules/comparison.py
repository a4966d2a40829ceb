"""The table of old and new (신구조문대비표): one row for each changed article.

The custom of Korean bills (법제처, 법령 입안·심사 기준, on 신구조문대비표; National Assembly,
법제 이론과 실제): the old text at the left, the new one at the right, line beside line; what did
not change is only named, (생략) at the left and (현행과 같음) at the right, several in a row
together (①·② or ① ∼ ③); what is new stands against <신설>, what goes against <삭제>; what only
got another number reads (현행 제9조와 같음). The changed words are marked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from resolutions.rules.korean import josa
from resolutions.rules.numbering import cite
from resolutions.rules.redline import (
    Fate,
    Mark,
    Redline,
    RedlineProvision,
    Span,
    is_changed,
)
from resolutions.rules.repeals import is_repealed
from resolutions.rules.structure import Kind


class Note(StrEnum):
    """What stands in a cell instead of words."""

    OMITTED = "omitted"
    SAME_AS_NOW = "same_as_now"
    NEW = "new"
    DELETED = "deleted"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of one column: a provision, several unchanged ones together, or only a note.

    `note_text` is the note in the language of the text: "(생략)", "<신설>"; it stands behind the
    number. Spans of the left column are SAME or DELETED, of the right one SAME or INSERTED.
    """

    key: str
    kind: Kind | None
    depth: int
    number: tuple[Span, ...] = ()
    heading: tuple[Span, ...] = ()
    text: tuple[Span, ...] = ()
    note: Note | None = None
    note_text: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A changed article, or what else is read as one piece. `key` is "" for the title.

    `old` and `new` have as many cells each: the nth stand beside one another.
    """

    key: str
    kind: Kind | None
    fate: Fate
    old: tuple[Cell, ...]
    new: tuple[Cell, ...]

    @property
    def pairs(self) -> tuple[tuple[Cell, Cell], ...]:
        """The cells line by line."""
        return tuple(zip(self.old, self.new, strict=True))


_KO = {
    Note.OMITTED: "(생략)",
    Note.SAME_AS_NOW: "(현행과 같음)",
    Note.NEW: "<신설>",
    Note.DELETED: "<삭제>",
    Note.MOVED: "(현행과 같음, 자리를 옮김)",
}
_EN = {
    Note.OMITTED: "(omitted)",
    Note.SAME_AS_NOW: "(same as now)",
    Note.NEW: "(new)",
    Note.DELETED: "(deleted)",
    Note.MOVED: "(same as now, moved)",
}


def note_text(note: Note, lang: str) -> str:
    """A note in the language of the text; English for languages without words of their own."""
    return (_KO if lang == "ko" else _EN)[note]


def columns(lang: str) -> tuple[str, str]:
    """The heads of the two columns: 현행, 개정안."""
    return ("현행", "개정안") if lang == "ko" else ("Present text", "Amended text")


def comparison_rows(redline: Redline) -> tuple[ComparisonRow, ...]:
    """The rows of the table, in reading order: changed units only, a changed title first."""
    rows: list[ComparisonRow] = []
    if is_changed(redline.title):
        old = Cell("", None, 0, text=_left(redline.title))
        new = Cell("", None, 0, text=_right(redline.title))
        rows.append(ComparisonRow("", None, Fate.CHANGED, (old,), (new,)))
    rows += [
        _Table(unit, redline.lang).row()
        for unit in redline.units()
        if any(not each.is_same for each in unit)
    ]
    return tuple(rows)


def _left(spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.mark is not Mark.INSERTED)


def _right(spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.mark is not Mark.DELETED)


class _Table:
    """The lines of one unit."""

    def __init__(self, unit: Sequence[RedlineProvision], lang: str) -> None:
        self.unit = unit
        self.lang = lang
        self.base = unit[0].depth
        self.left: list[Cell] = []
        self.right: list[Cell] = []

    def row(self) -> ComparisonRow:
        head = self.unit[0]
        place = 0
        while place < len(self.unit):
            place = self._place(place)
        return ComparisonRow(head.key, head.kind, head.fate, tuple(self.left), tuple(self.right))

    def _end(self, place: int) -> int:
        """Where what stands below the provision at `place` ends."""
        end = place + 1
        while end < len(self.unit) and self.unit[end].depth > self.unit[place].depth:
            end += 1
        return end

    def _is_whole(self, place: int, said: Callable[[RedlineProvision], bool]) -> bool:
        return all(said(each) for each in self.unit[place : self._end(place)])

    def _place(self, place: int) -> int:
        """Write the provision at `place`, with what goes with it; where the next one stands."""
        each, end = self.unit[place], self._end(place)
        if each.fate is Fate.ADDED:
            if not self._is_whole(place, lambda below: below.old is None):
                end = place + 1
            self._note(self.left, each, Note.NEW)
            self._write(self.right, self.unit[place:end], _right)
        elif each.fate is Fate.REMOVED:
            self._write(self.left, self.unit[place:end], _left)
            self._note(self.right, each, Note.DELETED)
        elif _is_repeal(each):
            end = self._removed_below(place)
            self._write(self.left, self.unit[place:end], _left)
            self._note(self.right, each, Note.DELETED, number=_right(each.number))
        elif self._is_whole(place, lambda below: below.is_same):
            return self._abridge(place)
        elif each.fate in (Fate.MOVED, Fate.RENUMBERED) and self._is_whole(
            place, lambda below: below is each or below.is_same
        ):
            self._note(self.left, each, Note.OMITTED, number=_left(each.number))
            note = Note.MOVED if each.fate is Fate.MOVED else Note.SAME_AS_NOW
            self._note(self.right, each, note, number=_right(each.number), text=self._as(each))
        else:
            end = place + 1
            self._write(self.left, (each,), _left)
            self._write(self.right, (each,), _right)
        self._fill()
        return end

    def _removed_below(self, place: int) -> int:
        end = place + 1
        while end < self._end(place) and self.unit[end].new is None:
            end += 1
        return end

    def _abridge(self, place: int) -> int:
        """Unchanged provisions side by side, as one line."""
        first = self.unit[place]
        run = [first]
        end = self._end(place)
        while (
            end < len(self.unit)
            and self.unit[end].depth == first.depth
            and self.unit[end].kind is first.kind
            and bool(self.unit[end].number) == bool(first.number)
            and self._is_whole(end, lambda below: below.is_same)
        ):
            run.append(self.unit[end])
            end = self._end(end)
        number = (Span(Mark.SAME, text),) if (text := self._numbers(run)) else ()
        self._note(self.left, first, Note.OMITTED, number=number)
        self._note(self.right, first, Note.SAME_AS_NOW, number=number)
        return end

    def _numbers(self, run: Sequence[RedlineProvision]) -> str:
        numbers = ["".join(span.text for span in each.number) for each in run]
        if len(numbers) == 1 or not numbers[0]:
            return numbers[0]
        if len(numbers) == 2:
            return ("·" if self.lang == "ko" else ", ").join(numbers)
        return (" ∼ " if self.lang == "ko" else " to ").join((numbers[0], numbers[-1]))

    def _as(self, each: RedlineProvision) -> str:
        """(현행 제9조와 같음), where the number says what it is now."""
        now = cite((each.old,), self.lang) if each.old and each.fate is Fate.RENUMBERED else ""
        if not now:
            return ""
        if self.lang == "ko":
            return f"(현행 {josa(now, '과/와')} 같음)"
        return f"(same as present {now})"

    def _note(
        self,
        column: list[Cell],
        each: RedlineProvision,
        note: Note,
        *,
        number: tuple[Span, ...] = (),
        text: str = "",
    ) -> None:
        shown = text or note_text(note, self.lang)
        depth = each.depth - self.base
        column.append(Cell(each.key, each.kind, depth, number, note=note, note_text=shown))

    def _write(
        self,
        column: list[Cell],
        provisions: Sequence[RedlineProvision],
        side: Callable[[Sequence[Span]], tuple[Span, ...]],
    ) -> None:
        for each in provisions:
            number, heading, text = side(each.number), side(each.heading), side(each.text)
            column.append(Cell(each.key, each.kind, each.depth - self.base, number, heading, text))

    def _fill(self) -> None:
        """Empty cells, so that both columns have as many lines."""
        for column, other in ((self.left, self.right), (self.right, self.left)):
            column += [
                Cell(beside.key, beside.kind, beside.depth) for beside in other[len(column) :]
            ]


def _is_repeal(each: RedlineProvision) -> bool:
    """Whether only the number is left of it: 제8조 <삭제>."""
    if each.old is None or each.new is None:
        return False
    return is_repealed(each.new) and not is_repealed(each.old)
