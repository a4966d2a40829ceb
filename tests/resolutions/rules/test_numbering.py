"""Numbers rendered, ordered and cited in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.numbering import (
    cite,
    follows,
    from_letters,
    from_roman,
    render_number,
    sort_key,
    to_letters,
    to_roman,
)
from resolutions.rules.structure import Kind, Provision


@pytest.mark.parametrize(
    ("kind", "number", "ko", "en"),
    [
        (Kind.PART, "1", "제1편", "Part 1"),
        (Kind.CHAPTER, "1", "제1장", "Chapter 1"),
        (Kind.SECTION, "2", "제2절", "Section 2"),
        (Kind.ARTICLE, "3", "제3조", "Article 3"),
        (Kind.ARTICLE, "12-2", "제12조의2", "Article 12 bis"),
        (Kind.ARTICLE, "12-10", "제12조의10", "Article 12 decies"),
        (Kind.ARTICLE, "12-11", "제12조의11", "Article 12-11"),
        (Kind.ARTICLE, "4.1", "제4.1조", "Article 4.1"),
        (Kind.PARAGRAPH, "1", "①", "1."),
        (Kind.PARAGRAPH, "21", "㉑", "21."),
        (Kind.PARAGRAPH, "50", "㊿", "50."),
        (Kind.PARAGRAPH, "51", "(51)", "51."),
        (Kind.PARAGRAPH, "2-2", "②의2", "2 bis."),
        (Kind.ITEM, "2", "2.", "(b)"),
        (Kind.ITEM, "2-2", "2의2.", "(b bis)"),
        (Kind.ITEM, "27", "27.", "(aa)"),
        (Kind.SUBITEM, "1", "가.", "(i)"),
        (Kind.SUBITEM, "14", "하.", "(xiv)"),
        (Kind.SUBITEM, "15", "거.", "(xv)"),
        (Kind.SUPPLEMENTARY, "", "부칙", "Supplementary Provisions"),
        (Kind.ANNEX, "1", "별표 1", "Annex 1"),
        (Kind.PREAMBLE, "", "전문", "Preamble"),
        (Kind.PARAGRAPH, "", "", ""),
    ],
)
def test_numbers_in_both_languages(kind: Kind, number: str, ko: str, en: str) -> None:
    assert (render_number(kind, number, "ko"), render_number(kind, number, "en")) == (ko, en)


def test_order_of_inserted_numbers() -> None:
    ordered = ["1", "2", "3", "3-2", "3-3", "4.1", "4.2", "5", "12", "12A", "12B", "13", "100"]
    assert sorted(set(ordered), key=sort_key) == ordered


@pytest.mark.parametrize(
    ("before", "number", "answer"),
    [
        ("", "1", True),
        ("", "2", False),
        ("1", "2", True),
        ("12", "12-2", True),
        ("12", "12A", True),
        ("12-2", "12-3", True),
        ("12-3", "13", True),
        ("12", "14", False),
        ("12", "12", False),
        ("12", "11", False),
        ("4.1", "4.2", True),
        ("A", "B", True),
    ],
)
def test_what_follows_what(before: str, number: str, answer: bool) -> None:
    assert follows(before, number) is answer


@given(st.integers(1, 3999))
def test_roman_comes_back(value: int) -> None:
    assert from_roman(to_roman(value)) == value
    assert from_roman(to_roman(value).upper()) == value


@given(st.integers(1, 200))
def test_letters_come_back(value: int) -> None:
    assert from_letters(to_letters(value)) == value


def test_what_is_no_roman_numeral() -> None:
    assert [from_roman(letters) for letters in ("iiii", "vx", "", "abc", "ic")] == [None] * 5
    with pytest.raises(ValueError, match="0"):
        to_roman(0)


def path(*steps: tuple[Kind, str] | tuple[Kind, str, str]) -> list[Provision]:
    return [
        Provision(step[2] if len(step) == 3 else "k", step[0], number=step[1]) for step in steps
    ]


@pytest.mark.parametrize(
    ("steps", "ko", "en"),
    [
        (
            path((Kind.CHAPTER, "2"), (Kind.ARTICLE, "9"), (Kind.PARAGRAPH, "1")),
            "제9조제1항",
            "Article 9(1)",
        ),
        (
            path(
                (Kind.ARTICLE, "12-2"),
                (Kind.PARAGRAPH, "3"),
                (Kind.ITEM, "2"),
                (Kind.SUBITEM, "1"),
            ),
            "제12조의2제3항제2호가목",
            "Article 12 bis(3)(b)(i)",
        ),
        (path((Kind.ARTICLE, "3"), (Kind.ITEM, "1")), "제3조제1호", "Article 3(a)"),
        (path((Kind.CHAPTER, "1")), "제1장", "Chapter 1"),
        (
            path((Kind.SUPPLEMENTARY, ""), (Kind.ARTICLE, "1")),
            "부칙 제1조",
            "Supplementary Provisions, Article 1",
        ),
        (path((Kind.ANNEX, "1")), "별표 1", "Annex 1"),
        (
            path((Kind.PREAMBLE, ""), (Kind.PARAGRAPH, "", "pre.p2")),
            "전문 2문단",
            "Preamble, para. 2",
        ),
        (path((Kind.CHAPTER, "4"), (Kind.ARTICLE, "4.1")), "제4.1조", "Article 4.1"),
    ],
)
def test_citations(steps: list[Provision], ko: str, en: str) -> None:
    assert (cite(steps, "ko"), cite(steps, "en")) == (ko, en)
