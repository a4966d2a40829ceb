"""Trees: JSON there and back, finding, the way down to a provision."""

from __future__ import annotations

import pytest
from hypothesis import given

from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.rules.text_trees import trees


def small_tree() -> TextTree:
    item = Provision("art1.p1.i1", Kind.ITEM, "1", "", "회원 도시")
    paragraph = Provision("art1.p1", Kind.PARAGRAPH, "1", "", "다음과 같다.", (item,))
    article = Provision("art1", Kind.ARTICLE, "1", "목적", "", (paragraph,))
    chapter = Provision("ch1", Kind.CHAPTER, "1", "총칙", "", (article,))
    return TextTree("규약", "ko", (chapter, Provision("closing", Kind.CLOSING, text="끝.")))


def test_json_has_exactly_the_documented_shape() -> None:
    assert TextTree("T", "en", (Provision("art1", Kind.ARTICLE, "1", "H", "x"),)).as_json() == {
        "title": "T",
        "lang": "en",
        "provisions": [
            {
                "key": "art1",
                "kind": "article",
                "number": "1",
                "heading": "H",
                "text": "x",
                "children": [],
            }
        ],
    }


@given(trees())
def test_json_comes_back(tree: TextTree) -> None:
    assert TextTree.from_json(tree.as_json()) == tree


def test_from_json_refuses_another_shape() -> None:
    with pytest.raises(ValueError, match="verse"):
        TextTree.from_json(
            {"title": "", "lang": "ko", "provisions": [{**_bare("a"), "kind": "verse"}]}
        )
    with pytest.raises(KeyError):
        TextTree.from_json({"title": "", "lang": "ko"})


def _bare(key: str) -> dict[str, object]:
    return Provision(key, Kind.ARTICLE).as_json()


def test_walk_is_reading_order() -> None:
    keys = [provision.key for provision in small_tree().walk()]
    assert keys == ["ch1", "art1", "art1.p1", "art1.p1.i1", "closing"]


def test_find_and_path() -> None:
    tree = small_tree()
    found = tree.find("art1.p1")
    assert found is not None
    assert found.text == "다음과 같다."
    assert tree.find("art9") is None
    steps = [provision.key for provision in tree.path("art1.p1.i1")]
    assert steps == ["ch1", "art1", "art1.p1", "art1.p1.i1"]
    assert tree.path("art9") == ()


def test_a_key_twice_is_refused() -> None:
    twice = Provision("art1", Kind.ARTICLE)
    with pytest.raises(ValueError, match="art1"):
        TextTree("", "ko", (twice, twice)).by_key()


def test_concatenation_holds_all_words_in_order() -> None:
    assert small_tree().concatenation() == "규약\n총칙\n목적\n다음과 같다.\n회원 도시\n끝."
