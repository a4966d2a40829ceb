"""Prove the audit chains, the ledger of their heads, and the records that they seal."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

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
        verdict = _("intact") if document["intact"] else _("NOT INTACT")
        looked_at = audit.extent_in_words(document)
        found = _("%(count)d findings") % {"count": len(document["findings"])}
        self.stdout.write(f"{verdict}: {looked_at}, {found}")
