"""The table of old and new (신구조문대비표) laid out: one language, one group of lines an article.

Takes the rows of `resolutions.rules.comparison`; struck and inserted words are marked as in a
redline (`cms.redline_layout`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from cms.redline_layout import Marked, mark_up, paragraphs_of
from resolutions.rules.comparison import Cell, ComparisonRow, columns, comparison_rows
from resolutions.rules.redline import Redline


@dataclass(frozen=True)
class ComparisonCell:
    """One line of one column; `note` is in the language of the text: (생략), <신설>."""

    number: Marked
    heading: Marked
    paragraphs: tuple[Marked, ...]
    note: str
    depth: int

    @property
    def is_empty(self) -> bool:
        """Whether the line is there only because the other column has one."""
        return not (self.number or self.heading or self.paragraphs or self.note)


@dataclass(frozen=True)
class ComparisonGroup:
    """The lines of one article, old beside new; `url` leads to the article."""

    key: str
    lines: tuple[tuple[ComparisonCell, ComparisonCell], ...]
    url: str = ""


@dataclass(frozen=True)
class ComparisonTable:
    """A table ready to be set: `{% component table %}`."""

    template: ClassVar[str] = "cms/components/comparison.html"
    lang: str
    heads: tuple[str, str]
    groups: tuple[ComparisonGroup, ...]
    versions: tuple[str, str] = ("", "")


def lay_out_comparison(
    redline: Redline,
    *,
    versions: tuple[str, str] = ("", ""),
    address: Callable[[str], str] | None = None,
) -> ComparisonTable:
    """The table of one language; `versions` say under each head which version it is."""
    return ComparisonTable(
        lang=redline.lang,
        heads=columns(redline.lang),
        groups=tuple(_group(row, address) for row in comparison_rows(redline)),
        versions=versions,
    )


def _group(row: ComparisonRow, address: Callable[[str], str] | None) -> ComparisonGroup:
    return ComparisonGroup(
        key=row.key,
        lines=tuple((_cell(old), _cell(new)) for old, new in row.pairs),
        url=address(row.key) if address and row.key else "",
    )


def _cell(cell: Cell) -> ComparisonCell:
    return ComparisonCell(
        number=mark_up(cell.number),
        heading=mark_up(cell.heading),
        paragraphs=paragraphs_of(cell.text, whole=False),
        note=cell.note_text,
        depth=min(cell.depth, 3),
    )
