"""The index follows what happens: after the commit, and without standing in its way."""

from typing import Any

import pytest
from wagtail.models import PageViewRestriction

from cms.models import HomePage, Practice, StandardPage
from search.engines import get_engine
from search.engines.base import Engine
from search.indexing import kinds, rebuild_index, reindex
from search.query import Query
from secretariat.kernel.models import Network, OutboxMessage
from secretariat.kernel.outbox import announce, handlers_of
from tests.workspace.conftest import network

__all__ = ["network"]

TOPICS = (
    "practices.changed",
    "practices.loaded",
    "pages.changed",
    "text.adopted",
    "text.published",
    "vote.changed",
    "election.changed",
    "assembly.changed",
    "city.changed",
)


def test_every_kind_has_a_source() -> None:
    assert kinds() == ("practice", "article", "decision", "election", "assembly", "city", "page")


@pytest.mark.parametrize("topic", TOPICS)
def test_every_announcement_is_heard(topic: str) -> None:
    assert handlers_of(topic)


@pytest.mark.django_db
def test_rebuilding_counts_by_kind(index: Engine, make_practice: Any) -> None:
    make_practice("p1")
    make_practice("p1", "en")
    counted = rebuild_index()
    assert counted["practice"] == 2
    assert set(counted) == set(kinds())
    assert index.count() == sum(counted.values())


@pytest.mark.django_db
def test_what_is_no_longer_public_goes(index: Engine, make_practice: Any) -> None:
    practice = make_practice("p1", title="생활임금")
    reindex(kind="practice", things=["p1"])
    assert index.search(Query(text="생활임금")).total == 1
    Practice.objects.filter(pk=practice.pk).update(live=False)
    reindex(kind="practice", things=["p1"])
    assert index.search(Query(text="생활임금")).total == 0


@pytest.mark.django_db
def test_many_at_once(
    index: Engine, make_practice: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_practice(f"p{number}", title="생활임금")
    with django_assert_max_num_queries(4):
        reindex(kind="practice", things=[f"p{number}" for number in range(30)])
    assert index.search(Query(text="생활임금")).total == 30


@pytest.mark.django_db(transaction=True)
def test_an_announcement_reaches_the_index_after_the_commit(
    index: Engine, make_practice: Any
) -> None:
    from django.db import transaction

    with transaction.atomic():
        make_practice("p1", title="생활임금")
        announce("practices.changed", external_ids=["p1"])
        assert index.search(Query(text="생활임금")).total == 0
    assert index.search(Query(text="생활임금")).total == 1


@pytest.mark.django_db(transaction=True)
def test_without_an_index_the_first_announcement_builds_it(
    no_index: Any, make_practice: Any
) -> None:
    make_practice("p1")
    make_practice("p2")
    announce("practices.changed", external_ids=["p1"])
    assert OutboxMessage.objects.get(topic="practices.changed").error == ""
    assert get_engine().count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_closed_to_the_public_goes_with_what_is_below_it(
    index: Engine, network: Network
) -> None:
    home = HomePage.objects.get(locale__language_code="ko")
    page = home.add_child(instance=StandardPage(title="생활임금", slug="wage", locale=home.locale))
    page.save_revision().publish()
    assert index.search(Query(text="생활임금")).total == 1
    closed = PageViewRestriction.objects.create(page=home, restriction_type="login")
    assert index.search(Query(text="생활임금")).total == 0
    closed.delete()
    assert index.search(Query(text="생활임금")).total == 1
