"""Where provisions may stand, which number comes next, what belongs together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.rules.drafting import (
    Sketch,
    Wording,
    find_flags,
    head_of,
    is_number,
    kinds_below,
    new_key,
    run_of_numbers,
    series_of,
    suggest_number,
    together,
    units,
    words_hash,
    written_last,
)
from resolutions.rules.numbering import sort_key
from resolutions.rules.structure import Kind
from tests.factories import NOW
from tests.resolutions.stage import at


def sketch(key: str, kind: Kind, number: str = "", parent: str = "", **words: str) -> Sketch:
    return Sketch(key, parent, kind, number, {code: Wording("", w) for code, w in words.items()})


TEXT = (
    sketch("pre", Kind.PREAMBLE),
    sketch("pre.p1", Kind.PARAGRAPH, parent="pre"),
    sketch("ch1", Kind.CHAPTER, "1"),
    sketch("art1", Kind.ARTICLE, "1", "ch1"),
    sketch("art1.p1", Kind.PARAGRAPH, "1", "art1"),
    sketch("art1.p1.i1", Kind.ITEM, "1", "art1.p1"),
    sketch("ch2", Kind.CHAPTER, "2"),
    sketch("art2", Kind.ARTICLE, "2", "ch2"),
    sketch("supp1", Kind.SUPPLEMENTARY),
    sketch("supp1.art1", Kind.ARTICLE, "1", "supp1"),
)
BY_KEY = {each.key: each for each in TEXT}


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        ("", "", "1"),
        ("", "2", "1"),
        ("", "1", ""),
        ("3", "", "4"),
        ("12", "14", "13"),
        ("12", "13", "12-2"),
        ("12-2", "13", "12-3"),
        ("12-2", "12-3", "12-2-2"),
        ("12", "12-2", ""),
        ("12-2", "", "13"),
        ("4.1", "4.2", "4.1-2"),
        ("4.1", "5.1", "4.2"),
        ("12A", "13", ""),
    ],
)
def test_the_number_between_two(before: str, after: str, number: str) -> None:
    assert suggest_number(before, after) == number


_NUMBERS = st.lists(st.integers(2, 30), min_size=0, max_size=2).flatmap(
    lambda rest: st.integers(1, 99).map(lambda n: "-".join(map(str, [n, *rest])))
)


@settings(max_examples=100)
@given(_NUMBERS, _NUMBERS)
def test_a_suggested_number_stands_between_its_neighbours(one: str, other: str) -> None:
    before, after = sorted((one, other), key=sort_key)
    number = suggest_number(before, after)
    assert is_number(number)
    assert not number or sort_key(before) < sort_key(number) < sort_key(after)


@pytest.mark.parametrize("number", ["", "3", "12-2", "12-2-2", "4.1", "12A", "가"])
def test_numbers(number: str) -> None:
    assert is_number(number)


@pytest.mark.parametrize("number", [" 3", "3-", "<3>", "1-2-3-4-5", "x y"])
def test_no_numbers(number: str) -> None:
    assert not is_number(number)


def test_counting_on() -> None:
    assert run_of_numbers("4", 3) == ["4", "5", "6"]
    assert run_of_numbers("4.1", 2) == ["4.1", "4.2"]
    assert run_of_numbers("4A", 2) is None


def test_what_is_edited_together() -> None:
    assert units(TEXT) == {
        "pre": ["pre", "pre.p1"],
        "ch1": ["ch1"],
        "art1": ["art1", "art1.p1", "art1.p1.i1"],
        "ch2": ["ch2"],
        "art2": ["art2"],
        "supp1": ["supp1"],
        "supp1.art1": ["supp1.art1"],
    }
    assert {key: head_of(key, BY_KEY) for key in BY_KEY} == {
        key: head for head, keys in units(TEXT).items() for key in keys
    }


def test_what_is_numbered_in_one_run() -> None:
    assert series_of("art1", TEXT) == ["art1", "art2"]
    assert series_of("supp1.art1", TEXT) == ["supp1.art1"]
    assert series_of("art1.p1", TEXT) == ["art1.p1"]
    assert series_of("ch2", TEXT) == ["ch1", "ch2"]


@pytest.mark.parametrize(
    ("kind", "number", "parent", "key"),
    [
        (Kind.ARTICLE, "1-2", "ch1", "art1-2"),
        (Kind.ARTICLE, "2", "supp1", "supp1.art2"),
        (Kind.ARTICLE, "4.1", "ch1", "ch1.art1_2"),
        (Kind.ARTICLE, "1", "", "art1_2"),
        (Kind.PARAGRAPH, "2", "art1", "art1.p2"),
        (Kind.PARAGRAPH, "", "art1", "art1.u1"),
        (Kind.ITEM, "2", "art1.p1", "art1.p1.i2"),
        (Kind.SUPPLEMENTARY, "", "", "supp2"),
        (Kind.ANNEX, "1", "", "annex1"),
        (Kind.CLOSING, "", "", "closing"),
        (Kind.PREAMBLE, "", "", "pre_2"),
        (Kind.FOOTNOTE, "3", "art2", "art2.fn3"),
    ],
)
def test_a_new_key_looks_like_those_of_an_import(
    kind: Kind, number: str, parent: str, key: str
) -> None:
    assert new_key(kind, number, parent, BY_KEY, {*BY_KEY, "ch1.art1"}) == key


def test_every_kind_has_its_place() -> None:
    for kind in Kind:
        assert all(isinstance(below, Kind) for below in kinds_below(kind))
    placed = {below for kind in (None, *Kind) for below in kinds_below(kind)}
    assert placed == set(Kind)


def test_words_are_the_same_whatever_their_bytes() -> None:
    assert words_hash("", "가\r\n나 ") == words_hash("", "가\n나")
    assert words_hash("가", "나") != words_hash("", "가나")


@pytest.mark.parametrize(
    ("before", "changed", "fresh", "same", "behind"),
    [
        ({"ko": NOW, "en": NOW}, ["ko"], [], False, ("ko",)),
        ({"ko": NOW, "en": NOW}, ["ko"], [], True, ()),
        ({"ko": NOW, "en": NOW}, ["ko", "en"], [], False, ()),
        ({"ko": NOW}, ["en"], ["en"], False, ()),
        ({"ko": at(1), "en": NOW}, ["en"], [], False, ()),
        ({"ko": at(1), "en": NOW}, ["ko"], [], False, ("ko",)),
        ({"ko": at(1), "en": None}, ["en"], [], False, ()),
        ({"ko": None, "en": None}, ["ko"], [], False, ("ko",)),
    ],
)
def test_when_languages_say_the_same(
    before: dict, changed: list[str], fresh: list[str], same: bool, behind: tuple[str, ...]
) -> None:
    after = together(before, changed=changed, fresh=fresh, still_the_same=same, now=at(2))
    words = {code: Wording("", "x", moment) for code, moment in after.items()}
    assert written_last(words) == behind


def test_a_container_without_words_is_not_empty_but_a_leaf_is() -> None:
    sketches = (sketch("art1", Kind.ARTICLE, "1"), sketch("art1.p1", Kind.PARAGRAPH, "1", "art1"))
    found = find_flags(sketches, languages=("ko", "en"))
    assert {key: [each.flag.value for each in flags] for key, flags in found.items()} == {
        "art1.p1": ["empty"]
    }
