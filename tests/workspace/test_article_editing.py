"""An article as a form shows it: rows, what may be added, and the text that comes of it."""

from __future__ import annotations

import pytest

from resolutions.rules.operations import Words
from resolutions.rules.structure import Kind, Provision, TextTree
from secretariat.workspace.article_editing import (
    Row,
    new_article,
    next_number,
    rows_from,
    rows_of,
    units,
    with_row_after,
    with_unit,
)


def paragraph(key: str, number: str, text: str, *items: Provision) -> Provision:
    return Provision(key, Kind.PARAGRAPH, number, "", text, items)


def tree(lang: str) -> TextTree:
    item = Provision("art1.p2.i1", Kind.ITEM, "1", "", f"{lang} item")
    first = Provision(
        "art1",
        Kind.ARTICLE,
        "1",
        f"{lang} one",
        "",
        (
            paragraph("art1.p1", "1", f"{lang} first"),
            paragraph("art1.p2", "2", f"{lang} second", item),
            paragraph("art1.p3", "3", f"{lang} third"),
        ),
    )
    second = Provision("art2", Kind.ARTICLE, "2", f"{lang} two", f"{lang} words")
    chapter = Provision("ch1", Kind.CHAPTER, "1", f"{lang} chapter", "", (first, second))
    own = Provision("supp1.art1", Kind.ARTICLE, "1", f"{lang} start", f"{lang} today")
    return TextTree(
        "Text", lang, (chapter, Provision("supp1", Kind.SUPPLEMENTARY, children=(own,)))
    )


TREES = {code: tree(code) for code in ("ko", "en")}
KEYS = {each.key for each in TREES["ko"].walk()}


def typed(rows: list[Row], **changed: str) -> dict[str, dict[str, tuple[str, str]]]:
    """What stands, and for `art1_p1="…"` other words in both languages."""
    found = {}
    for row in rows:
        by_language = {}
        for code, each in TREES.items():
            old = each.find(row.key)
            pair = (old.heading, old.text) if old else ("", "")
            new = changed.get(row.key.replace(".", "_"))
            by_language[code] = pair if new is None else (pair[0], f"{code} {new}")
        found[row.key] = by_language
    return found


def shape(tree: TextTree, key: str) -> list[tuple[str, str, str]]:
    root = tree.find(key)
    return [(each.key, each.number, each.text) for each in root.walk()] if root else []


def test_units_are_articles_and_the_headings_of_divisions() -> None:
    assert [each.key for each in units(TREES)] == ["ch1", "art1", "art2", "supp1.art1"]
    assert [row.key for row in rows_of(TREES, "ch1")] == ["ch1"]
    assert [(row.key, row.depth) for row in rows_of(TREES, "art1")] == [
        ("art1", 0),
        ("art1.p1", 1),
        ("art1.p2", 1),
        ("art1.p2.i1", 2),
        ("art1.p3", 1),
    ]
    assert rows_of(TREES, "art9") == ()


def test_nothing_typed_changes_nothing() -> None:
    for key in ("ch1", "art1", "supp1.art1"):
        rows = list(rows_of(TREES, key))
        assert with_unit(TREES, rows, typed(rows)) == TREES


def test_a_paragraph_is_added_after_another_with_all_below_it() -> None:
    rows = with_row_after(rows_of(TREES, "art1"), "art1.p2", below=False, used=KEYS)
    assert [row.key for row in rows][4] == "art1.p2-2"
    plain = with_unit(TREES, rows, typed(rows, **{"art1_p2-2": "new"}))
    assert [number for _key, number, _text in shape(plain["ko"], "art1")][1:] == [
        "1",
        "2",
        "1",
        "2-2",
        "3",
    ]
    anew = with_unit(TREES, rows, typed(rows, **{"art1_p2-2": "new"}), renumber=True)
    assert shape(anew["en"], "art1")[-2:] == [
        ("art1.p2-2", "3", "en new"),
        ("art1.p3", "4", "en third"),
    ]


def test_what_is_added_last_gets_the_next_number_and_what_is_empty_is_left_out() -> None:
    rows = with_row_after(rows_of(TREES, "art1"), "art1.p3", below=False, used=KEYS)
    assert (rows[-1].key, rows[-1].number) == ("art1.p4", "4")
    below = with_row_after(rows, "art1.p1", below=True, used=KEYS)
    assert (below[2].key, below[2].number, below[2].depth) == ("art1.p1.i1", "1", 2)
    assert with_unit(TREES, below, typed(below)) == TREES


def test_what_is_struck_leaves_no_gap() -> None:
    rows = list(rows_of(TREES, "art1"))
    kept = with_unit(TREES, rows, typed(rows), struck=["art1.p2"])
    assert shape(kept["ko"], "art1")[2] == ("art1.p2", "2", Words.repealed("ko").text)
    assert len(shape(kept["ko"], "art1")) == 4
    anew = with_unit(TREES, rows, typed(rows), struck=["art1.p2"], renumber=True)
    assert shape(anew["ko"], "art1")[1:] == [
        ("art1.p1", "1", "ko first"),
        ("art1.p3", "2", "ko third"),
    ]
    last = with_unit(TREES, rows, typed(rows), struck=["art1.p3"])
    assert [key for key, _number, _text in shape(last["ko"], "art1")][-1] == "art1.p2.i1"


def test_an_article_that_others_follow_keeps_its_number() -> None:
    first, second = list(rows_of(TREES, "art1")), list(rows_of(TREES, "art2"))
    gone = with_unit(TREES, first, typed(first), struck=["art1"])
    assert shape(gone["en"], "art1") == [("art1", "1", Words.repealed("en").text)]
    assert gone["en"].find("art1").heading == ""  # type: ignore[union-attr]
    assert with_unit(TREES, second, typed(second), struck=["art2"])["en"].find("art2") is None


@pytest.mark.parametrize(
    ("after", "key", "number"),
    [("art1", "art1-2", "1-2"), ("art2", "art3", "3"), ("supp1.art1", "supp1.art2", "2")],
)
def test_a_new_article_stands_after_another(after: str, key: str, number: str) -> None:
    row = new_article(TREES, after, KEYS)
    assert row is not None
    assert (row.key, row.number) == (key, number)
    made = with_unit(TREES, [row], typed([row], **{key.replace(".", "_"): "new"}))
    order = [each.key for each in made["ko"].walk() if each.kind is Kind.ARTICLE]
    assert order[order.index(after) + 1] == key
    assert new_article(TREES, "ch1", KEYS) is None


def test_a_form_gives_back_the_rows_that_it_was_shown_and_no_others() -> None:
    standing = rows_of(TREES, "art1")
    rows = with_row_after(standing, "art1.p3", below=False, used=KEYS)
    rows = with_row_after(rows, "art1.p4", below=True, used=KEYS)
    tokens = [row.token for row in rows]
    assert rows_from(tokens, standing, KEYS) == rows
    for wrong in (
        "art2",
        "+|art2|paragraph|4|art1|art1.p3",
        "+|art1.p9|article|4|art1|art1.p3",
        "+|art1.p9|paragraph|x|art1|",
        "+|art1.p9|paragraph|4|art2|",
        "+|<b>|paragraph|4|art1|",
        "+|art1.p9",
    ):
        with pytest.raises(ValueError, match=r".*"):
            rows_from([*tokens[:2], wrong], standing, KEYS)


@pytest.mark.parametrize(
    ("after", "siblings", "number"),
    [
        ("", [], "1"),
        ("3", ["1", "2", "3"], "4"),
        ("2", ["1", "2", "3"], "2-2"),
        ("2", ["2", "2-2", "3"], "2-3"),
        ("2-2", ["2", "2-2"], "3"),
        ("2-2", ["2-2", "3"], "2-3"),
    ],
)
def test_numbers_of_what_is_added(after: str, siblings: list[str], number: str) -> None:
    assert next_number(after, siblings) == number
