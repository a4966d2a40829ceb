"""`check_grants [--json]`: docs/reference/commands.md."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from members.services.grants import check_grants
from secretariat.kernel import clock
from secretariat.kernel.replies import ReplyingCommand


class Command(ReplyingCommand):
    help = "Derive permissions on cities anew from mandates and compare; exit 1 if they differ."

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"agrees", "stored", "left_behind", "differences"}`; differing: `refused` too."""
        found = check_grants(now=clock.now())
        differences = [difference.as_json() for difference in found.differences]
        document: dict[str, Any] = {
            "agrees": not differences,
            "stored": found.stored,
            "left_behind": found.left_behind,
            "differences": differences,
        }
        if differences:
            document["refused"] = differences
        return document

    def describe(self, document: dict[str, Any]) -> None:
        for difference in document["differences"]:
            self.stdout.write(f"{difference['message']} ({difference['code']})")
        agrees = document["agrees"]
        verdict = _("as mandates give them") if agrees else _("NOT AS MANDATES GIVE THEM")
        looked_at = _(
            "%(stored)d permissions, %(left_behind)d of them left behind by ended mandates, "
            "%(differences)d differences"
        ) % {
            "stored": document["stored"],
            "left_behind": document["left_behind"],
            "differences": len(document["differences"]),
        }
        self.stdout.write(f"{verdict}: {looked_at}")
