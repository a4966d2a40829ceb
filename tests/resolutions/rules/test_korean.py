"""Particles follow the sound a word ends with."""

from __future__ import annotations

import unicodedata

import pytest

from resolutions.rules.korean import ends_in_consonant, josa


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("서울", "은/는", "서울은"),
        ("파리", "은/는", "파리는"),
        ("서울", "이/가", "서울이"),
        ("함부르크", "이/가", "함부르크가"),
        ("밀라노", "을/를", "밀라노를"),
        ("빈", "을/를", "빈을"),
        ("서울", "과/와", "서울과"),
        ("마르세유", "과/와", "마르세유와"),
        ("서울", "으로/로", "서울로"),
        ("빈", "으로/로", "빈으로"),
        ("파리", "으로/로", "파리로"),
        ("제9조제1항", "은/는", "제9조제1항은"),
        ("3분의 2", "은/는", "3분의 2는"),
        ("과반수", "은/는", "과반수는"),
    ],
)
def test_hangul_and_figures(word, particle, expected):
    assert josa(word, particle) == expected


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("0", True),  # 영
        ("1", True),  # 일
        ("2", False),  # 이
        ("3", True),  # 삼
        ("4", False),  # 사
        ("5", False),  # 오
        ("6", True),  # 육
        ("7", True),  # 칠
        ("8", True),  # 팔
        ("9", False),  # 구
        ("10", True),  # 십
        ("25", False),  # 이십오
        ("100", True),  # 백
        ("2000", True),  # 천
        ("20000", True),  # 만
        ("1,000,000", True),  # 백만
        ("1000000000000", False),  # 조
        ("2.5", False),  # 이 점 오
        ("3.0", True),  # 삼 점 영
    ],
)
def test_figures_are_taken_as_read_aloud(figure, expected):
    assert ends_in_consonant(figure) is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ILO", False),
        ("SDGS", False),
        ("ASEAN", True),
        ("IBM", True),
        ("URL", True),
        ("CR", True),
        ("Seoul", True),
        ("Milan", True),
        ("Beijing", True),
        ("New York", False),
        ("Bangkok", True),
        ("Hamburg", False),
        ("Johannesburg", False),
        ("A", False),
        ("", False),
        ("?!", False),
    ],
)
def test_latin_letters(word, expected):
    assert ends_in_consonant(word) is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("서울(Paris)", "서울(Paris)은"),
        ("파리(Seoul)", "파리(Seoul)는"),
        ("“서울”", "“서울”은"),
        ("『서울선언』", "『서울선언』은"),
        ("(서울)", "(서울)은"),
    ],
)
def test_brackets_and_quotation_marks_are_passed_over(word, expected):
    assert josa(word, "은/는") == expected


def test_decomposed_hangul_is_heard_the_same():
    assert ends_in_consonant(unicodedata.normalize("NFD", "서울"))
    assert not ends_in_consonant(unicodedata.normalize("NFD", "파리"))
