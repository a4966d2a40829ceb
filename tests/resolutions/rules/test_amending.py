"""Operations are derived from a text as it should read, and give exactly that text again."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.rules.amending import Apart, Stale, apply, apply_all, derive
from resolutions.rules.conflicts import CANNOT_BOTH, Conflict, compare_amendments, conflict_matrix
from resolutions.rules.merging import merge_words, split_words, word_edits
from resolutions.rules.operations import (
    Op,
    Operation,
    Words,
    operations_as_json,
    operations_from_json,
    provision_hash,
)
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.rules.amended_texts import (
    EN,
    Sketch,
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

BASE = statute("The Assembly meets once", ("one two three four five", "second", "third"), "end")


def keys(trees, language="ko"):
    return [provision.key for provision in trees[language].walk()]


def number_of(trees, key):
    return {tree.find(key).number for tree in trees.values()}


# deriving


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_what_is_derived_gives_exactly_the_new_text(data) -> None:
    base = data.draw(sketches())
    new = trees_of(data.draw(edits_of(base, times=6)))
    operations = derive(trees_of(base), new)
    assert apply(trees_of(base), operations) == new
    again = operations_from_json(operations_as_json(operations))
    assert again == operations


def test_nothing_is_derived_from_the_same_text() -> None:
    assert derive(BASE, BASE) == ()


def test_a_substitution_carries_only_what_changed() -> None:
    new = reworded(BASE, "art2.p1", "two", "seven", "en")
    (operation,) = derive(BASE, new)
    was = BASE["en"].find("art2.p1")
    assert operation.op is Op.SUBSTITUTE
    assert operation.key == "art2.p1"
    assert operation.words == {"en": Words("", "one seven three four five")}
    assert operation.base == {"en": provision_hash(was)}


def test_insertions_come_one_after_the_other() -> None:
    new = with_inserted(BASE, "art2", "art2.p3", "art2.p4", "4", "new", Kind.PARAGRAPH)
    new = with_inserted(new, "art2", "art2.p4", "art2.p5", "5", "newer", Kind.PARAGRAPH)
    first, then = derive(BASE, new)
    assert [(op.op, op.key, op.parent, op.after, op.number) for op in (first, then)] == [
        (Op.INSERT_AFTER, "art2.p4", "art2", "art2.p3", "4"),
        (Op.INSERT_AFTER, "art2.p5", "art2", "art2.p4", "5"),
    ]
    assert set(first.base) == {"ko", "en"}
    assert then.base == {}


def test_a_provision_struck_whole_is_one_deletion() -> None:
    (operation,) = derive(BASE, without(BASE, "art2", "art2.p1", "art2.p2", "art2.p3"))
    assert (operation.op, operation.key, operation.number_kept) == (Op.DELETE, "art2", False)


def test_a_repealed_article_keeps_its_number() -> None:
    def strike(provision, language):
        if provision.key != "art2":
            return provision
        word = {"ko": "삭제", "en": "Repealed"}[language]
        return Provision("art2", Kind.ARTICLE, "2", "", word)

    new = edited(BASE, strike)
    (operation,) = derive(BASE, new)
    assert (operation.op, operation.key, operation.number_kept) == (Op.DELETE, "art2", True)
    assert apply(BASE, [operation]) == new


def test_another_title_or_a_provision_in_one_language_only_is_refused() -> None:
    titled = {**BASE, "en": replace(BASE["en"], title="Another")}
    with pytest.raises(RuleRefused) as refused:
        derive(BASE, titled)
    assert (refused.value.code, refused.value.where) == ("title_stays", "title (en)")
    with pytest.raises(RuleRefused) as refused:
        derive(BASE, {**BASE, "en": without(BASE, "art3")["en"]})
    assert (refused.value.code, refused.value.where) == ("words_missing", "art3 (en)")


def test_one_language_alone_can_be_written_anew() -> None:
    new = reworded(BASE, "art1", "Assembly", "Council", "en")
    assert derive(BASE, {"en": new["en"]}) == derive(BASE, new)


# a stale base


def test_a_stale_base_is_refused_by_provision_and_language() -> None:
    operations = derive(BASE, reworded(BASE, "art2.p1", "two", "seven", "en"))
    meanwhile = reworded(BASE, "art2.p1", "five", "six", "en")
    with pytest.raises(Stale) as stale:
        apply(meanwhile, operations)
    assert (stale.value.key, stale.value.language) == ("art2.p1", "en")
    assert "Article 2(1)" in stale.value.message["en"]
    assert "제2조제1항" in stale.value.message["ko"]
    korean_only = reworded(BASE, "art2.p1", "five", "six", "ko")
    assert apply(korean_only, operations)["en"].find("art2.p1").text == "one seven three four five"


@pytest.mark.parametrize("what", ["delete", "insert", "renumber", "move"])
def test_each_operation_knows_its_base(what) -> None:
    new = {
        "delete": without(BASE, "art1"),
        "insert": with_inserted(BASE, "", "art1", "art1-2", "1-2", "new", Kind.ARTICLE),
        "renumber": edited(BASE, lambda p, _: replace(p, number="9") if p.key == "art1" else p),
        "move": {
            code: replace(tree, provisions=(*tree.provisions[1:], tree.provisions[0]))
            for code, tree in BASE.items()
        },
    }[what]
    operations = derive(BASE, new)
    assert len(operations) == 1
    assert apply(BASE, operations) == new
    for language in ("ko", "en"):
        meanwhile = reworded(BASE, "art1", "once", "twice", language)
        with pytest.raises(Stale) as stale:
            apply(meanwhile, operations)
        assert (stale.value.key, stale.value.language) == ("art1", language)
    with pytest.raises(Stale):
        apply(without(BASE, "art1"), operations)
    with pytest.raises(Stale):
        apply(BASE, [replace(operations[0], base={"ko": operations[0].base["ko"]})])


def test_deleting_knows_everything_below() -> None:
    operations = derive(BASE, without(BASE, "art2", "art2.p1", "art2.p2", "art2.p3"))
    with pytest.raises(Stale):
        apply(reworded(BASE, "art2.p3", "third", "fourth", "ko"), operations)


def test_an_amendment_that_contradicts_itself_is_refused() -> None:
    once = derive(BASE, reworded(BASE, "art1", "once", "twice"))
    gone = derive(BASE, without(BASE, "art1"))
    for operations in (once + once, once + gone):
        with pytest.raises(RuleRefused) as refused:
            apply(BASE, operations)
        assert refused.value.code == "named_twice"


def test_a_provision_does_not_stand_below_itself() -> None:
    sketch = Sketch("", Kind.ARTICLE, "", {})
    trees = trees_of(sketch)
    words = {"ko": ("", "가"), "en": ("", "a")}
    sketch.below = [
        Sketch("ch1", Kind.CHAPTER, "1", words, [Sketch("art1", Kind.ARTICLE, "1", words)])
    ]
    trees = trees_of(sketch)
    (move,) = derive(
        trees, {code: replace(tree, provisions=(
            replace(tree.provisions[0], children=()), tree.provisions[0].children[0],
        )) for code, tree in trees.items()},
    )  # fmt: skip
    with pytest.raises(RuleRefused) as refused:
        apply(trees, [replace(move, key="ch1", parent="art1", after="", base={
            code: provision_hash(tree.provisions[0]) for code, tree in trees.items()
        })])  # fmt: skip
    assert refused.value.code == "place_gone"


# several amendments


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_what_does_not_conflict_can_be_applied_in_any_order(data) -> None:
    base = data.draw(sketches())
    trees = trees_of(base)
    amendments = {
        number: derive(trees, trees_of(data.draw(edits_of(base, times=2, name=f"n{number}-"))))
        for number in (1, 2, 3)
    }
    matrix = conflict_matrix(trees, amendments)
    kinds = {finding.kind for finding in matrix.cells.values()}
    if kinds & CANNOT_BOTH:
        with pytest.raises(Apart):
            apply_all(trees, amendments)
        return
    outcome = apply_all(trees, amendments)
    for order in itertools.permutations(amendments):
        assert apply_all(trees, {number: amendments[number] for number in order}) == outcome
    unnumbered = {
        tuple(sorted(apply_all(trees, [amendments[number] for number in order]).items()))
        for order in itertools.permutations(amendments)
    }
    assert len({repr(each) for each in unnumbered}) == 1
    if Conflict.INSERTION_ORDER not in kinds:
        swapped = {4 - number: operations for number, operations in amendments.items()}
        assert apply_all(trees, swapped) == outcome
    for tree in outcome.values():
        found = [provision.key for provision in tree.walk()]
        assert len(found) == len(set(found))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_one_after_the_other_is_the_same_where_nothing_meets(data) -> None:
    base = data.draw(sketches())
    trees = trees_of(base)
    first = derive(trees, trees_of(data.draw(edits_of(base, times=1, name="a"))))
    second = derive(trees, trees_of(data.draw(edits_of(base, times=1, name="b"))))
    if compare_amendments(trees, first, second).kind is not Conflict.NONE:
        return
    if any(each.op in (Op.MOVE, Op.RENUMBER) for each in (*first, *second)):
        return  # the words of the other are not in the new numbers
    together = apply_all(trees, [first, second])
    with suppress(Stale):  # the second was written beside something that the first changed
        assert apply(apply(trees, first), second) == together


def test_identical_amendments_are_applied_once() -> None:
    new = with_inserted(BASE, "art2", "art2.p3", "art2.p4", "4", "new", Kind.PARAGRAPH)
    new = reworded(new, "art1", "once", "twice")
    operations = derive(BASE, new)
    assert apply_all(BASE, [operations, operations]) == new


def test_insertions_at_one_place_stand_in_the_order_of_their_numbers() -> None:
    def amendment(text):
        return derive(
            BASE, with_inserted(BASE, "art2", "art2.p3", "art2.p4", "4", text, Kind.PARAGRAPH)
        )

    outcome = apply_all(BASE, {7: amendment("seventh"), 3: amendment("third")})
    assert keys(outcome)[5:7] == ["art2.p4", "art2.p4_2"]
    assert [outcome["en"].find(key).text for key in keys(outcome)[5:7]] == [
        "en third",
        "en seventh",
    ]
    assert [number_of(outcome, key) for key in keys(outcome)[5:7]] == [{"4"}, {"5"}]


def test_the_same_inserted_number_at_two_places_is_given_once() -> None:
    one = derive(BASE, with_inserted(BASE, "", "art1", "art1-2", "1-2", "a", Kind.ARTICLE))
    other = derive(BASE, with_inserted(BASE, "", "art3", "art1-2", "1-2", "b", Kind.ARTICLE))
    assert compare_amendments(BASE, one, other).kind is Conflict.INSERTION_ORDER
    outcome = apply_all(BASE, {2: other, 1: one})
    assert keys(outcome) == ["art1", "art1-2", "art2", "art2.p1", "art2.p2", "art2.p3", "art3",
                             "art1-2_2"]  # fmt: skip
    assert number_of(outcome, "art1-2_2") == {"1-3"}


def test_what_cannot_stand_together_is_not_applied() -> None:
    one = derive(BASE, reworded(BASE, "art1", "once", "twice"))
    other = derive(BASE, reworded(BASE, "art1", "once", "thrice"))
    with pytest.raises(Apart) as apart:
        apply_all(BASE, {4: one, 9: other})
    assert apart.value.numbers == (4, 9)
    assert "Article 1" in apart.value.message["en"]


def test_words_of_several_amendments_are_merged() -> None:
    amendments = {
        number: derive(BASE, reworded(BASE, "art2.p1", old, new))
        for number, (old, new) in enumerate(
            [("one", "first"), ("three", "third"), ("five", "fifth")]
        )
    }
    outcome = apply_all(BASE, amendments)
    assert outcome["en"].find("art2.p1").text == "first two third four fifth"
    assert outcome["ko"].find("art2.p1").text == "가 first 가 two 가 third 가 four 가 fifth"


# references


def citing(*articles: tuple[str, str]) -> Trees:
    """Articles 1, 2, … by their Korean and English words."""
    trees = {}
    for place, code in enumerate(("ko", "en")):
        made = [
            Provision(f"art{n}", Kind.ARTICLE, str(n), code, words[place])
            for n, words in enumerate(articles, start=1)
        ]
        trees[code] = TextTree("T", code, tuple(made))
    return trees


CITING = citing(
    ("제3조에 따른다.", "as Article 3 says"),
    ("둘", "two"),
    ("셋", "three"),
    ("제3조와 제2조를 본다.", "see Article 3 and Article 2"),
)


def renumbered(trees: Trees, key: str, number: str) -> Trees:
    return edited(trees, lambda p, _: replace(p, number=number) if p.key == key else p)


def test_references_follow_a_renumbered_provision() -> None:
    base = {code: tree.by_key()["art3"] for code, tree in CITING.items()}
    move = Operation(
        op=Op.RENUMBER,
        key="art3",
        number="5",
        base={code: provision_hash(each) for code, each in base.items()},
    )
    followed = apply(CITING, [move])
    assert [each.text for each in followed["ko"].walk()] == [
        "제5조에 따른다.", "둘", "셋", "제5조와 제2조를 본다.",
    ]  # fmt: skip
    assert [each.text for each in followed["en"].walk()] == [
        "as Article 5 says", "two", "three", "see Article 5 and Article 2",
    ]  # fmt: skip
    assert derive(CITING, followed) == (move,)
    unfollowed = renumbered(CITING, "art3", "5")
    operations = derive(CITING, unfollowed)
    assert [operation.op for operation in operations] == [
        Op.SUBSTITUTE,
        Op.RENUMBER,
        Op.SUBSTITUTE,
    ]
    assert apply(CITING, operations) == unfollowed


def test_what_others_wrote_in_the_old_numbers_follows_too() -> None:
    renumbering = derive(CITING, renumbered(CITING, "art3", "5"))[1:2]
    words = derive(CITING, reworded(CITING, "art2", "two", "as Article 3", "en"))
    elsewhere = derive(CITING, reworded(CITING, "art4", "see", "read", "en"))
    outcome = apply_all(CITING, {1: renumbering, 2: words, 3: elsewhere})
    assert outcome["en"].find("art2").text == "as Article 5"
    assert outcome["en"].find("art4").text == "read Article 5 and Article 2"
    assert outcome["ko"].find("art4").text == "제5조와 제2조를 본다."


def test_each_of_two_that_renumber_wrote_in_its_own_numbers() -> None:
    def amendment(key: str, number: str, at: str, text: str) -> Sequence[Operation]:
        new = renumbered(CITING, key, number)
        followed = apply(CITING, [op for op in derive(CITING, new) if op.op is Op.RENUMBER])
        old = followed["en"].find(at).text
        return derive(CITING, {**followed, "en": reworded(followed, at, old, text, "en")["en"]})

    one = amendment("art3", "5", "art1", "as Article 5 and Article 2 say")
    other = amendment("art2", "6", "art4", "see Article 3 and Article 6")
    outcome = apply_all(CITING, {1: one, 2: other})
    assert outcome["en"].find("art1").text == "as Article 5 and Article 6 say"
    assert outcome["en"].find("art4").text == "see Article 5 and Article 6"


# merging words

sentences = st.lists(st.sampled_from([*EN, "가나", "다", ".", "(", ")"]), max_size=12).map(" ".join)


@settings(max_examples=120, deadline=None)
@given(sentences, sentences, sentences)
def test_what_merges_contains_both_changes_and_nothing_else(base, mine, theirs) -> None:
    merged = merge_words(base, [mine, theirs])
    assert merged == merge_words(base, [theirs, mine])
    if merged is None:
        return
    edits = sorted({*word_edits(base, mine), *word_edits(base, theirs)}, key=lambda e: e.start)
    words = split_words(base)
    for edit in reversed(edits):
        words = (*words[: edit.start], *edit.words, *words[edit.stop :])
    assert "".join(words) == merged
    for edit, following in itertools.pairwise(edits):
        assert any(not word.isspace() for word in split_words(base)[edit.stop : following.start])


@settings(max_examples=60, deadline=None)
@given(sentences, sentences)
def test_a_side_that_changed_nothing_changes_nothing(base, mine) -> None:
    assert merge_words(base, [mine, base]) == mine
    assert merge_words(base, [mine, mine]) == mine


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        ("A two three four", "one two three D", "A two three D"),
        ("A two three four", "one B three four", None),
        ("one two X three four", "one two Y three four", None),
        ("one two three", "one two three four five", None),
        ("ONE two three four", "ONE two three FOUR", "ONE two three FOUR"),
        ("one three four", "one two three four.", "one three four."),
        ("one three four", "one 2 three four", None),
    ],
)
def test_edits_that_touch_are_not_merged(mine, theirs, merged) -> None:
    assert merge_words("one two three four", [mine, theirs]) == merged


def test_words_are_never_cut() -> None:
    assert split_words("총회는 2018년, it's Ünïted") == (
        "총회는", " ", "2018", "년", ",", " ", "it", "'", "s", " ", "Ünïted",
    )  # fmt: skip
