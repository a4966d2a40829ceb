"""`check_grants [--json]`: docs/reference/commands.md."""

from __future__ import annotations

from typing import Any

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
        verdict = "as mandates give them" if document["agrees"] else "NOT AS MANDATES GIVE THEM"
        self.stdout.write(
            f"{verdict}: {document['stored']} permissions, {document['left_behind']} of them left "
            f"behind by ended mandates, {len(document['differences'])} differences"
        )
