"""Documents for tests of exports: the demonstration's texts, and any tree of Hypothesis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from resolutions.exports.document import TextDocument
from resolutions.rules.canonical import edition_hash, language_hash
from resolutions.rules.parse import parse_text
from resolutions.rules.structure import Kind, Provision, TextTree
from secretariat.kernel.bilingual import Bilingual
from tests.resolutions.rules.text_trees import trees

TEXTS = Path(__file__).resolve().parents[3] / "secretariat/workspace/demonstration/data/texts"
SLUGS = sorted({path.name.split(".")[0] for path in TEXTS.glob("*.ko.txt")})
AT = datetime(2018, 12, 12, 5, 40, tzinfo=UTC)


def document_of(given: Mapping[str, TextTree], **changes: Any) -> TextDocument:
    """Edition 2 of bylaws with these trees."""
    hashes = {code: language_hash(tree) for code, tree in given.items()}
    known: dict[str, Any] = {
        "slug": "bylaws",
        "kind": "bylaws",
        "trees": given,
        "edition": 2,
        "made_at": AT,
        "adopted_on": date(2018, 12, 12),
        "in_force_from": date(2019, 1, 1),
        "sha256": edition_hash(hashes),
        "hashes": hashes,
        "authentic": tuple(given),
        "network": Bilingual(ko="좋은 일자리도시 네트워크", en="Decent Work City Network"),
    }
    return TextDocument(**known | changes)


@lru_cache
def demonstration(slug: str) -> TextDocument:
    """One of the demonstration's texts, in Korean and English."""
    given = {
        lang: parse_text((TEXTS / f"{slug}.{lang}.txt").read_bytes(), lang=lang).tree
        for lang in ("ko", "en")
    }
    kinds = {"bylaws": "bylaws", "founding-rules": "resolution", "seoul-declaration": "declaration"}
    return document_of(given, slug=slug, kind=kinds.get(slug, "joint_statement"))


def elements_of(tree: TextTree) -> Iterator[Provision]:
    """Every provision but footnotes."""
    return (each for each in tree.walk() if each.kind is not Kind.FOOTNOTE)


@st.composite
def documents(draw: st.DrawFn) -> TextDocument:
    """Any tree in two languages, of any kind, as an edition or a draft, footnotes marked or not."""
    tree = draw(trees())
    marked = draw(st.booleans())
    provisions = tuple(map(_marked, tree.provisions)) if marked else tree.provisions
    korean = TextTree(tree.title, "ko", provisions)
    english = TextTree(draw(st.sampled_from(["Title", ""])), "en", draw(trees()).provisions)
    kind = draw(st.sampled_from(["bylaws", "declaration", "joint_statement", "resolution"]))
    document = document_of({"ko": korean, "en": english}, kind=kind)
    if draw(st.booleans()):
        return document
    return replace(
        document, edition=None, adopted_on=None, in_force_from=None, sha256="", hashes={}
    )


def _marked(provision: Provision) -> Provision:
    """With the mark of each of its footnotes in its text."""
    children = tuple(map(_marked, provision.children))
    text = provision.text
    for child in children:
        if child.kind is Kind.FOOTNOTE:
            text += f"[^{child.number}]"
    return replace(provision, text=text, children=children)
