"""What a practice says: kept in one form, or refused by its field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cms.services.practice_words import PracticeWords, UnusableWords
from secretariat.kernel.errors import InvalidInput

WORDS = PracticeWords(title="노동 조항")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"title": " "}, "title"),
        ({"pillars": ("wages",)}, "pillars"),
        ({"sectors": ("moon",)}, "sectors"),
        ({"sdg_targets": ("18.1",)}, "sdg_targets"),
        ({"year": 2018, "year_to": 2017}, "year_to"),
        ({"figures": ({"indicator": "a", "before": "many"},)}, "figures"),
        ({"figures": ({"before": "1"},)}, "figures"),
        ({"contacts": ({"office": "a", "email": "nobody"},)}, "contacts"),
        ({"sources": ({"title": "a", "url": "javascript:x"},)}, "sources"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_field(change: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        replace(WORDS, **change).as_fields()
    assert refused.value.where == where


def test_every_problem_is_named_each_once() -> None:
    figures = ({"indicator": "a", "before": "many", "year": "x"}, {"after": "many"})
    with pytest.raises(UnusableWords) as refused:
        replace(WORDS, title="", sdg_targets=("18.1",), figures=figures).as_fields()
    assert [where for where, _said in refused.value.problems] == [
        "figures",
        "figures",
        "title",
        "sdg_targets",
        "figures",
    ]


def test_lists_say_everything_once_in_their_order() -> None:
    kept = replace(
        WORDS,
        pillars=("dialogue", "quality", "dialogue"),
        tags=("임금", "", "임금 ", "조달"),
        figures=({"indicator": ""}, {"indicator": "비율", "after": "−3,5"}),
    ).as_fields()
    assert kept["pillars"] == ["dialogue", "quality"]
    assert kept["tags"] == ["임금", "조달"]
    assert [row["after"] for row in kept["figures"]] == ["-3.5"]
