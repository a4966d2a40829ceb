"""Compile the project's catalogues; the compiled ones are not kept in the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import CommandParser

from secretariat.kernel.replies import ReplyingCommand

APPS = ("cms", "members", "resolutions", "search", "secretariat")
CATALOGUES = "locale/*/LC_MESSAGES/*.po"


class Command(ReplyingCommand):
    tells_of_the_network = False
    help = "Compile every catalogue of the project (.po to .mo) that is newer than its compilation."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--force", action="store_true", help="compile all, newer or not")

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"catalogues": n, "compiled": [path from the top of the project, …]}`."""
        top = Path(settings.BASE_DIR)
        catalogues = sorted(path for app in APPS for path in (top / app).rglob(CATALOGUES))
        compiled = []
        for path in catalogues:
            target = path.with_suffix(".mo")
            if options["force"] or not _is_newer(target, path):
                _compile(path, target)
                compiled.append(str(path.relative_to(top)))
        return {"catalogues": len(catalogues), "compiled": compiled}

    def describe(self, document: dict[str, Any]) -> None:
        for path in document["compiled"]:
            self.stdout.write(f"compiled {path}")


def _is_newer(target: Path, source: Path) -> bool:
    return target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns


def _compile(source: Path, target: Path) -> None:
    """Written beside and moved into place, so that a running server never reads half of one."""
    partial = target.with_suffix(".mo.part")
    polib.pofile(str(source)).save_as_mofile(str(partial))
    partial.replace(target)
