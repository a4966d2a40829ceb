"""`make_network --cities N --seed S [--json]`: docs/reference/commands.md."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from secretariat.kernel import clock
from secretariat.kernel.replies import ReplyingCommand
from secretariat.workspace.made_network import make_network


class Command(ReplyingCommand):
    help = "Fill an empty database with a made-up network of any size, the same for one seed."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--cities", type=int, required=True, help="how many cities")
        parser.add_argument("--seed", type=int, default=1, help="a number: the same, the same rows")

    def answer(self, *, cities: int, seed: int, **options: Any) -> dict[str, Any]:
        """`{"seed", "cities", "people", "mandates", "practices", …}`."""
        if not connection.introspection.table_names():
            self.progress(_("Preparing the empty database …"))
            call_command("migrate", verbosity=0, interactive=False)
        made = make_network(cities=cities, seed=seed, now=clock.now(), told=self.progress)
        return {"seed": seed, **made.as_json()}

    def describe(self, document: dict[str, Any]) -> None:
        self.stdout.write(
            ", ".join(f"{count} {name}" for name, count in document.items() if name != "seed")
        )
