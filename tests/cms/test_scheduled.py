"""What was scheduled in Wagtail's admin is published and taken down when its moment has come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cms.models import NewsPage, Practice
from cms.services.practices import PracticeWords, save_practice
from cms.services.scheduled import Scheduled, publish_scheduled
from secretariat.kernel.models import AuditEntry, OutboxMessage
from tests.cms.factories import make_page
from tests.factories import NOW, CityFactory, city_person

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)


@pytest.fixture
def practice() -> Practice:
    seoul = CityFactory(slug="seoul")
    return save_practice(
        practice=None,
        city=seoul,
        language="ko",
        words=PracticeWords(title="생활임금", pillars=("quality",)),
        actor=city_person("editor", city=seoul),
        now=NOW,
    )


def last_entry() -> tuple[str, str, str]:
    entry = AuditEntry.objects.order_by("pk").last()
    assert entry is not None
    return entry.chain, entry.action, entry.role


def test_a_practice_is_published_at_its_moment_once_and_recorded(practice: Practice) -> None:
    practice.go_live_at = NOW
    practice.save_revision(approved_go_live_at=NOW)
    OutboxMessage.objects.all().delete()
    assert publish_scheduled(now=NOW - TICK) == Scheduled(0, 0)
    assert publish_scheduled(now=NOW) == Scheduled(1, 0)
    assert publish_scheduled(now=NOW) == Scheduled(0, 0)
    practice.refresh_from_db()
    assert practice.live is True
    assert last_entry() == ("city:seoul", "practice.published", "system")
    assert OutboxMessage.objects.get().topic == "practices.changed"


@pytest.mark.usefixtures("network")
def test_a_page_is_published_and_taken_down() -> None:
    page = make_page(NewsPage, "news", "soon", published_at=NOW)
    page.unpublish()
    page.go_live_at = NOW
    page.save_revision(approved_go_live_at=NOW)
    assert publish_scheduled(now=NOW) == Scheduled(1, 0)
    page.refresh_from_db()
    assert page.live is True
    NewsPage.objects.filter(pk=page.pk).update(expire_at=NOW + TICK)
    assert publish_scheduled(now=NOW) == Scheduled(0, 0)
    assert publish_scheduled(now=NOW + TICK) == Scheduled(0, 1)
    page.refresh_from_db()
    assert page.live is False


def test_a_practice_is_taken_down_at_its_moment_and_recorded(practice: Practice) -> None:
    Practice.objects.filter(pk=practice.pk).update(live=True, expire_at=NOW)
    OutboxMessage.objects.all().delete()
    assert publish_scheduled(now=NOW - TICK) == Scheduled(0, 0)
    assert publish_scheduled(now=NOW) == Scheduled(0, 1)
    assert publish_scheduled(now=NOW) == Scheduled(0, 0)
    practice.refresh_from_db()
    assert (practice.live, practice.expired) == (False, True)
    assert last_entry() == ("city:seoul", "practice.taken_down", "system")
    assert OutboxMessage.objects.get().topic == "practices.changed"
