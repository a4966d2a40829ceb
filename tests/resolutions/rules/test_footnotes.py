"""Footnotes: read from plain text, keyed, cited, compared and hashed like any provision."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.rules.canonical import canonical_text
from resolutions.rules.numbering import cite, render_number
from resolutions.rules.parse import ParseRefused, ParseResult, parse_text
from resolutions.rules.redline import Fate, redline
from resolutions.rules.structure import Kind
from tests.resolutions.rules.text_trees import plain_texts


def parsed(text: str, lang: str = "ko") -> ParseResult:
    return parse_text(text.encode(), lang=lang)


def footnotes(result: ParseResult) -> list[tuple[str, str, str]]:
    return [
        (each.key, each.number, each.text)
        for each in result.tree.walk()
        if each.kind is Kind.FOOTNOTE
    ]


def codes(result: ParseResult) -> list[str]:
    return [note.code for note in result.warnings]


BELOW = """규약

제1조(목적) 도시[^1]의 목적을 정한다.
[^1]: 지방정부를
말한다.

제2조(회원)
① 회원은[^2] 도시이다.
② 회비는 없다.
[^2]: 참관도시는 아니다.
"""


def test_below_the_provision_that_has_the_mark() -> None:
    result = parsed(BELOW)
    assert footnotes(result) == [
        ("art1.fn1", "1", "지방정부를 말한다."),
        ("art2.p1.fn2", "2", "참관도시는 아니다."),
    ]
    assert result.tree.by_key()["art1"].text == "도시[^1]의 목적을 정한다."
    assert [cut.pieces for cut in result.numbering if cut.pieces[0].startswith("[")] == [
        ("[^1]:",),
        ("[^2]:",),
    ]
    assert codes(result) == []


def test_gathered_at_the_end_after_the_closing_formula() -> None:
    end = "\n2018년 12월 12일 서울에서 채택\n\n[^2]: 둘\n[^1]: 하나\n"
    text = BELOW.replace("[^1]: 지방정부를\n말한다.\n", "").replace(
        "[^2]: 참관도시는 아니다.\n", ""
    )
    result = parsed(text + end)
    assert footnotes(result) == [("art1.fn1", "1", "하나"), ("art2.p1.fn2", "2", "둘")]
    assert result.tree.provisions[-1].text == "2018년 12월 12일 서울에서 채택"


def test_the_provision_goes_on_after_its_footnote() -> None:
    text = "규약\n\n제1조(가) 다음과 같다.[^1]\n[^1]: 주\n① 하나\n② 둘\n\n제2조(나) 셋\n"
    result = parsed(text)
    assert [(each.key, each.text) for each in result.tree.walk()] == [
        ("art1", "다음과 같다.[^1]"),
        ("art1.p1", "하나"),
        ("art1.p2", "둘"),
        ("art1.fn1", "주"),
        ("art2", "셋"),
    ]


def test_numbers_that_begin_again_in_each_article() -> None:
    text = "규약\n\n제1조(가) 하나[^1]\n[^1]: 첫째\n\n제2조(나) 둘[^1]\n[^1]: 둘째\n"
    assert footnotes(parsed(text)) == [("art1.fn1", "1", "첫째"), ("art2.fn1", "1", "둘째")]


def test_without_a_mark_it_stays_where_it_stood_and_is_warned_of() -> None:
    result = parsed("규약\n\n제1조(가) 하나\n[^7]: 홀로\n")
    assert footnotes(result) == [("art1.fn7", "7", "홀로")]
    assert codes(result) == ["footnote_unmarked"]


def test_the_same_number_twice_is_refused() -> None:
    with pytest.raises(ParseRefused) as refused:
        parsed("규약\n\n제1조(가) 하나[^1]\n[^1]: 주\n[^1]: 또\n")
    assert (refused.value.code, refused.value.line, refused.value.other_line) == (
        "duplicate_number",
        5,
        4,
    )


def test_in_english_with_the_same_keys() -> None:
    english = parsed(
        "Bylaws\n\nArticle 1 (Purpose)\nThe purpose of cities[^1].\n[^1]: Local governments.\n\n"
        "Article 2 (Members)\n1. Members[^2] are cities.\n2. There is no fee.\n"
        "[^2]: Not observers.\n",
        "en",
    )
    assert [key for key, _, _ in footnotes(english)] == [
        key for key, _, _ in footnotes(parsed(BELOW))
    ]


def test_rendered_and_cited() -> None:
    tree = parsed(BELOW).tree
    assert (
        render_number(Kind.FOOTNOTE, "2", "ko") == "2)" == render_number(Kind.FOOTNOTE, "2", "en")
    )
    assert cite(tree.path("art2.p1.fn2"), "ko") == "제2조제1항 각주 2"
    assert cite(tree.path("art2.p1.fn2"), "en") == "Article 2(1), footnote 2"


def test_in_the_canonical_form_it_is_one_more_kind() -> None:
    form = canonical_text(parsed(BELOW).tree).split("\n")
    assert form[3] == "provision\t2\tart1.fn1\tfootnote\t1\t\t지방정부를 말한다."


def test_a_changed_footnote_is_a_changed_provision() -> None:
    found = redline(parsed(BELOW).tree, parsed(BELOW.replace("지방정부를", "지방자치단체를")).tree)
    assert [each.key for each in found.provisions if each.fate is not Fate.SAME] == ["art1.fn1"]
    assert [each.key for each in found.only_changed().provisions] == ["art1", "art1.fn1"]


@pytest.mark.parametrize("lang", ["ko", "en"])
@given(data=st.data())
@settings(max_examples=50)
def test_anywhere_in_any_text_nothing_is_lost(lang: str, data: st.DataObject) -> None:
    lines = data.draw(plain_texts(lang)).splitlines()
    notes = data.draw(
        st.lists(
            st.sampled_from(["[^1]: 주 note", "[^b]:", "말[^1]과 word[^b]", "[^c] :"]), max_size=4
        )
    )
    for note in notes:
        lines.insert(data.draw(st.integers(0, len(lines))), note)
    try:
        result = parsed("\n".join(lines), lang)
    except ParseRefused as refused:
        assert refused.code in ("duplicate_number", "empty")  # noqa: PT017
    else:
        words = result.tree.concatenation() + "".join(each.text for each in result.not_understood)
        assert words.count("주 note") == notes.count("[^1]: 주 note")
        assert words.count("word[^b]") == notes.count("말[^1]과 word[^b]")
