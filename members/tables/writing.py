"""Writing a table row by row, in the form in which it can be read again unchanged."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from members.rules.member_table import COLUMNS, Column, Value, guarded

MARK: Final = "\ufeff"
"""Tells a spreadsheet that the file is UTF-8; without it Korean is not shown."""

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMBERS: Final = frozenset({"latitude", "longitude", "population"})
WIDTHS: Final = {"name_ko": 24, "name_en": 24, "website": 32, "contact_email": 36}

GUIDE: Final = {"ko": "열마다 쓸 내용", "en": "What the columns take"}
"""What the second sheet of a workbook is called, which says what each column takes."""

Written = Iterable[Sequence[Value]]
"""Rows with a value for each of `COLUMNS`, codes as codes."""


class _Line:
    """Takes what a csv writer writes, and hands it on."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Written, *, language: str) -> Iterator[str]:
    """The lines of a CSV file, headings first."""
    writer = csv.writer(_Line())
    yield MARK + str(writer.writerow([column.heading(language) for column in COLUMNS]))
    for row in rows:
        cells = (_text(column, value, language) for column, value in zip(COLUMNS, row, strict=True))
        yield str(writer.writerow(list(cells)))


def write_workbook(rows: Written, file: IO[bytes], *, language: str) -> None:
    """An XLSX file: the table, and a sheet that says what each column takes."""
    book = Workbook(write_only=True)
    with override(language):
        sheet, guide = book.create_sheet(_("Cities")), None
        sheet.freeze_panes = "B2"
        for place, column in enumerate(COLUMNS):
            letter = chr(ord("A") + place)
            sheet.column_dimensions[letter].width = WIDTHS.get(column.name, 18)
        sheet.append([_bold(sheet, column.heading(language)) for column in COLUMNS])
        for row in rows:
            sheet.append(
                [_cell(column, value, language) for column, value in zip(COLUMNS, row, strict=True)]
            )
        guide = book.create_sheet(GUIDE.get(language, GUIDE["en"]))
        guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 28, 100
        for column in COLUMNS:
            guide.append(
                [_bold(guide, column.heading(language)), column.takes.in_language(language)]
            )
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as whole:
        book.save(whole)
        whole.seek(0)
        while chunk := whole.read(1 << 16):
            file.write(chunk)


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _text(column: Column, value: Value, language: str) -> str:
    shown = column.shown(value, language)
    if shown is None:
        return ""
    return str(shown) if column.name in NUMBERS else guarded(str(shown))


def _cell(column: Column, value: Value, language: str) -> Any:
    shown = column.shown(value, language)
    if shown is None or shown == "":
        return None
    if column.name in NUMBERS:
        return shown if isinstance(shown, int) else Decimal(shown)
    if column.name == "member_since" and isinstance(shown, str):
        return date.fromisoformat(shown)
    return guarded(ILLEGAL_CHARACTERS_RE.sub("", str(shown)))
