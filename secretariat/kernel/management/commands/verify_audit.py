"""Prove the audit chains, the ledger of their heads, and the records that they seal."""

from __future__ import annotations

from typing import Any

from secretariat.kernel import audit
from secretariat.kernel.replies import ReplyingCommand


class Command(ReplyingCommand):
    help = "Prove the audit chains, their ledger and the records they seal; exit 1 if not."

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"intact", "entries", "chains", "editions", "findings"}`; not intact: `refused` too."""
        findings = [finding.as_json() for finding in audit.verify()]
        document: dict[str, Any] = {"intact": not findings, **audit.extent(), "findings": findings}
        if findings:
            document["refused"] = findings
        return document

    def describe(self, document: dict[str, Any]) -> None:
        for finding in document["findings"]:
            self.stdout.write(f"{finding['where']}: {finding['message']} ({finding['code']})")
        looked_at = ", ".join(
            f"{count} {name}" for name, count in document.items() if type(count) is int
        )
        verdict = "intact" if document["intact"] else "NOT INTACT"
        self.stdout.write(f"{verdict}: {looked_at}, {len(document['findings'])} findings")
