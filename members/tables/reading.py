"""Reading a table row by row, without ever holding the whole of it.

CSV: UTF-8 with or without a mark, UTF-16 with one, or CP949 as Korean spreadsheets write it;
parted by comma, semicolon or tab. XLSX: the first sheet. Headings stand in one of the first
ten rows; what stands above them is left out, and so are columns whose heading says nothing to us.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from members.rules.member_table import BY_NAME, cell_text, headings_of
from members.tables.writing import GUIDE
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.office_files import BROKEN

LARGEST: Final = 64 * 1024 * 1024
LARGEST_UNPACKED: Final = 512 * 1024 * 1024
LARGEST_KEPT: Final = 32 * 1024 * 1024
"""Of what a workbook's reader keeps whole: words that sheets share, styles, themes."""
SHEETS: Final = "worksheets/"
MOST_ROWS: Final = 250_000
HEADINGS_WITHIN: Final = 10
CHUNK: Final = 1 << 16
ENCODINGS: Final = ("utf-8-sig", "cp949")

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """A file with its headings found: `columns` by place, and the rows below, with their lines.

    `unknown` are headings that were left out, `encoding` is "" for XLSX, `sheets` are further
    sheets that were left out; the one that explains the columns is not named.
    """

    columns: dict[int, str]
    rows: Iterator[tuple[int, Cells]]
    unknown: tuple[str, ...] = ()
    encoding: str = ""
    sheets: tuple[str, ...] = ()

    def cells(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Line and cells by the name of their column; lines with nothing in them are left out."""
        for number, (line, cells) in enumerate(self.rows):
            if number >= MOST_ROWS:
                raise InvalidInput(
                    _("The table has more than 250,000 rows. Part it."),
                    code="too_many_rows",
                    where=f"line {line}",
                )
            by_name = {
                name: cells[place] for place, name in self.columns.items() if place < len(cells)
            }
            if any(cell_text(cell) for cell in by_name.values()):
                yield line, by_name


@contextmanager
def read_table(file: BinaryIO) -> Iterator[Table]:
    """Open a table; raises InvalidInput, also while its rows are read.

    Codes: empty, too_large, not_a_table, not_text, no_headings, double_heading, too_many_rows.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size == 0:
        raise InvalidInput(_("The file is empty. Choose it again."), code="empty")
    if size > LARGEST:
        raise InvalidInput(_("The file is larger than 64 MB. Part it."), code="too_large")
    with _workbook(file) if _is_packed(file) else _text(file) as table:
        yield table


def unpacked_size(file: BinaryIO) -> int:
    """How many bytes a workbook unpacks to; 0 for text, and for what reading will refuse."""
    if not _is_packed(file):
        return 0
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(part.file_size for part in archive.infolist())
    except BROKEN:
        return 0
    finally:
        file.seek(0)


def _is_packed(file: BinaryIO) -> bool:
    file.seek(0)
    packed = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    return packed


# ── text ────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _text(file: BinaryIO) -> Iterator[Table]:
    encoding = _encoding(file)
    file.seek(0)
    lines = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        head = list(itertools.islice(lines, HEADINGS_WITHIN + 40))
        delimiter = max(",;\t", key=lambda sign: _recognised(head, sign))
        rows = csv.reader(itertools.chain(head, lines), delimiter=delimiter, strict=False)
        yield _headed(_numbered(rows), encoding="" if encoding == "utf-8-sig" else encoding)
    finally:
        lines.detach()


def _encoding(file: BinaryIO) -> str:
    start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ENCODINGS:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(CHUNK):
                if b"\x00" in chunk:
                    break
                decoder.decode(chunk)
            else:
                decoder.decode(b"", final=True)
                return encoding
        except UnicodeDecodeError:
            continue
    raise InvalidInput(
        _("This is neither a CSV nor an XLSX file. Save the table in one of these forms."),
        code="not_text",
    )


def _recognised(head: list[str], delimiter: str) -> int:
    """How many headings are found where the cells are parted by `delimiter`."""
    try:
        rows = list(itertools.islice(csv.reader(head, delimiter=delimiter), HEADINGS_WITHIN))
    except csv.Error:
        return 0
    return max((len(headings_of(row)) for row in rows), default=0)


def _numbered(rows: Any) -> Iterator[tuple[int, Cells]]:
    """Rows with the line on which each begins."""
    line = 1
    try:
        for row in rows:
            yield line, row
            line = rows.line_num + 1
    except (csv.Error, UnicodeError) as problem:
        raise InvalidInput(
            _("The table cannot be read from here on."), code="not_a_table", where=f"line {line}"
        ) from problem


# ── workbooks ───────────────────────────────────────────────────────────────────────────────


@contextmanager
def _workbook(file: BinaryIO) -> Iterator[Table]:
    refused = InvalidInput(
        _("This XLSX file cannot be read. Save it again, or as CSV."), code="not_a_table"
    )
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            whole = sum(part.file_size for part in parts)
            kept = sum(part.file_size for part in parts if SHEETS not in part.filename)
            if whole > LARGEST_UNPACKED or kept > LARGEST_KEPT:
                raise InvalidInput(_("The file is larger than 64 MB. Part it."), code="too_large")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that are not read
            book = load_workbook(file, read_only=True, data_only=True)
    except BROKEN as problem:
        raise refused from problem
    try:
        sheets = book.worksheets
        if not sheets:
            raise refused
        rows = _broken_off(enumerate(sheets[0].iter_rows(values_only=True), start=1), refused)
        further = (sheet.title for sheet in sheets[1:])
        yield _headed(rows, sheets=tuple(name for name in further if name not in GUIDE.values()))
    finally:
        book.close()


def _broken_off(
    rows: Iterable[tuple[int, Cells]], refused: InvalidInput
) -> Iterator[tuple[int, Cells]]:
    try:
        yield from rows
    except BROKEN as problem:
        raise refused from problem


# ── headings ────────────────────────────────────────────────────────────────────────────────


def _headed(
    rows: Iterator[tuple[int, Cells]], *, encoding: str = "", sheets: tuple[str, ...] = ()
) -> Table:
    """The table from its headings on: the first of the upper rows in which two are known."""
    for line, cells in itertools.islice(rows, HEADINGS_WITHIN):
        columns = headings_of(cells)
        if len(columns) < 2:
            continue
        names = list(columns.values())
        for name in names:
            if names.count(name) > 1:
                raise InvalidInput(
                    _("Two columns say the same: %(heading)s. Take one of them out.")
                    % {"heading": f"{BY_NAME[name].ko} / {BY_NAME[name].en}"},
                    code="double_heading",
                    where=f"line {line}",
                )
        unknown = tuple(
            text
            for place, cell in enumerate(cells)
            if place not in columns and (text := cell_text(cell))
        )
        return Table(columns, rows, unknown=unknown, encoding=encoding, sheets=sheets)
    raise InvalidInput(
        _("No headings are found that say what the columns are. Begin with the template."),
        code="no_headings",
    )
