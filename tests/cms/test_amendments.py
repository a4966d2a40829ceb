"""Amendments in public: what was examined, never a draft; the table, the pair, the decision."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from resolutions.models import Amendment, Edition, Vote
from resolutions.rules.amending import written_against
from resolutions.rules.operations import Op, Operation, Words
from resolutions.selectors.amendments import base_of, rules_touched
from resolutions.services.amendments import (
    adopt_amended,
    apply_adopted,
    draft_amendment,
    examine_amendment,
    file_amendment,
    prepare_amendment_vote,
    review_rules,
    withdraw_amendment,
)
from resolutions.services.texts import RuleBinding, publish_edition
from resolutions.services.votes import close_vote, open_vote
from tests.resolutions.stage import Stage, at
from tests.resolutions.standing import stands
from tests.workspace.conftest import found
from tests.workspace.hands import minute

pytestmark = pytest.mark.django_db
standing_stage, _django_db_helper, stage = stands("assembly", on=found)

ALL = "/en/texts/bylaws/amendments/"
NOTES = {"ko": "이유", "en": "Because of the weather"}
REASONS = {"ko": "사유", "en": "Outside the matter of the text"}


@pytest.fixture(autouse=True)
def _published(stage: Stage) -> None:
    publish_edition(edition=stage.bylaws, actor=stage.secretary, now=at(-90))


def drafted(stage: Stage, city: str = "alpha", key: str = "art3", said: str = "new") -> Amendment:
    trees = base_of(instrument=stage.bylaws.instrument).trees
    words = {
        code: Words(tree.find(key).heading, f"{code} {said}")  # type: ignore[union-attr]
        for code, tree in trees.items()
    }
    return draft_amendment(
        instrument=stage.bylaws.instrument,
        city=stage.cities[city],
        operations=[written_against(trees, Operation(op=Op.SUBSTITUTE, key=key, words=words))],
        notes=NOTES,
        actor=stage.delegates[city],
        now=at(1),
    )


def filed(stage: Stage, city: str = "alpha", **more: str) -> Amendment:
    row = drafted(stage, city, **more)
    return file_amendment(amendment=row, actor=stage.delegates[city], now=at(2))


def examined(stage: Stage, row: Amendment, *, admitted: bool = True) -> Amendment:
    return examine_amendment(
        amendment=row, admitted=admitted, reasons=REASONS, actor=stage.secretary, now=at(3)
    )


def listed() -> list[tuple[str, list[str]]]:
    with minute(5):
        page = Client().get(ALL)
    assert page.status_code == 200
    return [
        (group["title"], [row.title for row in group["rows"].rows])
        for group in page.context["groups"]
    ]


def status(path: str) -> int:
    with minute(5):
        return Client().get(path).status_code


def test_the_public_sees_what_was_examined(stage: Stage) -> None:
    drafted(stage)
    assert (listed(), status(f"{ALL}1/")) == ([], 404)
    row = filed(stage)
    assert (listed(), status(f"{ALL}1/")) == ([], 404)
    examined(stage, row)
    examined(stage, filed(stage, "beta", key="art5"), admitted=False)
    withdraw_amendment(amendment=filed(stage, "gamma"), actor=stage.delegates["gamma"], now=at(4))
    assert listed() == [
        ("Before the assembly", ["Amendment 1"]),
        ("Withdrawn or not admitted", ["Amendment 2"]),
    ]
    assert [status(f"{ALL}{number}/") for number in (1, 2, 3, 9)] == [200, 200, 404, 404]
    assert status("/en/texts/nowhere/amendments/") == 404


def test_an_amendment_says_what_why_who_and_the_reasons_of_the_office(stage: Stage) -> None:
    examined(stage, filed(stage), admitted=False)
    with minute(5):
        page = Client().get(f"{ALL}1/")
    context, words = page.context, page.content.decode()
    assert (context["heading"], context["touches"]) == ("Amendment 1", "Article 3")
    assert [column.lang for column in context["sentences"].columns] == ["en", "ko"]
    assert [row.key for row in context["redline"].rows] == ["art3"]
    assert [seat.code for seat in context["behind"].seats] == ["AAA"]
    assert context["became"] == "Not admitted by the office, for the reasons below."
    for said in (NOTES["en"], NOTES["ko"], REASONS["en"], "Alpha"):
        assert said in words


def test_the_table_leads_to_two_side_by_side(stage: Stage) -> None:
    examined(stage, filed(stage))
    assert status(f"{ALL}1/2/") == 404
    examined(stage, filed(stage, "beta", said="another"))
    with minute(5):
        page = Client().get(ALL)
        cell = page.context["matrix"].rows[0].cells[1]
        pair = Client().get(cell.url)
    assert (cell.kind, cell.word, cell.url) == ("hard", "cannot both stand", f"{ALL}1/2/")
    assert [place.get("falls")[0]["title"] for place in page.context["order"].places] == [
        "Amendment 2",
        "Amendment 1",
    ]
    assert "only one can be adopted: Article 3" in pair.context["finding"]["sentence"]
    assert [place["language"] for place in pair.context["finding"]["places"]] == ["en", "ko"]


def test_the_decision_says_what_was_voted_on_and_the_edition_what_it_became(stage: Stage) -> None:
    row = examined(stage, filed(stage))
    bindings = [
        RuleBinding(rule.name, rule.value, rule.provision_key)
        for rule in rules_touched(amendment=row)
    ]
    review_rules(amendment=row, bindings=bindings, actor=stage.secretary, now=at(4))
    vote = prepare_amendment_vote(
        amendment=row, assembly=stage.assembly, actor=stage.officer, now=at(5)
    )
    open_vote(vote=vote, actor=stage.officer, now=at(6))
    stage.cast(vote, 7, **dict.fromkeys(stage.cities, "for"))
    close_vote(vote=Vote.objects.get(), actor=stage.officer, now=at(8))
    with minute(9):
        decision = Client().get(f"/en/decisions/{vote.slug}/")
        document = Client().get(f"/en/decisions/{vote.slug}.json").json()
    proposal = decision.context["proposal"]
    assert (proposal["name"], proposal["proposer"]) == ("Amendment 1", "Alpha")
    assert (proposal["url"], document["amendment"]) == (f"{ALL}1/", 1)
    assert [each.key for each in proposal["redline"].rows] == ["art3"]
    doing: dict[str, Any] = {"actor": stage.secretary, "now": at(10)}
    apply_adopted(instrument=stage.bylaws.instrument, **doing)
    edition = adopt_amended(instrument=stage.bylaws.instrument, **doing)
    assert listed() == [("Decided", ["Amendment 1"])]
    with minute(11):
        before = Client().get(f"{ALL}1/").context
        publish_edition(edition=Edition.objects.get(pk=edition.pk), **doing)
        after = Client().get(f"{ALL}1/").context
    assert before["became"] == after["became"] == "Adopted, and part of edition 2."
    assert (before["edition_url"], after["edition_url"]) == ("", "/en/texts/bylaws/editions/2/")
    assert after["votes"].rows[0].url == f"/en/decisions/{vote.slug}/"
