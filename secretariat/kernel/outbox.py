"""Announcements: written with the change, delivered by a task after the commit.

`announce` is the only way in which one part of the platform tells others that something
happened. Handlers are registered by topic at start-up; delivering twice must do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from secretariat.kernel.models import OutboxMessage

Handler = Callable[[Mapping[str, Any]], None]
_handlers: dict[str, list[Handler]] = {}


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register a handler for `topic`; it gets the payload."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(topic, []).append(handler)
        return handler

    return register


def announce(topic: str, **payload: Any) -> None:
    """Write the announcement in the running transaction; a task delivers it on commit."""
    message = OutboxMessage.objects.create(topic=topic, payload=payload)

    def enqueue() -> None:
        from secretariat.kernel.tasks import deliver_message

        deliver_message.enqueue(message.pk)

    transaction.on_commit(enqueue)


def handlers_of(topic: str) -> list[Handler]:
    return list(_handlers.get(topic, ()))
