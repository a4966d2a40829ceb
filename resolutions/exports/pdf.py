"""A text as PDF: tagged (PDF/UA-1), one language or two columns, or with its changes.

The first page says which edition it is, since when it holds, and its SHA-256 in each language
(docs/reference/canonical-text.md); each page bears the beginning of the hash, a draft a
watermark. What was inserted is underlined, what was deleted is struck, so that a black and
white print tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from resolutions.exports.compared import columns_of, compared_rows, table_name
from resolutions.exports.document import NAMES, TextDocument, edition_name
from resolutions.exports.facts import WATERMARK, facts_of
from resolutions.exports.layout import (
    DIVISIONS,
    Piece,
    Row,
    Run,
    Runs,
    blocks_of,
    lay_out,
    split_marks,
    words_of,
)
from resolutions.exports.typesetting import MADE_WITH, compile_pages, compile_typst
from resolutions.rules.comparison import Cell
from resolutions.rules.redline import Mark
from resolutions.rules.structure import Kind
from secretariat.kernel.bilingual import Bilingual

__all__ = [
    "MADE_WITH",
    "comparison_pages",
    "comparison_pdf",
    "compile_typst",
    "text_pages",
    "text_pdf",
]

_MISSING = Bilingual(ko="이 언어로는 없음", en="Not in this language")
_LEGEND = Bilingual(ko="변경 표시: ", en="Changes: ")
_INSERTED = Bilingual(ko="넣은 말", en="inserted")
_DELETED = Bilingual(ko="지운 말", en="deleted")
_FATES = {
    Mark.INSERTED: Bilingual(ko="신설", en="New"),
    Mark.DELETED: Bilingual(ko="삭제", en="Deleted"),
}
_NOTHING = Bilingual(ko="달라진 것이 없다.", en="Nothing differs.")
_MOVED = Bilingual(ko="자리를 옮김", en="Moved")


def text_pdf(document: TextDocument, *, lang: str, against: TextDocument | None = None) -> bytes:
    """The PDF. The same document gives the same bytes. Raises LanguageMissing."""
    made = _compiled(document, lang, against, png=False)
    assert isinstance(made, bytes)
    return made


def text_pages(
    document: TextDocument, *, lang: str, against: TextDocument | None = None
) -> list[bytes]:
    """The same pages as pictures (PNG), for whoever looks at the layout."""
    made = _compiled(document, lang, against, png=True)
    return [made] if isinstance(made, bytes) else made


def _compiled(
    document: TextDocument, lang: str, against: TextDocument | None, *, png: bool
) -> bytes | list[bytes]:
    languages = document.in_languages(lang)
    titles, rows = lay_out(document, lang, against=against)
    first = languages[0]
    data = {
        **front(document, languages, against=against),
        "legend": _legend(languages) if against is not None else [],
        "columns": [
            {
                "lang": code,
                "name": NAMES.get(code, code),
                "missing": _MISSING.in_language(code),
            }
            for code in languages
        ],
        "rows": _grouped(rows),
    }
    return compile_pages(
        template("text"),
        title=words_of(titles[first]) or document.slug,
        language=first,
        now=document.made_at,
        data=data,
        png=png,
    )


def comparison_pdf(document: TextDocument, *, against: TextDocument, lang: str) -> bytes:
    """The table of old and new: what stood in `against` at the left, `document` at the right."""
    made = _compared(document, against, lang, png=False)
    assert isinstance(made, bytes)
    return made


def comparison_pages(document: TextDocument, *, against: TextDocument, lang: str) -> list[bytes]:
    """The same pages as pictures (PNG)."""
    made = _compared(document, against, lang, png=True)
    return [made] if isinstance(made, bytes) else made


def _compared(
    document: TextDocument, against: TextDocument, lang: str, *, png: bool
) -> bytes | list[bytes]:
    languages = document.in_languages(lang)
    first = languages[0]
    compared = compared_rows(document, against, lang)
    data = {
        **front(document, languages, against=against),
        "legend": _legend(languages),
        "tables": [
            {
                "lang": code,
                "name": table_name(code, code if len(languages) > 1 else ""),
                "heads": list(columns_of(document, against, code)),
                "nothing": _NOTHING.in_language(code),
                "rows": [
                    {
                        "opens": place == 0,
                        "old": _side(old, code),
                        "new": _side(new, code),
                    }
                    for row in compared[code]
                    for place, (old, new) in enumerate(row.pairs)
                ],
            }
            for code in languages
        ],
    }
    return compile_pages(
        template("comparison"),
        title=document.title_in(first),
        language=first,
        now=document.made_at,
        data=data,
        png=png,
    )


def _side(cell: Cell, lang: str) -> dict[str, Any]:
    return {
        "lang": lang,
        "depth": cell.depth,
        "bracketed": cell.kind is Kind.ARTICLE and bool(cell.number),
        "number": [[span.mark.value, span.text] for span in cell.number],
        "heading": [[span.mark.value, span.text] for span in cell.heading],
        "text": [[span.mark.value, span.text] for span in cell.text],
        "note": cell.note_text,
    }


def _grouped(rows: Sequence[Row]) -> list[list[list[dict[str, Any]]]]:
    """Rows of the page: a heading without words of its own goes with what follows it."""
    grouped: list[list[list[dict[str, Any]]]] = []
    opened = False
    level = 0
    for row in rows:
        cells = [[_cell(piece)] if piece is not None else [] for piece in row.cells]
        for cell in cells[0]:
            if cell["level"] and (cell["number"] or cell["heading"]):
                # No level is skipped on the way down, whatever a redline or a language lacks.
                level = cell["outline"] = min(cell["level"], level + 1, 6)
        if opened:
            for column, more in zip(grouped[-1], cells, strict=True):
                column += more
        else:
            grouped.append(cells)
        opened = all(
            piece is not None and piece.has_heading and not piece.text for piece in row.cells
        )
    return grouped


@lru_cache
def template(name: str) -> str:
    """The page, and the template of this name."""
    folder = Path(__file__).parent / "templates"
    return "".join((folder / f"{part}.typ").read_text("utf-8") for part in ("page", name))


def front(
    document: TextDocument, languages: Sequence[str], *, against: TextDocument | None = None
) -> dict[str, Any]:
    """What the first page, the running head and the foot say."""
    first, *others = languages
    other = others[0] if others else ""
    name = document.name().in_language(first)
    if against is not None:
        name = f"{edition_name(against.edition).in_language(first)} → {name}"
    above = " · ".join(
        part
        for part in (
            document.network.in_language(first),
            document.kind_name().in_language(first),
        )
        if part
    )
    foot = " · ".join(
        part
        for part in (
            f"SHA-256 {document.sha256[:16]}…" if document.sha256 else "",
            document.notice.in_language(first),
        )
        if part
    )
    return {
        "above": above,
        "edition": name,
        "foot": foot,
        "watermark": WATERMARK if document.edition is None else "",
        "other-title": document.title_in(other) if other else "",
        "other-language": other or first,
        "facts": facts_of(document, languages, against),
    }


def _legend(languages: Sequence[str]) -> list[list[str]]:
    legend: list[list[str]] = []
    for code in languages:
        legend += [
            ["same", ("   " if legend else "") + _LEGEND.in_language(code)],
            ["inserted", _INSERTED.in_language(code)],
            ["same", ", "],
            ["deleted", _DELETED.in_language(code)],
        ]
    return legend


def _cell(piece: Piece) -> dict[str, Any]:
    named = piece.mark in _FATES and not piece.said
    label = [_FATES[piece.mark].in_language(piece.lang)] if named else []
    if piece.moved:
        label.append(_MOVED.in_language(piece.lang))
    number = words_of(piece.number) or "".join(run.text for run in piece.number)
    return {
        "lang": piece.lang,
        "level": piece.level,
        "outline": 1,
        "division": piece.kind in DIVISIONS,
        "bracketed": piece.kind is Kind.ARTICLE and bool(piece.number) and bool(piece.heading),
        "closing": piece.kind is Kind.CLOSING and not piece.number,
        "note": piece.kind is Kind.FOOTNOTE and not piece.has_heading,
        "depth": piece.depth,
        "hang": round(max(1.6, _width(number) + 0.5), 2),
        "number": marked(piece.number),
        "heading": marked(piece.heading),
        "blocks": _blocks(piece),
        "mark": piece.mark.value,
        "moved": piece.moved,
        "label": " · ".join(label),
    }


def _width(text: str) -> float:
    """About how wide a number is, in em."""
    return sum(0.58 if letter.isascii() else 1.0 for letter in text)


def marked(runs: Runs, notes: Mapping[str, Piece] | None = None) -> list[list[Any]]:
    """Runs as the template takes them, footnotes where their marks stand."""
    shown: list[list[Any]] = []
    left = dict(notes or {})
    for each in split_marks(runs, left):
        if isinstance(each, str):
            note = left.pop(each, None)
            if note is None:
                shown.append(["same", f"[^{each}]"])
            else:
                words = [[run.mark.value, run.text] for run in note.text]
                shown.append(["note", each, words or [["same", " "]]])
        else:
            shown.append([each.mark.value, each.text])
    return shown


def _blocks(piece: Piece) -> list[dict[str, Any]]:
    """Paragraphs and tables; a table in which something changed is set as its lines."""
    if len(piece.text) == 1:
        ((mark, text),) = ((run.mark, run.text) for run in piece.text)
        blocks = blocks_of(text, in_annex=piece.in_annex)
        return [_block(block, mark, piece) for block in blocks if block]
    return [_words(line, piece) for line in lines_of(piece.text)]


def _block(block: str | list[list[str]], mark: Mark, piece: Piece) -> dict[str, Any]:
    if isinstance(block, str):
        return _words((Run(mark, block),), piece)
    return {
        "table": True,
        "rows": [[marked((Run(mark, cell),), piece.notes) for cell in row] for row in block],
    }


def _words(runs: Runs, piece: Piece) -> dict[str, Any]:
    return {"table": False, "runs": marked(runs, piece.notes)}


def lines_of(runs: Runs) -> list[Runs]:
    """Runs cut at their line feeds: a paragraph each."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        for place, text in enumerate(run.text.split("\n")):
            if place:
                lines.append([])
            if text:
                lines[-1].append(Run(run.mark, text))
    return [tuple(line) for line in lines if line]
