"""A text laid out piece by piece, for formats that people read: PDF, DOCX, plain text.

A `Piece` is one provision in one language: its rendered number, its heading, its text, each
as runs that say what was inserted and deleted; a plain text is a text in which all is the
same. `rows` pairs the pieces of several languages by their keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from resolutions.exports.document import TextDocument
from resolutions.rules.numbering import render_number
from resolutions.rules.redline import Mark, Redline, RedlineProvision, redline
from resolutions.rules.structure import Kind, Provision, TextTree

DIVISIONS = (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUPPLEMENTARY, Kind.ANNEX)
INNER = (Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM)
HEADED = (*DIVISIONS, Kind.ARTICLE)


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are the same, inserted or deleted."""

    mark: Mark
    text: str


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One provision in one language.

    `depth` counts the lists inside an article, from 0; `level` is that of its heading, from 1
    below the title, 0 where it has none. `notes` are its footnotes by their mark; a footnote
    whose mark its parent's text lacks is a piece of its own.
    """

    key: str
    kind: Kind
    lang: str
    depth: int
    level: int
    number: Runs
    heading: Runs
    text: Runs
    notes: Mapping[str, Piece]
    mark: Mark = Mark.SAME
    moved: bool = False
    in_annex: bool = False
    said: bool = False
    """Whether what stands above it was inserted or deleted with it, and says so."""

    @property
    def has_heading(self) -> bool:
        """Whether it opens a part of the text."""
        return self.level > 0


@dataclass(frozen=True, slots=True)
class Row:
    """One provision in every language shown; None where a language lacks it."""

    key: str
    kind: Kind
    cells: tuple[Piece | None, ...]


def same(text: str) -> Runs:
    """Runs of an unmarked text."""
    return (Run(Mark.SAME, text),) if text else ()


def words_of(runs: Runs, *, without: Mark = Mark.DELETED) -> str:
    """The text of runs, as it reads with the changes made (or, without INSERTED, before)."""
    return "".join(run.text for run in runs if run.mark is not without)


def pieces_of(tree: TextTree) -> list[Piece]:
    """The pieces of one language, in reading order."""
    return _placed(
        tree.lang,
        [
            _Entry(
                provision=provision,
                parent=parent.key if parent else "",
                number=same(_number(provision, tree.lang)),
                heading=same(provision.heading),
                text=same(provision.text),
            )
            for provision, parent in tree.walk_with_parent()
        ],
    )


def pieces_of_redline(changes: Redline) -> list[Piece]:
    """The pieces of one language with what was inserted and deleted."""
    entries: list[_Entry] = []
    above: list[RedlineProvision] = []
    for each in changes.provisions:
        while above and above[-1].depth >= each.depth:
            above.pop()
        shown = each.new or each.old
        assert shown is not None
        mark = Mark.SAME
        if each.old is None:
            mark = Mark.INSERTED
        elif each.new is None:
            mark = Mark.DELETED
        entries.append(
            _Entry(
                provision=shown,
                parent=above[-1].key if above else "",
                number=_runs(each.number),
                heading=_runs(each.heading),
                text=_runs(each.text),
                mark=mark,
                moved=each.moved,
            )
        )
        above.append(each)
    return _placed(changes.lang, entries)


def lay_out(
    document: TextDocument, lang: str, *, against: TextDocument | None = None
) -> tuple[dict[str, Runs], list[Row]]:
    """Titles by language, and the rows of the languages that `lang` means."""
    languages = document.in_languages(lang)
    titles: dict[str, Runs] = {}
    pieces: list[list[Piece]] = []
    for code in languages:
        tree = document.trees[code]
        if against is None:
            titles[code] = same(tree.title)
            pieces.append(pieces_of(tree))
            continue
        changes = redline(against.trees.get(code) or TextTree("", code), tree)
        titles[code] = _runs(changes.title)
        pieces.append(pieces_of_redline(changes))
    return titles, rows(pieces)


def rows(pieces: Sequence[Sequence[Piece]]) -> list[Row]:
    """The pieces of each language side by side, in the order of the first.

    What only a later language has follows its predecessor there.
    """
    order = [(piece.key, piece.kind) for piece in pieces[0]] if pieces else []
    places = {key: place for place, (key, _kind) in enumerate(order)}
    for column in pieces[1:]:
        previous = -1
        for piece in column:
            if piece.key not in places:
                order.insert(previous + 1, (piece.key, piece.kind))
                places = {key: place for place, (key, _kind) in enumerate(order)}
            previous = places[piece.key]
    columns = [{piece.key: piece for piece in column} for column in pieces]
    return [Row(key, kind, tuple(column.get(key) for column in columns)) for key, kind in order]


def split_marks(runs: Runs, marks: Iterable[str]) -> list[Run | str]:
    """Runs, with a footnote's number in place of its `[^n]`: [Run, "1", Run]."""
    known = sorted(map(re.escape, marks), key=len, reverse=True)
    if not known:
        return list(runs)
    pattern = re.compile(rf"\[\^({'|'.join(known)})\]")
    found: list[Run | str] = []
    for run in runs:
        if run.mark is Mark.DELETED:
            found.append(run)
            continue
        for place, piece in enumerate(pattern.split(run.text)):
            if place % 2:
                found.append(piece)
            elif piece:
                found.append(replace(run, text=piece))
    return found


TABLE_LINE = re.compile(r"\s*\|.*\|\s*")


def is_table(lines: Sequence[str], *, in_annex: bool) -> bool:
    """Whether lines that stand together are rows of a table: | a | b |, or tabs in an annex."""
    if len(lines) < 2:
        return False
    if all(TABLE_LINE.fullmatch(line) for line in lines):
        return True
    return in_annex and all("\t" in line.strip() for line in lines)


def table_cells(line: str) -> list[str]:
    """The cells of one row."""
    if TABLE_LINE.fullmatch(line):
        return [cell.strip() for cell in line.strip()[1:-1].split("|")]
    return [cell.strip() for cell in line.strip().split("\t")]


def table_rows(lines: Sequence[str]) -> list[list[str]]:
    """Rows of equal length; a ruled line (|---|---|) is no row."""
    cells = [table_cells(line) for line in lines]
    kept = [row for row in cells if not all(set(cell) <= {"-", ":"} and cell for cell in row)]
    width = max((len(row) for row in kept), default=0)
    return [row + [""] * (width - len(row)) for row in kept]


def blocks_of(text: str, *, in_annex: bool) -> list[str | list[list[str]]]:
    """The paragraphs of a text, and its tables as rows of cells."""
    blocks: list[str | list[list[str]]] = []
    waiting: list[str] = []

    def close() -> None:
        if is_table(waiting, in_annex=in_annex):
            blocks.append(table_rows(waiting))
        else:
            blocks.extend(waiting)
        waiting.clear()

    for line in text.split("\n"):
        piped = bool(TABLE_LINE.fullmatch(line))
        if piped or (in_annex and "\t" in line.strip()):
            if waiting and bool(TABLE_LINE.fullmatch(waiting[-1])) != piped:
                close()
            waiting.append(line)
            continue
        close()
        blocks.append(line)
    close()
    return blocks


@dataclass(frozen=True, slots=True)
class _Entry:
    provision: Provision
    parent: str
    number: Runs
    heading: Runs
    text: Runs
    mark: Mark = Mark.SAME
    moved: bool = False


def _placed(lang: str, entries: Sequence[_Entry]) -> list[Piece]:
    """Depths and levels of headings, and footnotes handed to the pieces that they explain."""
    texts = {entry.provision.key: entry.text for entry in entries}
    marks = {entry.provision.key: entry.mark for entry in entries}
    placed: dict[str, tuple[int, int, bool]] = {"": (0, 0, False)}
    pieces: list[Piece] = []
    notes: dict[str, dict[str, Piece]] = {}
    for entry in entries:
        provision = entry.provision
        level, depth, in_annex = placed.get(entry.parent, (0, 0, False))
        kind = provision.kind
        headed = kind in HEADED or bool(entry.heading)
        in_annex = in_annex or kind is Kind.ANNEX
        if kind is Kind.FOOTNOTE and not provision.children and not entry.heading:
            headed = False
        if kind is Kind.FOOTNOTE:
            number = (Run(entry.mark, provision.number),) if provision.number else ()
            entry = replace(entry, number=number)
        elif not _number(provision, lang):
            entry = replace(entry, number=())
        here = level + 1 if headed else level
        piece = Piece(
            key=provision.key,
            kind=kind,
            lang=lang,
            depth=depth if kind in INNER else 0,
            level=here if headed else 0,
            number=entry.number,
            heading=entry.heading,
            text=entry.text,
            notes=notes.setdefault(provision.key, {}),
            mark=entry.mark,
            moved=entry.moved,
            in_annex=in_annex,
            said=entry.mark is not Mark.SAME and marks.get(entry.parent) is entry.mark,
        )
        placed[provision.key] = (here, depth + 1 if kind in INNER else 0, in_annex)
        if _is_noted(entry, texts.get(entry.parent, ())):
            notes[entry.parent].setdefault(provision.number, piece)
            if notes[entry.parent][provision.number] is piece:
                continue
        pieces.append(piece)
    return pieces


def _is_noted(entry: _Entry, text: Runs) -> bool:
    """Whether this is a plain footnote whose mark stands in the text that it explains."""
    note = entry.provision
    if note.kind is not Kind.FOOTNOTE or not note.number or note.children or entry.heading:
        return False
    sign = f"[^{note.number}]"
    return any(run.mark is not Mark.DELETED and sign in run.text for run in text)


def _number(provision: Provision, lang: str) -> str:
    """As `cms` prints it: what has no number bears its kind's name only where it has no heading."""
    if provision.number or (provision.kind in DIVISIONS and not provision.heading):
        return render_number(provision.kind, provision.number, lang)
    return ""


def _runs(spans: Iterable[object]) -> Runs:
    return tuple(
        Run(Mark(span.mark), span.text)  # type: ignore[attr-defined]
        for span in spans
        if span.text  # type: ignore[attr-defined]
    )
