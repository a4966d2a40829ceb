"""Tables to download: CSV for every spreadsheet, XLSX for those that want it.

A text that a spreadsheet would take for a formula is kept a text.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from members.rules.member_table import guarded

CSV, XLSX = "csv", "xlsx"
FORMATS: Final = (CSV, XLSX)
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARK: Final = "\ufeff"
"""Tells a spreadsheet that the file is UTF-8."""

Rows = Iterable[Sequence[Any]]


def table_response(
    headings: Sequence[str], rows: Rows, *, name: str, format: str
) -> HttpResponseBase:
    """The table as a file `name`.csv or .xlsx; cells are texts, whole numbers, decimals, dates."""
    if format == XLSX:
        return _workbook(headings, rows, name)
    answer = StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


class _Line:
    """Takes what a csv writer writes, and hands it on."""

    def write(self, text: str) -> str:
        return text


def _lines(headings: Sequence[str], rows: Rows) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield MARK + str(writer.writerow(headings))
    for row in rows:
        yield str(writer.writerow([_plain(cell) for cell in row]))


def _plain(cell: Any) -> Any:
    return guarded(cell) if isinstance(cell, str) else cell


def _workbook(headings: Sequence[str], rows: Rows, name: str) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for row in (headings, *rows):
        cells = []
        for value in row:
            text = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else None
            cell = WriteOnlyCell(sheet, value=value if text is None else text)
            if text is not None:
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    book.save(file)
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
