"""Plain text: what `import_text` reads, with the numbers rendered. UTF-8, LF, no mark.

Each paragraph of the text is a line. A footnote follows the provision it explains as
`[^1]: words`. With `against`, what was inserted stands in {+ +}, what was deleted in [- -].
Korean and English follow one another, divided by a ruled line. A draft says so in the first line.
"""

from __future__ import annotations

from collections.abc import Iterator

from resolutions.exports.document import TextDocument, edition_name
from resolutions.exports.layout import Piece, Run, Runs, lay_out
from resolutions.rules.redline import Mark
from resolutions.rules.structure import Kind
from secretariat.kernel.bilingual import Bilingual

RULE = "-" * 40
_SIGNS = {Mark.INSERTED: ("{+", "+}"), Mark.DELETED: ("[-", "-]")}
_DRAFT = Bilingual(
    ko="[초안 – 채택되지 아니한 글]",
    en="[Draft – not adopted]",
)


def text_plain(document: TextDocument, *, lang: str, against: TextDocument | None = None) -> bytes:
    """The text in `lang` ("ko", "en", "both"), UTF-8. Raises LanguageMissing."""
    parts = []
    for code in document.in_languages(lang):
        lines = list(_head(document, code, against))
        titles, rows = lay_out(document, code, against=against)
        lines.append(_shown(titles[code]))
        opened = True
        for row in rows:
            (piece,) = row.cells
            assert piece is not None
            if piece.has_heading or opened or _is_nameless(piece):
                lines.append("")
            lines += _piece(piece)
            opened = _is_nameless(piece) or piece.kind is Kind.CLOSING
        parts.append("\n".join(lines).rstrip("\n") + "\n")
    return f"\n{RULE}\n\n".join(parts).encode("utf-8")


def _head(document: TextDocument, lang: str, against: TextDocument | None) -> Iterator[str]:
    if document.edition is None:
        yield _DRAFT.in_language(lang)
    if against is not None:
        pair = (edition_name(against.edition), document.name())
        old, new = (name.in_language(lang) for name in pair)
        yield (
            f"[{old}과(와) 대조한 {new}: {{+넣은 말+}}, [-지운 말-]]"
            if lang == "ko"
            else f"[{new} compared with {old}: {{+inserted+}}, [-deleted-]]"
        )
    if document.edition is None or against is not None:
        yield ""


def _is_nameless(piece: Piece) -> bool:
    """Whether empty lines are all that divides it from what stands around it."""
    return not piece.has_heading and not piece.number


def _piece(piece: Piece) -> Iterator[str]:
    if piece.kind is Kind.FOOTNOTE and not piece.has_heading:
        yield _note(piece)
        return
    number, heading, text = _shown(piece.number), _shown(piece.heading), _shown(piece.text)
    if piece.kind is Kind.ARTICLE and number and heading:
        space = "" if piece.lang == "ko" else " "
        number, heading = f"{number}{space}({heading})", ""
    if heading or (piece.has_heading and piece.kind is not Kind.ARTICLE):
        yield " ".join(part for part in (number, heading) if part)
        number = ""
    if number or text:
        yield " ".join(part for part in (number, text) if part)
    for note in piece.notes.values():
        yield _note(note)


def _note(piece: Piece) -> str:
    sign = _shown(piece.number) or "*"
    return f"[^{sign}]: {_shown(piece.text)}"


def _shown(runs: Runs) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    before, after = _SIGNS.get(run.mark, ("", ""))
    return f"{before}{run.text}{after}"
