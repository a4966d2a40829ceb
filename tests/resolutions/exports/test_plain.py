"""Plain text and JSON: every word is there, and what was exported comes back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from resolutions.exports.document import TextDocument
from resolutions.exports.json_text import JsonRefused, read_json, text_json
from resolutions.exports.plain import text_plain
from resolutions.rules.parse import parse_text
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.exports.texts import SLUGS, TEXTS, demonstration, document_of, documents

BYLAWS = Path(__file__).resolve().parents[4] / "shared/reference/bylaws"
WORDS = re.compile(r"\b(?!Article)[^\W\d]{2,}")
"""All but numbering, which is rendered anew."""
TREE = TextTree(
    "규약",
    "ko",
    (
        Provision(
            "art1",
            Kind.ARTICLE,
            "1",
            "목적",
            "도시[^1]는 정한다.",
            (
                Provision("art1.p1", Kind.PARAGRAPH, "1", "", "하나"),
                Provision("art1.fn1", Kind.FOOTNOTE, "1", "", "지방정부"),
            ),
        ),
    ),
)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_demonstration_s_texts_come_back_from_plain_text(slug: str, lang: str) -> None:
    document = demonstration(slug)
    made = text_plain(document, lang=lang)
    assert parse_text(made, lang=lang).tree == document.trees[lang]
    original = (TEXTS / f"{slug}.{lang}.txt").read_text("utf-8")
    assert WORDS.findall(made.decode()) == WORDS.findall(original)


@pytest.mark.skipif(not BYLAWS.exists(), reason="the reference folder is not beside the project")
@pytest.mark.parametrize("path", sorted(BYLAWS.glob("*.txt")), ids=lambda path: path.name)
def test_plain_text_contains_every_word_of_other_bylaws(path: Path) -> None:
    result = parse_text(path.read_bytes(), lang="en")
    made = text_plain(document_of({"en": result.tree}), lang="en").decode()
    kept = made + " ".join(each.text for each in result.not_understood)
    lost = set(LONG.findall(path.read_text("utf-8"))) - set(LONG.findall(kept))
    assert lost == set()


LONG = re.compile(r"[^\W\d]{2,}")


def test_numbers_headings_and_footnotes_of_both_languages() -> None:
    english = TextTree(
        "Bylaws", "en", (Provision("art1", Kind.ARTICLE, "1", "Purpose", "It decides."),)
    )
    made = text_plain(document_of({"ko": TREE, "en": english}), lang="both").decode()
    assert made == (
        "규약\n\n제1조(목적) 도시[^1]는 정한다.\n[^1]: 지방정부\n① 하나\n"
        f"\n{'-' * 40}\n\n"
        "Bylaws\n\nArticle 1 (Purpose) It decides.\n"
    )


def test_a_draft_says_so_and_changes_are_marked() -> None:
    article = TREE.provisions[0]
    changed = replace(TREE, provisions=(replace(article, text="도시[^1]가 정한다."),))
    draft = replace(document_of({"ko": changed}), edition=None, sha256="")
    made = text_plain(draft, lang="ko", against=document_of({"ko": TREE})).decode()
    assert made.startswith(
        "[초안 – 채택되지 아니한 글]\n"
        "[제2판과(와) 대조한 초안: {+넣은 말+}, [-지운 말-]]\n\n규약\n\n제1조(목적) "
    )
    assert made.endswith("도시[^1][-는-]{+가+} 정한다.\n[^1]: 지방정부\n① 하나\n")


@settings(max_examples=100, deadline=None)
@given(documents())
def test_json_comes_back_exactly(document: TextDocument) -> None:
    made = text_json(document, lang="both")
    assert read_json(made) == dict(document.trees)
    assert text_json(document, lang="both") == made
    assert read_json(text_json(document, lang="ko")) == {"ko": document.trees["ko"]}


def test_json_says_what_changed() -> None:
    changed = replace(TREE, title="규약 개정")
    made = json.loads(
        text_json(document_of({"ko": changed}), lang="ko", against=document_of({"ko": TREE}))
    )
    assert made["against"]["changes"]["ko"] == [
        {
            "change": "changed",
            "key": "",
            "kind": "title",
            "number": "",
            "fields": ["title"],
            "old": None,
            "new": None,
        }
    ]
    assert (made["edition"], made["status"], made["texts"]["ko"]["authentic"]) == (
        2,
        "adopted",
        True,
    )


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"form": "x"}', b"\xff", b'{"form": 1}'])
def test_other_json_is_refused(raw: bytes) -> None:
    with pytest.raises(JsonRefused):
        read_json(raw)
