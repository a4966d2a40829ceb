"""To what a reservation can be entered, by the names that readers know."""

from __future__ import annotations

from resolutions.rules.reservable import name_of, reservable
from resolutions.rules.structure import Kind, Provision, TextTree

WAGES = Provision(
    key="art1",
    kind=Kind.ARTICLE,
    number="1",
    heading="Wages",
    children=(
        Provision(key="art1.p1", kind=Kind.PARAGRAPH, number="1", text="Cities  pay\nfairly."),
        Provision(key="art1.p2", kind=Kind.PARAGRAPH, number="2", text="They see " + "x" * 40),
        Provision(key="art1.p3", kind=Kind.PARAGRAPH, number="3"),
    ),
)
TREE = TextTree(
    title="A declaration",
    lang="en",
    provisions=(
        Provision(key="ch1", kind=Kind.CHAPTER, number="1", heading="Aims", children=(WAGES,)),
    ),
)


def test_what_is_numbered_goes_by_number_and_heading_or_by_how_it_begins() -> None:
    assert reservable(TREE) == [
        ("art1", "Article 1 Wages"),
        ("art1.p1", "Article 1(1) · Cities pay fairly."),
        ("art1.p2", "Article 1(2) · They see xxxxxxxxxxxxxxxxxxxxxxx…"),
        ("art1.p3", "Article 1(3)"),
    ]


def test_in_a_sentence_it_goes_by_citation_and_heading_alone() -> None:
    assert name_of(TREE, "art1") == "Article 1 Wages"
    assert name_of(TREE, "art1.p1") == "Article 1(1)"
