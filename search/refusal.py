"""What the reader is told when the index cannot answer, by its code."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from search.errors import SearchError
from secretariat.kernel.errors import Refused

REASONS = {
    "index_missing": _("There is no search index yet. Build it with rebuild_search."),
    "index_damaged": _("The search index is damaged. Build it anew with rebuild_search."),
    "index_outdated": _(
        "The search index is of another version. Build it anew with rebuild_search."
    ),
    "index_busy": _("The search index is being written. Try again in a moment."),
    "index_unreachable": _(
        "The search server cannot be reached. See that it runs, then try again."
    ),
    "rebuild_superseded": _("Another rebuild began meanwhile; its result stands."),
}


def refused(problem: SearchError) -> Refused:
    """The refusal for a problem of the index."""
    return refused_for(problem.code)


def refused_for(code: str) -> Refused:
    """The refusal for a code, as `Results.degraded` carries it."""
    where = "ELASTICSEARCH_URL" if settings.ELASTICSEARCH_URL else "SEARCH_INDEX"
    return Refused(REASONS.get(code, REASONS["index_damaged"]), code=code, where=where)
