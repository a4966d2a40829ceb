"""The redline: exactly the changed words are marked, and nothing is lost."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.rules import redline as module
from resolutions.rules.numbering import render_number
from resolutions.rules.parse import parse_text
from resolutions.rules.redline import (
    Fate,
    Mark,
    Redline,
    RedlineProvision,
    Span,
    is_changed,
    new_text,
    old_text,
    redline,
    redline_words,
    words_of,
)
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.rules.text_trees import trees

SIGNS = {Mark.SAME: "{}", Mark.DELETED: "[-{}-]", Mark.INSERTED: "[+{}+]"}


def shown(spans: tuple[Span, ...]) -> str:
    return "".join(SIGNS[span.mark].format(span.text) for span in spans)


def article(number: str, text: str = "", *children: Provision, heading: str = "") -> Provision:
    return Provision(f"art{number}", Kind.ARTICLE, number, heading, text, children)


def tree(*provisions: Provision, title: str = "규약") -> TextTree:
    return TextTree(title, "ko", provisions)


def fates(found: Redline) -> list[tuple[str, int, str, bool]]:
    return [(each.key, each.depth, each.fate.value, each.moved) for each in found.provisions]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("", "가", "[+가+]"),
        ("가", "", "[-가-]"),
        ("도시는 정한다.", "도시가 정한다.", "[-도시는-][+도시가+] 정한다."),
        ("ILO는 정한다.", "ILO가 정한다.", "ILO[-는-][+가+] 정한다."),
        ("제9조제1항", "제10조제1항", "제[-9-][+10+]조제1항"),
        ("제9조 및 제10조", "제9조", "제9조[- 및 제10조-]"),
        ("서울, 빈, 파리", "서울, 파리", "서울, [-빈, -]파리"),
        (
            "총회는 매년 한 번 연다.",
            "총회는 2년에 두 번 연다.",
            "총회는 [-매년 한-][+2년에 두+] 번 연다.",
        ),
        (
            "매년 연다. 서울에서 연다.",
            "매년 연다. 빈에서 연다. 서울에서 연다.",
            "매년 연다. [+빈에서 연다. +]서울에서 연다.",
        ),
        ("가\n나", "가\n다 라\n나", "가\n[+다 라\n+]나"),
        ("가 나", "가\n나", "가[- -][+\n+]나"),
        ("Café owners", "Cafe owners", "[-Café-][+Cafe+] owners"),
        ("the city’s seat", "the cities’ seat", "the [-city’s-][+cities’+] seat"),
        ("they don't vote", "they do not vote", "they [-don't-][+do not+] vote"),
        ("members vote", "member votes", "[-members vote-][+member votes+]"),
        ("x\n", "x", "x[-\n-]"),
    ],
)
def test_the_changed_words_are_marked(old: str, new: str, expected: str) -> None:
    assert shown(redline_words(old, new)) == expected


PIECES = (
    *(
        "도시는",
        "도시가",
        "도시",
        "city",
        "cities",
        "café",
        "cafe\u0301",
        "9",
        "10",
        "제",
        "조",
        "의",
    ),
    *(" ", " ", " ", "  ", "\n", ", ", ". ", "(", ")", "don't", "’", "e\u0301"),
)
texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(texts, texts)
@settings(max_examples=150)
def test_nothing_is_lost(old: str, new: str) -> None:
    spans = redline_words(old, new)
    assert (old_text(spans), new_text(spans)) == (old, new)
    assert all(span.text for span in spans)
    assert all(left.mark is not right.mark for left, right in pairwise(spans))
    assert is_changed(spans) == (old != new)


@given(texts, texts)
@settings(max_examples=150)
def test_as_many_words_stay_as_can_and_none_is_cut(old: str, new: str) -> None:
    spans = redline_words(old, new)
    kept = [word for span in spans if span.mark is Mark.SAME for word in words_of(span.text)]
    assert len(kept) == longest(words_of(old), words_of(new))
    for side in (Mark.DELETED, Mark.INSERTED):
        pieces = [span.text for span in spans if span.mark in (Mark.SAME, side)]
        for left, right in pairwise(pieces):
            assert not re.search(
                r"[가-힣]\|[가-힣]|[a-zé]\|[a-zé\u0301]", left[-1] + "|" + right[0]
            )


def longest(old: tuple[str, ...], new: tuple[str, ...]) -> int:
    """The length of a longest common subsequence, by the table of the textbook."""
    row = [0] * (len(new) + 1)
    for left in old:
        above = row
        row = [0]
        for place, right in enumerate(new):
            row.append(above[place] + 1 if left == right else max(above[place + 1], row[place]))
    return row[-1]


@given(texts, texts)
@settings(max_examples=60)
def test_halving_keeps_as_many_words(old: str, new: str) -> None:
    limit, module._MAX_TABLE = module._MAX_TABLE, 8
    try:
        spans = redline_words(old, new)
    finally:
        module._MAX_TABLE = limit
    assert (old_text(spans), new_text(spans)) == (old, new)
    kept = [word for span in spans if span.mark is Mark.SAME for word in words_of(span.text)]
    assert len(kept) == longest(words_of(old), words_of(new))


@given(st.data())
@settings(max_examples=60)
def test_a_known_change_is_marked_exactly(data: st.DataObject) -> None:
    """Words that occur nowhere else are put in place of a phrase, or between two words."""
    words = [
        f"말{'가나다라마바사아자차카타파하'[n % 14]}{'은는이가을를'[n % 6]}" for n in range(30)
    ]
    start = data.draw(st.integers(1, 28))
    size = data.draw(st.integers(0, 29 - start))
    new_words = ["새", "문구"][: data.draw(st.integers(0 if size else 1, 2))]
    old = " ".join(words)
    new = " ".join([*words[:start], *new_words, *words[start + size :]])
    marked = [(span.mark, span.text.strip()) for span in redline_words(old, new)]
    expected = [(Mark.SAME, " ".join(words[:start]))]
    if size:
        expected.append((Mark.DELETED, " ".join(words[start : start + size])))
    if new_words:
        expected.append((Mark.INSERTED, " ".join(new_words)))
    expected.append((Mark.SAME, " ".join(words[start + size :])))
    assert marked == expected


def test_a_text_rewritten_throughout_takes_no_time() -> None:
    old = " ".join(f"옛{'가나다'[n % 3]} 말 {n}" for n in range(1_500))
    new = " ".join(f"새{'라마바'[n % 3]} 말 {n + 7}" for n in range(1_500))
    spans = redline_words(old, new)
    assert (old_text(spans), new_text(spans)) == (old, new)


# --- provisions


def test_every_fate() -> None:
    old = tree(article("1", "가"), article("2", "나"), article("3", "다"), article("4", "라"))
    new = tree(
        article("4", "라"),
        article("1", "가"),
        replace(article("3", "다"), number="2"),
        article("5", "마"),
    )
    assert fates(redline(old, new)) == [
        ("art4", 0, "moved", True),
        ("art1", 0, "same", False),
        ("art2", 0, "removed", False),
        ("art3", 0, "renumbered", False),
        ("art5", 0, "added", False),
    ]


def test_number_heading_and_text_of_a_changed_article() -> None:
    old = tree(article("12", "도시는 정한다.", heading="의장 도시"))
    new = tree(replace(article("12", "도시가 정한다.", heading="의장 시"), number="12-2"))
    (row,) = redline(old, new).provisions
    assert (row.fate, row.moved, row.depth) == (Fate.CHANGED, False, 0)
    assert shown(row.number) == "[-제12조-][+제12조의2+]"
    assert shown(row.heading) == "의장 [-도시-][+시+]"
    assert shown(row.text) == "[-도시는-][+도시가+] 정한다."
    assert (row.old, row.new) == (old.provisions[0], new.provisions[0])


def test_what_is_removed_stands_at_its_old_place_before_what_is_added() -> None:
    one, two, three = (Provision(f"p{n}", Kind.PARAGRAPH, str(n), "", "가") for n in (1, 2, 3))
    below = Provision("i", Kind.ITEM, "1", "", "나")
    old = tree(article("1", "", one, replace(two, children=(below,)), three))
    new = tree(article("1", "", one, replace(two, key="q"), three))
    assert fates(redline(old, new)) == [
        ("art1", 0, "same", False),
        ("p1", 1, "same", False),
        ("p2", 1, "removed", False),
        ("i", 2, "removed", False),
        ("q", 1, "added", False),
        ("p3", 1, "same", False),
    ]


def test_a_child_that_outlives_its_removed_parent_is_shown_once_as_moved() -> None:
    child = Provision("x", Kind.PARAGRAPH, "1", "", "가")
    old, new = tree(article("1", "", child), article("2")), tree(article("2", "", child))
    assert fates(redline(old, new)) == [
        ("art1", 0, "removed", False),
        ("art2", 0, "same", False),
        ("x", 1, "moved", True),
    ]


def test_only_changed_keeps_changed_articles_whole_below_their_divisions() -> None:
    def chapter(number: str, *articles: Provision) -> Provision:
        return Provision(f"ch{number}", Kind.CHAPTER, number, "장", "", articles)

    one = Provision("p1", Kind.PARAGRAPH, "1", "", "가")
    two = Provision("p2", Kind.PARAGRAPH, "2", "", "나")
    old = tree(
        chapter("1", article("1", "가")),
        chapter("2", article("2", "", one, two), article("3", "다")),
    )
    new = tree(
        chapter("1", article("1", "가")),
        chapter("2", article("2", "", one, replace(two, text="라")), article("3", "다")),
    )
    found = redline(old, new)
    assert found.changed
    assert [each.key for each in found.only_changed().provisions] == ["ch2", "art2", "p1", "p2"]
    assert not redline(old, old).changed
    assert redline(old, old).only_changed().provisions == ()


@given(trees(), trees())
@settings(max_examples=60)
def test_every_provision_of_both_is_there_once(old: TextTree, new: TextTree) -> None:
    found = redline(old, new)
    keys = [each.key for each in found.provisions]
    assert len(keys) == len(set(keys))
    assert [each.new for each in found.provisions if each.new] == list(new.walk())
    assert {each.key for each in found.provisions if each.old} == set(old.by_key())
    for each in found.provisions:
        assert old_text(each.text) == (each.old.text if each.old else "")
        assert new_text(each.text) == (each.new.text if each.new else "")
        assert old_text(each.heading) == (each.old.heading if each.old else "")
        assert new_text(each.heading) == (each.new.heading if each.new else "")


@given(trees())
@settings(max_examples=40)
def test_nothing_is_marked_in_a_text_that_stayed(same: TextTree) -> None:
    found = redline(same, same)
    assert not found.changed
    assert [each.fate for each in found.provisions] == [Fate.SAME] * len(list(same.walk()))
    assert [each for unit in found.units() for each in unit] == list(found.provisions)


# --- the versions of a real constitution

CONSTITUTIONS = Path(__file__).parents[4] / "shared/reference/bylaws"
needs_constitutions = pytest.mark.skipif(
    not CONSTITUTIONS.is_dir(), reason="the reference folder is not beside the project"
)


NO_LONGER_IN_DOUBT = (
    "[-, and may be ended by the Project Secretary when the outcome of a vote is no longer in "
    "doubt-]"
)
RELATED_AMENDMENT = (
    "[-the last related formal amendment was accepted if an amendment is being voted on, or -]"
)


@cache
def constitution(version: str) -> TextTree:
    raw = (CONSTITUTIONS / f"constitution.{version}.txt").read_bytes()
    return parse_text(raw, lang="en").tree


@cache
def between(old: str, new: str) -> dict[str, RedlineProvision]:
    found = redline(constitution(old), constitution(new))
    return {each.key: each for each in found.provisions}


@needs_constitutions
@pytest.mark.parametrize(
    ("old", "new", "key", "marked"),
    [
        (
            "1.0",
            "1.1",
            "ch4.art2.p3",
            [
                "[+, tallies,+]",
                "[-tallies -]",
                "[-be -]",
                NO_LONGER_IN_DOUBT,
            ],
        ),
        (
            "1.0",
            "1.1",
            "annexa.art2.p4",
            [RELATED_AMENDMENT],
        ),
        ("1.1", "1.7", "ch5.art2.p2", ["[-nine-]", "[+six+]"]),
        ("1.1", "1.7", "ch5.art2.p5", ["[-three-]", "[+two+]"]),
        (
            "1.1",
            "1.7",
            "ch6.art3.p2",
            ["[-Chairman-]", "[+Chair+]", "[-Chairman-]", "[+Chair+]"],
        ),
        (
            "1.1",
            "1.7",
            "ch7.art2",
            [
                "[+,+]",
                "[-board-]",
                "[+Developers by way+]",
                "[-SPI (see §9.1.)-]",
                "[+General Resolution+]",
                "[-Chairman-]",
                "[+Chair+]",
            ],
        ),
        (
            "1.1",
            "1.7",
            "annexa.art6.p3.i2",
            ["[+is greater or equal to N * V(D,A) and V(A,D) +]", "[-N * -]"],
        ),
    ],
)
def test_a_real_change_is_marked(old: str, new: str, key: str, marked: list[str]) -> None:
    row = between(old, new)[key]
    assert row.fate is Fate.CHANGED
    assert [shown((span,)) for span in row.text if span.mark is not Mark.SAME] == marked


@needs_constitutions
@pytest.mark.parametrize(
    ("old", "new", "key", "fate"),
    [
        ("1.0", "1.1", "annexa.art3.p5", Fate.REMOVED),
        ("1.0", "1.1", "annexa.art6.p3.i1", Fate.ADDED),
        ("1.0", "1.1", "ch2.art1.p1", Fate.SAME),
        ("1.1", "1.7", "ch9.art3", Fate.ADDED),
        ("1.1", "1.7", "ch9.art2.p6", Fate.REMOVED),
        ("1.1", "1.7", "ch3.art1.p1", Fate.SAME),
        ("1.1", "1.7", "ch8.art1", Fate.SAME),
    ],
)
def test_what_really_came_went_and_stayed(old: str, new: str, key: str, fate: Fate) -> None:
    assert between(old, new)[key].fate is fate


@needs_constitutions
def test_a_real_heading() -> None:
    assert shown(between("1.0", "1.1")["annexa.art6"].heading) == "[-Concorde -]Vote Counting"
    assert [
        shown(part)
        for part in (between("1.1", "1.7")["ch9"].number, between("1.1", "1.7")["ch9"].heading)
    ] == [
        "Chapter 9",
        "[-Software-][+Assets held+] in [-the Public Interest-][+trust for Debian+]",
    ]


@needs_constitutions
@pytest.mark.parametrize("version", ["1.0", "1.1", "1.7"])
def test_every_word_of_the_original_is_in_the_text(version: str) -> None:
    tree = constitution(version)
    source = (CONSTITUTIONS / f"constitution.{version}.txt").read_text("utf-8")
    numbers = " ".join(render_number(each.kind, each.number, "en") for each in tree.walk())
    kept = Counter(re.findall(r"[A-Za-z]+", f"{tree.concatenation()} {numbers}"))
    original = Counter(re.findall(r"[A-Za-z]+", source))
    assert not original - kept


@needs_constitutions
def test_both_steps_together_are_the_whole_way() -> None:
    first, last = constitution("1.0"), constitution("1.7")
    found = redline(first, last)
    assert {each.key for each in found.provisions if each.old} == set(first.by_key())
    assert [each.new for each in found.provisions if each.new] == list(last.walk())
