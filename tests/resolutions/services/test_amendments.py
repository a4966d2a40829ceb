"""An amendment from its first draft to the edition it goes into."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from resolutions.models import Amendment, Edition, EditionAmendment, Term
from resolutions.rules.operations import Op, Operation, Words, operations_hash
from resolutions.rules.structure import Kind, Provision
from resolutions.selectors.amendments import (
    base_of,
    preview,
    public_amendments,
    rules_touched,
    rules_unreviewed,
    trees_hash,
    voting_order_of,
)
from resolutions.selectors.rules import rules_of_edition
from resolutions.services.amendment_voting import order_suggested
from resolutions.services.amendments import (
    add_operation,
    adopt_amended,
    apply_adopted,
    change_amendment,
    draft_amendment,
    examine_amendment,
    file_amendment,
    join_amendment,
    leave_amendment,
    review_rules,
    set_voting_order,
    withdraw_amendment,
)
from resolutions.services.drafting import draft_text
from resolutions.services.texts import RuleBinding, adopt_text, publish_edition, table_text
from resolutions.services.votes import annul_vote, close_vote, open_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, WrongState
from tests.factories import MembershipFactory
from tests.resolutions.amending import (
    admitted,
    bylaws,
    decided,
    drafted,
    filed,
    prepared,
    reviewed,
    say,
    statute,
    texts,
)
from tests.resolutions.rules.amended_texts import edited, reworded, with_inserted, without
from tests.resolutions.stage import BYLAWS_RULES, MAJORITY, Stage, at, both, records, refused
from tests.resolutions.standing import stands

standing_stage, _django_db_helper, stage = stands("assembly")

pytestmark = pytest.mark.django_db

# drafting and filing


def test_an_amendment_is_drafted_filed_joined_and_admitted(stage: Stage) -> None:
    edition = statute(stage)
    draft = drafted(stage, edition, say(edition, "two", "seven"))
    assert (draft.state, draft.number, draft.edition) == ("draft", None, edition)
    assert draft.base_sha256 == edition.sha256 == base_of(instrument=edition.instrument).sha256
    assert [operation["op"] for operation in draft.operations] == ["substitute"]
    assert list(public_amendments(instrument=edition.instrument)) == []
    who = {"actor": stage.delegates["beta"], "now": at(-50)}
    with records(f"amendment:{draft.uuid} amendment.filed"):
        amendment = file_amendment(amendment=draft, **who)
    assert (amendment.state, amendment.number, amendment.filed_at) == ("filed", 1, at(-50))
    assert amendment.sha256 == operations_hash(Operation.from_json(o) for o in draft.operations)
    assert amendment.assembly == stage.assembly
    joined = join_amendment(
        amendment=amendment,
        city=stage.cities["gamma"],
        actor=stage.delegates["gamma"],
        now=at(-45),
    )
    assert [row.city.slug for row in joined.sponsors.all()] == ["gamma"]
    admitted = examine_amendment(
        amendment=joined,
        admitted=True,
        reasons={"ko": "요건을 갖춤"},
        actor=stage.secretary,
        now=at(-40),
    )
    assert (admitted.state, admitted.examined_at) == ("admitted", at(-40))
    assert admitted.reasons["ko"] == "요건을 갖춤"
    assert list(public_amendments(instrument=edition.instrument)) == [admitted]
    assert filed(stage, edition, say(edition, "two", "eight"), "delta").number == 2


def test_a_draft_is_changed_by_its_city_alone_and_only_while_it_is_one(stage: Stage) -> None:
    edition = statute(stage)
    draft = drafted(stage, edition, say(edition, "two", "seven"))
    changed = change_amendment(
        amendment=draft,
        trees=say(edition, "three", "nine"),
        actor=stage.delegates["beta"],
        now=at(-59),
    )
    assert changed.operations[0]["words"]["en"]["text"] == "en art1 one two nine four"
    assert changed.notes["en"] == "Because."
    with pytest.raises(NotAllowed):
        change_amendment(amendment=draft, notes={}, actor=stage.delegates["gamma"], now=at(-58))
    file_amendment(amendment=changed, actor=stage.delegates["beta"], now=at(-50))
    with refused("not_in_this_state", WrongState):
        change_amendment(
            amendment=changed, notes={"en": "x"}, actor=stage.delegates["beta"], now=at(-49)
        )


def test_operations_are_added_one_by_one_on_what_the_draft_makes_so_far(stage: Stage) -> None:
    edition = statute(stage)
    draft = drafted(stage, edition, texts(edition))
    who = {"actor": stage.delegates["beta"], "now": at(-59)}
    words = {"ko": Words("", "가"), "en": Words("", "a")}
    insert = Operation(
        op=Op.INSERT_AFTER, key="art2.p3", kind=Kind.PARAGRAPH, number="3", parent="art2",
        after="art2.p2", words=words,
    )  # fmt: skip
    draft = add_operation(amendment=draft, operation=insert, **who)
    better = {"ko": Words("", "나"), "en": Words("", "b")}
    draft = add_operation(
        amendment=draft, operation=Operation(op=Op.SUBSTITUTE, key="art2.p3", words=better), **who
    )
    assert [(o["op"], o["key"], o["words"]["en"]["text"]) for o in draft.operations] == [
        ("insert_after", "art2.p3", "b")
    ]
    draft = add_operation(amendment=draft, operation=Operation(op=Op.DELETE, key="art2.p3"), **who)
    assert draft.operations == []
    with refused("nothing_amended", WrongState):
        file_amendment(amendment=draft, **who)


def test_filing_wants_a_note_a_current_base_and_whole_provisions(stage: Stage) -> None:
    edition = statute(stage)
    who = {"actor": stage.delegates["beta"], "now": at(-50)}
    silent = drafted(stage, edition, say(edition, "two", "seven"), notes={"ko": " "})
    with refused("note_missing", WrongState):
        file_amendment(amendment=silent, **who)
    half = with_inserted(texts(edition), "art2", "art2.p2", "art2.p3", "3", "new", Kind.PARAGRAPH)
    half_said = drafted(stage, edition, {"ko": half["ko"]})
    with refused("words_missing", InvalidInput, where="art2.p3 (en)"):
        file_amendment(amendment=half_said, **who)
    current = drafted(stage, edition, say(edition, "two", "seven"))
    again = draft_text(
        slug="statute", kind="resolution", trees=both("statute", words="else"),
        actor=stage.secretary, now=at(-55),
    )  # fmt: skip
    table_text(instrument=again, actor=stage.secretary, now=at(-54))
    with refused("base_not_current", WrongState):
        file_amendment(amendment=current, **who)


def test_an_amendment_that_does_not_fit_the_text_is_refused(stage: Stage) -> None:
    edition = statute(stage)
    stale = Operation(op=Op.RENUMBER, key="art1", number="9", base={"ko": "0" * 64})
    with refused("stale", InvalidInput, where="art1 (ko)"):
        draft_amendment(
            instrument=edition.instrument,
            city=stage.cities["beta"],
            operations=[stale],
            actor=stage.delegates["beta"],
            now=at(-60),
        )


def test_a_text_without_edition_that_is_not_on_the_table_is_not_amended(stage: Stage) -> None:
    instrument = stage.drafted("young")
    with refused("nothing_to_amend", WrongState, where="young"):
        draft_amendment(
            instrument=instrument,
            city=stage.cities["beta"],
            actor=stage.delegates["beta"],
            now=at(-60),
        )


def test_a_city_without_standing_neither_proposes_nor_joins(stage: Stage) -> None:
    edition = statute(stage)
    amendment = filed(stage, edition, say(edition, "two", "seven"))
    city = stage.cities["zeta"]
    city.memberships.update(ends_on=date(2018, 12, 1))
    MembershipFactory(city=city, kind="suspended", starts_on=date(2018, 12, 1))
    with refused("no_standing", WrongState, where="zeta"):
        drafted(stage, edition, say(edition, "two", "nine"), "zeta")
    with refused("no_standing", WrongState, where="zeta"):
        join_amendment(amendment=amendment, city=city, actor=stage.delegates["zeta"], now=at(-45))


def test_joining_leaving_and_withdrawing(stage: Stage) -> None:
    edition = statute(stage)
    amendment = filed(stage, edition, say(edition, "two", "seven"))
    beta, gamma = stage.cities["beta"], stage.cities["gamma"]
    as_gamma = {"city": gamma, "actor": stage.delegates["gamma"]}
    with refused("proposer_joins", WrongState):
        join_amendment(amendment=amendment, city=beta, actor=stage.delegates["beta"], now=at(-45))
    with refused("not_a_sponsor", WrongState):
        leave_amendment(amendment=amendment, **as_gamma, now=at(-45))
    join_amendment(amendment=amendment, **as_gamma, now=at(-45))
    with refused("joined_already", WrongState):
        join_amendment(amendment=amendment, **as_gamma, now=at(-44))
    leave_amendment(amendment=amendment, **as_gamma, now=at(-43))
    join_amendment(amendment=amendment, **as_gamma, now=at(-42))
    assert [(row.joined_at, row.left_at) for row in amendment.sponsors.order_by("pk")] == [
        (at(-45), at(-43)),
        (at(-42), None),
    ]
    with pytest.raises(NotAllowed):
        withdraw_amendment(amendment=amendment, actor=stage.delegates["gamma"], now=at(-41))
    withdrawn = withdraw_amendment(amendment=amendment, actor=stage.delegates["beta"], now=at(-41))
    assert (withdrawn.state, withdrawn.ended_at) == ("withdrawn", at(-41))
    assert audit.verify() == []


def with_rules(stage: Stage, **more: Any) -> Edition:
    """A second edition of the bylaws that fixes more."""
    publish_edition(edition=stage.bylaws, actor=stage.secretary, now=at(-96))
    rules = {**BYLAWS_RULES, **more}
    edition = stage.adopted("bylaws", "bylaws", rules=rules, on=date(2018, 11, 2))
    publish_edition(edition=edition, actor=stage.secretary, now=at(-90))
    return edition


def test_as_many_cities_stand_behind_it_as_the_rules_ask_for(stage: Stage) -> None:
    with_rules(stage, amendment_sponsors=(1, "art6"))
    edition = statute(stage)
    amendment = filed(stage, edition, say(edition, "two", "seven"))
    admit = {"amendment": amendment, "admitted": True, "actor": stage.secretary, "now": at(-40)}
    with refused("sponsors_missing", WrongState, where="statute/1"):
        examine_amendment(**admit)
    join_amendment(
        amendment=amendment, city=stage.cities["gamma"], actor=stage.delegates["gamma"], now=at(-41)
    )
    assert examine_amendment(**admit).state == "admitted"


def test_the_chair_city_needs_no_other_beside_it(stage: Stage) -> None:
    with_rules(stage, amendment_sponsors=(2, "art6"))
    Term.objects.create(
        office="chair_city",
        city=stage.cities["beta"],
        election=stage.announced(),
        starts_on=date(2018, 1, 1),
        ends_on=date(2020, 1, 1),
    )
    edition = statute(stage)
    assert admitted(stage, edition, say(edition, "two", "seven")).state == "admitted"


def test_an_amendment_is_filed_so_many_days_before_the_assembly(stage: Stage) -> None:
    with_rules(stage, amendment_days=(1, "art6"))
    edition = statute(stage)
    draft = drafted(stage, edition, say(edition, "two", "seven"))
    who = {"amendment": draft, "actor": stage.delegates["beta"]}
    with refused("filed_too_late", WrongState):
        file_amendment(**who, now=at(-50))
    stage.assembly.__class__.objects.filter(pk=stage.assembly.pk).update(
        starts_at=at(-30) + timedelta(days=1), ends_at=at(300) + timedelta(days=1)
    )
    assert file_amendment(**who, now=at(-50)).state == "filed"


def test_the_office_refuses_with_reasons(stage: Stage) -> None:
    edition = statute(stage)
    amendment = filed(stage, edition, say(edition, "two", "seven"))
    refuse = {"amendment": amendment, "admitted": False, "actor": stage.secretary, "now": at(-40)}
    with refused("reason_missing", WrongState):
        examine_amendment(**refuse, reasons={"en": " "})
    with pytest.raises(NotAllowed):
        examine_amendment(**refuse | {"actor": stage.registrar}, reasons={"en": "Off topic."})
    refused_one = examine_amendment(**refuse, reasons={"en": "Off topic."})
    assert (refused_one.state, refused_one.reasons["en"]) == ("inadmissible", "Off topic.")
    assert refused_one.ended_at == at(-40)
    with refused("not_in_this_state", WrongState):
        prepared(stage, refused_one)


# the vote


def test_opening_freezes_the_operations_and_closing_takes_the_result_up(stage: Stage) -> None:
    edition = statute(stage)
    amendment = admitted(stage, edition, say(edition, "two", "seven"))
    vote = prepared(stage, amendment)
    assert (vote.instrument, vote.amendment) == (edition.instrument, amendment)
    assert vote.majority_rule == "majority_ordinary"
    assert vote.titles["ko"] == "statute ko 수정안 제1호"
    assert vote.titles["en"] == "Amendment 1 to statute en"
    with refused("vote_prepared", Conflict, where=vote.slug):
        prepared(stage, amendment)
    vote = open_vote(vote=vote, actor=stage.officer, now=at(1))
    assert vote.text_sha256 == amendment.sha256
    for act in (
        lambda: withdraw_amendment(amendment=amendment, actor=stage.delegates["beta"], now=at(2)),
        lambda: reviewed(stage, amendment),
    ):
        with refused("vote_on_amendment_open", WrongState):
            act()
    stage.cast(vote, alpha="for", beta="for", gamma="against")
    with records(
        f"vote:{vote.slug} vote.closed",
        f"amendment:{amendment.uuid} amendment.decided",
    ):
        close_vote(vote=vote, actor=stage.officer, now=at(3))
    amendment.refresh_from_db()
    assert (amendment.state, amendment.ended_at) == ("adopted", None)
    assert audit.verify() == []


def test_a_vote_without_quorum_decides_nothing_and_a_tie_rejects(stage: Stage) -> None:
    edition = statute(stage)
    amendment = admitted(stage, edition, say(edition, "two", "seven"))
    vote = open_vote(vote=prepared(stage, amendment), actor=stage.officer, now=at(1))
    for city in ("alpha", "beta", "gamma"):
        stage.leaves(city, minute=2)
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    amendment.refresh_from_db()
    assert amendment.state == "admitted"
    for city in ("alpha", "beta", "gamma"):
        stage.arrives(city, minute=4)
    vote = open_vote(vote=prepared(stage, amendment), actor=stage.officer, now=at(5))
    stage.cast(vote, 6, alpha="for", beta="against")
    close_vote(vote=vote, actor=stage.officer, now=at(7))
    amendment.refresh_from_db()
    assert (amendment.state, amendment.ended_at) == ("rejected", at(7))


def test_what_cannot_stand_beside_an_adopted_one_falls(stage: Stage) -> None:
    edition = statute(stage)
    first = admitted(stage, edition, say(edition, "two", "seven"))
    against = admitted(stage, edition, say(edition, "two", "nine"), "gamma")
    beside = admitted(stage, edition, say(edition, "four", "ten"), "delta")
    waiting = prepared(stage, against)
    decided(stage, first)
    against.refresh_from_db()
    beside.refresh_from_db()
    assert [(row.state, row.ended_at) for row in (against, beside)] == [
        ("fallen", at(1)),
        ("admitted", None),
    ]
    with refused("not_in_this_state", WrongState, where="statute/2"):
        open_vote(vote=waiting, actor=stage.officer, now=at(2))
    assert audit.verify() == []
    late = filed(stage, edition, say(edition, "two", "eleven"), "epsilon")
    examine_amendment(amendment=late, admitted=True, actor=stage.secretary, now=at(2))
    with refused("apart_from_adopted", WrongState, where="statute/4"):
        prepared(stage, late)


def test_an_annulled_vote_leaves_everything_as_before(stage: Stage) -> None:
    edition = statute(stage)
    first = admitted(stage, edition, say(edition, "two", "seven"))
    against = admitted(stage, edition, say(edition, "two", "nine"), "gamma")
    vote = decided(stage, first)
    annul_vote(vote=vote, reason="counted wrongly", actor=stage.officer, now=at(4))
    for row in (first, against):
        row.refresh_from_db()
        assert (row.state, row.ended_at) == ("admitted", None)
    assert audit.verify() == []
    again = decided(stage, first, minute=5)
    apply_adopted(instrument=edition.instrument, actor=stage.secretary, now=at(6))
    with refused("result_relied_on", WrongState):
        annul_vote(vote=again, reason="too late", actor=stage.officer, now=at(7))


def test_the_chair_s_own_order_needs_a_reason(stage: Stage) -> None:
    edition = statute(stage)
    admitted(stage, edition, say(edition, "two", "seven", "art3"))
    admitted(stage, edition, without(texts(edition), "art3"), "gamma")
    assert [place.number for place in order_suggested(instrument=edition.instrument)] == [2, 1]
    given: dict[str, Any] = {
        "instrument": edition.instrument,
        "assembly": stage.assembly,
        "actor": stage.officer,
        "now": at(0),
    }
    with refused("order_incomplete", InvalidInput):
        set_voting_order(order=[2], **given)
    with refused("reason_missing", InvalidInput):
        set_voting_order(order=[1, 2], **given)
    set_voting_order(order=[2, 1], **given)
    with records("text:statute text.voting_order_set"):
        row = set_voting_order(order=[1, 2], reason="the lesser first", **given | {"now": at(1)})
    assert (row.order, row.suggested, row.reason) == ([1, 2], [2, 1], "the lesser first")
    assert voting_order_of(instrument=edition.instrument, assembly=stage.assembly) == row
    assert audit.verify() == []


# operative rules


def test_rules_of_changed_articles_are_reviewed_before_the_vote(stage: Stage) -> None:
    edition = bylaws(stage)
    new = reworded(texts(edition), "art2.p1", "art2 1", "art2 one")
    amendment = admitted(stage, edition, new)
    touched = ["majority_bylaws", "majority_ordinary"]
    assert [rule.name for rule in rules_touched(amendment=amendment)] == touched
    assert [rule.name for rule in rules_unreviewed(amendment=amendment)] == touched
    with pytest.raises(WrongState) as caught:
        prepared(stage, amendment)
    with translation.override("en"):
        assert "Ordinary majority (Article 2(1))" in str(caught.value)
    kept = RuleBinding("majority_ordinary", MAJORITY, "art2.p1")
    doing = {"amendment": amendment, "actor": stage.secretary, "now": at(-30)}
    with refused("rule_not_reviewed", InvalidInput, where="majority_bylaws (art2.p2)"):
        review_rules(bindings=[kept], **doing)
    wrong = RuleBinding("majority_bylaws", {**MAJORITY, "fraction": "0.6"}, "art2.p2")
    with refused("fraction_not_exact", InvalidInput, where="fraction"):
        review_rules(bindings=[kept, wrong], **doing)
    ended = RuleBinding("majority_bylaws", MAJORITY, "")
    with refused("rule_needed", InvalidInput, where="majority_bylaws"):
        review_rules(bindings=[kept, ended], **doing)
    reviewed(stage, amendment, majority_bylaws=({**MAJORITY, "fraction": "3/4"}, "art2.p2"))
    assert prepared(stage, amendment).majority_rule == "majority_bylaws"


def test_a_review_counts_for_the_vote_that_was_opened_and_for_the_next_edition(
    stage: Stage,
) -> None:
    edition = bylaws(stage)
    new = reworded(texts(edition), "art2.p2", "art2 2", "art2 two")
    amendment = admitted(stage, edition, new)
    stricter = {**MAJORITY, "fraction": "3/4", "strict": False}
    reviewed(stage, amendment, majority_bylaws=(stricter, "art2.p2"))
    running = stage.open_vote()
    before = running.rules
    decided(stage, amendment)
    apply_adopted(instrument=edition.instrument, actor=stage.secretary, now=at(2))
    next_edition = adopt_amended(
        instrument=edition.instrument,
        in_force_from=at(2).date(),
        actor=stage.secretary,
        now=at(3),
    )
    fixed = rules_of_edition(edition=next_edition)
    assert str(fixed.majority("majority_bylaws").fraction) == "3/4"  # type: ignore[arg-type]
    assert len(fixed) == len(BYLAWS_RULES)
    running.refresh_from_db()
    assert running.rules == before
    assert '"3/4"' not in running.rules
    result = close_vote(vote=running, actor=stage.officer, now=at(4))
    assert result.vote.rules == before
    assert '"edition":2' in stage.open_vote(assembly=stage.assembly).rules
    assert audit.verify() == []


def test_a_rule_ends_with_its_article_where_the_review_says_so(stage: Stage) -> None:
    edition = bylaws(stage)
    amendment = admitted(stage, edition, without(texts(edition), "art6"))
    with refused("rules_not_reviewed", WrongState):
        prepared(stage, amendment)
    reviewed(stage, amendment, nomination_seconders=(2, ""))
    decided(stage, amendment)
    apply_adopted(instrument=edition.instrument, actor=stage.secretary, now=at(2))
    made = adopt_amended(instrument=edition.instrument, actor=stage.secretary, now=at(3))
    assert "nomination_seconders" not in rules_of_edition(edition=made)
    assert made.in_force_from == made.adopted_on + timedelta(days=1)
    assert made.rules.count() == len(BYLAWS_RULES) - 1


# into the text


def test_adopted_amendments_become_the_next_edition_with_nothing_retyped(stage: Stage) -> None:
    edition = statute(stage)
    first = admitted(stage, edition, say(edition, "one", "first"))
    second = admitted(stage, edition, say(edition, "four", "fourth"), "gamma")
    third = admitted(
        stage,
        edition,
        with_inserted(texts(edition), "art2", "art2.p2", "art2.p3", "3", "new", Kind.PARAGRAPH),
        "delta",
    )
    votes = [decided(stage, row, minute=nth) for nth, row in enumerate([first, third], start=1)]
    decided(stage, second, "against", minute=3)
    instrument = apply_adopted(instrument=edition.instrument, actor=stage.secretary, now=at(4))
    assert instrument.state == "tabled"
    wanted = preview(instrument=instrument, numbers=[1, 3])
    made = adopt_amended(instrument=instrument, actor=stage.secretary, now=at(5))
    assert texts(made) == wanted
    assert made.sha256 == trees_hash(wanted)
    assert (made.number, made.predecessor, made.decision) == (2, edition, None)
    assert made.basis == (f"수정안 제1·3호 / Amendments 1, 3 ({votes[0].slug}, {votes[1].slug})")
    assert (made.adopted_on, made.in_force_from) == (at(2).date(), at(2).date())
    rows = EditionAmendment.objects.order_by("position")
    assert [(row.edition, row.amendment, row.position) for row in rows] == [
        (made, first, 1),
        (made, third, 2),
    ]
    assert [Amendment.objects.get(pk=row.pk).state for row in (first, second, third)] == [
        "applied",
        "rejected",
        "applied",
    ]
    publish_edition(edition=made, actor=stage.secretary, now=at(6))
    instrument.refresh_from_db()
    assert base_of(instrument=instrument).edition == made
    assert audit.verify() == []


def test_one_amendment_s_vote_is_the_decision_of_its_edition(stage: Stage) -> None:
    edition = statute(stage)
    amendment = admitted(stage, edition, say(edition, "one", "first"))
    vote = decided(stage, amendment)
    apply_adopted(instrument=edition.instrument, actor=stage.secretary, now=at(2))
    made = adopt_amended(instrument=edition.instrument, actor=stage.secretary, now=at(3))
    assert (made.decision, made.basis) == (vote, "")
    with refused("result_relied_on", WrongState):
        annul_vote(vote=vote, reason="too late", actor=stage.officer, now=at(7))


def test_applying_again_takes_in_what_was_adopted_since(stage: Stage) -> None:
    edition = statute(stage)
    first = admitted(stage, edition, say(edition, "one", "first"))
    second = admitted(stage, edition, say(edition, "four", "fourth"), "gamma")
    decided(stage, first)
    doing = {"instrument": edition.instrument, "actor": stage.secretary}
    apply_adopted(**doing, now=at(2))
    decided(stage, second, minute=3)
    with refused("text_not_decided", WrongState):
        adopt_amended(**doing, now=at(4))
    apply_adopted(**doing, now=at(5))
    made = adopt_amended(**doing, now=at(6))
    assert texts(made)["en"].find("art1").text == "en art1 first two three fourth"


def test_a_draft_in_work_is_not_written_over(stage: Stage) -> None:
    edition = statute(stage)
    decided(stage, admitted(stage, edition, say(edition, "one", "first")))
    draft_text(
        slug="statute", kind="resolution", trees=both("statute", words="else"),
        actor=stage.secretary, now=at(2),
    )  # fmt: skip
    with refused("draft_in_work", WrongState, where="statute"):
        apply_adopted(instrument=edition.instrument, actor=stage.secretary, now=at(3))


def test_nothing_but_what_was_adopted_is_sealed(stage: Stage) -> None:
    edition = statute(stage)
    with refused("nothing_adopted", WrongState):
        apply_adopted(instrument=edition.instrument, actor=stage.secretary, now=at(2))
    amendment = admitted(stage, edition, say(edition, "one", "first"))
    decided(stage, amendment)
    doing: dict[str, Any] = {"instrument": edition.instrument, "actor": stage.secretary}
    with refused("not_in_this_state", WrongState):
        adopt_amended(**doing, now=at(2))
    instrument = apply_adopted(**doing, now=at(2))
    words = instrument.provisions.get(key="art3").texts.get(language="ko")
    words.text += " 몰래"
    words.save()
    with refused("text_changed_since_decision", WrongState):
        adopt_amended(**doing, now=at(3))
    words.text = words.text.removesuffix(" 몰래")
    words.save()
    Amendment.objects.filter(pk=amendment.pk).update(
        operations=[{**amendment.operations[0], "words": {}}]
    )
    with refused("text_changed_since_decision", WrongState):
        adopt_amended(**doing, now=at(3))


def test_a_text_on_the_table_is_amended_before_it_is_adopted(stage: Stage) -> None:
    instrument = stage.tabled("charter", words="one two three four")
    base = base_of(instrument=instrument)
    assert base.edition is None
    new = reworded(base.trees, "art1", "two", "seven")
    draft = draft_amendment(
        instrument=instrument,
        city=stage.cities["beta"],
        trees=new,
        notes={"en": "Because."},
        actor=stage.delegates["beta"],
        now=at(-60),
    )
    amendment = file_amendment(amendment=draft, actor=stage.delegates["beta"], now=at(-50))
    examine_amendment(amendment=amendment, admitted=True, actor=stage.secretary, now=at(-40))
    decided(stage, amendment)
    whole = stage.prepared(instrument=instrument, titles={"ko": "헌장", "en": "Charter"})
    with refused("amendments_not_applied", WrongState, where="charter"):
        open_vote(vote=whole, actor=stage.officer, now=at(2))
    apply_adopted(instrument=instrument, actor=stage.secretary, now=at(3))
    with refused("nothing_adopted", WrongState):
        adopt_amended(instrument=instrument, actor=stage.secretary, now=at(4))
    vote = open_vote(vote=whole, actor=stage.officer, now=at(5))
    stage.cast(vote, 6, alpha="for")
    close_vote(vote=vote, actor=stage.officer, now=at(7))
    made = adopt_text(instrument=instrument, vote=vote, actor=stage.secretary, now=at(8))
    assert texts(made) == new
    amendment.refresh_from_db()
    assert (amendment.state, amendment.applied_in.edition) == ("applied", made)
    assert audit.verify() == []


def test_two_amendments_that_set_one_rule_differently_are_not_both_adopted(stage: Stage) -> None:
    edition = bylaws(stage)
    one = admitted(stage, edition, reworded(texts(edition), "art5", "art5", "art five"))

    def entitled(provision: Provision, code: str) -> Provision:
        return replace(provision, heading=f"{code} term") if provision.key == "art5" else provision

    other = admitted(stage, edition, edited(texts(edition), entitled), "gamma")
    reviewed(stage, one, chair_term_years=(3, "art5"))
    reviewed(stage, other, chair_term_years=(4, "art5"))
    decided(stage, one)
    with refused("rules_apart", WrongState):
        prepared(stage, other)
    reviewed(stage, other, chair_term_years=(3, "art5"))
    decided(stage, other, minute=2)
    apply_adopted(instrument=edition.instrument, actor=stage.secretary, now=at(3))
    made = adopt_amended(instrument=edition.instrument, actor=stage.secretary, now=at(4))
    assert made.rules.get(name="chair_term_years").value == 3
