"""Drop what expired mandates and office roles left behind; `do_what_is_due` does it daily."""

from __future__ import annotations

from typing import Any

from members.services.mandates import sweep_grants
from members.services.office import align_all_groups
from secretariat.kernel import clock
from secretariat.kernel.replies import ReplyingCommand


class Command(ReplyingCommand):
    help = "Make permissions on cities and groups of the office exactly those in force now."

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"grants": changed rows, "people": people whose groups changed}`."""
        now = clock.now()
        return {"grants": sweep_grants(now=now), "people": align_all_groups(now=now)}

    def describe(self, document: dict[str, Any]) -> None:
        self.stdout.write(f"{document['grants']} grants and {document['people']} people changed")
