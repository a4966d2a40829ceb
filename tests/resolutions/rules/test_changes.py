"""What changed between two trees."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.changes import Change, ChangeKind, compare
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.rules.text_trees import trees


def article(number: str, text: str = "", *children: Provision, heading: str = "") -> Provision:
    return Provision(f"art{number}", Kind.ARTICLE, number, heading, text, children)


def tree(*provisions: Provision, title: str = "규약") -> TextTree:
    return TextTree(title, "ko", provisions)


def told(old: TextTree, new: TextTree) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(change.change.value, change.key, change.fields) for change in compare(old, new)]


def test_added_removed_changed() -> None:
    old = tree(article("1", "가"), article("2", "나"), article("3", "다", heading="총회"))
    new = tree(article("1", "가"), article("3", "라", heading="의장"), article("4", "마"))
    assert told(old, new) == [
        ("removed", "art2", ()),
        ("changed", "art3", ("heading", "text")),
        ("added", "art4", ()),
    ]


def test_moved_names_the_fewest() -> None:
    one, two, three, four = (article(str(n)) for n in range(1, 5))
    assert told(tree(one, two, three, four), tree(four, one, two, three)) == [("moved", "art4", ())]


def test_moved_under_another_parent() -> None:
    inner = Provision("x", Kind.PARAGRAPH, "1", "", "가")
    old = tree(article("1", "", inner), article("2"))
    new = tree(article("1"), article("2", "", inner))
    assert told(old, new) == [("moved", "x", ())]


def test_renumbered_and_retitled() -> None:
    old, new = tree(article("1", "가")), tree(replace(article("1", "가"), number="2"), title="정관")
    assert told(old, new) == [("changed", "", ("title",)), ("changed", "art1", ("number",))]


def test_json() -> None:
    change = Change(ChangeKind.CHANGED, "art1", ("text",), article("1", "가"), article("1", "나"))
    assert change.as_json() == {
        "change": "changed",
        "key": "art1",
        "kind": "article",
        "number": "1",
        "fields": ["text"],
        "old": {"kind": "article", "number": "1", "heading": "", "text": "가"},
        "new": {"kind": "article", "number": "1", "heading": "", "text": "나"},
    }


@given(trees())
def test_nothing_changed(same: TextTree) -> None:
    assert compare(same, same) == ()


@given(trees(), trees())
def test_added_one_way_is_removed_the_other(old: TextTree, new: TextTree) -> None:
    there, back = compare(old, new), compare(new, old)
    added = {change.key for change in there if change.change is ChangeKind.ADDED}
    removed = {change.key for change in back if change.change is ChangeKind.REMOVED}
    assert added == removed == set(new.by_key()) - set(old.by_key())


@given(trees(), st.data())
def test_no_change_is_missed(old: TextTree, data: st.DataObject) -> None:
    provisions = list(old.provisions)
    if not provisions:
        return
    order = data.draw(st.permutations(provisions))
    moved = compare(old, replace(old, provisions=tuple(order)))
    assert bool(moved) == (list(order) != provisions)
    assert all(change.change is ChangeKind.MOVED for change in moved)
