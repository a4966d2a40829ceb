"""Trees read from rows: what was put in comes out, in the order and shape it had."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.selectors.trees import build_tree, draft_languages, draft_tree, edition_tree
from resolutions.services.texts import draft_text
from tests.resolutions.stage import Stage, at, text_tree


class Words:
    """A row of words, as far as `build_tree` looks at it."""

    def __init__(self, language: str, heading: str, text: str) -> None:
        self.language, self.heading, self.text = language, heading, text


class Row:
    """A row of a provision; `texts.all()` as a related manager has it."""

    def __init__(self, provision: Provision, parent: str, language: str) -> None:
        self.key, self.parent_key = provision.key, parent
        self.kind, self.number = provision.kind.value, provision.number
        self.texts = self
        self._words = [Words(language, provision.heading, provision.text)]

    def all(self) -> list[Words]:
        return self._words


def rows_of(tree: TextTree) -> list[Row]:
    return [
        Row(provision, parent.key if parent else "", tree.lang)
        for provision, parent in tree.walk_with_parent()
    ]


@st.composite
def trees(draw: st.DrawFn) -> TextTree:
    counter = iter(range(1000))

    def provision(depth: int) -> Provision:
        below = draw(st.integers(0, 3)) if depth < 3 else 0
        return Provision(
            key=f"k{next(counter)}",
            kind=draw(st.sampled_from(list(Kind))),
            number=draw(st.sampled_from(["", "1", "12-2"])),
            heading=draw(st.sampled_from(["", "목적"])),
            text=draw(st.sampled_from(["", "본문"])),
            children=tuple(provision(depth + 1) for _place in range(below)),
        )

    return TextTree("규약", "ko", tuple(provision(0) for _place in range(draw(st.integers(0, 4)))))


@given(trees())
@settings(max_examples=50)
def test_a_tree_survives_its_rows(tree: TextTree) -> None:
    assert build_tree(rows=rows_of(tree), title=tree.title, language="ko") == tree


@given(trees())
@settings(max_examples=20)
def test_what_has_no_words_in_a_language_is_left_out_of_it(tree: TextTree) -> None:
    found = build_tree(rows=rows_of(tree), title="Bylaws", language="en")
    assert found == TextTree("Bylaws", "en", ())


def test_what_has_words_below_it_stands_though_empty(stage: Stage) -> None:
    korean = text_tree("규약", articles=2)
    first, second = korean.provisions
    english = replace(korean, lang="en", title="Bylaws", provisions=(second,))
    instrument = draft_text(
        slug="statute",
        kind="resolution",
        trees=[korean, english],
        actor=stage.secretary,
        now=at(0),
    )
    instrument.provisions.get(key="art2").texts.get(language="en").delete()
    [left] = draft_tree(instrument=instrument, language="en").provisions
    assert left == replace(second, heading="", text="")
    assert draft_tree(instrument=instrument, language="ko").provisions == (first, second)


def test_languages_come_korean_first(stage: Stage) -> None:
    instrument = stage.drafted("statute", articles=1)
    assert draft_languages(instrument=instrument) == ["ko", "en"]
    stage.drafted("statute", articles=0)
    assert draft_languages(instrument=instrument) == []


def test_a_long_text_costs_no_more_queries_than_a_short_one(
    stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for articles in (1, 30):
        edition = stage.adopted(f"statute-{articles}", articles=articles)
        with django_assert_num_queries(3):
            tree = edition_tree(edition=edition, language="ko")
        assert len(tree.provisions) == articles
        with django_assert_num_queries(3):
            draft_tree(instrument=edition.instrument, language="ko")
