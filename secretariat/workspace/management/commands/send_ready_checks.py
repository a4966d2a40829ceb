"""Ask voters before an assembly whether they are ready; `do_what_is_due` does it hourly."""

from __future__ import annotations

from typing import Any

from secretariat.kernel import clock
from secretariat.kernel.replies import ReplyingCommand
from secretariat.workspace.readiness import send_ready_checks


class Command(ReplyingCommand):
    help = "Send the ready-to-vote check to every voter of the assemblies of the next 14 days."

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"sent": [{"assembly", "city", "person"}]}`; a person is a UUID."""
        sent = send_ready_checks(now=clock.now())
        return {
            "sent": [
                {
                    "assembly": notice.assembly,
                    "city": notice.city.slug,
                    "person": str(notice.person.uuid),
                }
                for notice in sent
            ]
        }

    def describe(self, document: dict[str, Any]) -> None:
        self.stdout.write(f"{len(document['sent'])} voters asked")
