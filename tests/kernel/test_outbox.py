"""Announcements: written with the change, delivered after the commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction

from secretariat.kernel import outbox
from secretariat.kernel.models import OutboxMessage
from secretariat.kernel.outbox import announce
from secretariat.kernel.tasks import deliver_message

TOPIC = "test.told"


@pytest.fixture
def heard() -> Iterator[list[Mapping[str, Any]]]:
    payloads: list[Mapping[str, Any]] = []
    outbox.handles(TOPIC)(payloads.append)
    yield payloads
    outbox._handlers.pop(TOPIC)


@pytest.mark.django_db(transaction=True)
def test_it_is_delivered_on_commit_and_once(heard: list[Mapping[str, Any]]) -> None:
    with transaction.atomic():
        announce(TOPIC, city="seoul")
        assert heard == []
    assert heard == [{"city": "seoul"}]
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.error, message.delivered_at is None) == (1, "", False)
    deliver_message.call(message.pk)
    assert heard == [{"city": "seoul"}]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told(heard: list[Mapping[str, Any]]) -> None:
    with transaction.atomic():
        announce(TOPIC, city="seoul")
        transaction.set_rollback(True)
    assert (heard, OutboxMessage.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_failed_delivery_is_kept_and_can_be_repeated(heard: list[Mapping[str, Any]]) -> None:
    def fails(payload: Mapping[str, Any]) -> None:
        raise RuntimeError("mail server away")

    outbox.handles(TOPIC)(fails)
    announce(TOPIC, city="seoul")
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.delivered_at) == (1, None)
    assert "mail server away" in message.error
    outbox._handlers[TOPIC].remove(fails)
    deliver_message.call(message.pk)
    message.refresh_from_db()
    assert (message.attempts, message.error, message.delivered_at is None) == (2, "", False)
