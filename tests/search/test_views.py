"""The public pages of the search: what they show, what they offer when nothing is found."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from search.engines.base import Engine
from search.indexing import rebuild_index
from tests.factories import CityFactory, NetworkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _network(db: None) -> None:
    NetworkFactory()


@pytest.fixture
def filled(index: Engine, make_practice: Any) -> Engine:
    seoul = CityFactory(slug="seoul", country="KR", names={"ko": "서울", "en": "Seoul"})
    vienna = CityFactory(slug="vienna", country="AT", names={"ko": "빈", "en": "Vienna"})
    make_practice(
        "seoul-wage",
        title="서울형 생활임금",
        summary="서울시는 생활임금을 해마다 정한다.",
        city=seoul,
        pillars=["quality"],
        year=2015,
    )
    make_practice(
        "vienna-hours", title="노동시간 단축", city=vienna, pillars=["protection"], year=2017
    )
    make_practice("vienna-hours", "en", title="Shorter working time", city=vienna)
    rebuild_index()
    return index


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return unescape(response.content.decode())


@pytest.mark.usefixtures("filled")
def test_a_search_marks_what_it_found(client: Client) -> None:
    page = text_of(client, "/ko/search/?q=생활임금을")
    assert "서울형 <mark>생활임금</mark></a>" in page
    assert "서울시는 <mark>생활임금</mark>을 해마다 정한다." in page
    assert 'href="/ko/library/seoul-wage/"' in page
    assert "노동시간" not in page


@pytest.mark.usefixtures("filled")
def test_only_the_readers_language_unless_asked(client: Client) -> None:
    page = text_of(client, "/en/library/")
    assert "Shorter working time" in page
    assert "서울형" not in page
    both = text_of(client, "/en/library/?lang=")
    assert "Shorter working time" in both
    assert re.search(r'lang="ko"><a href="/ko/library/seoul-wage/">', both)


@pytest.mark.usefixtures("filled")
def test_filters_are_links_with_counts(client: Client) -> None:
    page = text_of(client, "/ko/library/")
    assert 'href="?pillar=protection"' in page
    narrowed = text_of(client, "/ko/library/?pillar=protection")
    assert "노동시간 단축" in narrowed
    assert "생활임금" not in narrowed
    assert 'href="?pillar=protection&pillar=quality"' in narrowed
    assert 'href="?pillar=protection&city=vienna"' in narrowed


@pytest.mark.usefixtures("filled")
def test_the_form_keeps_the_filters(client: Client) -> None:
    page = text_of(client, "/ko/library/?q=노동&pillar=protection&sort=title")
    assert '<input type="hidden" name="pillar" value="protection">' in page
    assert '<input type="hidden" name="sort" value="title">' in page


@pytest.mark.usefixtures("filled")
def test_the_library_holds_practices_only(client: Client) -> None:
    assert 'name="kind"' not in text_of(client, "/ko/library/?kind=city")
    assert "노동시간 단축" in text_of(client, "/ko/library/?kind=city")


@pytest.mark.usefixtures("filled")
def test_ways_on_when_nothing_is_found(client: Client) -> None:
    page = text_of(client, "/ko/search/?q=생활인금&kind=practice")
    assert "생활임금" in page
    other = text_of(client, "/ko/library/?q=working")
    assert 'href="?q=working&lang=en"' in other


@pytest.mark.usefixtures("filled")
def test_some_of_the_words_are_said_to_be_some(client: Client) -> None:
    page = text_of(client, "/en/search/?q=shorter zebra")
    assert "Nothing has all of these words." in page
    assert "Shorter" in page


def test_an_empty_library_says_what_will_be_there(client: Client, index: Engine) -> None:
    assert "There are no practices in this language yet." in text_of(client, "/en/library/")


def test_the_site_stays_up_without_an_index(client: Client, no_index: Path) -> None:
    for address in ("/en/search/?q=wage", "/en/library/", "/en/library/?page=7"):
        assert "The search is not available at the moment." in text_of(client, address)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "address",
    [
        "/ko/search/?q=%00",
        "/ko/search/?page=zero&sort=colour&kind=nothing&year=x",
        "/ko/search/?q=%22%22%22&lang=xx",
        "/ko/library/?" + "&".join(f"tag={n}" for n in range(100)),
        "/ko/search/?q=" + "가" * 3000,
    ],
)
def test_whatever_stands_in_the_address(client: Client, address: str) -> None:
    text_of(client, address)


@pytest.mark.usefixtures("filled")
def test_a_page_that_does_not_exist(client: Client) -> None:
    text_of(client, "/ko/library/?page=2", status=404)


@pytest.mark.usefixtures("filled")
def test_markup_in_a_question_stays_text(client: Client) -> None:
    response = client.get("/ko/search/?q=<script>alert(1)</script>")
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("address", ["/ko/library/", "/ko/search/?q=생활임금"])
def test_as_many_queries_for_thirty_hits_as_for_one(
    client: Client, index: Engine, make_practice: Any, address: str
) -> None:
    make_practice("p0", title="생활임금", city=CityFactory(), pillars=["quality"])
    rebuild_index()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(1, 30):
        make_practice(f"p{number}", title="생활임금", city=CityFactory(), tags=[f"t{number}"])
    rebuild_index()
    with CaptureQueriesContext(connection) as thirty:
        text_of(client, address)
    assert len(one) == len(thirty) <= 15
    text_of(client, address + ("&" if "?" in address else "?") + "page=3")
