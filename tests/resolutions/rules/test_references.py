"""Cross-references: found, resolved, dangling, and following renumbering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from resolutions.rules.parse import parse_text
from resolutions.rules.references import (
    dangling_references,
    find_references,
    follow_renumbering,
)
from resolutions.rules.structure import Provision, TextTree
from tests.resolutions.rules.text_trees import trees

ROOT = Path(__file__).parents[3]
DEMONSTRATION = ROOT / "secretariat/workspace/demonstration/data/texts"
CONSTITUTIONS = sorted((ROOT.parent / "shared/reference/bylaws").glob("constitution.*.txt"))

KO = """좋은 도시 규약

제1장 총칙

제1조(목적) 이 규약은 목적을 정한다.

제2조(회원)
① 가입한 도시는 회원이 된다.
② {}
1. 출석
2. 표결
가. 현장
나. 온라인

제3조 삭제

제12조의2(의결)
① 다수로 정한다.
② 기권은 세지 아니한다.

부칙

제1조(시행일) 채택한 날부터 시행한다.

제2조(경과조치) {}

별표 1 도시

서울
"""

EN = """Bylaws of the Good City

Chapter 1 General

Article 1 (Purpose)
These Bylaws have a purpose.

Article 2 (Members)
1. A city that joins is a member.
2. {}
(a) to attend;
(b) to vote:
(i) on site;
(ii) online.

Article 3 (Repealed)

Article 12 bis (Decisions)
1. The majority decides.
2. Abstentions are not counted.

Supplementary Provisions

Article 1 (Entry into force)
In force at once.

Article 2 (Transition)
{}

Annex 1 Cities

Seoul
"""


def tree(lang: str, words: str = "", transition: str = "") -> TextTree:
    raw = (KO if lang == "ko" else EN).format(words or "권리", transition or "경과")
    return parse_text(raw.encode(), lang=lang).tree


def found(lang: str, words: str, transition: str = "") -> list[tuple[str, str | None]]:
    return [(each.words, each.target) for each in find_references(tree(lang, words, transition))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("제1조에 따라 정한다.", [("제1조", "art1")]),
        ("제12조의2제1항에 따라 정한다.", [("제12조의2제1항", "art12-2.p1")]),
        ("제2조 제2항 제2호 나목에 따라 정한다.", [("제2조 제2항 제2호 나목", "art2.p2.i2.s2")]),
        ("제1항의 도시는 정한다.", [("제1항", "art2.p1")]),
        ("이 조에서 정한다. 이 조직은 아니다.", [("이 조", "art2")]),
        ("이 조 제1항에서 정한다.", [("이 조 제1항", "art2.p1")]),
        ("전항에 따라 전조와 같다.", [("전항", "art2.p1"), ("전조", "art1")]),
        ("제2호가목을 따른다.", [("제2호가목", "art2.p2.i2.s1")]),
        (
            "제12조의2제1항 및 제2항에 따라 정한다.",
            [("제12조의2제1항", "art12-2.p1"), ("제2항", "art12-2.p2")],
        ),
        (
            "제12조의2에 따르고, 같은 조 제2항은 따르지 않는다.",
            [("제12조의2", "art12-2"), ("같은 조 제2항", "art12-2.p2")],
        ),
        ("제1조부터 제2조까지 정한다.", [("제1조", "art1"), ("제2조", "art2")]),
        ("부칙 제2조에 따라 정한다.", [("부칙 제2조", "supp1.art2")]),
        ("제1장에서 정한 별표 1과 같다.", [("제1장", "ch1"), ("별표 1", "annex1")]),
        ("이 규약 제1조에 따라 정한다.", [("제1조", "art1")]),
        ("제4조에 따라 정한다.", [("제4조", None)]),
        ("제2조제5항에 따라 정한다.", [("제2조제5항", None)]),
        # other texts, and what is no citation
        ("헌장 제3조 및 제4조에 따라 정한다.", []),
        ("「근로기준법」 제50조제1항에 따라 정한다.", []),
        ("국제노동기구 제87호 협약에 따라 정한다.", []),
        ("제5회 총회에서 제2018-12호로 정한다.", []),
        ("선출 방법 제1조에 따라 정한다.", [("제1조", "art1")]),
        ("제3자와 제1차 회의에서 제1항공편을 정한다.", []),
    ],
)
def test_korean(words: str, expected: list[tuple[str, str | None]]) -> None:
    assert found("ko", words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("As Article 1 says.", [("Article 1", "art1")]),
        ("Under Article 12 bis(1) it may.", [("Article 12 bis(1)", "art12-2.p1")]),
        ("Under Article 2(2)(b)(ii).", [("Article 2(2)(b)(ii)", "art2.p2.i2.s2")]),
        ("Under Article 2, paragraph 1, it may.", [("Article 2, paragraph 1", "art2.p1")]),
        ("Under paragraph 2, item (a).", [("paragraph 2, item (a)", "art2.p2.i1")]),
        ("Under paragraph 1 of Article 12 bis.", [("paragraph 1 of Article 12 bis", "art12-2.p1")]),
        ("A city referred to in paragraph 1 may.", [("paragraph 1", "art2.p1")]),
        (
            "In this Article, and in this Chapter.",
            [("this Article", "art2"), ("this Chapter", "ch1")],
        ),
        ("As the preceding paragraph says.", [("the preceding paragraph", "art2.p1")]),
        (
            "Articles 1, 2 and 12 bis apply.",
            [("Articles 1", "art1"), ("2", "art2"), ("12 bis", "art12-2")],
        ),
        (
            "Article 12 bis(1) and (2).",
            [("Article 12 bis(1)", "art12-2.p1"), ("(2)", "art12-2.p2")],
        ),
        ("Article 2 of the Supplementary Provisions.", [("Article 2", "supp1.art2")]),
        ("Supplementary Provisions, Article 2.", [("Article 2", "supp1.art2")]),
        ("Article 1 of these Bylaws, and Annex 1.", [("Article 1", "art1"), ("Annex 1", "annex1")]),
        ("Article 1 of the Bylaws.", [("Article 1", "art1")]),
        ("As Article 4 says.", [("Article 4", None)]),
        ("As Article 2(7) says.", [("Article 2(7)", None)]),
        # other texts, and what is no citation
        ("Article 7 of the Charter, and Charter, Article 8.", []),
        ("Articles 7 and 8 of the ILO Constitution.", []),
        ("A part of an article in the press.", []),
        ("item 3 of the agenda", []),
        ("Under Article 1 (Purpose) it may.", [("Article 1", "art1")]),
    ],
)
def test_english(words: str, expected: list[tuple[str, str | None]]) -> None:
    assert found("en", words) == expected


@pytest.mark.parametrize(
    ("lang", "words", "expected"),
    [
        ("ko", "제2조와 부칙 제2조", [("제2조", "art2"), ("부칙 제2조", "supp1.art2")]),
        (
            "en",
            "Under Article 2 and Article 12 bis",
            [("Article 2", "art2"), ("Article 12 bis", "art12-2")],
        ),
    ],
)
def test_in_supplementary_provisions_the_body_is_meant(
    lang: str, words: str, expected: list[tuple[str, str | None]]
) -> None:
    assert found(lang, "", words) == expected


def test_where_and_how_it_is_cited() -> None:
    (reference,) = find_references(tree("ko", "회원은 제1항에 따른다."))
    assert (reference.key, reference.field) == ("art2.p2", "text")
    text = tree("ko", "회원은 제1항에 따른다.").by_key()["art2.p2"].text
    assert text[reference.start : reference.end] == "제1항" == reference.words
    assert (reference.citation, reference.dangling) == ("제2조제1항", False)


@pytest.mark.parametrize(("lang", "words"), [("ko", "제3조에 따라"), ("en", "Article 3 says")])
def test_a_repealed_provision_leaves_its_references_dangling(lang: str, words: str) -> None:
    (reference,) = dangling_references(tree(lang, words))
    assert (reference.target, reference.repealed) == ("art3", True)


def test_the_points_of_a_declaration_are_paragraphs_or_articles() -> None:
    raw = "Declaration\n\nWe agree.\n\n1. Cities act.\n2. Under paragraph 1 they do.\n"
    declaration = parse_text(raw.encode(), lang="en").tree
    assert [each.target for each in find_references(declaration)] == ["art1"]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("bylaws", 6),
        ("founding-rules", 0),
        ("joint-statement-2018", 0),
        ("seoul-declaration", 0),
        ("seoul-office", 0),
    ],
)
def test_the_texts_of_the_demonstration(name: str, count: int) -> None:
    targets = {}
    for lang in ("ko", "en"):
        raw = (DEMONSTRATION / f"{name}.{lang}.txt").read_bytes()
        references = find_references(parse_text(raw, lang=lang).tree)
        assert not [each for each in references if each.dangling]
        targets[lang] = [(each.key, each.target) for each in references]
    assert targets["ko"] == targets["en"]
    assert len(targets["ko"]) == count


@pytest.mark.skipif(not CONSTITUTIONS, reason="the reference folder is not beside the project")
@pytest.mark.parametrize("path", CONSTITUTIONS, ids=lambda path: path.stem)
def test_decimal_references_of_a_real_constitution(path: Path) -> None:
    references = find_references(parse_text(path.read_bytes(), lang="en").tree)
    assert len(references) >= 10
    assert not [each.words for each in references if each.dangling]


# --- following


def renumbered(text: TextTree, numbers: dict[str, str]) -> TextTree:
    def anew(provision: Provision) -> Provision:
        return replace(
            provision,
            number=numbers.get(provision.key, provision.number),
            children=tuple(map(anew, provision.children)),
        )

    return replace(text, provisions=tuple(map(anew, text.provisions)))


@pytest.mark.parametrize(
    ("lang", "words", "after"),
    [
        ("ko", "제1조와 제12조의2제1항에 따른다.", "제7조와 제9조제3항에 따른다."),
        ("ko", "제12조의2제1항 및 제2항을 본다.", "제9조제3항 및 제2항을 본다."),
        ("ko", "이 조 제1항, 제12조의2를 본다.", "이 조 제1항, 제9조를 본다."),
        ("ko", "헌장 제1조에 따른다.", "헌장 제1조에 따른다."),
        ("en", "See Article 1 and Article 12 bis(1).", "See Article 7 and Article 9(3)."),
        ("en", "See Articles 1 and 12 bis.", "See Articles 7 and 9."),
        ("en", "See paragraph 1 of Article 12 bis.", "See paragraph 3 of Article 9."),
    ],
)
def test_numbers_in_words_that_stayed_follow(lang: str, words: str, after: str) -> None:
    before = tree(lang, words)
    now = renumbered(before, {"art1": "7", "art12-2": "9", "art12-2.p1": "3"})
    assert follow_renumbering(before, now).by_key()["art2.p2"].text == after


def test_words_that_are_new_are_left_and_those_around_them_follow() -> None:
    before = tree("ko", "도시는 제1조에 따라 정한다.")
    now = renumbered(tree("ko", "회원도시는 제9조와 제1조에 따라 정한다."), {"art1": "7"})
    followed = follow_renumbering(before, now)
    assert followed.by_key()["art2.p2"].text == "회원도시는 제9조와 제7조에 따라 정한다."


@pytest.mark.parametrize(
    ("lang", "words", "after"),
    [
        ("ko", "제1항에 따른다.", "제1조제1항에 따른다."),
        ("en", "See paragraph 1.", "See Article 1(1)."),
    ],
)
def test_a_reference_to_a_paragraph_that_left_the_article_is_cited_in_full(
    lang: str, words: str, after: str
) -> None:
    before = tree(lang, words)

    def moved(provision: Provision) -> Provision:
        children = tuple(moved(child) for child in provision.children if child.key != "art2.p1")
        if provision.key == "art1":
            children = (before.by_key()["art2.p1"],)
        return replace(provision, children=children)

    now = replace(before, provisions=tuple(map(moved, before.provisions)))
    assert follow_renumbering(before, now).by_key()["art2.p2"].text == after


def test_a_reference_to_what_is_gone_stays_and_dangles() -> None:
    before = tree("ko", "제12조의2에 따른다.")
    now = renumbered(
        replace(
            before,
            provisions=tuple(
                replace(
                    each,
                    children=tuple(child for child in each.children if child.key != "art12-2"),
                )
                for each in before.provisions
            ),
        ),
        {"art1": "7"},
    )
    followed = follow_renumbering(before, now)
    assert followed == now
    assert [each.words for each in dangling_references(followed)] == ["제12조의2"]


@pytest.mark.parametrize("read", [find_references, dangling_references])
@given(text=trees())
@settings(max_examples=30)
def test_any_tree_can_be_read(read: Callable[[TextTree], object], text: TextTree) -> None:
    read(text)
    assert follow_renumbering(text, text) is text
