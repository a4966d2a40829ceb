"""Definitions: the terms of a text, and where they are used."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from resolutions.rules.definitions import Definition, Use, find_definitions, find_uses
from resolutions.rules.parse import parse_text
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.rules.text_trees import trees

DEMONSTRATION = Path(__file__).parents[3] / "secretariat/workspace/demonstration/data/texts"


def tree(lang: str, *texts: str) -> TextTree:
    return TextTree(
        "규약",
        lang,
        tuple(
            Provision(f"art{n}", Kind.ARTICLE, str(n), "", text) for n, text in enumerate(texts, 1)
        ),
    )


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ko", "“회원도시”란 가입한 도시를 말한다.", [("회원도시", False)]),
        ("ko", "“출석”이란 참여하는 것을 말한다.", [("출석", False)]),
        ("ko", "“대표”라 함은 사람을 말한다.", [("대표", False)]),
        ("ko", "도시협의체(이하 “협의체”라 한다)는 정한다.", [("협의체", True)]),
        ("ko", "이 규약에서는 “협의체”라 줄여 쓴다.", [("협의체", True)]),
        ("ko", "이름은 “협의체”라 하고, 영어로는 “Council”이라 한다.", []),
        ("ko", "“도시”라 할 때에는 모두를 포함한다.", []),
        ("en", "“member city” means a city that joined;", [("member city", False)]),
        ("en", "“votes” and “ballots” mean papers.", [("votes", False)]),
        ("en", "These Bylaws call it “the Council”.", [("Council", True)]),
        ("en", "the City Office (hereinafter “the Office”) acts", [("Office", True)]),
        ("en", "a body hereinafter referred to as the “Office,” acts", [("Office", True)]),
        ("en", "The name is “Council”, in Korean “협의체”.", []),
        ("en", "Where it says “city” all are meant.", []),
    ],
)
def test_forms(lang: str, text: str, expected: list[tuple[str, bool]]) -> None:
    found = find_definitions(tree(lang, text))
    assert [(each.term, each.short) for each in found] == expected
    assert all(text[each.start : each.end] == each.term for each in found)


def test_where_and_how_it_is_cited() -> None:
    assert find_definitions(tree("ko", "가", "“도시”란 지방정부를 말한다.")) == (
        Definition("도시", "art2", 1, 3, "제2조"),
    )


def test_uses_are_words_of_their_own() -> None:
    korean = tree("ko", "“도시”란 곳을 말한다.", "도시는 회원도시를 도시와 가른다.")
    assert find_uses(korean) == (Use("도시", "art2", 0, 2), Use("도시", "art2", 10, 12))
    english = tree("en", "“city” means a place.", "A city and cities, citywide; two citys.")
    assert [(each.start, each.end) for each in find_uses(english)] == [(2, 6), (33, 38)]


def test_the_longest_term_is_used() -> None:
    text = tree("en", "“city” means a; “member city” means b.", "A member city is a city.")
    assert [each.term for each in find_uses(text) if each.key == "art2"] == ["member city", "city"]


def test_both_languages_of_the_bylaws_define_the_same() -> None:
    keys = {}
    for lang in ("ko", "en"):
        text = parse_text((DEMONSTRATION / f"bylaws.{lang}.txt").read_bytes(), lang=lang).tree
        keys[lang] = [(each.key, each.short) for each in find_definitions(text)]
    assert keys["ko"] == keys["en"]
    assert [key for key, _ in keys["ko"]] == [
        "art2.p1",
        "art4.p1.i1",
        "art4.p1.i2",
        "art4.p1.i3",
        "art4.p1.i4",
        "art20.p2",
    ]


@given(trees())
@settings(max_examples=25)
def test_any_tree_can_be_read(text: TextTree) -> None:
    assert find_uses(text) == () or find_definitions(text)
