"""The second pass over a plain text: line after line is placed in the tree.

`Builder` knows what stands open at each moment (divisions, articles, lists) and decides from
that whether a line that begins like a number is one. Nothing is dropped: `result` compares
what went in with what the tree holds, and refuses a tree that lost anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from resolutions.rules.keys import Keys, Node
from resolutions.rules.markers import (
    DECIMAL,
    FOOTNOTE,
    FOOTNOTE_MARK,
    ListMarker,
    Strength,
    Style,
    WordMarker,
    is_closed,
    is_decoration,
    is_numberless,
    is_title_like,
    list_markers,
    split_decimal,
)
from resolutions.rules.normalise import Note
from resolutions.rules.numbering import follows, render_number, sort_key
from resolutions.rules.parsed import Cut, NotUnderstood, ParseRefused, ParseResult
from resolutions.rules.structure import Kind, TextTree
from resolutions.rules.survey import Survey
from secretariat.kernel.bilingual import Bilingual

MAX_LIST_DEPTH = 6
MAX_WARNINGS = 1_000
MAX_TITLE = 200
SHORT_LINE = 40
"""In an annex, a line shorter than this is not continued by the next one."""


def _solid(text: str) -> str:
    """`text` without white space."""
    return "".join(text.split())


def _spaced(text: str) -> str:
    """`text` with single spaces."""
    return " ".join(text.split())


@dataclass(slots=True)
class _OpenList:
    style: Style | None
    """None for paragraphs numbered 3.1, 3.2."""
    kind: Kind
    parent: Node
    node: Node
    number: str
    column: int
    indent: int
    rank: int


_HOLDERS = (Kind.PREAMBLE, Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.ANNEX)
"""Kinds whose text always stands in paragraphs below them."""
_NESTING = (Kind.ARTICLE, Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM)
_RANKS = {Kind.PART: 0, Kind.CHAPTER: 1, Kind.SECTION: 2, Kind.ARTICLE: 4}
_KO_RANKS = {
    Style.CIRCLE: 1,
    Style.NUMBER: 2,
    Style.HANGUL: 3,
    Style.NUMBER_BRACKET: 4,
    Style.HANGUL_BRACKET: 5,
    Style.NUMBER_BRACKETS: 6,
    Style.HANGUL_BRACKETS: 7,
}
_LETTERS = (Style.LETTER, Style.LETTER_BRACKET, Style.LETTER_BRACKETS)
_ROMANS = (Style.ROMAN, Style.ROMAN_BRACKET, Style.ROMAN_BRACKETS)
_HANGUL = (Style.HANGUL, Style.HANGUL_BRACKET, Style.HANGUL_BRACKETS)
_IN_SENTENCES = (*_LETTERS, *_ROMANS, *_HANGUL, Style.NUMBER_BRACKETS)
"""Looks of numbers that also stand within sentences, as references or abbreviations."""
_BULLET = re.compile(r"[-•·○ㅇ□▪■●※*ㆍ]\s")


_UNMARKED = Bilingual(
    ko="이 각주를 가리키는 표시([^번호])가 본문에 없습니다. 바로 위의 조항에 두었습니다.",
    en="No mark of this footnote ([^number]) stands in the text. It is kept with what is above.",
)


def _is_lead_in(node: Node) -> bool:
    return node.kind is Kind.PARAGRAPH and not node.number


class Builder:
    def __init__(self, lines: Sequence[str], *, lang: str, title: str) -> None:
        self.lines = lines
        self.lang = lang
        self.given_title = title
        self.title = ""
        self.survey = Survey(lines, lang)
        self.root = Node(Kind.PART)
        self.preamble: Node | None = None
        self.closing: Node | None = None
        self.stack: list[tuple[int, Node]] = []
        self.open: list[_OpenList] = []
        self.articles: dict[int, dict[str, int]] = {}
        self.last_article: dict[int, str] = {}
        self.target: Node | None = None
        self.blank = True
        self.before = ""
        self.skip: set[int] = set()
        self.titled = False
        self.warnings: list[Note] = []
        self.more_warnings = 0
        self.not_understood: list[NotUnderstood] = []
        self.cuts: list[Cut] = []
        self.kept: list[str] = []
        self.footnotes: list[tuple[Node, Node | None]] = []
        """Footnotes, with the provision below whose words each stands."""

    # -- the way through the lines

    def build(self) -> None:
        for index, line in enumerate(self.lines):
            text = line.strip()
            if not text:
                self.blank = True
                continue
            if index in self.skip:
                continue
            if not self._not_of_the_text(index, text):
                self._place(index, text)
            else:
                continue
            self.blank = False
            self.before = line

    def _not_of_the_text(self, index: int, text: str) -> bool:
        if is_decoration(text) or (
            index not in self.survey.words and is_numberless(text, self.lang)
        ):
            self.not_understood.append(NotUnderstood(index + 1, text))
            return True
        return False

    def _place(self, index: int, text: str) -> None:
        survey = self.survey
        if not self.titled:
            self.titled = True
            if self._take_title(index, text):
                return
        if index in survey.footnotes:
            self._place_footnote(index, text)
            return
        word = survey.words.get(index)
        if self.closing is not None and not (
            word is not None and word.kind in (Kind.SUPPLEMENTARY, Kind.ANNEX)
        ):
            self.closing.parts.append([_spaced(text)])
            self._keep(text)
            return
        if index in survey.closings:
            self._open_closing(index, text)
            return
        if word is not None and self._accepts(word, index):
            self._place_word(word, index)
            return
        if index in survey.chapters:
            self._place_chapter(index, text)
            return
        if index in survey.roman_chapters:
            self._place_roman_chapter(index, text)
            return
        if index in survey.sections:
            self._place_section(index, text)
            return
        if survey.in_articles and self._place_decimal_paragraph(index, text):
            return
        markers = survey.lists.get(index)
        if markers and self._place_list(
            markers, index, survey.indent(index), survey.indent(index), fresh=True
        ):
            return
        self._place_text(index, text)

    def _take_title(self, index: int, text: str) -> bool:
        survey = self.survey
        word = survey.words.get(index)
        marked = (
            (word is not None and word.strength is Strength.SURE)
            or index in survey.chapters
            or index in survey.roman_chapters
            or (index in survey.lists and survey.lists[index][0].number == "1")
        )
        own = _spaced(text)
        short = len(own) <= 60 and not own.endswith("다.")
        if marked or not (is_title_like(own, MAX_TITLE) or short):
            if not self.given_title:
                self.warn(
                    index + 1,
                    "no_title",
                    Bilingual(
                        ko="제목으로 볼 만한 첫 줄이 없습니다. 제목을 따로 지정하십시오(--title).",
                        en="The first line is not a title. Give the title with --title.",
                    ),
                )
            return False
        if not self.given_title or self.given_title == own:
            self.title = own
            self._keep(own)
            return True
        self.warn(
            index + 1,
            "title_differs",
            Bilingual(
                ko=f"지정한 제목이 문서의 첫 줄({own})과 다릅니다. "
                "첫 줄은 전문의 머리말로 남겼습니다.",
                en=f"The title given differs from the first line ({own}), which is kept as the "
                "heading of the preamble.",
            ),
        )
        self._open_preamble(index).heading = own
        self._keep(own)
        return True

    def _open_preamble(self, index: int) -> Node:
        if self.preamble is None:
            self.preamble = Node(Kind.PREAMBLE, line=index + 1)
            self.root.children.append(self.preamble)
        return self.preamble

    def _open_closing(self, index: int, text: str) -> None:
        self.closing = Node(Kind.CLOSING, line=index + 1, parts=[[_spaced(text)]])
        self.root.children.append(self.closing)
        self.stack.clear()
        self.open.clear()
        self.target = None
        self._keep(text)

    # -- bookkeeping

    def warn(self, line: int, code: str, message: Bilingual) -> None:
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(Note(line, code, message))
        else:
            self.more_warnings += 1

    def _keep(self, *pieces: str) -> None:
        self.kept.extend(pieces)

    def _cut(self, index: int, pieces: tuple[str, ...]) -> None:
        if pieces:
            self.cuts.append(Cut(index + 1, pieces))

    def has(self, kind: Kind) -> bool:
        """Whether there is a provision of this kind."""
        waiting = list(self.root.children)
        while waiting:
            node = waiting.pop()
            if node.kind is kind:
                return True
            waiting += node.children
        return False

    def _refuse_duplicate(self, kind: Kind, number: str, line: int, other: int) -> ParseRefused:
        name = render_number(kind, number, self.lang) or number
        return ParseRefused(
            "duplicate_number",
            line,
            Bilingual(
                ko=f"같은 자리에 같은 번호가 두 번 있습니다: {name} ({other}행과 {line}행). "
                "둘 중 하나의 번호를 고친 뒤 다시 불러오십시오. "
                "부칙이나 별표가 시작되는 곳이라면 그 제목을 한 줄로 적으십시오.",
                en=f"Two provisions side by side have the same number: {name} (lines {other} and "
                f"{line}). Correct one of the two and import again. If supplementary provisions or "
                "an annex begin there, put their title on a line of its own.",
            ),
            other,
        )

    def _check_sequence(self, last: str, kind: Kind, number: str, line: int) -> None:
        if follows(last, number) or (not last and number == "0"):
            return
        name = render_number(kind, number, self.lang) or number
        after = render_number(kind, last, self.lang) if last else ""
        if not last or sort_key(number) > sort_key(last):
            place = f"after {after}" if after else "first"
            self.warn(
                line,
                "numbering_gap",
                Bilingual(
                    ko=f"번호가 이어지지 않습니다: {after or '처음'} 다음에 {name}.",
                    en=f"The numbering has a gap: {name} comes {place}.",
                ),
            )
        else:
            self.warn(
                line,
                "numbering_disorder",
                Bilingual(
                    ko=f"번호가 거꾸로 갑니다: {after} 다음에 {name}.",
                    en=f"The numbering goes back: {name} comes after {after}.",
                ),
            )

    # -- markers in words

    def _base(self) -> Node:
        """The division in which articles are numbered through."""
        if self.stack and self.stack[0][1].kind in (Kind.SUPPLEMENTARY, Kind.ANNEX):
            return self.stack[0][1]
        return self.root

    def _is_open_line(self) -> bool:
        """Whether the line before is directly above and goes on in this one, as it seems."""
        if self.target is not None and self.target.kind is Kind.FOOTNOTE:
            return False
        return not self.blank and not is_closed(self.before.rstrip())

    def _accepts(self, word: WordMarker, index: int) -> bool:
        if word.kind is Kind.PREAMBLE:
            return not any(child.kind is not Kind.PREAMBLE for child in self.root.children)
        if word.strength is Strength.SURE or not self._is_open_line():
            return True
        if self.target is None or not (self.target.parts or self.target.children):
            return True
        if follows(self.last_article.get(id(self._base()), ""), word.number):
            return True
        self.warn(
            index + 1,
            "taken_as_text",
            Bilingual(
                ko="번호처럼 시작하지만 앞줄에 이어지는 문장으로 보아 본문에 넣었습니다.",
                en="Begins like a number, but seems to go on from the line before: taken as text.",
            ),
        )
        return False

    def _place_word(self, word: WordMarker, index: int) -> None:
        self.open.clear()
        self.closing = None
        self._cut(index, word.cut)
        self._keep(word.heading)
        heading = _spaced(word.heading)
        if word.kind is Kind.PREAMBLE:
            self._place_preamble(index, heading)
            return
        node = Node(word.kind, word.number, heading, index + 1)
        if word.kind in (Kind.SUPPLEMENTARY, Kind.ANNEX):
            self.stack = []
            if word.number:
                self._enter_numbered(self.root, node)
            self.root.children.append(node)
            self._push(-1, node)
        else:
            self._place_division(word, node)
        self.target = node if word.kind not in _HOLDERS else None
        if not heading and not word.rest:
            self._take_next_line_as_heading(node, index)
        if word.repealed:
            self.warn(
                index + 1,
                "repealed",
                Bilingual(
                    ko=f"삭제된 조항입니다: {render_number(word.kind, word.number, self.lang)}. "
                    "번호는 그대로 둡니다.",
                    en="A repealed provision: "
                    f"{render_number(word.kind, word.number, self.lang)}. It keeps its number.",
                ),
            )
        if word.last:
            self.last_article[id(self._base())] = word.last
            parent = self.stack[-2][1] if len(self.stack) > 1 else self.root
            parent.advance(Kind.ARTICLE, word.last)
        if word.rest:
            self._place_rest(node, word.rest, index, self.survey.indent(index))

    def _place_preamble(self, index: int, heading: str) -> None:
        fresh = self.preamble is None
        preamble = self._open_preamble(index)
        if fresh:
            preamble.heading = heading
            self.target = None
        else:
            self._new_paragraph(preamble, heading, index)
            self.target = None

    def _place_division(self, word: WordMarker, node: Node) -> None:
        rank = _RANKS[word.kind]
        if word.kind is Kind.SECTION:
            if self.survey.sections_in_articles:
                rank = 5
            elif not word.number:
                rank = 3
        while self.stack and self.stack[-1][0] >= rank:
            self.stack.pop()
        parent = self.stack[-1][1] if self.stack else self.root
        if word.kind is Kind.ARTICLE:
            self._enter_article(parent, node)
        elif word.number:
            self._enter_numbered(parent, node)
        parent.children.append(node)
        self._push(rank, node)

    def _push(self, rank: int, node: Node) -> None:
        self.stack.append((rank, node))

    def _enter_numbered(self, parent: Node, node: Node) -> None:
        other = parent.lines_of(node.kind).get(node.number)
        if other is not None:
            raise self._refuse_duplicate(node.kind, node.number, node.line, other)
        self._check_sequence(parent.newest(node.kind), node.kind, node.number, node.line)
        parent.take(node.kind, node.number, node.line)

    def _enter_article(self, parent: Node, node: Node) -> None:
        base = self._base()
        numbers = self.articles.setdefault(id(base), {})
        seen = parent.lines_of(Kind.ARTICLE)
        other = seen.get(node.number)
        if other is None and node.number in numbers and not parent.restarts:
            if seen or node.number != "1":
                other = numbers[node.number]
            else:
                parent.restarts = True
                self._warn_restart(node.line)
        if other is not None:
            raise self._refuse_duplicate(Kind.ARTICLE, node.number, node.line, other)
        through = self.last_article.get(id(base), "")
        last = parent.newest(Kind.ARTICLE) if parent.restarts else through
        self._check_sequence(last, Kind.ARTICLE, node.number, node.line)
        numbers.setdefault(node.number, node.line)
        parent.take(Kind.ARTICLE, node.number, node.line)
        self.last_article[id(base)] = node.number

    def _warn_restart(self, line: int) -> None:
        self.warn(
            line,
            "list_restarts",
            Bilingual(
                ko="번호가 1부터 다시 시작합니다. 새 목록으로 따로 두었습니다.",
                en="The numbering begins again at 1. It is kept apart as a list of its own.",
            ),
        )

    def _take_next_line_as_heading(self, node: Node, index: int) -> None:
        """Article 3 ⏎ Purpose: a short line under a number that stands alone is its heading."""
        survey = self.survey
        at = index + 1
        if survey.is_blank(at):
            if node.kind is Kind.ARTICLE:
                return
            at += 1
        if survey.is_blank(at) or self._is_marked(at) or at in survey.closings:
            return
        text = self.lines[at].strip()
        limit = 80 if self.lang == "en" else 40
        if not is_title_like(text, limit) or text.endswith("다") or text[:1].islower():
            return
        if is_decoration(text) or is_numberless(text, self.lang):
            return
        bracketed = re.fullmatch(r"\(([^()]+)\)", text)
        apart = bool(bracketed) or survey.is_blank(at + 1) or self._is_marked(at + 1)
        spoken = self.lang == "en" and len(text.split()) <= 8 and not apart
        if not apart and not (spoken and self.lines[at + 1].strip()[:1].isupper()):
            return
        node.heading = _spaced(bracketed[1] if bracketed else text)
        if bracketed:
            self._cut(at, ("(", ")"))
        self._keep(node.heading)
        self.skip.add(at)

    def _is_marked(self, index: int) -> bool:
        survey = self.survey
        return (
            index in survey.words
            or index in survey.lists
            or index in survey.chapters
            or index in survey.sections
            or index in survey.footnotes
        )

    # -- footnotes

    def _place_footnote(self, index: int, text: str) -> None:
        """[^1]: …; where it belongs is known when all is read, from its mark."""
        number = self.survey.footnotes[index]
        found = FOOTNOTE.match(text)
        marker = text[: found.end()].strip() if found else ""
        node = Node(Kind.FOOTNOTE, number, "", index + 1)
        beside = self.target
        if beside is not None and beside.kind is Kind.FOOTNOTE:
            beside = self.footnotes[-1][1]
        self.footnotes.append((node, beside if self.closing is None else self.closing))
        self.target = node
        self._cut(index, (marker,))
        if words := text[len(marker) :].strip():
            self._add_words(node, words)

    def _attach_footnotes(self) -> None:
        """Each footnote below the last provision before it that has its mark, or by its place."""
        if not self.footnotes:
            return
        marked: dict[str, list[Node]] = {}
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            for sign in set(FOOTNOTE_MARK.findall(f"{node.heading}\n{node.text()}")):
                marked.setdefault(sign, []).append(node)
            waiting += reversed(node.children)
        for footnote, beside in self.footnotes:
            owners = marked.get(footnote.number, [])
            above = [each for each in owners if each.line <= footnote.line]
            if not owners:
                self.warn(footnote.line, "footnote_unmarked", _UNMARKED)
            if owners:
                owner = above[-1] if above else owners[0]
            else:
                owner = beside or self._open_preamble(0)
            for other in owner.footnotes:
                if other.number == footnote.number:
                    raise self._refuse_duplicate(
                        Kind.FOOTNOTE, footnote.number, footnote.line, other.line
                    )
            owner.footnotes.append(footnote)

    # -- documents numbered 1., 1.1., A., A.1.

    def _place_chapter(self, index: int, text: str) -> None:
        number, cut = self.survey.chapters[index]
        kind = Kind.CHAPTER if number.isdigit() else Kind.ANNEX
        heading = text.split(".", 1)[1].strip()
        self._begin_chapter(kind, number, heading, cut, index)

    def _place_roman_chapter(self, index: int, text: str) -> None:
        number = str(self.survey.roman_chapters[index])
        marker, _, heading = text.partition(".")
        self._begin_chapter(Kind.CHAPTER, number, heading.strip(), f"{marker}.", index)

    def _begin_chapter(self, kind: Kind, number: str, heading: str, cut: str, index: int) -> None:
        self.open.clear()
        self.stack.clear()
        self.closing = None
        node = Node(kind, number, _spaced(heading), index + 1)
        if number.isdigit():
            self._enter_numbered(self.root, node)
        self.root.children.append(node)
        self._push(1, node)
        self.target = None
        self._cut(index, (cut,))
        self._keep(heading)

    def _place_section(self, index: int, text: str) -> None:
        major, minor, third = self.survey.sections[index]
        if index in self.survey.repeated:
            self._place_repeated_section(index, text)
            return
        marker, rest = split_decimal(text)
        self._cut(index, (marker,))
        self._keep(rest)
        self.open.clear()
        if third and len(self.stack) > 1:
            article = self.stack[-1][1]
            self._add_decimal(article, Kind.PARAGRAPH, third, rest, index)
            return
        self.stack = self.stack[:1]
        parent = self.stack[0][1]
        node = Node(Kind.ARTICLE, f"{major}.{minor}", "", index + 1)
        last = parent.newest(Kind.ARTICLE)
        if last or minor not in ("0", "1"):
            self._check_sequence(last or f"{major}.0", Kind.ARTICLE, node.number, node.line)
        parent.advance(Kind.ARTICLE, node.number)
        parent.children.append(node)
        self._push(4, node)
        self.target = node
        if is_title_like(rest, 120):
            node.heading = _spaced(rest)
        elif rest:
            self._add_words(node, rest)

    def _place_repeated_section(self, index: int, text: str) -> None:
        """A.1 a second time: an article of its own that keeps its number in its heading."""
        self.open.clear()
        self.stack = self.stack[:1]
        node = Node(Kind.ARTICLE, "", _spaced(text), index + 1)
        self.stack[0][1].children.append(node)
        self._push(4, node)
        self.target = node
        self._keep(text)
        self.warn(
            index + 1,
            "number_repeated",
            Bilingual(
                ko="같은 번호가 되풀이됩니다. 번호를 제목에 남기고 번호 없는 조로 두었습니다.",
                en="The number repeats the one before. It is kept in the heading, and the "
                "article has no number.",
            ),
        )

    def _place_decimal_paragraph(self, index: int, text: str) -> bool:
        """3.1 within Article 3 is its paragraph 1, 3.1.2 the item 2 of that."""
        found = DECIMAL.match(text) if text[0].isdigit() else None
        if found is None or not self.stack:
            return False
        article = self.stack[-1][1]
        if article.kind is not Kind.ARTICLE or article.number != found[1]:
            return False
        above = self.open[0].node if self.open and self.open[0].style is None else None
        if found[3]:
            if above is None or above.number != found[2]:
                return False
            parent, kind, number = above, Kind.ITEM, found[3]
        else:
            parent, kind, number = article, Kind.PARAGRAPH, found[2]
        if number in parent.lines_of(kind) or number == "0":
            return False
        rest = text[found.end() :].strip()
        self._cut(index, (found[0].strip(),))
        self._keep(rest)
        node = self._add_decimal(parent, kind, number, rest, index)
        if kind is Kind.PARAGRAPH:
            self.open = [
                _OpenList(None, kind, parent, node, number, 0, self.survey.indent(index), 1)
            ]
        return True

    def _add_decimal(self, parent: Node, kind: Kind, number: str, rest: str, index: int) -> Node:
        node = Node(kind, number, "", index + 1)
        self._enter_numbered(parent, node)
        parent.children.append(node)
        self.target = node
        if rest:
            self._add_words(node, rest)
        return node

    # -- lists

    def _container(self) -> Node:
        if self.stack:
            return self.stack[-1][1]
        if self.survey.plain or any(
            child.kind is not Kind.PREAMBLE for child in self.root.children
        ):
            return self.root
        return self._open_preamble(0)

    def _rank(self, style: Style) -> int:
        if self.survey.plain and style is Style.NUMBER and self._articles_are_numbers():
            return 0
        if self.lang == "ko":
            if style is Style.NUMBER_BRACKETS and not self.survey.circles:
                return 1
            if style is Style.NUMBER and self.survey.decimal:
                return 1
            return _KO_RANKS.get(style, 8 if style in _LETTERS else 9)
        if style is Style.CIRCLE:
            return 1
        outside = self.survey.brackets_outside
        if style is Style.NUMBER:
            return 2 if outside else 1
        if style is Style.NUMBER_BRACKETS:
            return 1 if outside or not self._has_open(Style.NUMBER) else 2
        if style is Style.NUMBER_BRACKET:
            return 2
        if style in _LETTERS:
            return 3
        return 4 if style in _ROMANS else 5

    def _has_open(self, style: Style) -> bool:
        return any(each.style is style for each in self.open)

    def _articles_are_numbers(self) -> bool:
        """Whether "1." here is an article: no articles in words, and in the body."""
        if not self.stack:
            return True
        return self.stack[-1][1].kind in (Kind.PART, Kind.CHAPTER, Kind.SECTION)

    def _natural_kind(self, style: Style, parent: Node) -> Kind:
        survey = self.survey
        rank = self._rank(style)
        if rank == 0:
            return Kind.ARTICLE
        if style is Style.NUMBER and parent.kind is not Kind.ARTICLE:
            return Kind.PARAGRAPH
        if rank == 1:
            return Kind.PARAGRAPH
        if self.lang == "ko":
            first = 3 if survey.plain or survey.decimal else 2
            return Kind.ITEM if rank <= first else Kind.SUBITEM
        if style in _LETTERS:
            return Kind.SUBITEM if survey.brackets_outside else Kind.ITEM
        return Kind.ITEM if rank == 2 else Kind.SUBITEM

    def _kind_under(self, style: Style, parent: Node) -> Kind:
        natural = self._natural_kind(style, parent)
        least = {
            Kind.ARTICLE: Kind.PARAGRAPH,
            Kind.PARAGRAPH: Kind.ITEM,
            Kind.ITEM: Kind.SUBITEM,
            Kind.SUBITEM: Kind.SUBITEM,
        }.get(parent.kind, Kind.ARTICLE)
        if natural is Kind.ARTICLE and parent.kind is Kind.ARTICLE:
            return Kind.ITEM
        return max(natural, least, key=_NESTING.index)

    def _read_letters(self, markers: tuple[ListMarker, ...], index: int) -> ListMarker:
        """(i) is the ninth letter or the first Roman numeral; what is open and follows decides."""
        if len(markers) == 1:
            return markers[0]
        letter, roman = markers
        for each in reversed(self.open):
            for marker in (roman, letter):
                if each.style is marker.style and follows(each.number, marker.number):
                    if (
                        marker is letter
                        and roman.number == "1"
                        and self._roman_goes_on(index, roman)
                    ):
                        return roman
                    return marker
        return roman if roman.number == "1" else letter

    def _roman_goes_on(self, index: int, roman: ListMarker) -> bool:
        following = self.survey.next_list_line(index)
        if following is None:
            return False
        return any(
            each.style is roman.style and each.number == "2"
            for each in self.survey.lists[following]
        )

    def _place_list(
        self,
        markers: tuple[ListMarker, ...],
        index: int,
        indent: int,
        start: int,
        *,
        fresh: bool,
    ) -> bool:
        """Place an entry of a list; False if the line only looks like one.

        `indent` is that of the line, `start` the column where the number stands, `fresh` false
        for a second number on the line (제3조 ① 1.).
        """
        marker = self._read_letters(markers, index)
        if marker.number == "0":
            return False
        column = start + marker.offset
        place = self._find_open(marker, column, indent if fresh else start)
        if fresh and not self._believes(marker, place, index):
            return False
        if place is not None:
            entry = self.open[place]
            del self.open[place + 1 :]
            parent, kind = entry.parent, entry.kind
        else:
            rank = self._rank(marker.style)
            while fresh and self.open and self.open[-1].rank >= rank:
                newest = self.open[-1]
                if start > newest.indent + (0 if newest.style is marker.style else 1):
                    break
                self.open.pop()
            if len(self.open) >= MAX_LIST_DEPTH:
                self.warn(
                    index + 1,
                    "too_deep",
                    Bilingual(
                        ko="목록이 너무 깊어 본문으로 두었습니다.",
                        en="The list is nested too deeply; kept as text.",
                    ),
                )
                return False
            parent = self.open[-1].node if self.open else self._container()
            kind = self._kind_under(marker.style, parent)
            entry = None
        self._enter_list(entry, marker, parent, kind, index, column, start)
        return True

    def _enter_list(
        self,
        entry: _OpenList | None,
        marker: ListMarker,
        parent: Node,
        kind: Kind,
        index: int,
        column: int,
        start: int,
    ) -> None:
        node = Node(kind, marker.number, "", index + 1)
        if marker.number == "1" and self._begins_again(parent, kind):
            self._warn_restart(index + 1)
            parent = self._lead_in(parent.home or parent, index)
            kind = node.kind = self._kind_under(marker.style, parent)
        if kind is Kind.ARTICLE:
            self._enter_article(parent, node)
        else:
            self._enter_numbered(parent, node)
        parent.children.append(node)
        if entry is None:
            rank = self._rank(marker.style)
            self.open.append(
                _OpenList(marker.style, kind, parent, node, marker.number, column, start, rank)
            )
        else:
            entry.node, entry.number, entry.parent, entry.kind = node, marker.number, parent, kind
        self.target = node
        self._cut(index, (marker.cut,))
        if marker.rest:
            self._place_rest(node, marker.rest, index, column)

    def _begins_again(self, parent: Node, kind: Kind) -> bool:
        """Whether a further 1 is a new list, not a number given twice: after 1, 2 or a lead-in."""
        numbers = parent.lines_of(kind)
        if "1" not in numbers:
            return False
        return len(numbers) >= 2 or _is_lead_in(parent.children[-1])

    def _lead_in(self, parent: Node, index: int) -> Node:
        """The unnumbered paragraph under which a list that begins again is kept."""
        newest = parent.children[-1]
        if not _is_lead_in(newest) or newest.children:
            newest = Node(Kind.PARAGRAPH, line=index + 1)
            parent.children.append(newest)
        newest.home = parent
        return newest

    def _find_open(self, marker: ListMarker, column: int, indent: int) -> int | None:
        """Which open list this entry goes on with; None for a new list."""
        same = [place for place, each in enumerate(self.open) if each.style is marker.style]
        if not same:
            return None
        exact = [place for place in same if self.open[place].column == column]
        if not exact and marker.number == "1" and indent > self.open[-1].indent:
            return None
        pool = exact or same
        for place in reversed(pool):
            if follows(self.open[place].number, marker.number):
                return place
        if exact:
            for place in reversed(same):
                near = abs(self.open[place].column - column) <= 3
                if near and follows(self.open[place].number, marker.number):
                    return place
        value = sort_key(marker.number)
        for place in reversed(pool):
            if value > sort_key(self.open[place].number):
                return place
        return pool[-1]

    def _believes(self, marker: ListMarker, place: int | None, index: int) -> bool:
        """Whether a line that begins like a list entry is one."""
        follows_open = place is not None and follows(self.open[place].number, marker.number)
        if follows_open:
            return True
        open_line = self._is_open_line()
        wrapped = (
            open_line
            and self.survey.width > 0
            and not self.survey.breaks_on_purpose(self.before, self.lines[index].strip())
        )
        first = marker.number == "1"
        if first and place is not None and open_line and marker.style in _IN_SENTENCES:
            wrapped = True
        if first and not (wrapped and marker.style in _IN_SENTENCES):
            return True
        believed = not wrapped
        if believed and marker.style in _IN_SENTENCES:
            ends_sentence = marker.cut == "다." or marker.style in (Style.LETTER, Style.ROMAN)
            believed = place is not None and not (open_line and ends_sentence)
        if not believed:
            self.warn(
                index + 1,
                "taken_as_text",
                Bilingual(
                    ko="번호처럼 시작하지만 앞줄에 이어지는 문장으로 보아 본문에 넣었습니다.",
                    en="Begins like a number, but seems to go on from the line before: taken as "
                    "text.",
                ),
            )
        return believed

    def _place_rest(self, node: Node, rest: str, index: int, column: int) -> None:
        """What stands after a number on its line: a heading, a further number, words."""
        if node.kind is Kind.ARTICLE and not node.heading and self._is_heading(rest, index):
            self._keep(rest)
            node.heading = _spaced(rest)
            return
        markers = list_markers(rest, self.lang)
        starts_list = (
            bool(markers) and markers[-1].number == "1" and not self._has_open(markers[-1].style)
        )
        if starts_list and self._place_list(markers[-1:], index, column, column, fresh=False):
            return
        self._keep(rest)
        self._add_words(node, rest)

    def _is_heading(self, rest: str, index: int) -> bool:
        """제3조 목적 ⏎ ① …, or "1. 일자리" above an empty line and text."""
        limit = 30 if self.lang == "ko" else 60
        if not is_title_like(rest, limit) or rest.endswith("다"):
            return False
        at = index + 1
        if self.survey.is_blank(at):
            at += 1
        elif index not in self.survey.words:
            return False
        if self.survey.is_blank(at) or at in self.survey.words or at in self.survey.closings:
            return False
        if markers := self.survey.lists.get(at):
            return markers[0].style is Style.CIRCLE and markers[0].number == "1"
        return at not in self.survey.chapters and at not in self.survey.roman_chapters

    # -- words

    def _add_words(self, node: Node, text: str) -> None:
        node.parts.append([_spaced(text)])
        self.target = node

    def _place_text(self, index: int, text: str) -> None:
        target = self.target
        if self.blank or target is None or target.kind is not Kind.FOOTNOTE:
            self._keep(text)
        if not self.blank and target is not None:
            line = self._worded(text)
            apart = (
                not target.parts
                or _BULLET.match(text)
                or self._is_row(text)
                or self.survey.breaks_on_purpose(self.before, text)
            )
            if apart:
                target.parts.append([line])
            else:
                target.parts[-1].append(line)
            return
        self._new_paragraph(self._owner(index), text, index)

    def _worded(self, text: str) -> str:
        return text if self._is_table(text) else _spaced(text)

    def _is_table(self, text: str) -> bool:
        """A row of a table in an annex; its inner spaces are kept."""
        return self._base().kind is Kind.ANNEX and ("\t" in text or "|" in text or "   " in text)

    def _is_row(self, text: str) -> bool:
        """Whether a line of an annex stands for itself: a row of a table, an entry of a list."""
        before = self.before.strip()
        return self._base().kind is Kind.ANNEX and (
            self._is_table(text) or self._is_table(before) or len(before) < SHORT_LINE
        )

    def _owner(self, index: int) -> Node:
        """To what a paragraph that follows an empty line belongs, by its indentation."""
        indent = self.survey.indent(index)
        while self.open and indent < self.open[-1].indent:
            self.open.pop()
        self._close_before_restart(index)
        if self.open:
            return self.open[-1].node
        if self.stack:
            return self.stack[-1][1]
        if any(child.kind is not Kind.PREAMBLE for child in self.root.children):
            return self.root
        return self._open_preamble(index)

    def _close_before_restart(self, index: int) -> None:
        """A paragraph above a list that begins again at 1 leads in that list."""
        following = self.survey.next_list_line(index)
        if following is None or not self.open:
            return
        marker = self.survey.lists[following][0]
        if marker.number != "1" or not self._nothing_between(index, following):
            return
        for place, each in enumerate(self.open):
            if each.style is marker.style and each.number != "1":
                if self.survey.indent(following) > each.indent + 1:
                    continue
                del self.open[place:]
                return

    def _nothing_between(self, index: int, following: int) -> bool:
        """Whether `following` is the next line after the paragraph that begins at `index`."""
        blanks = 0
        for at in range(index + 1, min(following, index + 200)):
            if at in self.survey.words or at in self.survey.chapters:
                return False
            if self.survey.is_blank(at):
                blanks += 1
            elif blanks:
                return False
        return following < index + 200

    def _new_paragraph(self, owner: Node, text: str, index: int) -> None:
        line = self._worded(text)
        if owner.kind in _HOLDERS or owner.children:
            node = Node(Kind.PARAGRAPH, line=index + 1)
            owner.children.append(node)
            owner = node
        owner.parts.append([line])
        self.target = owner

    # -- the result

    def result(self, normalised: tuple[Note, ...]) -> ParseResult:
        if not self.root.children:
            self.warn(
                1,
                "no_provisions",
                Bilingual(
                    ko="제목 말고는 본문이 없습니다.",
                    en="There is nothing but a title in the file.",
                ),
            )
        self._attach_footnotes()
        tree = TextTree(
            title=self.given_title or self.title,
            lang=self.lang,
            provisions=Keys().provisions(self.root),
        )
        self._check_conserved(tree)
        warnings = sorted(self.warnings, key=lambda note: note.line)
        if self.more_warnings:
            warnings.append(
                Note(
                    len(self.lines),
                    "more_warnings",
                    Bilingual(
                        ko=f"이 밖에 주의할 곳이 {self.more_warnings}군데 더 있습니다.",
                        en=f"There are {self.more_warnings} more warnings.",
                    ),
                )
            )
        return ParseResult(
            tree, normalised, tuple(warnings), tuple(self.not_understood), tuple(self.cuts)
        )

    def _check_conserved(self, tree: TextTree) -> None:
        words: list[str] = [] if self.given_title and not self.title else [tree.title]
        explained: list[str] = []
        for provision in tree.walk():
            if provision.kind is Kind.FOOTNOTE:
                explained.append(_solid(provision.text))
            else:
                words += (provision.heading, provision.text)
        footnotes = [_solid(footnote.text()) for footnote, _ in self.footnotes]
        lost = sorted(explained) != sorted(footnotes)
        if lost or _solid("".join(words)) != _solid("".join(self.kept)):
            raise ParseRefused(
                "not_conserved",
                0,
                Bilingual(
                    ko="본문의 일부가 빠질 뻔하여 불러오기를 멈추었습니다. 저장된 것은 없습니다. "
                    "이 파일과 함께 관리자에게 알려 주십시오.",
                    en="The import was stopped because part of the text would have been lost. "
                    "Nothing was stored. Please report this with the file.",
                ),
            )
