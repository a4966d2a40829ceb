"""The audit entries as the checks read them, and how a row is compared with one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secretariat.kernel.audit import Finding
from secretariat.kernel.models import AuditEntry

Row = Mapping[str, Any]
NO = object()
"""What a column that does not exist holds: equal to nothing."""

THINGS: Final = {
    "amendment": gettext_lazy("amendment"),
    "assembly": gettext_lazy("assembly"),
    "attendance": gettext_lazy("attendance"),
    "ballot": gettext_lazy("ballot"),
    "certificate": gettext_lazy("certificate"),
    "drafting_city": gettext_lazy("right to draft"),
    "edition": gettext_lazy("edition"),
    "edition_amendment": gettext_lazy("amendment of an edition"),
    "edition_file": gettext_lazy("file of an edition"),
    "election": gettext_lazy("election"),
    "nomination": gettext_lazy("nomination"),
    "publication": gettext_lazy("publication"),
    "reservation": gettext_lazy("reservation"),
    "result": gettext_lazy("result"),
    "seat": gettext_lazy("seat"),
    "seconding": gettext_lazy("seconding"),
    "signature": gettext_lazy("signature"),
    "signature_of_a_text": gettext_lazy("signature of a text"),
    "signing": gettext_lazy("signing"),
    "term": gettext_lazy("term"),
    "text": gettext_lazy("text"),
    "vote": gettext_lazy("vote"),
    "voting_order": gettext_lazy("order of voting"),
}
"""What is compared, as people call it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One audit entry, its payload read; {} where that is not JSON any more."""

    action: str
    at: datetime
    person: UUID | None
    role: str
    payload: dict[str, Any]


class Book:
    """The entries of some chains, in their order."""

    def __init__(self, entries: Mapping[str, list[Recorded]]) -> None:
        self._entries = entries

    @classmethod
    def read(cls, *prefixes: str) -> Book:
        """The chains whose names begin with one of `prefixes`. One query."""
        wanted = Q()
        for prefix in prefixes:
            wanted |= Q(chain__startswith=prefix)
        entries: dict[str, list[Recorded]] = {}
        for entry in AuditEntry.objects.filter(wanted).order_by("chain", "sequence").iterator():
            entries.setdefault(entry.chain, []).append(
                Recorded(
                    action=entry.action,
                    at=entry.occurred_at,
                    person=entry.person,
                    role=entry.role,
                    payload=_payload(entry),
                )
            )
        return cls(entries)

    def names(self, prefix: str) -> list[str]:
        """What the chains with this prefix are about: "vote:" → slugs of votes."""
        return [chain.removeprefix(prefix) for chain in self._entries if chain.startswith(prefix)]

    def all(self, chain: str, *actions: str) -> list[Recorded]:
        """The entries of a chain, in order; only those of `actions`, if any are given."""
        entries = self._entries.get(chain, [])
        return [entry for entry in entries if not actions or entry.action in actions]

    def last(self, chain: str, *actions: str) -> Recorded | None:
        """The last of them, or None."""
        found = self.all(chain, *actions)
        return found[-1] if found else None


def _payload(entry: AuditEntry) -> dict[str, Any]:
    try:
        payload = json.loads(entry.payload)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


def compare(
    kind: str, *, rows: Mapping[str, Row], recorded: Mapping[str, Row]
) -> Iterator[Finding]:
    """Rows as they are against rows as they were recorded, each by its place.

    Findings: `<kind>_missing`, `<kind>_not_recorded`, `<kind>_changed` with the columns.
    """
    for where in sorted(rows.keys() | recorded.keys()):
        named = {"thing": THINGS.get(kind, kind), "place": where}
        if where not in rows:
            message = _("The recorded %(thing)s %(place)s is gone.") % named
            yield Finding(f"{kind}_missing", where, message)
        elif where not in recorded:
            message = _("No audit entry records %(thing)s %(place)s.") % named
            yield Finding(f"{kind}_not_recorded", where, message)
        else:
            row, entry = rows[where], recorded[where]
            if changed := sorted(name for name in entry if row.get(name, NO) != entry[name]):
                message = _("%(thing)s %(place)s is not as recorded: %(columns)s") % {
                    **named,
                    "columns": ", ".join(changed),
                }
                yield Finding(f"{kind}_changed", where, message)
