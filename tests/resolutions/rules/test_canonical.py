"""The identity of a text: what changes its hash and what does not."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.canonical import canonical_text, edition_hash, language_hash
from resolutions.rules.parse import parse_text
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.rules.text_trees import trees

EXAMPLE = TextTree(
    "규약",
    "ko",
    (
        Provision(
            "art1",
            Kind.ARTICLE,
            "1",
            "목적",
            "",
            (Provision("art1.p1", Kind.PARAGRAPH, "1", "", "첫째\n둘째\t\\"),),
        ),
    ),
)
CANONICAL = (
    "text\t1\tko\n"
    "title\t규약\n"
    "provision\t1\tart1\tarticle\t1\t목적\t\n"
    "provision\t2\tart1.p1\tparagraph\t1\t\t첫째\\n둘째\\t\\\\\n"
)


def test_the_documented_example() -> None:
    assert canonical_text(EXAMPLE) == CANONICAL
    assert language_hash(EXAMPLE) == hashlib.sha256(CANONICAL.encode()).hexdigest()
    assert language_hash(EXAMPLE) == (
        "e2c318a7e7cdb8bd8af1f495986ae8ebf73611740fd5ec8a9580b0366e88d170"
    )


def test_the_program_on_the_specification_page_gives_the_same_hashes() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/reference/canonical-text.md").read_text()
    program: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], program)  # noqa: S102
    example = json.loads(page.split("## Example\n\n```json\n")[1].split("```")[0])
    assert TextTree.from_json(example) == EXAMPLE
    assert program["language_hash"](example) == language_hash(EXAMPLE)
    hashes = {"ko": "0" * 64, "en": "f" * 64}
    assert program["edition_hash"](hashes) == edition_hash(hashes)


def test_the_hash_over_all_languages() -> None:
    ko, en = "0" * 64, "f" * 64
    form = f"edition\t1\nen\t{en}\nko\t{ko}\n"
    assert edition_hash({"ko": ko, "en": en}) == hashlib.sha256(form.encode()).hexdigest()
    assert edition_hash({"en": en, "ko": ko}) == edition_hash({"ko": ko, "en": en})
    assert edition_hash({"ko": ko}) != edition_hash({"en": ko})


@pytest.mark.parametrize("hashes", [{}, {"ko": "abc"}, {"ko": "F" * 64}])
def test_what_is_no_set_of_hashes(hashes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"edition|SHA-256"):
        edition_hash(hashes)


def _each(tree: TextTree, change: object) -> TextTree:
    def changed(provision: Provision) -> Provision:
        return replace(
            provision,
            heading=change(provision.heading),  # type: ignore[operator]
            text=change(provision.text),  # type: ignore[operator]
            children=tuple(map(changed, provision.children)),
        )

    return replace(
        tree,
        title=change(tree.title),  # type: ignore[operator]
        provisions=tuple(map(changed, tree.provisions)),
    )


@given(trees())
def test_line_ends_and_decomposition_do_not_matter(tree: TextTree) -> None:
    wanted = language_hash(tree)
    assert language_hash(_each(tree, lambda text: unicodedata.normalize("NFD", text))) == wanted
    assert language_hash(_each(tree, lambda text: text.replace("\n", "\r\n"))) == wanted
    assert language_hash(_each(tree, lambda text: text.replace("\n", "\r"))) == wanted


@given(trees())
def test_there_and_back_through_json_keeps_the_hash(tree: TextTree) -> None:
    assert language_hash(TextTree.from_json(tree.as_json())) == language_hash(tree)


@given(trees(), st.data())
def test_any_change_changes_the_hash(tree: TextTree, data: st.DataObject) -> None:
    provisions = list(tree.provisions)
    if not provisions:
        changed = replace(tree, title=tree.title + "x")
    else:
        place = data.draw(st.integers(0, len(provisions) - 1))
        field = data.draw(st.sampled_from(["key", "number", "heading", "text", "kind"]))
        old = provisions[place]
        if field == "kind":
            value = Kind.CLOSING if old.kind is not Kind.CLOSING else Kind.ANNEX
            provisions[place] = replace(old, kind=value)
        else:
            provisions[place] = replace(old, **{field: getattr(old, field) + "x"})
        changed = replace(tree, provisions=tuple(provisions))
    assert language_hash(changed) != language_hash(tree)


@given(trees())
def test_order_and_level_change_the_hash(tree: TextTree) -> None:
    turned = replace(tree, provisions=tuple(reversed(tree.provisions)))
    assert (language_hash(turned) == language_hash(tree)) == (turned == tree)
    if len(tree.provisions) == 2:
        first, second = tree.provisions
        under = replace(first, children=(*first.children, second))
        assert language_hash(replace(tree, provisions=(under,))) != language_hash(tree)


def test_fields_cannot_run_into_each_other() -> None:
    one = TextTree("", "ko", (Provision("a", Kind.ARTICLE, heading="x\ty", text="z"),))
    two = TextTree("", "ko", (Provision("a", Kind.ARTICLE, heading="x", text="y\tz"),))
    assert language_hash(one) != language_hash(two)


def test_the_same_file_with_other_line_ends_is_the_same_text() -> None:
    text = "규약\n\n제1조(목적) 정한다.\n제2조(회원) ① 도시는\n회원이다.\n"
    first = language_hash(parse_text(text.encode(), lang="ko").tree)
    for other in (
        text.replace("\n", "\r\n"),
        unicodedata.normalize("NFD", text),
        "\ufeff" + text,
        text + "\n\n",
    ):
        assert language_hash(parse_text(other.encode(), lang="ko").tree) == first
