"""Naming a decision: an entry of the audit chain that is really there."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from secretariat.kernel.errors import InvalidInput, Missing
from secretariat.kernel.models import AuditEntry

NAMED = re.compile(r"(?P<chain>[a-z]+:[^\s#]+)(?:#(?P<sequence>[1-9][0-9]{0,8}))?")


def named_decision(decision: str, *, where: str = "decision") -> str:
    """The decision as rows name it ("vote:2018-founding-1#4"), "" for none.

    Raises InvalidInput where it is no name of an entry, Missing where there is no such entry.
    Without a place in the chain, the chain alone is named ("vote:2018-founding-1").
    """
    decision = decision.strip()
    if not decision:
        return ""
    match = NAMED.fullmatch(decision)
    if match is None:
        raise InvalidInput(
            _("A decision is named by its audit chain, for instance vote:2018-founding-1."),
            where=where,
        )
    entries = AuditEntry.objects.filter(chain=match["chain"])
    if match["sequence"]:
        entries = entries.filter(sequence=int(match["sequence"]))
    if not entries.exists():
        raise Missing(
            _("The audit chain holds no such decision. Choose one that was recorded."), where=where
        )
    return decision
