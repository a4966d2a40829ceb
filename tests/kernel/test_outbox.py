"""Announcements: written with the change, delivered after the commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from secretariat.kernel import outbox
from secretariat.kernel.models import OutboxMessage
from secretariat.kernel.outbox import announce
from secretariat.kernel.tasks import deliver_message
from secretariat.kernel.upkeep import FIRST_PAUSE, MOST_ATTEMPTS, deliver_again
from tests.factories import NOW

TOPIC = "test.told"
TICK = timedelta(microseconds=1)


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


# again


@pytest.fixture
def broken(heard: list[Mapping[str, Any]]) -> list[bool]:
    """A second handler, which fails for as long as the list holds something."""
    away = [True]

    def letter(payload: Mapping[str, Any]) -> None:
        if away:
            raise RuntimeError("mail server away")

    outbox.handles(TOPIC)(letter)
    return away


@pytest.mark.django_db
def test_only_what_failed_is_delivered_again_and_later_each_time(
    heard: list[Mapping[str, Any]], broken: list[bool]
) -> None:
    message = OutboxMessage.objects.create(topic=TOPIC, payload={"n": 1}, created_at=NOW)
    nothing = {"delivered": 0, "failed": 0}
    assert deliver_again(NOW + FIRST_PAUSE - TICK) == nothing
    for attempt in range(3):
        due_at = NOW + FIRST_PAUSE * 2**attempt
        assert deliver_again(due_at - TICK) == nothing
        assert deliver_again(due_at) == {"delivered": 0, "failed": 1}
    assert heard == [{"n": 1}]
    broken.clear()
    assert deliver_again(NOW + FIRST_PAUSE * 8) == {"delivered": 1, "failed": 0}
    message.refresh_from_db()
    assert (heard, message.attempts, message.error) == ([{"n": 1}], 4, "")


@pytest.mark.django_db
def test_after_the_last_attempt_it_is_left_to_people(
    heard: list[Mapping[str, Any]], broken: list[bool]
) -> None:
    OutboxMessage.objects.create(topic=TOPIC, created_at=NOW, attempts=MOST_ATTEMPTS)
    assert deliver_again(NOW + timedelta(days=30)) == {"delivered": 0, "failed": 0}
    assert heard == []


@pytest.mark.django_db
def test_an_attempt_that_somebody_else_has_begun_is_not_made(
    heard: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = OutboxMessage.objects.create(topic=TOPIC)
    reading = QuerySet.first

    def first(self: QuerySet[Any]) -> Any:
        found = reading(self)
        if self.model is OutboxMessage:
            OutboxMessage.objects.filter(pk=message.pk).update(attempts=1)
        return found

    monkeypatch.setattr(QuerySet, "first", first)
    deliver_message.call(message.pk)
    assert heard == []
