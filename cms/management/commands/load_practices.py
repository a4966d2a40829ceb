"""`load_practices FILE.jsonl [--dry-run] [--json]`: docs/reference/commands.md."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from cms.services.practice_loading import TOPIC, load_practices
from secretariat.kernel import clock
from secretariat.kernel.errors import InvalidInput, Missing
from secretariat.kernel.models import OutboxMessage
from secretariat.kernel.policy import SYSTEM
from secretariat.kernel.replies import ReplyingCommand
from secretariat.kernel.tasks import deliver_message


class Command(ReplyingCommand):
    help = "Load practices into the library from a file with one JSON object a line."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", help="a file of JSON lines in UTF-8")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen only")

    def answer(self, *, file: str, dry_run: bool, **options: Any) -> dict[str, Any]:
        path = Path(file)
        if not path.exists():
            raise Missing(f"There is no file {file}.", code="file_missing", where=file)
        try:
            with path.open("rb") as whole:
                digest = hashlib.file_digest(whole, "sha256").hexdigest()
            with path.open("rb") as lines:
                report = load_practices(
                    lines=lines,
                    actor=SYSTEM,
                    now=clock.now(),
                    dry_run=dry_run,
                    digest=digest,
                    progress=lambda number: self.progress(f"{number} lines"),
                )
        except OSError as problem:
            raise InvalidInput(
                f"{file} cannot be read: {problem.strerror}.", code="file_unreadable", where=file
            ) from problem
        if not dry_run:
            self.deliver()
        return report.as_json()

    def deliver(self) -> None:
        """Tell the listeners now, so that the search finds the rows without a worker."""
        waiting = OutboxMessage.objects.filter(topic=TOPIC, delivered_at=None)
        for message in list(waiting.order_by("pk").values_list("pk", flat=True)):
            deliver_message.call(message)

    def describe(self, document: dict[str, Any]) -> None:
        for row in document["rejected"]:
            self.stdout.write(f"line {row['line']}: {row['message']} [{row['code']}]")
        for name, rows in document["unknown_fields"].items():
            self.stdout.write(f"unknown field {name!r} in {rows} rows: left out")
        for name, rows in document["unknown_cities"].items():
            self.stdout.write(f"unknown city {name!r} in {rows} rows: kept as a place")
        verb = "would be " if document["dry_run"] else ""
        self.stdout.write(
            f"{document['new']} {verb}new, {document['changed']} {verb}changed, "
            f"{document['same']} the same, {len(document['rejected'])} rejected"
        )
