"""What of texts falls due by time: files of an edition that could not be made when it came out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from resolutions.services.edition_files import register_missing
from secretariat.kernel.due import falls_due


@falls_due(
    "edition_files",
    label=_("Make the files that published editions lack"),
    every=timedelta(hours=1),
)
def make_files(now: datetime) -> dict[str, int]:
    """Nothing to do as a rule: they are made when an edition is published."""
    return {"editions": register_missing(now=now)}
