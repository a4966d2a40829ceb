"""What of the public site falls due by time: pages that the office scheduled."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cms.services.scheduled import publish_scheduled
from secretariat.kernel.due import falls_due


@falls_due(
    "scheduled_pages",
    label=_("Publish and take down what was scheduled"),
    every=timedelta(minutes=5),
)
def publish(now: datetime) -> dict[str, int]:
    """Wagtail keeps the moments and leaves acting on them to a command."""
    done = publish_scheduled(now=now)
    return {"published": done.published, "taken_down": done.taken_down}
