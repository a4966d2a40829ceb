"""What of the search falls due by time: what changed by the date alone is found again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from search.indexing import rebuild_index
from secretariat.kernel.due import falls_due


@falls_due("search_index", label=_("Build the search index anew"), every=timedelta(days=1))
def rebuild(now: datetime) -> dict[str, int]:
    """News whose moment came, editions that came into force, whatever the index missed."""
    return {"documents": sum(rebuild_index().values())}
