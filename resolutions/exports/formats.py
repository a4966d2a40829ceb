"""Every format by its name: how it is made, what it is called, and which can show changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from resolutions.exports.akn import text_akn
from resolutions.exports.document import BOTH, ExportRefused, TextDocument
from resolutions.exports.docx import comparison_docx, text_docx
from resolutions.exports.json_text import text_json
from resolutions.exports.pdf import comparison_pdf, text_pdf
from resolutions.exports.plain import text_plain
from resolutions.exports.typesetting import MADE_WITH
from secretariat.kernel.bilingual import Bilingual

FORM = "network-text 1"


@dataclass(frozen=True, slots=True)
class Format:
    """One format of a text. `ending` is that of its files, `name` what people call it."""

    ending: str
    name: Bilingual
    media_type: str
    made_with: str


FORMATS = {
    "pdf": Format("pdf", Bilingual(ko="PDF", en="PDF"), "application/pdf", MADE_WITH),
    "docx": Format(
        "docx",
        Bilingual(ko="Word (DOCX)", en="Word (DOCX)"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        f"python-docx {version('python-docx')}, {FORM}",
    ),
    "akn": Format(
        "akn",
        Bilingual(ko="Akoma Ntoso (XML)", en="Akoma Ntoso (XML)"),
        "application/akn+xml",
        f"Akoma Ntoso 3.0, {FORM}",
    ),
    "txt": Format(
        "txt", Bilingual(ko="텍스트", en="Plain text"), "text/plain; charset=utf-8", FORM
    ),
    "json": Format("json", Bilingual(ko="JSON", en="JSON"), "application/json", FORM),
}
COMPARISONS = ("pdf", "docx")
"""Formats of the table of old and new."""


class NoChangesIn(ExportRefused):
    """A format that cannot show what changed."""

    code = "no_changes_in_format"

    def __init__(self, format: str) -> None:
        super().__init__(
            Bilingual(
                ko=f"{format} 형식에는 변경 대조가 없습니다. "
                "pdf, docx, txt, json 가운데 고르십시오.",
                en=f"The format {format} shows no changes. Choose pdf, docx, txt or json.",
            )
        )


def make(
    document: TextDocument, format: str, *, lang: str = BOTH, against: TextDocument | None = None
) -> bytes:
    """The text in a format. Raises ExportRefused."""
    if format == "akn":
        if against is not None:
            raise NoChangesIn(format)
        return text_akn(document, lang=lang)
    makers: dict[str, Callable[..., bytes]] = {
        "pdf": text_pdf,
        "docx": text_docx,
        "txt": text_plain,
        "json": text_json,
    }
    return makers[format](document, lang=lang, against=against)


def make_comparison(
    document: TextDocument, format: str, *, lang: str, against: TextDocument
) -> bytes:
    """The table of old and new. Raises ExportRefused."""
    makers: dict[str, Callable[..., bytes]] = {"pdf": comparison_pdf, "docx": comparison_docx}
    return makers[format](document, against=against, lang=lang)
