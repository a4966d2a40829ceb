"""`import_members FILE.csv|.xlsx [--dry-run] [--json]`: docs/reference/commands.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from members.models import MemberImport
from members.models.imports import Fate, ImportState
from members.selectors.imports import refusals_of, rows_as_json
from members.services.imports import (
    TOPIC,
    apply_import,
    discard_import,
    drop_rows,
    open_import,
    read_import,
)
from secretariat.kernel import clock
from secretariat.kernel.errors import InvalidInput, Missing
from secretariat.kernel.models import OutboxMessage
from secretariat.kernel.policy import SYSTEM
from secretariat.kernel.replies import ReplyingCommand
from secretariat.kernel.tasks import deliver_message

SHOWN = 50


class Command(ReplyingCommand):
    help = "Take cities and contacts from a table: every row or none; --dry-run only shows."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", help="a CSV or XLSX file")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen only")

    def answer(self, *, file: str, dry_run: bool, **options: Any) -> dict[str, Any]:
        """The preview, and whether it was written; refused rows are `refused` too."""
        path = Path(file)
        if not path.is_file():
            raise Missing(f"There is no file {file}.", code="file_missing", where=file)
        now = clock.now()
        try:
            with path.open("rb") as table:
                brought = open_import(file=table, name=path.name, actor=SYSTEM, now=now)
        except OSError as problem:
            raise InvalidInput(
                f"{file} cannot be read: {problem.strerror}.", code="file_unreadable", where=file
            ) from problem
        self.brought = brought = read_import(
            member_import=brought,
            actor=SYSTEM,
            now=now,
            told=lambda rows: self.progress(f"{rows} rows") if rows % 5_000 == 0 else None,
        )
        if brought.state == ImportState.UNREADABLE:
            notes = brought.notes
            self.leave()
            raise InvalidInput(notes["message"], code=notes["code"], where=notes["where"] or file)
        refused = brought.refused
        written = not dry_run and not refused and brought.to_write > 0
        document = {
            "file": {"name": brought.name, "sha256": brought.sha256, "rows": brought.rows_read},
            "dry_run": dry_run,
            "written": written,
            "counts": brought.counts["rows"],
            "cities": brought.counts["cities"],
            "contacts": brought.counts["contacts"],
            "notes": brought.notes,
            "rows": None,
        }
        if refused and not dry_run:
            document["refused"] = list(refusals_of(member_import=brought))
        if written:
            self.write()
        return document

    def handle(self, *args: Any, **options: Any) -> None:
        self.brought: MemberImport | None = None
        try:
            super().handle(*args, **options)
        finally:
            self.leave()

    def write(self) -> None:
        """Write it, and tell the listeners now, so that the search finds the cities."""
        assert self.brought is not None
        apply_import(
            member_import=self.brought,
            digest=self.brought.sha256,
            actor=SYSTEM,
            now=clock.now(),
            keep_rows=True,
        )
        waiting = OutboxMessage.objects.filter(topic=TOPIC, delivered_at=None)
        for message in list(waiting.order_by("pk").values_list("pk", flat=True)):
            deliver_message.call(message)

    def leave(self) -> None:
        """Nothing staged stays behind."""
        brought, self.brought = self.brought, None
        if brought is None:
            return
        brought.refresh_from_db()
        if brought.ended_at is None:
            discard_import(member_import=brought, actor=SYSTEM, now=clock.now())
            brought.delete()
        else:
            drop_rows(member_import=brought)

    def describe(self, document: dict[str, Any]) -> None:
        for line in self.lines():
            self.stdout.write(line)
        for heading in document["notes"]["unknown"]:
            self.stdout.write(f"unknown heading {heading!r}: the column is left out")
        for sheet in document["notes"]["sheets"]:
            self.stdout.write(f"further sheet {sheet!r}: left out")
        said = ", ".join(f"{number} {fate}" for fate, number in document["counts"].items())
        done = "written" if document["written"] else "nothing was written"
        self.stdout.write(f"{said}: {done}")

    def lines(self) -> Iterator[str]:
        """What people read of the rows: the refused and the changed ones, fifty of each."""
        assert self.brought is not None
        for fate in (Fate.REFUSED, Fate.CHANGED):
            for row in rows_as_json(member_import=self.brought, fate=fate, most=SHOWN):
                where = f"line {row['line']} {row['city']}"
                for refusal in row["refused"]:
                    yield f"{where}: {refusal['column']} {refusal['message']} [{refusal['code']}]"
                for change in row["changes"] if fate == Fate.CHANGED else []:
                    yield f"{where}: {change['field']} {change['before']!r} → {change['after']!r}"

    def print_json(self, document: dict[str, Any]) -> None:
        """The document with its rows as they are read, without holding them all."""
        if "rows" not in document or self.brought is None:
            super().print_json(document)
            return
        head, foot = json.dumps(document, ensure_ascii=False, indent=2).split('"rows": null', 1)
        self.stdout.write(f'{head}"rows": [', ending="")
        separator = "\n    "
        for row in rows_as_json(member_import=self.brought):
            self.stdout.write(separator + json.dumps(row, ensure_ascii=False), ending="")
            separator = ",\n    "
        self.stdout.write(f"\n  ]{foot}")
