"""`search` and `rebuild_search`: what they print is a promise."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from search.engines.base import Engine

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def filled(index: Engine, make_practice: Any) -> None:
    make_practice("p1", title="생활임금을 주는 도시", pillars=["quality"], country="KR", year=2015)
    make_practice("p1", "en", title="A city that pays a living wage", pillars=["quality"])
    make_practice("p2", title="노동이사", pillars=["dialogue"], country="AT")
    assert json.loads(run("rebuild_search", "--json"))["kinds"]["practice"] == 3


@pytest.mark.usefixtures("filled")
def test_the_json_of_an_answer() -> None:
    document = json.loads(run("search", "생활임금", "--json"))
    score = document["hits"][0].pop("score")
    assert score > 0
    assert document == {
        "total": 1,
        "hits": [
            {
                "id": "p1",
                "kind": "practice",
                "title": "생활임금을 주는 도시",
                "url": "/ko/library/p1/",
                "lang": "ko",
            }
        ],
        "facets": {
            "kind": {"practice": 1},
            "lang": {"ko": 1},
            "pillar": {"quality": 1},
            "country": {"KR": 1},
            "year": {"2015": 1},
        },
    }


@pytest.mark.usefixtures("filled")
def test_narrowing() -> None:
    assert json.loads(run("search", "", "--json", "--facet", "kind=practice"))["total"] == 3
    assert json.loads(run("search", "", "--lang", "en", "--json"))["total"] == 1
    narrowed = run("search", "", "--facet", "pillar=dialogue", "--facet", "country=AT", "--json")
    assert [hit["id"] for hit in json.loads(narrowed)["hits"]] == ["p2"]
    assert json.loads(run("search", "생활임금", "--page", "2", "--json"))["hits"] == []


@pytest.mark.usefixtures("filled")
def test_for_people() -> None:
    assert "생활임금을 주는 도시" in run("search", "생활임금")
    assert "3" in run("rebuild_search")


def test_nothing_found_is_an_answer(index: Engine) -> None:
    assert json.loads(run("search", "없는말", "--json")) == {"total": 0, "hits": [], "facets": {}}


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "x", "--facet", "colour=red"),
        ("search", "x", "--facet", "kind"),
        ("search", "x", "--lang", "xx"),
        ("search", "x", "--page", "0"),
        ("search", "x", "--page", "two"),
    ],
)
def test_wrong_usage(index: Engine, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_a_missing_index_is_built_first(no_index: Path, make_practice: Any) -> None:
    make_practice("p1", title="생활임금")
    assert json.loads(run("search", "생활임금", "--json"))["total"] == 1
    assert no_index.exists()


def test_a_server_that_cannot_be_reached_is_a_refusal(settings: Any) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("search", "생활임금", "--json", stdout=out)
    assert ended.value.code == 1
    (refusal,) = json.loads(out.getvalue())["refused"]
    assert (refusal["code"], refusal["where"]) == ("index_unreachable", "ELASTICSEARCH_URL")
    assert refusal["message"]
