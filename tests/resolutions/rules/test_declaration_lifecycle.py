"""What leads a declaration's edition from draft to its end, and what stands in the way."""

from __future__ import annotations

import pytest

from resolutions.rules.declaration_lifecycle import (
    DECLARATION_LIFECYCLE,
    DeclarationAction,
    DeclarationState,
    Opening,
    Signing,
    Succession,
    Withdrawing,
)
from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, Adoption, Standstill, Tabling
from secretariat.kernel.transitions import TransitionRefused

READY = {"kind": "declaration", "published": True, "decided": True}


def code_of(state, action, facts=None) -> str:
    with pytest.raises(TransitionRefused) as refused:
        DECLARATION_LIFECYCLE.step(state, action, facts)
    return refused.value.code


def test_the_whole_way():
    state = DeclarationState.DRAFT
    for action, facts, after in (
        ("table", Tabling(provisions=3), "tabled"),
        ("take_back", Standstill(), "draft"),
        ("table", Tabling(provisions=3), "tabled"),
        ("adopt", Adoption(decided=True), "adopted"),
        ("open_for_signature", Opening(**READY), "open"),
        ("sign", Signing(stands_already=False), "open"),
        ("supersede", Succession(number=1, opened=2), "superseded"),
        ("withdraw", Withdrawing(reasoned=True, decided=True), "withdrawn"),
    ):
        state = DECLARATION_LIFECYCLE.step(state, action, facts)
        assert state == after


def test_until_adoption_it_is_the_way_of_every_text():
    shared = [key for key in DECLARATION_LIFECYCLE.transitions if key[0] in ("draft", "tabled")]
    assert len(shared) == 3
    for key in shared:
        assert DECLARATION_LIFECYCLE.transitions[key] is TEXT_LIFECYCLE.transitions[key]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "bylaws"}, "not_for_signature"),
        ({"kind": "resolution"}, "not_for_signature"),
        ({"published": False}, "edition_not_public"),
        ({"decided": False}, "edition_not_decided"),
        ({"latest": False}, "later_edition_public"),
    ],
)
def test_what_is_not_opened_for_signature(changed, code):
    assert code_of("adopted", DeclarationAction.OPEN, Opening(**{**READY, **changed})) == code


def test_a_joint_statement_is_opened_too():
    facts = Opening(**{**READY, "kind": "joint_statement"})
    assert DECLARATION_LIFECYCLE.step("adopted", DeclarationAction.OPEN, facts) == "open"


@pytest.mark.parametrize("state", ["adopted", "superseded", "withdrawn"])
def test_only_an_open_edition_is_signed(state):
    facts = Signing(stands_already=False)
    assert code_of(state, DeclarationAction.SIGN, facts) == "not_in_this_state"


def test_a_city_signs_once():
    facts = Signing(stands_already=True)
    assert code_of("open", DeclarationAction.SIGN, facts) == "signed_already"


@pytest.mark.parametrize("opened", [1, 2])
def test_only_a_later_edition_supersedes(opened):
    facts = Succession(number=2, opened=opened)
    assert code_of("open", DeclarationAction.SUPERSEDE, facts) == "no_later_edition"


@pytest.mark.parametrize(
    ("reasoned", "decided", "code"),
    [
        (False, True, "withdrawal_without_reason"),
        (True, False, "withdrawal_not_decided"),
    ],
)
def test_a_declaration_is_withdrawn_by_decision_with_reason(reasoned, decided, code):
    facts = Withdrawing(reasoned=reasoned, decided=decided)
    assert code_of("open", DeclarationAction.WITHDRAW, facts) == code


def test_withdrawn_is_the_end():
    assert DECLARATION_LIFECYCLE.actions("withdrawn") == ()
