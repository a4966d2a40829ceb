"""Delivering the outbox."""

from __future__ import annotations

import logging

from django.db.models import F
from django.utils import timezone
from django_tasks import task

from secretariat.kernel.calendar import network_zone
from secretariat.kernel.models import OutboxMessage
from secretariat.kernel.outbox import handlers_of

logger = logging.getLogger(__name__)


@task()
def deliver_message(message_id: int) -> None:
    """Hand one announcement to its handlers; a failure is kept with the message and logged."""
    message = OutboxMessage.objects.filter(pk=message_id, delivered_at=None).first()
    if message is None:
        return
    problems = []
    with timezone.override(network_zone()):
        for handler in handlers_of(message.topic):
            try:
                handler(message.payload)
            except Exception as problem:
                logger.exception("could not deliver %s", message)
                problems.append(f"{handler.__module__}.{handler.__name__}: {problem!r}")
    OutboxMessage.objects.filter(pk=message.pk).update(
        attempts=F("attempts") + 1,
        error="\n".join(problems),
        delivered_at=None if problems else timezone.now(),
    )
