"""How every command of the platform answers: one contract, for people and for programs.

Exit codes: 0 done, 1 refused, 2 wrong usage. With `--json` standard output carries one
JSON document and nothing else; a refusal is `{"refused": [{"code", "message", "where"}]}`.
Progress and explanations go to standard error.
"""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from secretariat.kernel.errors import DomainError
from secretariat.kernel.models import Network

DEMONSTRATION_NOTICE = {
    "ko": "시연용 자료이며 실제 결정이 아닙니다.",
    "en": "Demonstration data, not a real decision.",
}


def demonstration_notice() -> dict[str, Any]:
    """`{"demonstration": {ko, en}}` for a demonstration's documents, `{}` for a real network's."""
    demonstration = Network.objects.filter(pk=1, demonstration=True).exists()
    return {"demonstration": DEMONSTRATION_NOTICE} if demonstration else {}


def _schema_is_current() -> bool:
    """Whether every migration has run in the database."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


class ReplyingCommand(ABC, BaseCommand):
    """A command whose `answer(**options)` returns a JSON-able document.

    `describe(document)` writes the same for people; a `DomainError` becomes a refusal.
    """

    requires_system_checks: list[str] = []
    tells_of_the_network = True
    """False for a command about the installation's files, which asks no database."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON document and nothing else"
        )

    @abstractmethod
    def answer(self, **options: Any) -> dict[str, Any]:
        """Do what the command is for and return the document."""

    @abstractmethod
    def describe(self, document: dict[str, Any]) -> None:
        """Write the document for people."""

    def progress(self, line: str) -> None:
        """Something to read while waiting: standard error."""
        self.stderr.write(line, style_func=lambda text: text)

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options.pop("json")
        try:
            document = self.answer(**options)
        except DomainError as refusal:
            self.refuse([dict(refusal.as_json())], as_json=as_json)
        except (OperationalError, ProgrammingError) as problem:
            if _schema_is_current():
                raise
            message = _("The database is not prepared: run manage.py migrate. (%(problem)s)")
            self.refuse(
                [
                    {
                        "code": "database_not_prepared",
                        "message": message % {"problem": problem},
                        "where": str(connection.settings_dict["NAME"]),
                    }
                ],
                as_json=as_json,
            )
        else:
            if as_json:
                notice = demonstration_notice() if self.tells_of_the_network else {}
                self.print_json({**document, **notice})
            else:
                self.describe(document)
            if document.get("refused"):
                sys.exit(1)

    def refuse(self, refusals: list[dict[str, str]], *, as_json: bool) -> None:
        """Say why nothing was done, and end with exit code 1."""
        if as_json:
            self.print_json({"refused": refusals})
            sys.exit(1)
        lines = [
            f"{item['where']}: {item['message']}" if item["where"] else item["message"]
            for item in refusals
        ]
        raise CommandError("\n".join(lines), returncode=1)

    def print_json(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
