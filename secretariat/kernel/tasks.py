"""Delivering the outbox."""

from __future__ import annotations

import logging

from django.db.models import F
from django.utils import timezone
from django_tasks import task

from secretariat.kernel.calendar import network_zone
from secretariat.kernel.models import OutboxMessage
from secretariat.kernel.outbox import Handler, handlers_of

logger = logging.getLogger(__name__)


@task()
def deliver_message(message_id: int) -> None:
    """Hand one announcement to its handlers; a failure is kept with the message and logged.

    An attempt is counted before it is made, so that of two processes one makes it. At a further
    attempt only the handlers that failed are asked again.
    """
    message = OutboxMessage.objects.filter(pk=message_id, delivered_at=None).first()
    if message is None:
        return
    own = OutboxMessage.objects.filter(pk=message.pk)
    untouched = own.filter(delivered_at=None, attempts=message.attempts)
    if not untouched.update(attempts=F("attempts") + 1):
        return
    problems = []
    with timezone.override(network_zone()):
        for handler in _still_to_hear(message):
            try:
                handler(message.payload)
            except Exception as problem:
                logger.exception("could not deliver %s", message)
                problems.append(f"{_name_of(handler)}: {problem!r}")
    own.update(error="\n".join(problems), delivered_at=None if problems else timezone.now())


def _still_to_hear(message: OutboxMessage) -> list[Handler]:
    """The handlers that failed at the last attempt; all, where none of them is known any more."""
    handlers = handlers_of(message.topic)
    failed = {line.partition(": ")[0] for line in message.error.splitlines()}
    return [handler for handler in handlers if _name_of(handler) in failed] or handlers


def _name_of(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__name__}"
