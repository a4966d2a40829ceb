"""Binding operative rules to the provisions of a draft, on the office's page."""

from __future__ import annotations

import pytest
from django.test import Client

from resolutions.models import DraftRule, Instrument
from tests.resolutions.stage import BYLAWS_RULES, MAJORITY, QUORUM, Stage
from tests.resolutions.standing import stands
from tests.workspace.conftest import found
from tests.workspace.hands import signed_in, url

pytestmark = pytest.mark.django_db
standing_stage, _django_db_helper, stage = stands(on=found)

GIVEN = {
    "quorum-provision": "art1",
    "quorum-compared": "more",
    "quorum-fraction": "1/2",
    "quorum-at_least": "",
    "majority_ordinary-provision": "art2.p1",
    "majority_ordinary-compared": "more",
    "majority_ordinary-fraction": "1 / 2",
    "majority_ordinary-base": "votes_cast",
    "majority_ordinary-abstentions": "left_out",
    "majority_election-provision": "art3",
    "notice_days-provision": "art4",
    "notice_days-number": "2",
    "self_nomination-provision": "art6",
    "self_nomination-choice": "not_allowed",
    "tie_break-provision": "art7",
}


@pytest.fixture
def client(stage: Stage) -> Client:
    stage.drafted("bylaws", "bylaws")
    return signed_in(stage.secretary)


def bound() -> dict[str, tuple[object, str]]:
    return {rule.name: (rule.value, rule.provision_key) for rule in DraftRule.objects.all()}


def test_rules_are_bound_with_their_typed_values(client: Client) -> None:
    answer = client.post(url("bind_rules", "bylaws"), GIVEN)
    assert (answer.status_code, answer.url) == (302, url("text", "bylaws") + "#rules")
    assert bound() == {
        "quorum": (QUORUM, "art1"),
        "majority_ordinary": (MAJORITY, "art2.p1"),
        "majority_election": (MAJORITY, "art3"),
        "notice_days": (2, "art4"),
        "self_nomination": ("not_allowed", "art6"),
        "tie_break": ("repeat_once_then_lot", "art7"),
    }


def test_what_is_bound_stands_in_the_form_and_goes_when_unbound(client: Client) -> None:
    client.post(url("bind_rules", "bylaws"), GIVEN)
    page = client.get(url("bind_rules", "bylaws"))
    form = next(form for form in page.context["forms"] if form.name == "quorum")
    assert (form["fraction"].value(), form["provision"].value()) == ("1/2", "art1")
    assert form.sentence == "재적 의석의 과반수"
    form = next(form for form in page.context["forms"] if form.name == "self_nomination")
    assert (form["choice"].value(), form["provision"].value()) == ("not_allowed", "art6")
    assert form.sentence == "도시가 스스로를 추천할 수 없음"
    client.post(url("bind_rules", "bylaws"), {**GIVEN, "tie_break-provision": ""})
    assert "tie_break" not in bound()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quorum-fraction": "half"}, "quorum-fraction"),
        ({"quorum-fraction": "3/2"}, "quorum-fraction"),
        ({"quorum-fraction": ""}, "quorum-fraction"),
        ({"notice_days-number": ""}, "notice_days-number"),
        ({"notice_days-number": "4000"}, None),
        ({"self_nomination-choice": ""}, "self_nomination-choice"),
        ({"self_nomination-choice": "perhaps"}, "self_nomination-choice"),
        ({"quorum-provision": "art99"}, "quorum-provision"),
        ({"majority_ordinary-base": "all_seats"}, "majority_ordinary-abstentions"),
    ],
)
def test_a_value_that_cannot_be_keeps_what_was_typed(
    client: Client, wrong: dict[str, str], field: str | None
) -> None:
    page = client.post(url("bind_rules", "bylaws"), {**GIVEN, **wrong})
    assert page.status_code == 422
    assert bound() == {}
    assert 'value="1 / 2"' in page.content.decode()
    if field:
        assert f'href="#id_{field}"' in page.content.decode()


def test_only_who_drafts_texts_binds_rules(stage: Stage, client: Client) -> None:
    for person in (stage.registrar, stage.officer, stage.auditor):
        assert signed_in(person).get(url("bind_rules", "bylaws")).status_code == 404


def test_a_tabled_text_stands_still(stage: Stage) -> None:
    stage.tabled("bylaws", "bylaws", rules=BYLAWS_RULES)
    assert Instrument.objects.get().state == "tabled"
    assert signed_in(stage.secretary).get(url("bind_rules", "bylaws")).status_code == 404
