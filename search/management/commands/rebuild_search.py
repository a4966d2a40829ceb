"""`rebuild_search`: build the search index anew, while the old one answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from search.errors import SearchError
from search.indexing import rebuild_index
from search.refusal import refused
from secretariat.kernel.replies import ReplyingCommand


class Command(ReplyingCommand):
    """Exit codes: 0 done, 1 refused, 2 wrong usage."""

    help = (
        "Build the search index anew from everything that is public; the old one answers meanwhile."
    )

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"documents": 812, "kinds": {"practice": 60, …}}`."""
        try:
            counted = rebuild_index()
        except SearchError as problem:
            raise refused(problem) from problem
        return {"documents": sum(counted.values()), "kinds": counted}

    def describe(self, document: dict[str, Any]) -> None:
        """The same for people."""
        self.stdout.write(
            _("%(count)d documents are searched now:") % {"count": document["documents"]}
        )
        for kind, number in document["kinds"].items():
            self.stdout.write(f"  {number:>6}  {kind}")
