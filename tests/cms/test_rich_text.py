"""Formatted text: nothing but words and a few tags gets in, and typing needs none of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.rich_text import clean, from_typed, plain_of, rich_of, typed_of


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("<p>가<script>alert(1)</script></p>", "<p>가</p>"),
        ('<p onclick="x()" style="color:red">가</p>', "<p>가</p>"),
        ('<a href="javascript:alert(1)">가</a>', '<p><a rel="nofollow noopener">가</a></p>'),
        ("<h1>가</h1><b>나</b>", "<h3>가</h3><strong>나</strong>"),
        ("<p><br></p><ul><li></li></ul>", ""),
        ("가 & 나", "<p>가 &amp; 나</p>"),
        ('<img src="https://x.example/p.png">가', "<p>가</p>"),
    ],
)
def test_only_words_and_a_few_tags_stay(given_: str, kept: str) -> None:
    assert clean(given_) == kept


def test_typed_lines_become_paragraphs_and_lists() -> None:
    assert rich_of("하나\n둘\n\n- 가\n- 나\n\n1. a\n2. b < c") == (
        "<p>하나<br>둘</p><ul><li>가</li><li>나</li></ul><ol><li>a</li><li>b &lt; c</li></ol>"
    )


def test_what_nobody_touched_keeps_its_formatting() -> None:
    stored = (
        '<p><strong>굵게</strong> <a href="https://a.example/">여기</a></p><ul><li>가</li></ul>'
    )
    shown = typed_of(stored)
    assert shown == "굵게 여기 (https://a.example/)\n\n- 가"
    assert from_typed(shown.replace("\n", "\r\n"), stored=stored) == stored
    assert from_typed("새 글", stored=stored) == "<p>새 글</p>"


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "<script" not in once


@given(st.lists(st.text(alphabet="가나다 abc<&>", min_size=1), max_size=5))
def test_typing_loses_no_word(lines: list[str]) -> None:
    typed = "\n\n".join(lines)
    assert "".join(plain_of(clean(rich_of(typed))).split()) == "".join(typed.split())
