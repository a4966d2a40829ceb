"""A first import writes its rows at once, and comes to what writing them one by one does."""

from __future__ import annotations

from datetime import datetime

import pytest
from reversion.models import Version

from resolutions.models import Instrument
from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.selectors.trees import draft_tree
from resolutions.services import drafting
from resolutions.services.drafting import draft_text
from secretariat.kernel.policy import SYSTEM


def article(number: str, text: str, *children: Provision, key: str = "") -> Provision:
    return Provision(key or f"art{number}", Kind.ARTICLE, number, "", text, children)


ONE = article("1", "하나", Provision("art1.p1", Kind.PARAGRAPH, "1", "", "항"))
KO = TextTree("규약", "ko", (ONE, article("3", "셋")))
EN = TextTree("Bylaws", "en", (article("1", "One"), article("2", "Two"), article("3", "Three")))


def drafted(slug: str, trees: list[TextTree], now: datetime) -> Instrument:
    return draft_text(slug=slug, kind="bylaws", trees=trees, actor=SYSTEM, now=now)


def rows(instrument: Instrument) -> list[tuple[str, str, str, str, bool, list[tuple[str, ...]]]]:
    return [
        (
            row.key,
            row.parent_key,
            row.kind,
            row.number,
            row.removed,
            sorted((text.language, text.heading, text.text) for text in row.texts.all()),
        )
        for row in instrument.provisions.order_by("position")
    ]


@pytest.mark.django_db
def test_both_ways_come_to_the_same(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = drafted("at-once", [KO, EN], now)
    kept = Version.objects.count()
    monkeypatch.setattr(drafting, "write_draft", lambda *_: False)
    one_by_one = drafted("one-by-one", [KO, EN], now)
    assert rows(at_once) == rows(one_by_one)
    assert Version.objects.count() == 2 * kept
    assert draft_tree(instrument=at_once, language="ko") == KO
    assert draft_tree(instrument=at_once, language="en") == EN


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        TextTree("Bylaws", "en", (article("3", "Three"), article("1", "One"))),
        TextTree("Bylaws", "en", (article("1", "One"), article("4", "Four", key="art3"))),
    ],
    ids=["another order", "another number"],
)
def test_trees_that_do_not_fit_are_written_one_by_one(now: datetime, other: TextTree) -> None:
    instrument = drafted("apart", [KO, other], now)
    assert draft_tree(instrument=instrument, language="en") == other
