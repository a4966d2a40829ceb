"""What the office scheduled in Wagtail's admin: published, or taken down, when its moment has come.

Wagtail's own command does the same, without the audit chain in which acts on practices stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail.models import Page, Revision

from cms.models import Practice
from cms.services.practices import record_practice
from secretariat.kernel.audit import act
from secretariat.kernel.policy import SYSTEM


@dataclass(frozen=True, slots=True)
class Scheduled:
    """How many things were published and taken down."""

    published: int
    taken_down: int


def publish_scheduled(*, now: datetime) -> Scheduled:
    """Publish and take down what is due at `now`, each in a transaction of its own."""
    taken_down = sum(
        _take_down(model, key, now)
        for model in (Page, Practice)
        for key in _expired(model, now).order_by("expire_at").values_list("pk", flat=True)
    )
    waiting = _waiting(now).order_by("approved_go_live_at").values_list("pk", flat=True)
    return Scheduled(sum(_publish(key, now) for key in list(waiting)), taken_down)


def _expired(model: Any, now: datetime) -> Any:
    return model.objects.filter(live=True, expire_at__lte=now)


def _waiting(now: datetime) -> Any:
    return Revision.objects.filter(approved_go_live_at__lte=now)


def _take_down(model: Any, key: Any, now: datetime) -> bool:
    with act(SYSTEM.authority, now) as record:
        found = _expired(model, now).select_for_update().filter(pk=key).first()
        if found is None:
            return False
        found.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
        if isinstance(found, Practice):
            record_practice(record, found, "practice.taken_down")
    return True


def _publish(key: Any, now: datetime) -> bool:
    with act(SYSTEM.authority, now) as record:
        revision = _waiting(now).select_for_update().filter(pk=key).first()
        if revision is None:
            return False
        revision.publish(log_action="wagtail.publish.scheduled")
        if isinstance(revision.content_object, Practice):
            record_practice(
                record,
                Practice.objects.get(pk=revision.content_object.pk),
                "practice.published",
            )
    return True
