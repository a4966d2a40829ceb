"""`export_members FILE.csv|.xlsx [--lang ko|en] [--json]`: docs/reference/commands.md."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from members.selectors.member_table import member_rows
from members.tables.writing import csv_lines, write_workbook
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.models import LANGUAGES
from secretariat.kernel.replies import ReplyingCommand


class Command(ReplyingCommand):
    help = "Write cities and contacts as a table that import_members reads back unchanged."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", help="where to write: a name that ends in .csv or .xlsx")
        parser.add_argument(
            "--lang",
            choices=[code for code, _name in LANGUAGES],
            default="ko",
            help="the language of headings and words",
        )

    def answer(self, *, file: str, lang: str, **options: Any) -> dict[str, Any]:
        """`{"file", "rows", "sha256"}`."""
        path = Path(file)
        kind = path.suffix.lower()
        if kind not in (".csv", ".xlsx"):
            raise InvalidInput(
                "The name of the file has to end in .csv or .xlsx.", code="file_kind", where=file
            )
        self.rows = 0
        try:
            with path.open("wb") as written:
                if kind == ".csv":
                    for line in csv_lines(self.counted(), language=lang):
                        written.write(line.encode())
                else:
                    write_workbook(self.counted(), written, language=lang)
            with path.open("rb") as whole:
                digest = hashlib.file_digest(whole, "sha256").hexdigest()
        except OSError as problem:
            raise InvalidInput(
                f"{file} cannot be written: {problem.strerror}.",
                code="file_not_written",
                where=file,
            ) from problem
        return {"file": file, "rows": self.rows, "sha256": digest}

    def counted(self) -> Any:
        for row in member_rows():
            self.rows += 1
            yield row

    def describe(self, document: dict[str, Any]) -> None:
        self.stdout.write(f"{document['rows']} rows in {document['file']}")
