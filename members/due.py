"""What of the membership falls due by time: rights of ended mandates, previews left lying."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from members.services.imports import clear_away_previews
from members.services.mandates import sweep_grants
from members.services.office import align_all_groups
from secretariat.kernel.due import falls_due

DAILY = timedelta(days=1)


@falls_due("grants", label=_("Take away what ended mandates and roles left behind"), every=DAILY)
def sweep(now: datetime) -> dict[str, int]:
    """What the command `sweep_grants` does."""
    return {"grants": sweep_grants(now=now), "people": align_all_groups(now=now)}


@falls_due("previews", label=_("Throw away previews that nobody confirmed"), every=DAILY)
def clear_away(now: datetime) -> dict[str, int]:
    """They hold people's addresses."""
    return {"previews": clear_away_previews(now=now)}
