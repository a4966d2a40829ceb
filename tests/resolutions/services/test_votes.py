"""A vote from its preparation to its result, and everything that is refused on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from resolutions.models import Ballot, RollSeat, Vote, VoteResult
from resolutions.models.sealed import SealedError
from resolutions.rules.operative import RuleSet
from resolutions.rules.roll import Roll
from resolutions.selectors.rules import rules_of_edition
from resolutions.services.assemblies import close_assembly, correct_attendance
from resolutions.services.texts import adopt_text, draft_rules_hash
from resolutions.services.votes import annul_vote, cast_vote, close_vote, open_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry
from tests.factories import NOW, CityFactory, MembershipFactory, city_person
from tests.resolutions.stage import NAMES, Stage, at, records, refused
from tests.resolutions.standing import stands

standing_stage, _django_db_helper, stage = stands("assembly")

ALL = dict.fromkeys(NAMES, "for")


def close(stage: Stage, vote: Vote, minute: int = 10, **options: Any) -> VoteResult:
    return close_vote(vote=vote, actor=stage.officer, now=at(minute), **options)


def document(vote: Vote) -> dict[str, Any]:
    return json.loads(VoteResult.objects.get(vote=vote).document)


# preparing


def test_a_roll_call_is_prepared_with_its_three_answers(stage: Stage) -> None:
    _ = stage.assembly
    with records("vote:2018-autumn-1 vote.prepared"):
        vote = stage.prepared()
    assert (vote.slug, vote.state, vote.mode) == ("2018-autumn-1", "prepared", "roll_call")
    assert vote.majority_rule == "majority_ordinary"
    assert vote.titles.as_dict() == {"ko": "안건", "en": "A question"}
    options = vote.options.order_by("position").values_list("key", flat=True)
    assert list(options) == ["for", "against", "abstain"]
    assert (vote.rules, vote.roll, vote.roll_hash) == ("", "", "")
    assert stage.prepared().slug == "2018-autumn-2"


def test_a_consensus_has_no_answers_and_no_majority(stage: Stage) -> None:
    vote = stage.prepared(mode="consensus")
    assert (vote.majority_rule, vote.options.count()) == ("", 0)


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"titles": {"ko": "안건", "en": " "}}, "title_missing", "titles"),
        ({"titles": {}}, "title_missing", "titles"),
        ({"mode": "secret"}, "invalid_input", "mode"),
        ({"majority_rule": "majority_election"}, "no_such_majority", "majority_rule"),
        ({"majority_rule": "quorum"}, "no_such_majority", "majority_rule"),
    ],
)
def test_a_question_that_cannot_be_put_is_refused(
    stage: Stage, changes: dict[str, Any], code: str, where: str
) -> None:
    _ = stage.assembly
    with refused(code, InvalidInput, where=where):
        stage.prepared(**changes)


def test_bylaws_are_put_to_the_vote_under_their_own_majority_only(stage: Stage) -> None:
    _ = stage.assembly
    bylaws = stage.drafted("new-bylaws", "bylaws")
    with refused("bylaws_majority", InvalidInput):
        stage.prepared(instrument=bylaws)
    vote = stage.prepared(instrument=bylaws, majority_rule="majority_bylaws")
    assert vote.majority_rule == "majority_bylaws"


def test_nothing_is_prepared_for_a_closed_assembly(stage: Stage) -> None:
    close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(1))
    with refused("assembly_over", WrongState, where="2018-autumn"):
        stage.prepared()


@pytest.mark.parametrize("who", ["secretary", "registrar", "auditor", "delegate"])
def test_only_the_returning_officer_runs_votes(stage: Stage, who: str) -> None:
    actor = stage.delegates["alpha"] if who == "delegate" else getattr(stage, who)
    vote = stage.prepared()
    with refused("not_allowed", NotAllowed):
        stage.prepared(actor=actor)
    with refused("not_allowed", NotAllowed):
        open_vote(vote=vote, actor=actor, now=at(1))
    open_vote(vote=vote, actor=stage.officer, now=at(1))
    with refused("not_allowed", NotAllowed):
        close_vote(vote=vote, actor=actor, now=at(2))


# opening


def test_opening_freezes_the_rules_and_the_roll(stage: Stage) -> None:
    vote = stage.prepared()
    stage.leaves("zeta", minute=1)
    with records("vote:2018-autumn-1 vote.opened"):
        vote = open_vote(vote=vote, actor=stage.officer, now=at(1))
    assert (vote.state, vote.opened_at) == ("open", at(1))
    rules = rules_of_edition(edition=stage.bylaws)
    assert RuleSet.from_json(json.loads(vote.rules)) == rules
    roll = Roll.from_json(json.loads(vote.roll))
    assert [seat.city_slug for seat in roll] == list(NAMES)
    assert {seat.voices for seat in roll} == {("head",)}
    assert vote.roll_hash == roll.hash == audit.sha256(vote.roll)
    seats = vote.seats.order_by("position").values_list("city__slug", "present_at_opening")
    assert list(seats) == [(slug, slug != "zeta") for slug in NAMES]
    payload = json.loads(AuditEntry.objects.get(action="vote.opened").payload)
    assert payload["roll_sha256"] == roll.hash
    assert payload["rules_sha256"] == rules.hash
    assert payload["present"] == sorted(set(NAMES) - {"zeta"})
    assert (payload["seats"], payload["quorum_needed"]) == (6, 4)


def test_opening_freezes_the_text_and_its_rules(stage: Stage) -> None:
    instrument = stage.tabled("statute", rules={"notice_days": (9, "art4")})
    vote = stage.open_vote(instrument=instrument)
    tabled = json.loads(
        AuditEntry.objects.get(action="text.tabled", chain=instrument.chain).payload
    )
    assert vote.text_sha256 == tabled["sha256"]
    assert vote.text_rules_sha256 == draft_rules_hash(instrument=instrument)


def test_the_roll_and_the_rules_stay_while_the_world_changes(stage: Stage) -> None:
    vote = stage.open_vote()
    before = Vote.objects.values().get(pk=vote.pk)
    newcomer = CityFactory(slug="eta", code="GGG")
    MembershipFactory(city=newcomer, starts_on=NOW.date())
    delegate = city_person("head", city=newcomer)
    stage.adopted("bylaws-2", "bylaws", on=NOW.date())
    assert Vote.objects.values().get(pk=vote.pk) == before
    with refused("not_on_the_roll", WrongState):
        cast_vote(vote=vote, city=newcomer, choice="for", actor=delegate, now=at(2))
    stage.cast(vote, **ALL)
    assert close(stage, vote).outcome == "adopted"


def test_a_vote_without_quorum_is_refused_with_the_numbers(stage: Stage) -> None:
    assembly = stage.opened(present=["alpha", "beta", "gamma"], slug="2018-winter")
    vote = stage.prepared(assembly=assembly)
    with pytest.raises(WrongState) as caught:
        open_vote(vote=vote, actor=stage.officer, now=at(1))
    assert caught.value.message.as_dict().keys() == {"ko", "en"}
    for number in ("3", "4", "6"):
        assert number in caught.value.message["ko"]
        assert number in caught.value.message["en"]
    with refused("no_quorum", WrongState, where=vote.slug):
        open_vote(vote=vote, actor=stage.officer, now=at(1))
    stage.arrives("delta", assembly=assembly, minute=1)
    assert open_vote(vote=vote, actor=stage.officer, now=at(2)).state == "open"


def test_half_of_the_seats_is_not_more_than_half(stage: Stage) -> None:
    assembly = stage.opened(present=["alpha", "beta", "gamma"], slug="2018-winter")
    vote = stage.prepared(assembly=assembly)
    with refused("no_quorum", WrongState):
        open_vote(vote=vote, actor=stage.officer, now=at(1))


def test_a_seat_that_left_counts_for_no_quorum(stage: Stage) -> None:
    for city in ("delta", "epsilon", "zeta"):
        stage.leaves(city, minute=0)
    vote = stage.prepared()
    with refused("no_quorum", WrongState):
        open_vote(vote=vote, actor=stage.officer, now=at(1))


def test_a_vote_is_opened_once(stage: Stage) -> None:
    vote = stage.open_vote()
    with refused("not_in_this_state", WrongState, where=vote.slug):
        open_vote(vote=vote, actor=stage.officer, now=at(2))
    close(stage, vote)
    with refused("not_in_this_state", WrongState, where=vote.slug):
        open_vote(vote=vote, actor=stage.officer, now=at(11))


def test_a_vote_is_not_opened_before_the_assembly(stage: Stage) -> None:
    assembly = stage.convened("2018-winter")
    for city in NAMES:
        stage.arrives(city, assembly=assembly)
    vote = stage.prepared(assembly=assembly)
    with refused("assembly_not_open", WrongState):
        open_vote(vote=vote, actor=stage.officer, now=at(1))


def test_a_text_is_voted_on_only_when_tabled(stage: Stage) -> None:
    vote = stage.prepared(instrument=stage.drafted("statute"))
    with refused("not_tabled", WrongState, where="statute"):
        open_vote(vote=vote, actor=stage.officer, now=at(1))


# casting


def test_a_ballot_is_cast_openly(stage: Stage) -> None:
    vote = stage.open_vote()
    with records("vote:2018-autumn-1 vote.cast"):
        stage.cast(vote, alpha="for")
    ballot = Ballot.objects.get()
    assert (ballot.seat.city.slug, ballot.option.key) == ("alpha", "for")
    assert (ballot.cast_at, ballot.cast_role, ballot.times_cast) == (at(2), "head", 1)
    entry = AuditEntry.objects.get(action="vote.cast")
    assert json.loads(entry.payload) == {"city": "alpha", "choice": "for", "replaces": None}
    assert (entry.person, entry.city, entry.role) == (
        stage.delegates["alpha"].uuid,
        "alpha",
        "head",
    )


def test_a_later_word_replaces_the_earlier_and_is_counted_once(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for", beta="for")
    stage.cast(vote, 3, alpha="against")
    assert Ballot.objects.count() == 2
    ballot = Ballot.objects.get(seat__city__slug="alpha")
    assert (ballot.option.key, ballot.times_cast, ballot.cast_at) == ("against", 2, at(3))
    last = AuditEntry.objects.filter(action="vote.cast").order_by("sequence").last()
    assert json.loads(last.payload) == {"city": "alpha", "choice": "against", "replaces": "for"}
    close(stage, vote)
    assert document(vote)["counts"] == {"for": 1, "against": 1, "abstain": 0}


def test_a_ballot_changed_by_other_hands_is_found_while_the_vote_is_open(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for", beta="for")
    Ballot.objects.filter(seat__city__slug="alpha").update(option=vote.options.get(key="against"))
    [finding] = audit.verify()
    assert (finding.code, finding.where) == ("ballot_changed", f"{vote.slug}/alpha")
    Ballot.objects.filter(seat__city__slug="alpha").delete()
    [finding] = audit.verify()
    assert (finding.code, finding.where) == ("ballot_missing", f"{vote.slug}/alpha")


def test_a_colleague_of_the_same_city_replaces_too(stage: Stage) -> None:
    vote = stage.open_vote()
    colleague = city_person("alternate", city=stage.cities["alpha"], rank=1)
    stage.cast(vote, alpha="for")
    cast_vote(vote=vote, city=stage.cities["alpha"], choice="abstain", actor=colleague, now=at(3))
    ballot = Ballot.objects.get()
    assert (ballot.option.key, ballot.cast_role, ballot.times_cast) == ("abstain", "alternate", 2)


def test_nobody_casts_for_another_city(stage: Stage) -> None:
    vote = stage.open_vote()
    for actor in (stage.delegates["beta"], stage.officer, stage.secretary):
        with refused("not_allowed", NotAllowed, where="alpha"):
            cast_vote(vote=vote, city=stage.cities["alpha"], choice="for", actor=actor, now=at(2))


@pytest.mark.parametrize("role", ["observer", "editor"])
def test_a_mandate_without_a_voice_casts_nothing(stage: Stage, role: str) -> None:
    vote = stage.open_vote()
    person = city_person(role, city=stage.cities["alpha"])
    with refused("not_allowed", NotAllowed):
        cast_vote(vote=vote, city=stage.cities["alpha"], choice="for", actor=person, now=at(2))


def test_a_mandate_that_is_not_accredited_casts_nothing(stage: Stage) -> None:
    vote = stage.open_vote()
    person = city_person("voting_delegate", city=stage.cities["alpha"], accredited_at=None)
    with refused("not_allowed", NotAllowed):
        cast_vote(vote=vote, city=stage.cities["alpha"], choice="for", actor=person, now=at(2))


def test_a_mandate_that_ended_casts_nothing(stage: Stage) -> None:
    vote = stage.open_vote()
    person = city_person("head", city=stage.cities["alpha"], ends_at=at(2))
    with refused("not_allowed", NotAllowed):
        cast_vote(vote=vote, city=stage.cities["alpha"], choice="for", actor=person, now=at(2))


def test_a_seat_that_is_not_present_casts_nothing(stage: Stage) -> None:
    assembly = stage.opened(present=[city for city in NAMES if city != "zeta"], slug="2018-winter")
    vote = stage.open_vote(assembly=assembly)
    with refused("seat_not_present", WrongState):
        stage.cast(vote, zeta="for")
    stage.arrives("zeta", assembly=assembly, minute=3)
    stage.cast(vote, 4, zeta="for")
    assert Ballot.objects.count() == 1


def test_a_seat_that_left_casts_nothing_more(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.leaves("zeta", minute=2)
    with refused("seat_not_present", WrongState):
        stage.cast(vote, 3, zeta="for")


def test_a_city_that_is_not_on_the_roll_casts_nothing(stage: Stage) -> None:
    observer = MembershipFactory(kind="observer").city
    delegate = city_person("head", city=observer)
    vote = stage.open_vote()
    with refused("not_on_the_roll", WrongState):
        cast_vote(vote=vote, city=observer, choice="for", actor=delegate, now=at(2))


@pytest.mark.parametrize("choice", ["maybe", "", "alpha", "FOR"])
def test_a_choice_that_is_not_on_the_ballot_is_refused(stage: Stage, choice: str) -> None:
    vote = stage.open_vote()
    with refused("no_such_choice", InvalidInput):
        stage.cast(vote, alpha=choice)


def test_before_the_opening_and_after_the_close_nothing_is_cast(stage: Stage) -> None:
    vote = stage.prepared()
    with refused("not_in_this_state", WrongState):
        stage.cast(vote, alpha="for")
    open_vote(vote=vote, actor=stage.officer, now=at(1))
    close(stage, vote)
    with refused("not_in_this_state", WrongState):
        stage.cast(vote, 11, alpha="for")


def test_a_consensus_takes_no_ballots(stage: Stage) -> None:
    vote = stage.open_vote(mode="consensus")
    with refused("wrong_state", WrongState):
        stage.cast(vote, alpha="for")


# closing a roll-call


def test_the_result_shows_every_number(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for", beta="for", gamma="for", delta="against", epsilon="abstain")
    with records("vote:2018-autumn-1 vote.closed"):
        result = close(stage, vote)
    assert result.outcome == "adopted"
    assert result.sha256 == audit.sha256(result.document)
    found = document(vote)
    assert (found["seats"], found["present"], found["not_voting"]) == (6, 6, 1)
    assert found["counts"] == {"for": 3, "against": 1, "abstain": 1}
    assert found["ballots"][0] == {
        "city": "alpha",
        "code": "AAA",
        "present": True,
        "choice": "for",
    }
    assert found["ballots"][5]["choice"] is None
    majority = found["majority"]
    assert majority["rule"] == "majority_ordinary"
    assert (majority["denominator"], majority["needed"], majority["in_favour"]) == (4, 3, 3)
    assert (found["quorum"]["needed"], found["quorum"]["met"]) == (4, True)
    assert found["sentence"] == majority["sentence"]
    assert "제2조제1항" in found["sentence"]["ko"]
    assert "Article 2(1)" in found["sentence"]["en"]
    entry = AuditEntry.objects.get(action="vote.closed")
    assert json.loads(entry.payload) == {"outcome": "adopted", "result_sha256": result.sha256}
    assert audit.verify() == []


@pytest.mark.parametrize(
    ("choices", "majority", "outcome"),
    [
        ({"alpha": "for", "beta": "for", "gamma": "against"}, "majority_ordinary", "adopted"),
        ({"alpha": "for", "beta": "against"}, "majority_ordinary", "tied"),
        ({"alpha": "for", "beta": "against", "gamma": "against"}, "majority_ordinary", "rejected"),
        ({"alpha": "abstain", "beta": "abstain"}, "majority_ordinary", "rejected"),
        ({}, "majority_ordinary", "rejected"),
        ({"alpha": "for", "beta": "for", "gamma": "against"}, "majority_bylaws", "adopted"),
        (
            {
                "alpha": "for",
                "beta": "for",
                "gamma": "for",
                "delta": "against",
                "epsilon": "against",
            },
            "majority_bylaws",
            "rejected",
        ),
    ],
)
def test_the_majority_decides(
    stage: Stage, choices: dict[str, str], majority: str, outcome: str
) -> None:
    vote = stage.open_vote(majority_rule=majority)
    stage.cast(vote, **choices)
    assert close(stage, vote).outcome == outcome


def test_a_seat_that_voted_and_left_still_counts(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, **ALL)
    for city in ("delta", "epsilon", "zeta"):
        stage.leaves(city, minute=3)
    result = close(stage, vote)
    assert result.outcome == "adopted"
    assert document(vote)["present"] == 6


def test_a_quorum_that_is_lost_before_the_close_decides_nothing(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for")
    for city in ("delta", "epsilon", "zeta"):
        stage.leaves(city, minute=3)
    result = close(stage, vote)
    assert result.outcome == "inquorate"
    found = document(vote)
    assert found["quorum"]["met"] is False
    assert found["sentence"] == found["quorum"]["sentence"]


def test_attendance_corrected_later_changes_no_result(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, **ALL)
    close(stage, vote)
    before = VoteResult.objects.values().get()
    correct_attendance(
        assembly=stage.assembly,
        number=1,
        reason="was not there",
        actor=stage.registrar,
        now=at(20),
    )
    assert VoteResult.objects.values().get() == before
    assert audit.verify() == []


def test_a_vote_is_closed_once_and_only_when_open(stage: Stage) -> None:
    vote = stage.prepared()
    with refused("not_in_this_state", WrongState):
        close(stage, vote)
    open_vote(vote=vote, actor=stage.officer, now=at(1))
    close(stage, vote)
    with refused("not_in_this_state", WrongState):
        close(stage, vote, 11)


def test_a_roll_call_knows_no_objections(stage: Stage) -> None:
    vote = stage.open_vote()
    with refused("not_a_consensus", InvalidInput):
        close(stage, vote, objections=[stage.cities["alpha"]])


def test_a_round_is_not_closed_as_a_vote(stage: Stage) -> None:
    vote = stage.open_round(stage.race("alpha", "delta"))
    with refused("round", WrongState):
        close(stage, vote)


def test_what_was_sealed_is_not_changed_by_the_platform(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, **ALL)
    result = close(stage, vote)
    for row in (result, RollSeat.objects.first()):
        with pytest.raises(SealedError):
            row.save()
        with pytest.raises(SealedError):
            row.delete()


# consensus


def test_without_objection_a_consensus_adopts(stage: Stage) -> None:
    vote = stage.open_vote(mode="consensus")
    stage.leaves("zeta", minute=2)
    result = close(stage, vote)
    assert result.outcome == "adopted"
    found = document(vote)
    assert found["objections"] == []
    assert found["sentence"] == {
        "ko": "출석한 5석 모두 이의가 없어 합의로 채택되었습니다.",
        "en": "None of the 5 seats present objected: adopted by consensus.",
    }
    assert [line["present"] for line in found["ballots"]] == [True] * 5 + [False]
    assert audit.verify() == []


def test_one_objection_ends_a_consensus(stage: Stage) -> None:
    vote = stage.open_vote(mode="consensus")
    result = close(stage, vote, objections=[stage.cities["gamma"], stage.cities["beta"]])
    assert result.outcome == "rejected"
    found = document(vote)
    assert found["objections"] == ["beta", "gamma"]
    assert found["sentence"] == {
        "ko": "이의가 있어 합의에 이르지 못하였습니다: 나래, 다솔",
        "en": "No consensus: objection by Beta, Gamma.",
    }


def test_an_objection_that_was_entered_twice_counts_once(stage: Stage) -> None:
    vote = stage.open_vote(mode="consensus")
    close(stage, vote, objections=[stage.cities["beta"], stage.cities["beta"]])
    assert document(vote)["objections"] == ["beta"]


def test_who_is_not_present_cannot_object(stage: Stage) -> None:
    vote = stage.open_vote(mode="consensus")
    stage.leaves("zeta", minute=2)
    stranger = CityFactory()
    for city in (stage.cities["zeta"], stranger):
        with refused("not_present", InvalidInput, where=city.slug):
            close(stage, vote, objections=[city])


def test_a_consensus_without_quorum_decides_nothing(stage: Stage) -> None:
    vote = stage.open_vote(mode="consensus")
    for city in ("delta", "epsilon", "zeta"):
        stage.leaves(city, minute=2)
    assert close(stage, vote).outcome == "inquorate"


# annulment


def test_an_annulled_vote_keeps_its_roll_ballots_and_result(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, **ALL)
    close(stage, vote)
    kept = (
        list(Ballot.objects.values()),
        list(RollSeat.objects.values()),
        list(VoteResult.objects.values()),
        Vote.objects.values("rules", "roll", "roll_hash", "opened_at", "closed_at").get(),
    )
    with records("vote:2018-autumn-1 vote.annulled"):
        annul_vote(vote=vote, reason="two ballots swapped", actor=stage.officer, now=at(12))
    vote.refresh_from_db()
    assert (vote.state, vote.annulled_at, vote.annulled_because) == (
        "annulled",
        at(12),
        "two ballots swapped",
    )
    assert kept == (
        list(Ballot.objects.values()),
        list(RollSeat.objects.values()),
        list(VoteResult.objects.values()),
        Vote.objects.values("rules", "roll", "roll_hash", "opened_at", "closed_at").get(),
    )
    assert audit.verify() == []
    with refused("not_in_this_state", WrongState):
        stage.cast(vote, 13, alpha="for")
    assert stage.open_vote(now=at(13)).slug == "2018-autumn-2"


def test_an_open_vote_is_annulled_without_a_result(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for")
    annul_vote(vote=vote, reason="the wrong text", actor=stage.officer, now=at(4))
    assert (VoteResult.objects.count(), Ballot.objects.count()) == (0, 1)
    assert audit.verify() == []


def test_annulment_needs_a_reason_and_the_right_person(stage: Stage) -> None:
    vote = stage.open_vote()
    close(stage, vote)
    with refused("reason_missing", WrongState):
        annul_vote(vote=vote, reason="  ", actor=stage.officer, now=at(11))
    for actor in (stage.registrar, stage.auditor, stage.delegates["alpha"]):
        with refused("not_allowed", NotAllowed):
            annul_vote(vote=vote, reason="because", actor=actor, now=at(11))
    annul_vote(vote=vote, reason="because", actor=stage.secretary, now=at(11))
    with refused("not_in_this_state", WrongState):
        annul_vote(vote=vote, reason="again", actor=stage.secretary, now=at(12))


def test_a_vote_that_something_rests_on_is_not_annulled(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    vote = stage.open_vote(instrument=instrument)
    stage.cast(vote, **ALL)
    close(stage, vote)
    adopt_text(instrument=instrument, vote=vote, actor=stage.secretary, now=at(11))
    with refused("result_relied_on", WrongState):
        annul_vote(vote=vote, reason="second thoughts", actor=stage.secretary, now=at(12))
