"""How two amendments to one text stand to one another, the same whichever is named first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.rules.amending import Apart, apply, apply_all, derive
from resolutions.rules.conflicts import (
    CANNOT_BOTH,
    Conflict,
    compare_amendments,
    conflict_matrix,
)
from resolutions.rules.merging import merge_words, split_words, word_edits
from resolutions.rules.operations import Operation
from resolutions.rules.structure import Kind, Provision
from tests.resolutions.rules.amended_texts import (
    Trees,
    edited,
    edits_of,
    reworded,
    sketches,
    statute,
    trees_of,
    with_inserted,
    without,
)

BASE = statute("one two three four", ("first para here", "second", "third"), "end", "four", "five")
Ops = Sequence[Operation]


def say(old: str, new: str, key: str = "art1", *languages: str) -> Ops:
    return derive(BASE, reworded(BASE, key, old, new, *languages))


def strike(*keys: str) -> Ops:
    return derive(BASE, without(BASE, *keys))


def insert(after: str, text: str, key: str = "art2.p9", number: str = "9", up: str = "art2") -> Ops:
    kind = Kind.PARAGRAPH if up else Kind.ARTICLE
    return derive(BASE, with_inserted(BASE, up, after, key, number, text, kind))


def number(key: str, given_number: str) -> Ops:
    def change(provision: Provision, _language: str) -> Provision:
        return replace(provision, number=given_number) if provision.key == key else provision

    return derive(BASE, edited(BASE, change))


def repeal(key: str) -> Ops:
    def change(provision: Provision, language: str) -> Provision:
        if provision.key != key:
            return provision
        word = {"ko": "삭제", "en": "Repealed"}[language]
        return replace(provision, heading="", text=word, children=())

    return derive(BASE, edited(BASE, change))


def move_to_the_end(key: str) -> Ops:
    trees: Trees = {}
    for code, tree in BASE.items():
        moved = tree.find(key)
        assert moved is not None
        rest = tuple(each for each in tree.provisions if each.key != key)
        trees[code] = replace(tree, provisions=(*rest, moved))
    return derive(BASE, trees)


WHOLE = ("art2", "art2.p1", "art2.p2", "art2.p3")
CASES = {
    "other articles": (say("two", "2"), say("end", "fin", "art3"), "none", ()),
    "the same": (say("two", "2"), say("two", "2"), "identical", ("art1",)),
    "other words": (say("one", "1"), say("three", "3"), "mergeable", ("art1",)),
    "one word": (say("two", "2"), say("two", "zwei"), "hard", ("art1",)),
    "neighbouring words": (say("two", "2"), say("three", "3"), "hard", ("art1",)),
    "one language each": (say("two", "2", "art1", "ko"), say("two", "2", "art1", "en"), "mergeable",
                          ("art1",)),
    "one language merges": (
        derive(BASE, reworded(reworded(BASE, "art1", "one", "1", "en"), "art1", "two", "2", "ko")),
        derive(BASE, reworded(reworded(BASE, "art1", "four", "4", "en"), "art1", "two", "3", "ko")),
        "hard",
        ("art1",),
    ),
    "struck and changed": (strike("art1"), say("two", "2"), "delete_against_edit", ("art1",)),
    "struck with its paragraph changed": (strike(*WHOLE), say("first", "1st", "art2.p1"),
                                          "delete_against_edit", ("art2",)),
    "repealed and changed": (repeal("art1"), say("two", "2"), "delete_against_edit", ("art1",)),
    "struck and struck": (strike("art1"), strike("art1"), "identical", ("art1",)),
    "struck and repealed": (strike("art1"), repeal("art1"), "hard", ("art1",)),
    "a part and the whole": (strike("art2.p1"), strike(*WHOLE), "mergeable", ("art2.p1",)),
    "struck and moved": (strike("art1"), move_to_the_end("art1"), "delete_against_edit", ("art1",)),
    "beside what is struck": (strike("art2.p3"), insert("art2.p3", "new"), "anchor_gone",
                              ("art2.p3",)),
    "below what is struck": (strike(*WHOLE), insert("", "new"), "anchor_gone", ("art2",)),
    "below what is repealed": (repeal("art2"), insert("art2.p3", "new"), "anchor_gone", ("art2",)),
    "beside what is repealed": (repeal("art1"), insert("art1", "new", "art1-2", "1-2", ""), "none",
                                ()),
    "beside what is moved": (move_to_the_end("art1"), insert("art1", "new", "art1-2", "1-2", ""),
                             "anchor_gone", ("art1",)),
    "two at one place": (insert("art2.p3", "new"), insert("art2.p3", "other"), "insertion_order",
                         ("art2.p3",)),
    "two at two places": (insert("art2.p3", "new"), insert("art2.p1", "o", "art2.p1-2", "1-2"),
                          "none", ()),
    "one number at two places": (insert("art2.p3", "new"), insert("art2.p1", "o", "art2.p8"),
                                 "insertion_order", ("art2.p1", "art2.p3")),
    "inserted alike": (insert("art2.p3", "new"), insert("art2.p3", "new"), "identical",
                       ("art2.p3",)),
    "two numbers": (number("art3", "7"), number("art3", "8"), "hard", ("art3",)),
    "one number for two": (number("art3", "7"), number("art4", "7"), "hard", ("art3", "art4")),
    "a number that is inserted": (number("art3", "9"), insert("art5", "n", "art9", "9", ""), "hard",
                                  ("art3",)),
    "number and words": (number("art3", "7"), say("end", "fin", "art3"), "mergeable", ("art3",)),
    "beside a changed one": (say("third", "3rd", "art2.p3"), insert("art2.p3", "new"), "none", ()),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_conflict_and_its_mirror(name):
    mine, theirs, kind, keys = CASES[name]
    finding = compare_amendments(BASE, mine, theirs)
    assert (finding.kind, finding.keys) == (kind, keys)
    assert compare_amendments(BASE, theirs, mine) == finding
    assert conflict_matrix(BASE, {1: mine, 2: theirs}).between(2, 1).kind == kind
    if finding.kind in CANNOT_BOTH:
        with pytest.raises(Apart):
            apply_all(BASE, {1: mine, 2: theirs})
    else:
        assert apply_all(BASE, {1: mine, 2: theirs})


def test_the_finding_says_where_and_in_which_language():
    hard = compare_amendments(BASE, *CASES["one language merges"][:2])
    assert hard.languages == ("ko",)
    assert hard.sentence["en"] == (
        "Both change the same provision differently, so only one can be adopted: Article 1 (ko)."
    )
    assert "제1조 (ko)" in hard.sentence["ko"]
    paragraph = compare_amendments(BASE, *CASES["beside what is struck"][:2])
    assert "Article 2(3)" in paragraph.sentence["en"]
    assert "제2조제3항" in paragraph.sentence["ko"]
    assert paragraph.as_json()["kind"] == "anchor_gone"
    for kind in Conflict:
        assert set(kind.label) == {"ko", "en"}


def test_the_matrix_has_every_pair_that_meets():
    amendments = {1: say("two", "2"), 2: say("two", "zwei"), 3: say("end", "fin", "art3"), 9: ()}
    matrix = conflict_matrix(BASE, amendments)
    assert matrix.numbers == (1, 2, 3, 9)
    assert set(matrix.cells) == {(1, 2)}
    assert matrix.apart_from(2) == (1,)
    assert matrix.apart_from(3) == ()
    assert matrix.between(1, 3).kind is Conflict.NONE
    assert [pair[:2] for pair in matrix.of_kind(Conflict.HARD)] == [(1, 2)]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_conflicts_are_symmetric_and_the_matrix_is_that_of_all_pairs(data):
    base = data.draw(sketches())
    trees = trees_of(base)
    amendments = {
        n: derive(trees, trees_of(data.draw(edits_of(base, times=3, name="n")))) for n in (1, 2, 3)
    }
    matrix = conflict_matrix(trees, amendments)
    for one, other in combinations(amendments, 2):
        finding = compare_amendments(trees, amendments[one], amendments[other])
        assert compare_amendments(trees, amendments[other], amendments[one]) == finding
        assert matrix.between(one, other) == finding


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_what_is_called_mergeable_merges_to_a_text_with_both_changes(data):
    base = data.draw(sketches())
    trees = trees_of(base)
    mine = derive(trees, trees_of(data.draw(edits_of(base, times=2, name="a"))))
    theirs = derive(trees, trees_of(data.draw(edits_of(base, times=2, name="b"))))
    if compare_amendments(trees, mine, theirs).kind is not Conflict.MERGEABLE:
        return
    both = apply_all(trees, [mine, theirs])
    for code, tree in both.items():
        old, one, other = (each[code] for each in (trees, apply(trees, mine), apply(trees, theirs)))
        for provision in tree.walk():
            was, left, right = (each.find(provision.key) for each in (old, one, other))
            if was is None or left is None or right is None:
                continue
            merged = merge_words(was.text, [left.text, right.text])
            assert merged is not None
            assert provision.text == merged.strip()
            kept = set(split_words(provision.text))
            for changed in (left.text, right.text):
                for edit in word_edits(was.text, changed):
                    assert {word for word in edit.words if not word.isspace()} <= kept
