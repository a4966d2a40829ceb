"""The table of old and new (신구조문대비표) as PDF and DOCX both show it."""

from __future__ import annotations

from resolutions.exports.document import NAMES, TextDocument
from resolutions.rules.comparison import ComparisonRow, columns, comparison_rows
from resolutions.rules.redline import redline
from resolutions.rules.structure import TextTree
from secretariat.kernel.bilingual import Bilingual

_NAME = Bilingual(ko="신구조문대비표", en="Comparison of old and new text")


def compared_rows(
    document: TextDocument, against: TextDocument, lang: str
) -> dict[str, tuple[ComparisonRow, ...]]:
    """The rows of the table in each language that `lang` means. Raises LanguageMissing."""
    return {
        code: comparison_rows(
            redline(against.trees.get(code) or TextTree("", code), document.trees[code])
        )
        for code in document.in_languages(lang)
    }


def columns_of(document: TextDocument, against: TextDocument, lang: str) -> tuple[str, str]:
    """The heads of the columns: 현행 (제1판), 개정안 (초안)."""
    names = (against.name().in_language(lang), document.name().in_language(lang))
    old, new = (f"{head} ({name})" for head, name in zip(columns(lang), names, strict=True))
    return old, new


def table_name(lang: str, shown: str = "") -> str:
    """What the table is called; with the language where there are several."""
    name = _NAME.in_language(lang)
    return f"{name} · {NAMES.get(shown, shown)}" if shown else name
