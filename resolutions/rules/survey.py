"""The first pass over a plain text: what kind of document it is, and which lines say so.

Articles in words (제1조, Article 1), articles as plain numbers (1., 2.) or chapters with decimal
sections (1., 1.1.); wrapped by a machine at some width or not; where the closing formula begins.
Every step is linear in the number of lines, or n log n.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from resolutions.rules.markers import (
    CAPITAL,
    DECIMAL,
    FOOTNOTE,
    ROMAN_DIVISION,
    ListMarker,
    Strength,
    Style,
    WordMarker,
    is_closed,
    is_decoration,
    is_title_like,
    list_markers,
    word_marker,
)
from resolutions.rules.numbering import CIRCLED, follows, from_roman
from resolutions.rules.structure import Kind

_KO_ACT = r"(?:채택|서명|의결|제정|결의|선언|합의|공포)"
_KO_DATE = r"[0-9]{4}\s?년\s{0,2}[0-9]{1,2}\s?월\s{0,2}[0-9]{1,2}\s?일"
_KO_FORMULA = re.compile(
    rf"(?:.{{0,60}}{_KO_DATE}.{{0,60}}{_KO_ACT}(?:함|됨|하다|한다|하였다|했다|되었다|됐다)?[.]?"
    rf"|{_KO_DATE}[.]?"
    r"|[0-9]{4}\s?[.]\s?[0-9]{1,2}\s?[.]\s?[0-9]{1,2}\s?[.]?"
    r"|이상|끝[.]?|이상과 같이.{1,60})"
)
_EN_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_EN_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_EN_DATE = (
    rf"(?:{_EN_DAY}\s(?:of\s)?(?:{_EN_MONTHS}),?\s[0-9]{{4}}"
    rf"|(?:{_EN_MONTHS})\s{_EN_DAY},?\s[0-9]{{4}})"
)
_EN_FORMULA = re.compile(
    r"(?:(?:[Aa]dopted|ADOPTED|[Dd]one|DONE|[Ss]igned|SIGNED|Approved|Agreed|Concluded|Ratified)"
    r"\s(?:in|at|on|by|this|unanimously).{0,160}[0-9]{4}.{0,40}"
    r"|(?:In witness whereof|IN WITNESS WHEREOF).{0,160}"
    rf"|[A-Z][A-Za-z .'-]{{1,60}},\s{_EN_DATE}[.]?|{_EN_DATE}[.]?)"
)
_ACT = re.compile(rf"{_KO_ACT}|[Aa]dopted|ADOPTED|[Dd]one|DONE|[Ss]igned|SIGNED|[Ww]itness")
_WORD_BEGINNINGS = frozenset("제부별붙전[ACPS")
CLOSING_LINES = 6
"""So many short lines above a closing formula (who adopts) belong to it at most."""
_BODY_KINDS = (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.ARTICLE)


class Survey:
    """What the whole document tells about each of its lines. Lines are counted from 0."""

    def __init__(self, lines: Sequence[str], lang: str) -> None:
        self.lines = lines
        self.lang = lang
        self.words: dict[int, WordMarker] = {}
        self.lists: dict[int, tuple[ListMarker, ...]] = {}
        self.footnotes: dict[int, str] = {}
        """Line → number of the footnote that begins there."""
        self._decimals: dict[int, tuple[str, str, str]] = {}
        self._capitals: dict[int, str] = {}
        self._romans: dict[int, int] = {}
        self._read_lines()
        self.width = self._wrap_width()
        self.list_lines = sorted(self.lists)
        self._find_modes()
        self.closings = self._find_closings()

    def _read_lines(self) -> None:
        for index, line in enumerate(self.lines):
            text = line.strip()
            if not text:
                continue
            head = text[:12]
            if text[0] == "[" and (footnote := FOOTNOTE.match(text)):
                self.footnotes[index] = footnote[1]
                continue
            if text[0] in _WORD_BEGINNINGS:
                marker = word_marker(text, self.lang)
                if marker is not None:
                    self.words[index] = marker
                    continue
            if not ("." in head or ")" in head or head[0] in CIRCLED):
                continue
            if found := list_markers(text, self.lang):
                self.lists[index] = found
            if "." in head:
                self._read_dotted(index, text)

    def _read_dotted(self, index: int, text: str) -> None:
        if decimal := DECIMAL.match(text):
            self._decimals[index] = (decimal[1], decimal[2], decimal[3] or "")
        elif capital := CAPITAL.match(text):
            self._capitals[index] = capital[1]
        if roman := ROMAN_DIVISION.match(text):
            value = from_roman(unicodedata.normalize("NFKC", roman[1]))
            if value is not None:
                self._romans[index] = value

    def _wrap_width(self) -> int:
        """The width at which the document was wrapped by a machine; 0 if it was not."""
        widths = [len(line.rstrip()) for line in self.lines if line and not line.isspace()]
        widest = max(widths, default=0)
        near = sum(1 for width in widths if width >= widest - 10)
        return widest if 40 <= widest <= 100 and near >= 30 and near * 4 >= len(widths) else 0

    def breaks_on_purpose(self, before: str, after: str) -> bool:
        """Whether, in a wrapped document, the first word of `after` would have fitted `before`."""
        if not self.width:
            return False
        word = after.split(None, 1)[0]
        return len(before.rstrip()) + 1 + len(word) <= self.width

    def is_blank(self, index: int) -> bool:
        """Whether there is nothing on the line (or no line)."""
        return not 0 <= index < len(self.lines) or not self.lines[index].strip()

    def indent(self, index: int) -> int:
        """How far the line is indented, in columns."""
        line = self.lines[index]
        head = line[: len(line) - len(line.lstrip())]
        return len(head.expandtabs(8))

    def next_list_line(self, index: int) -> int | None:
        """The next line after `index` that begins like a list entry."""
        place = bisect_right(self.list_lines, index)
        return self.list_lines[place] if place < len(self.list_lines) else None

    def _column(self, index: int) -> int:
        return self.indent(index) + self.lists[index][0].offset

    def _find_modes(self) -> None:
        ends = [
            index
            for index, word in self.words.items()
            if word.kind in (Kind.SUPPLEMENTARY, Kind.ANNEX)
        ]
        self.body_end = min(ends, default=len(self.lines))
        body = {index: word for index, word in self.words.items() if index < self.body_end}
        self.in_articles = any(
            word.kind is Kind.ARTICLE and (word.strength is Strength.SURE or word.number == "1")
            for word in body.values()
        )
        kinds = [word.kind for word in body.values() if word.number]
        chaptered = Kind.CHAPTER in kinds or Kind.PART in kinds
        self.sections_in_articles = (
            not chaptered
            and Kind.SECTION in kinds
            and Kind.ARTICLE in kinds
            and kinds.index(Kind.ARTICLE) < kinds.index(Kind.SECTION)
        )
        self.chapters: dict[int, tuple[str, str]] = {}
        """In a decimal document: line → number of the chapter or annex, and what is cut."""
        self.sections: dict[int, tuple[str, str, str]] = {}
        """In a decimal document: line → ("4", "1", "") for 4.1."""
        self.repeated: set[int] = set()
        """In a decimal document: lines that give the number of the section before them again."""
        if not self.in_articles:
            self._find_decimal_structure()
        self.decimal = bool(self.chapters)
        self.plain = not self.in_articles and not self.decimal
        self.roman_chapters: dict[int, int] = {}
        if not chaptered and not self.decimal:
            self._find_roman_chapters()
        self.circles = any(found[0].style is Style.CIRCLE for found in self.lists.values())
        self.brackets_outside = self._brackets_outside()

    def _find_roman_chapters(self) -> None:
        expected = 1
        found: dict[int, int] = {}
        for index, value in self._romans.items():
            if value == expected and index < self.body_end:
                found[index] = value
                expected += 1
        if len(found) >= 2:
            self.roman_chapters = found

    def _find_decimal_structure(self) -> None:
        """1. Introduction, 2. Bodies, 2.1. Rules, …, A. Procedure, A.1. Discussion."""
        numbered = [
            (index, found[0].number)
            for index, found in self.lists.items()
            if found[0].style is Style.NUMBER and index not in self._decimals
        ]
        heads = sorted([*numbered, *self._capitals.items()])
        majors: dict[str, int] = {}
        for index, (major, minor, third) in self._decimals.items():
            if not third and minor in ("0", "1"):
                majors.setdefault(major, index)
        known, columns = self._divided(heads, majors)
        if not known:
            return
        known = self._with_undivided(heads, known, columns)
        current, last = "", ""
        for index in sorted([*known, *self._decimals]):
            if index in known:
                current, last = known[index], ""
                cut = f"{self.lines[index].strip().split('.', 1)[0]}."
                self.chapters[index] = (current, cut)
                continue
            major, minor, third = self._decimals[index]
            if major == current and not third and minor == last:
                if self.is_blank(index - 1) and is_title_like(self.lines[index].strip(), 120):
                    self.sections[index] = (major, minor, "")
                    self.repeated.add(index)
            elif major == current and third and minor == last:
                self.sections[index] = (major, minor, third)
            elif major == current and not third and (not last or int(minor) > int(last)):
                self.sections[index] = (major, minor, third)
                last = minor

    def _divided(
        self, heads: Sequence[tuple[int, str]], majors: dict[str, int]
    ) -> tuple[dict[int, str], set[int]]:
        """The chapters that have sections: for 4.1 the "4." above it, in line with the others."""
        candidates: dict[str, dict[int, int]] = {}
        votes: Counter[int] = Counter()
        place = 0
        for major, first in sorted(majors.items(), key=lambda each: each[1]):
            nearest: dict[int, int] = {}
            while place < len(heads) and heads[place][0] < first:
                index, number = heads[place]
                if number == major:
                    nearest[self._head_column(index)] = index
                place += 1
            candidates[major] = nearest
            votes.update(nearest.keys())
        known: dict[int, str] = {}
        columns: set[int] = set()
        for major, nearest in candidates.items():
            if nearest:
                column = max(nearest, key=lambda each: (votes[each], -each))
                known[nearest[column]] = major
                columns.add(column)
        return known, columns

    def _head_column(self, index: int) -> int:
        text = self.lines[index].strip()
        return self.indent(index) + len(text) - len(text.split(".", 1)[1].lstrip())

    def _with_undivided(
        self, heads: Sequence[tuple[int, str]], known: dict[int, str], columns: set[int]
    ) -> dict[int, str]:
        """`known` chapters, and those without sections that stand in line with them."""
        found: dict[int, str] = {}
        last = ""
        values = set(known.values())
        for index, number in heads:
            if index in known:
                found[index] = last = number
                continue
            text = self.lines[index].strip()
            expected = follows(last, number) and (number.isdigit() == last.isdigit() or not last)
            if (
                expected
                and number not in values
                and self._head_column(index) in columns
                and is_title_like(text.split(".", 1)[1].strip(), 120)
            ):
                found[index] = last = number
        return found

    def _brackets_outside(self) -> bool:
        """English: whether (1) is the paragraph and 1. the item, or the other way round."""
        evidence = 0
        previous: Style | None = None
        for index in sorted([*self.lists, *self.words]):
            if index in self.words:
                previous = None
                continue
            marker = self.lists[index][0]
            if marker.style not in (Style.NUMBER, Style.NUMBER_BRACKETS):
                continue
            if marker.number == "1" and previous is not None and previous is not marker.style:
                evidence += 1 if marker.style is Style.NUMBER else -1
            previous = marker.style
        return evidence > 0

    def _find_closings(self) -> set[int]:
        """The lines at which a closing formula begins."""
        formula = _KO_FORMULA if self.lang == "ko" else _EN_FORMULA
        divisions = sorted(
            index
            for index, word in self.words.items()
            if word.kind in (Kind.SUPPLEMENTARY, Kind.ANNEX)
        )
        body = sorted(
            {
                *(index for index, word in self.words.items() if word.kind in _BODY_KINDS),
                *self.lists,
                *self.chapters,
                *self.sections,
            }
        )
        found: set[int] = set()
        for start, end in zip([-1, *divisions], [*divisions, len(self.lines)], strict=True):
            place = bisect_right(body, end - 1)
            annexed = start >= 0 and self.words[start].kind is Kind.ANNEX
            if not place and divisions:
                continue
            last = max(start, body[place - 1] if place else self._before_last_lines())
            for index in range(last + 1, end):
                text = self.lines[index].strip()
                if len(text) > 250 or not formula.fullmatch(text):
                    continue
                if annexed and not _ACT.search(text):
                    continue
                begin = self._block_before(index, last)
                if begin < index or self._is_apart(index):
                    found.add(begin)
                    break
        return found

    def _before_last_lines(self) -> int:
        """In a document without any number, a closing formula can only be among the last lines."""
        written = [index for index in range(len(self.lines)) if not self.is_blank(index)]
        return (
            written[-min(CLOSING_LINES, len(written) - 1) - 1]
            if len(written) > 2
            else len(self.lines)
        )

    def _is_apart(self, index: int) -> bool:
        """Whether nothing, or something complete, stands directly above the line."""
        above = self.lines[index - 1].strip()
        return not above or is_closed(above) or is_decoration(above)

    def _block_before(self, index: int, marked: int) -> int:
        """Where the block of short lines above `index` begins: the name of the body, a place."""
        start = index
        while start - 1 > marked and not self.is_blank(start - 1):
            above = self.lines[start - 1].strip()
            if index - start >= CLOSING_LINES or not is_title_like(above, 60):
                return index
            start -= 1
        return start if self.is_blank(start - 1) else index
