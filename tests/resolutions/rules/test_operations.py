"""Operations as data: their JSON, their hash, and what cannot be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resolutions.rules.operations import (
    Op,
    Operation,
    Words,
    operations_as_json,
    operations_from_json,
    operations_hash,
    provision_hash,
    subtree_hash,
)
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind, Provision

ALL = (
    Operation(op=Op.SUBSTITUTE, key="art1", base={"ko": "a"}, words={"ko": Words("목적", "가")}),
    Operation(
        op=Op.INSERT_AFTER,
        key="art1.p2",
        base={"ko": "b"},
        words={"ko": Words("", "나")},
        kind=Kind.PARAGRAPH,
        number="2",
        parent="art1",
        after="art1.p1",
    ),
    Operation(op=Op.DELETE, key="art2", base={"ko": "c"}, number_kept=True),
    Operation(op=Op.RENUMBER, key="art3", base={"ko": "d"}, number="2"),
    Operation(op=Op.MOVE, key="art4", base={"ko": "e"}, parent="ch2", after=""),
)


def test_json_and_back():
    assert operations_from_json(operations_as_json(ALL)) == ALL
    assert [sorted(each) for each in operations_as_json(ALL)] == [
        ["base", "key", "op", "words"],
        ["after", "base", "key", "kind", "number", "op", "parent", "words"],
        ["base", "key", "number_kept", "op"],
        ["base", "key", "number", "op"],
        ["after", "base", "key", "op", "parent"],
    ]


def test_words_are_read_in_the_form_in_which_they_are_stored():
    raw = {"op": "substitute", "key": "art1", "words": {"ko": {"text": " 가\r\n나 "}}}
    assert Operation.from_json(raw).words == {"ko": Words("", "가\n나")}


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"op": "explode", "key": "art1"},
        {"op": "delete"},
        {"op": "insert_after", "key": "x", "kind": "verse"},
        {"op": "substitute", "key": "x", "words": []},
        "substitute",
        None,
    ],
)
def test_what_is_no_operation_is_refused(raw):
    with pytest.raises(RuleRefused) as refused:
        operations_from_json([raw])
    assert refused.value.code == "operation_unreadable"


def test_any_change_changes_the_hash():
    hashes = {operations_hash(ALL)}
    hashes.add(operations_hash(ALL[1:]))
    hashes.add(operations_hash((*ALL[1:], ALL[0])))
    hashes.update(
        operations_hash([replace(ALL[1], **{name: value})])
        for name, value in {
            "key": "art1.p3",
            "number": "3",
            "after": "",
            "parent": "art2",
            "kind": Kind.ITEM,
            "words": {"ko": Words("", "다")},
            "base": {},
        }.items()
    )
    assert len(hashes) == 10
    assert operations_hash(operations_from_json(operations_as_json(ALL))) == operations_hash(ALL)


def test_the_hash_of_a_provision_is_of_its_own_words_that_of_the_whole_of_all_below():
    child = Provision("art1.p1", Kind.PARAGRAPH, "1", "", "하나")
    article = Provision("art1", Kind.ARTICLE, "1", "목적", "", (child,))
    bare = replace(article, children=())
    assert provision_hash(article) == provision_hash(bare)
    assert subtree_hash(article) != subtree_hash(bare)
    other = replace(article, children=(replace(child, text="둘"),))
    assert subtree_hash(article) != subtree_hash(other)
    assert provision_hash(article) != provision_hash(replace(article, number="2"))
    assert provision_hash(article) != provision_hash(replace(article, heading="뜻"))
    assert provision_hash(child) == provision_hash(replace(child, text="하나 \r\n"))
