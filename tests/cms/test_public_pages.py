"""The public pages: what each shows, what it keeps back, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.models import ForumPage, HomePage, NewsPage
from cms.services.site import found_site, publish_news
from secretariat.kernel.audit import act
from secretariat.kernel.models import Network
from secretariat.kernel.policy import SYSTEM
from tests.cms import factories
from tests.factories import NOW, MembershipFactory

MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _at_that_moment(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secretariat.kernel.clock.now", lambda: NOW)


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return unescape(response.content.decode())


def add_cities(start: int, end: int) -> None:
    for number in range(start, end):
        MembershipFactory(city__slug=f"town-{number}")


def add_texts(start: int, end: int) -> None:
    for number in range(start, end):
        factories.make_edition(f"text-{number}", articles=1)


def add_assemblies(start: int, end: int) -> None:
    for number in range(start, end):
        factories.make_assembly(f"assembly-{number}")


def add_votes(start: int, end: int) -> None:
    for number in range(start, end):
        factories.make_vote(f"vote-{number}", choices={f"voter-{number}": "for"})


def add_elections(start: int, end: int) -> None:
    for number in range(start, end):
        factories.make_election(f"election-{number}")


def add_news(start: int, end: int) -> None:
    for number in range(start, end):
        factories.make_page(
            NewsPage, "news", f"news-{number}", published_at=NOW - timedelta(days=1)
        )


def add_forums(start: int, end: int) -> None:
    for number in range(start, end):
        factories.make_page(
            ForumPage, "forums", f"forum-{number}", starts_on=NOW.date(), ends_on=NOW.date()
        )


def add_entries(start: int, end: int) -> None:
    for number in range(start, end):
        with act(SYSTEM.authority, NOW) as record:
            record(f"text:of-{number}", "text.drafted", {})


def add_votes_to_home(start: int, end: int) -> None:
    add_cities(start, end)
    add_votes(start, end)
    add_news(start, end)
    for number in range(start, end):
        factories.make_practice(f"practice-{number}")


LISTS = [
    ("cities/", add_cities),
    ("texts/", add_texts),
    ("assemblies/", add_assemblies),
    ("decisions/", add_votes),
    ("elections/", add_elections),
    ("news/", add_news),
    ("forums/", add_forums),
    ("audit/", add_entries),
]


@pytest.mark.parametrize(("address", "add"), LISTS)
def test_a_list_costs_the_same_at_1_and_at_30(client: Client, address: str, add: Any) -> None:
    add(0, 1)
    page(client, f"/ko/{address}")
    with CaptureQueriesContext(connection) as one:
        page(client, f"/ko/{address}")
    add(1, 30)
    with CaptureQueriesContext(connection) as thirty:
        page(client, f"/ko/{address}")
    assert len(one) == len(thirty)
    assert len(one) <= MOST_QUERIES


def test_home_costs_the_same_at_3_and_at_30(client: Client) -> None:
    add_votes_to_home(0, 3)
    page(client, "/ko/")
    with CaptureQueriesContext(connection) as three:
        page(client, "/ko/")
    add_votes_to_home(3, 30)
    with CaptureQueriesContext(connection) as thirty:
        page(client, "/ko/")
    assert len(three) == len(thirty)


@pytest.mark.parametrize(("address", "add"), LISTS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_empty_list_says_so(client: Client, language: str, address: str, add: Any) -> None:
    html = page(client, f"/{language}/{address}")
    assert f'<html lang="{language}">' in html


def test_the_language_switch_stays_on_the_same_thing(client: Client) -> None:
    factories.make_edition("seoul-declaration")
    factories.make_vote("bylaws", choices={"seoul": "for"})
    publish_news(
        slug="news-0",
        published_at=NOW,
        words={"ko": {"title": "소식"}, "en": {"title": "News"}},
        actor=SYSTEM,
        now=NOW,
    )
    for address in (
        "",
        "about/",
        "news/news-0/",
        "texts/seoul-declaration/",
        "texts/seoul-declaration/editions/1/art2/",
        "decisions/bylaws/",
        "cities/seoul/",
    ):
        html = page(client, f"/ko/{address}")
        assert f'hreflang="en" href="http://testserver/en/{address}"' in html, address
        page(client, f"/en/{address}")


def test_an_open_vote_shows_who_has_voted_and_not_how(client: Client) -> None:
    choices = {"seoul": "for", "vienna": "against", "milan": None}
    factories.make_vote("open-one", state="open", choices=choices)
    html = page(client, "/en/decisions/open-one/")
    assert "2 of 3 seats present have voted." in html
    assert "seat--voted" in html
    assert "seat--for" not in html
    assert "seat--against" not in html
    document = client.get("/en/decisions/open-one.json").json()
    assert document["voted"] == ["seoul", "vienna"]
    assert document["result"] is None
    assert '"against"' not in client.get("/en/decisions/open-one.json").content.decode()
    assert "Vote: Against" not in page(client, "/en/cities/vienna/")


def test_a_closed_vote_shows_each_city_and_the_reasons(client: Client) -> None:
    factories.make_vote("closed-one", choices={"seoul": "for", "vienna": "against", "oslo": "for"})
    html = page(client, "/en/decisions/closed-one/")
    assert html.count("seat--for") >= 2
    assert "needed: 2 of 3" in html
    document = client.get("/en/decisions/closed-one.json").json()
    assert document["result"]["counts"] == {"for": 2, "against": 1, "abstain": 0}
    assert "notice" not in document
    assert "Vote: Against" in page(client, "/en/cities/vienna/")


def test_a_demonstration_says_so_in_its_json(client: Client) -> None:
    Network.objects.update(demonstration=True)
    factories.make_vote("closed-one", choices={"seoul": "for"})
    notice = {
        "ko": "시연용 자료이며 실제 결정이 아닙니다.",
        "en": "Demonstration data, not a real decision.",
    }
    assert client.get("/ko/decisions/closed-one.json").json()["notice"] == notice
    assert client.get("/ko/audit/ledger.json").json()["notice"] == notice


@pytest.mark.parametrize(
    "address",
    [
        "decisions/prepared/",
        "decisions/prepared.json",
        "assemblies/secret/",
        "texts/adopted-only/",
        "texts/adopted-only/editions/1/",
        "texts/adopted-only/editions/1/art1/",
        "texts/shown/editions/2/",
        "texts/shown/editions/1/art99/",
        "library/draft/",
        "cities/nowhere/",
        "elections/none/",
        "elections/announced/certificate/",
    ],
)
def test_what_is_not_public_is_not_there(client: Client, address: str) -> None:
    factories.make_vote("prepared", state="prepared")
    factories.make_assembly("secret", state="draft")
    factories.make_edition("adopted-only", published=False)
    factories.make_edition("shown")
    factories.make_edition("shown", number=2, published=False)
    factories.make_practice("draft", live=False)
    factories.make_election("announced")
    page(client, f"/ko/{address}", status=404)


def test_a_text_is_shown_as_it_is_in_force(client: Client) -> None:
    factories.make_edition("charter", in_force_from=NOW - timedelta(days=300))
    factories.make_edition("charter", number=2, in_force_from=NOW - timedelta(days=1))
    factories.make_edition("charter", number=3, in_force_from=NOW + timedelta(days=30))
    html = page(client, "/en/texts/charter/")
    assert "Edition 2 ·" in html
    assert "not in force today" not in html
    assert "This edition is not in force today." in page(client, "/en/texts/charter/editions/1/")
    assert "제1조" in html
    assert "Article 1" in html
    alone = page(client, "/en/texts/charter/?view=ko")
    assert "The cities act together." not in alone
    assert "도시는 함께한다." in alone


def test_an_article_has_an_address_and_neighbours(client: Client) -> None:
    factories.make_edition("charter")
    html = page(client, "/ko/texts/charter/editions/1/art2/")
    assert "제2조" in html
    assert 'href="/ko/texts/charter/editions/1/art1/"' in html
    assert 'href="/ko/texts/charter/editions/1/art3/"' in html


def test_a_practice_in_one_language_is_shown_in_the_other_with_a_word(client: Client) -> None:
    factories.make_practice("korean-only", body="본문입니다.")
    html = page(client, "/en/library/korean-only/")
    assert "This practice is not yet in this language." in html
    assert '<div class="prose" lang="ko"><p>본문입니다.</p>' in html


def test_what_is_written_is_shown_as_text(client: Client) -> None:
    factories.make_practice("marked", title="<b>x</b>", body="<script>alert(1)</script>")
    raw = client.get("/ko/library/marked/").content.decode()
    assert "<script>alert" not in raw
    assert "<b>x</b>" not in raw


def test_news_appears_when_its_time_has_come(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_news(
        slug="now",
        published_at=NOW,
        words={"ko": {"title": "지금 소식"}, "en": {"title": "News of now"}},
        actor=SYSTEM,
        now=NOW,
    )
    publish_news(
        slug="later",
        published_at=NOW + timedelta(hours=1),
        words={"ko": {"title": "나중 소식"}, "en": {"title": "Later news"}},
        actor=SYSTEM,
        now=NOW,
    )
    html = page(client, "/en/news/")
    assert "News of now" in html
    assert "Later news" not in html
    feed = page(client, "/en/news/feed.xml")
    assert "News of now" in feed
    assert "Later news" not in feed
    site_map = page(client, "/en/sitemap.xml")
    assert "/en/news/now/" in site_map
    assert "/en/news/later/" not in site_map
    assert client.get("/en/news/later/").status_code == 404
    monkeypatch.setattr("secretariat.kernel.clock.now", lambda: NOW + timedelta(hours=1))
    assert "Later news" in page(client, "/en/news/later/")


def test_news_are_previewed_before_their_time() -> None:
    publish_news(
        slug="later",
        published_at=NOW + timedelta(hours=1),
        words={"ko": {"title": "나중 소식"}, "en": {"title": "Later news"}},
        actor=SYSTEM,
        now=NOW,
    )
    found = NewsPage.objects.get(slug="later", locale__language_code="en")
    assert "Later news" in found.make_preview_request().render().content.decode()


def test_the_site_map_is_empty_in_a_demonstration(client: Client) -> None:
    factories.make_edition("charter")
    assert "<loc>http://testserver/ko/texts/charter/editions/1/</loc>" in page(
        client, "/ko/sitemap.xml"
    )
    Network.objects.update(demonstration=True)
    assert "<loc>" not in page(client, "/ko/sitemap.xml")


def test_founding_twice_leaves_what_the_office_wrote(network: Network) -> None:
    home = HomePage.objects.get(locale__language_code="ko")
    home.lead = "우리 사무소가 쓴 글"
    home.save_revision().publish()
    found_site(network=network, now=NOW)
    assert HomePage.objects.count() == 2
    home.refresh_from_db()
    assert home.lead == "우리 사무소가 쓴 글"
    assert NewsPage.objects.count() == 0


def test_the_ledger_goes_on_where_it_was_left(client: Client) -> None:
    first = client.get("/en/audit/ledger.json").json()
    assert first["lines"][0]["number"] == 1
    assert first["next"] is None
    assert first["ledger"]["head"] == first["lines"][-1]["hash"]
    rest = client.get("/en/audit/ledger.json?after=1").json()
    assert [line["number"] for line in rest["lines"]] == list(
        range(2, first["ledger"]["lines"] + 1)
    )
    for odd in ("x", "-1", "٣", "9" * 40):
        assert client.get("/en/audit/ledger.json", {"after": odd}).status_code == 200
