"""Importing a text: what would change is said before anything is stored."""

from __future__ import annotations

import pytest

from resolutions.models import Instrument
from resolutions.selectors.trees import draft_languages
from resolutions.services.imports import (
    Source,
    propose_text,
    propose_texts,
    read_text,
    read_texts,
)
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed
from tests.factories import NOW
from tests.resolutions.stage import Stage, records, refused

RAW = "규약\n제1조(목적) 정한다.\n제2조(의석) 가진다.\n".encode()


def propose(stage: Stage, raw: bytes = RAW, **changes: object) -> dict:
    given = {
        "slug": "statute",
        "kind": "resolution",
        "result": read_text(raw=raw, language="ko"),
        "dry_run": False,
        "actor": stage.secretary,
        "now": NOW,
    }
    return propose_text(**given | changes)


def test_a_refused_text_says_where_and_what_to_do_in_both_languages() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_text(raw=RAW + "제2조(다시) 겹친다.\n".encode(), language="ko")
    assert (caught.value.code, caught.value.where) == ("duplicate_number", "line 4")
    assert isinstance(caught.value.message, Bilingual)
    assert set(caught.value.message) == {"ko", "en"}


def test_a_new_text_is_stored_as_a_draft(stage: Stage) -> None:
    with records("text:statute text.drafted"):
        answer = propose(stage)
    assert answer == {
        "slug": "statute",
        "kind": "resolution",
        "existing": False,
        "dry_run": False,
        "changes": [],
    }
    assert Instrument.objects.get().authentic_languages == ["ko"]


def test_a_dry_run_writes_nothing(stage: Stage) -> None:
    with records():
        assert propose(stage, dry_run=True)["dry_run"] is True
    assert Instrument.objects.count() == 0


def test_changes_are_against_the_draft_in_the_same_language(stage: Stage) -> None:
    propose(stage)
    changed = RAW.replace("정한다".encode(), "바꾼다".encode())
    [change] = propose(stage, changed, dry_run=True)["changes"]
    assert (change["key"], change["change"], change["fields"]) == ("art1", "changed", ["text"])
    english = read_text(raw=b"Statute\nArticle 1 (Purpose)\nIt is.\n", language="en")
    answer = propose(stage, result=english, dry_run=True)
    assert (answer["existing"], answer["changes"]) == (True, [])


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_could_not_be_stored_is_refused_in_a_dry_run_too(stage: Stage, dry_run: bool) -> None:
    propose(stage)
    with refused("kind_differs", Conflict):
        propose(stage, kind="bylaws", dry_run=dry_run)
    with refused("bad_slug", InvalidInput):
        propose(stage, slug="no slug", dry_run=dry_run)
    long = read_text(raw=RAW, language="ko", title="x" * 501)
    with refused("title_too_long", InvalidInput):
        propose(stage, result=long, dry_run=dry_run)


def test_who_may_not_draft_may_not_even_try(stage: Stage) -> None:
    for actor in (stage.officer, stage.auditor, stage.delegates["alpha"]):
        for dry_run in (True, False):
            with refused("not_allowed", NotAllowed):
                propose(stage, actor=actor, dry_run=dry_run)


def test_a_pair_is_read_and_stored_together(stage: Stage) -> None:
    english = b"Statute\n\nArticle 1 (Purpose) It is.\n\nArticle 3 (More) There is more.\n"
    read = read_texts(sources=[Source(RAW, "ko"), Source(english, "en", "Statute")])
    assert list(read.trees) == ["ko", "en"]
    assert read.trees["en"].title == "Statute"
    assert read.pairing.only_in["en"] == ("art3",)
    proposed = propose_texts(
        slug="pair",
        kind="bylaws",
        trees=read.trees.values(),
        dry_run=False,
        actor=stage.secretary,
        now=NOW,
    )
    assert (proposed["existing"], proposed["changes"]) == (False, {"ko": [], "en": []})
    assert draft_languages(instrument=Instrument.objects.get(slug="pair")) == ["ko", "en"]


def test_one_language_twice_is_refused(stage: Stage) -> None:
    with refused("one_language_twice", InvalidInput):
        read_texts(sources=[Source(RAW, "ko"), Source(RAW, "ko")])
