"""The election of the chair city, from its announcement to the term that follows."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

import pytest

from resolutions.models import (
    Ballot,
    Certificate,
    CertificateSignature,
    Election,
    Nomination,
    Term,
    Vote,
    VoteResult,
)
from resolutions.rules.exhaustive import RoundFinding, RoundOutcome
from resolutions.rules.lot import commit, draw, verify
from resolutions.services.assemblies import close_assembly
from resolutions.services.elections import (
    accept_nomination,
    acclaim_candidate,
    announce_election,
    close_round,
    draw_up_certificate,
    end_election,
    nominate,
    open_nominations,
    open_round,
    second,
    sign_certificate,
    withdraw_nomination,
)
from resolutions.services.texts import adopt_text
from resolutions.services.votes import annul_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry
from tests.factories import NOW, CityFactory, MembershipFactory, OfficeRoleFactory, city_person
from tests.resolutions.stage import (
    BYLAWS_RULES,
    NAMES,
    SEED,
    Stage,
    at,
    records,
    refused,
)
from tests.resolutions.standing import stands

standing_stage, _django_db_helper, stage = stands("assembly")

CHAIN = "election:2018-chair"


def state(election: Election) -> str:
    election.refresh_from_db()
    return election.state


def states(election: Election) -> dict[str, str]:
    return dict(election.nominations.values_list("city__slug", "state"))


def play(
    stage: Stage, election: Election, minute: int, leaving: str = "", **choices: str
) -> RoundFinding:
    """One round: opened, voted on, closed at `minute`; who is leaving does so before the close."""
    vote = stage.open_round(election, minute)
    stage.cast(vote, minute, **choices)
    for city in leaving.split():
        stage.leaves(city, minute=minute)
    return close_round(election=election, actor=stage.officer, now=at(minute + 1))


def decided(stage: Stage, slug: str = "2018-chair") -> Election:
    """Alpha is elected over delta in one round."""
    election = stage.race("alpha", "delta", slug=slug)
    play(stage, election, 10, **dict.fromkeys(NAMES, "alpha"))
    election.refresh_from_db()
    return election


def certify(stage: Stage, election: Election) -> Certificate:
    certificate = draw_up_certificate(election=election, actor=stage.officer, now=at(20))
    for actor in (stage.officer, stage.secretary):
        sign_certificate(certificate=certificate, actor=actor, now=at(21))
    return certificate


# announcement and nominations


def test_an_election_is_announced(stage: Stage) -> None:
    _ = stage.assembly
    with records(f"{CHAIN} election.announced"):
        election = stage.announced()
    assert (election.state, election.office, election.announced_at) == (
        "announced",
        "chair_city",
        at(0),
    )
    assert election.titles["en"] == "Election of the chair city"
    with refused("conflict", Conflict, where="2018-chair"):
        stage.announced()


def test_no_election_is_announced_after_the_assembly(stage: Stage) -> None:
    close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(0))
    with refused("assembly_over", WrongState):
        stage.announced()


@pytest.mark.parametrize("who", ["secretary", "registrar", "auditor", "delegate"])
def test_only_the_returning_officer_runs_the_election(stage: Stage, who: str) -> None:
    actor = stage.delegates["alpha"] if who == "delegate" else getattr(stage, who)
    election = stage.race("alpha", "delta")
    calls: list[Any] = [
        lambda: announce_election(
            slug="other", assembly=stage.assembly, titles={"ko": "가"}, actor=actor, now=at(5)
        ),
        lambda: open_nominations(election=election, actor=actor, now=at(5)),
        lambda: open_round(election=election, actor=actor, now=at(5)),
        lambda: close_round(election=election, actor=actor, now=at(5)),
        lambda: acclaim_candidate(election=election, actor=actor, now=at(5)),
        lambda: end_election(election=election, reason="x", actor=actor, now=at(5)),
    ]
    for call in calls:
        with refused("not_allowed", NotAllowed):
            call()


def test_nominations_open_with_a_commitment_to_the_seed_of_the_lot(stage: Stage) -> None:
    election = stage.announced()
    with records(f"{CHAIN} election.nominations_opened"):
        election = open_nominations(election=election, actor=stage.officer, now=at(1), seed=SEED)
    assert (election.state, election.lot_seed) == ("nominating", SEED)
    assert verify(election.lot_commitment, SEED)
    payload = AuditEntry.objects.get(action="election.nominations_opened").payload
    assert json.loads(payload) == {"lot_commitment": election.lot_commitment}
    assert SEED not in payload
    with refused("not_in_this_state", WrongState):
        open_nominations(election=election, actor=stage.officer, now=at(2))


def test_without_a_given_seed_one_is_drawn(stage: Stage) -> None:
    first, other = (
        open_nominations(election=stage.announced(slug), actor=stage.officer, now=at(1))
        for slug in ("one", "two")
    )
    assert len(first.lot_seed) == 64
    assert first.lot_seed != other.lot_seed


@pytest.mark.parametrize("seed", ["x" * 64, "ABCD" * 16, "5eed"])
def test_a_seed_that_nobody_could_check_is_refused(stage: Stage, seed: str) -> None:
    election = stage.announced()
    with refused("bad_seed", InvalidInput):
        open_nominations(election=election, actor=stage.officer, now=at(1), seed=seed)


def test_the_way_of_a_nomination(stage: Stage) -> None:
    election = stage.nominating()
    with records(f"{CHAIN} nomination.proposed"):
        nomination = stage.nomination(election, "alpha", by="beta")
    assert (nomination.state, nomination.nominated_by) == ("proposed", stage.cities["beta"])
    assert nomination.statements.as_dict() == {"ko": "소견", "en": "Statement"}
    with records(f"{CHAIN} nomination.supported"):
        second(
            nomination=nomination,
            by=stage.cities["gamma"],
            actor=stage.delegates["gamma"],
            now=at(3),
        )
    assert states(election) == {"alpha": "proposed"}
    with refused("not_in_this_state", WrongState):
        accept_nomination(nomination=nomination, actor=stage.delegates["alpha"], now=at(3))
    with records(f"{CHAIN} nomination.supported", f"{CHAIN} nomination.seconded"):
        second(
            nomination=nomination,
            by=stage.cities["delta"],
            actor=stage.delegates["delta"],
            now=at(3),
        )
    assert states(election) == {"alpha": "seconded"}
    with records(f"{CHAIN} nomination.accepted"):
        accept_nomination(nomination=nomination, actor=stage.delegates["alpha"], now=at(4))
    assert states(election) == {"alpha": "accepted"}
    with refused("not_in_this_state", WrongState):
        accept_nomination(nomination=nomination, actor=stage.delegates["alpha"], now=at(5))
    entry = AuditEntry.objects.get(action="nomination.accepted")
    assert (entry.person, entry.city) == (stage.delegates["alpha"].uuid, "alpha")
    assert audit.verify() == []


def test_a_city_is_nominated_once(stage: Stage) -> None:
    election = stage.nominating()
    stage.nomination(election, "alpha", by="beta")
    with refused("conflict", Conflict, where="alpha"):
        stage.nomination(election, "alpha", by="gamma")


@pytest.mark.parametrize("by", ["alpha", "beta"])
def test_neither_the_nominated_nor_the_proposer_seconds(stage: Stage, by: str) -> None:
    nomination = stage.nomination(stage.nominating(), "alpha", by="beta")
    with refused("seconds_own_nomination", WrongState):
        second(nomination=nomination, by=stage.cities[by], actor=stage.delegates[by], now=at(3))


def test_a_city_seconds_once(stage: Stage) -> None:
    nomination = stage.seconded(stage.nominating(), "alpha", by="beta", seconders="gamma")
    colleague = city_person("alternate", city=stage.cities["gamma"], rank=1)
    for actor in (stage.delegates["gamma"], colleague):
        with refused("seconded_already", WrongState):
            second(nomination=nomination, by=stage.cities["gamma"], actor=actor, now=at(3))


def test_nobody_acts_for_another_city(stage: Stage) -> None:
    election = stage.nominating()
    stranger = stage.delegates["zeta"]
    with refused("not_allowed", NotAllowed, where="beta"):
        nominate(
            election=election,
            city=stage.cities["alpha"],
            by=stage.cities["beta"],
            statements={},
            actor=stranger,
            now=at(2),
        )
    nomination = stage.seconded(election, "alpha", by="beta", seconders="gamma delta")
    with refused("not_allowed", NotAllowed, where="epsilon"):
        second(nomination=nomination, by=stage.cities["epsilon"], actor=stranger, now=at(3))
    for service in (accept_nomination, withdraw_nomination):
        with refused("not_allowed", NotAllowed, where="alpha"):
            service(nomination=nomination, actor=stranger, now=at(3))


def test_only_cities_with_a_seat_nominate_and_are_nominated(stage: Stage) -> None:
    election = stage.nominating()
    observer = MembershipFactory(kind="observer").city
    delegate = city_person("head", city=observer)
    for city, by, actor in (
        (observer, stage.cities["alpha"], stage.delegates["alpha"]),
        (stage.cities["alpha"], observer, delegate),
        (CityFactory(), stage.cities["alpha"], stage.delegates["alpha"]),
    ):
        with refused("no_seat", WrongState):
            nominate(election=election, city=city, by=by, statements={}, actor=actor, now=at(2))


def test_nominations_are_taken_only_while_they_are_open(stage: Stage) -> None:
    election = stage.announced()
    with refused("not_in_this_state", WrongState):
        stage.nomination(election, "alpha", by="beta")
    election = stage.race("alpha", "delta", slug="2019-chair")
    late = stage.nomination(election, "beta", by="gamma")
    stage.open_round(election)
    with refused("not_in_this_state", WrongState):
        stage.nomination(election, "gamma", by="delta")
    with refused("not_in_this_state", WrongState):
        second(
            nomination=late,
            by=stage.cities["delta"],
            actor=stage.delegates["delta"],
            now=at(6),
        )
    with refused("not_in_this_state", WrongState):
        accept_nomination(nomination=late, actor=stage.delegates["beta"], now=at(6))


# withdrawal


def test_a_candidate_withdraws_between_rounds_but_not_during_one(stage: Stage) -> None:
    election = stage.race("alpha", "delta", "gamma")
    nomination = Nomination.objects.get(city__slug="gamma")
    stage.open_round(election, 10)
    with refused("round_open", WrongState):
        withdraw_nomination(nomination=nomination, actor=stage.delegates["gamma"], now=at(11))
    close_round(election=election, actor=stage.officer, now=at(12))
    with records(f"{CHAIN} nomination.withdrawn"):
        withdraw_nomination(nomination=nomination, actor=stage.delegates["gamma"], now=at(13))
    assert states(election) == {"alpha": "accepted", "delta": "accepted", "gamma": "withdrawn"}
    vote = stage.open_round(election, 14)
    options = vote.options.order_by("position").values_list("key", flat=True)
    assert list(options) == ["alpha", "delta", "abstain"]
    with refused("round_open", WrongState):
        withdraw_nomination(
            nomination=Nomination.objects.get(city__slug="delta"),
            actor=stage.delegates["delta"],
            now=at(15),
        )


def test_nobody_withdraws_from_a_decided_election(stage: Stage) -> None:
    decided(stage)
    for city in ("alpha", "delta"):
        nomination = Nomination.objects.get(city__slug=city)
        with refused("not_in_this_state", WrongState):
            withdraw_nomination(nomination=nomination, actor=stage.delegates[city], now=at(20))


# rounds


def test_a_round_opens_among_those_who_accepted(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    stage.seconded(election, "gamma", by="delta", seconders="epsilon zeta")
    with records(
        "vote:2018-autumn-1 vote.prepared",
        "vote:2018-autumn-1 vote.opened",
        f"{CHAIN} election.round_opened",
    ):
        vote = stage.open_round(election)
    assert state(election) == "in_round"
    assert (vote.state, vote.round_number, vote.mode) == ("open", 1, "roll_call")
    assert vote.titles["en"] == "Election of the chair city, round 1"
    options = vote.options.order_by("position").values_list("key", "city__slug")
    assert list(options) == [("alpha", "alpha"), ("delta", "delta"), ("abstain", None)]
    seed = hashlib.sha256(f"{SEED}:1".encode()).hexdigest()
    assert vote.lot_commitment == commit(seed)
    with refused("not_in_this_state", WrongState):
        stage.open_round(election, 6)


def test_a_round_needs_two_candidates_and_a_quorum(stage: Stage) -> None:
    election = stage.race("alpha")
    with refused("too_few_candidates", WrongState):
        stage.open_round(election)
    election = stage.race("alpha", "delta", slug="2019-chair")
    for city in ("delta", "epsilon", "zeta"):
        stage.leaves(city, minute=5)
    with refused("no_quorum", WrongState):
        stage.open_round(election)


def test_without_an_open_round_none_is_closed(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    with refused("no_round", WrongState):
        close_round(election=election, actor=stage.officer, now=at(6))


def test_more_than_half_elects(stage: Stage) -> None:
    election = stage.race("alpha", "delta", "gamma")
    vote = stage.open_round(election, 10)
    stage.cast(vote, 11, alpha="alpha", beta="alpha", gamma="alpha", delta="delta", zeta="gamma")
    with records("vote:2018-autumn-1 vote.closed", f"{CHAIN} election.round_closed"):
        finding = close_round(election=election, actor=stage.officer, now=at(12))
    assert (finding.outcome, finding.elected) == (RoundOutcome.ELECTED, "alpha")
    assert (finding.valid_votes, finding.needed) == (5, 3)
    assert state(election) == "decided"
    assert (election.elected, election.decided_at) == (stage.cities["alpha"], at(12))
    assert states(election) == {"alpha": "elected", "delta": "accepted", "gamma": "accepted"}
    result = VoteResult.objects.get()
    assert result.outcome == "elected"
    document = json.loads(result.document)
    assert RoundFinding.from_json(document["round"]) == finding
    assert "Article 3" in document["sentence"]["en"]
    assert audit.verify() == []


def test_the_last_is_eliminated_until_somebody_has_a_majority(stage: Stage) -> None:
    election = stage.race("alpha", "delta", "gamma")
    first = play(
        stage,
        election,
        10,
        alpha="alpha",
        beta="alpha",
        gamma="gamma",
        delta="delta",
        epsilon="delta",
        zeta="abstain",
    )
    assert (first.outcome, first.eliminated) == (RoundOutcome.ELIMINATED, "gamma")
    assert state(election) == "between_rounds"
    nomination = Nomination.objects.get(city__slug="gamma")
    assert (nomination.state, nomination.eliminated_in_round) == ("eliminated", 1)
    last = play(stage, election, 20, **dict.fromkeys(NAMES, "delta"))
    assert (last.number, last.elected) == (2, "delta")
    assert [candidate.key for candidate in last.candidates] == ["alpha", "delta"]
    assert state(election) == "decided"
    assert audit.verify() == []


def test_a_shared_last_place_is_repeated_once_then_drawn_with_the_seed(stage: Stage) -> None:
    election = stage.race("alpha", "delta", "gamma")
    tie = {"alpha": "alpha", "beta": "alpha", "gamma": "gamma", "delta": "delta"}
    first = play(stage, election, 10, **tie)
    assert (first.outcome, first.tied) == (RoundOutcome.REPEAT, ("delta", "gamma"))
    assert set(states(election).values()) == {"accepted"}
    repeated = play(stage, election, 20, **tie)
    seed = hashlib.sha256(f"{SEED}:2".encode()).hexdigest()
    expected = draw(seed, round_number=2, keys=["delta", "gamma"]).drawn
    assert (repeated.outcome, repeated.eliminated) == (RoundOutcome.LOT_ELIMINATE, expected)
    assert repeated.lot is not None
    assert repeated.lot.seed == seed
    vote = Vote.objects.get(round_number=2)
    assert verify(vote.lot_commitment, repeated.lot.seed)
    assert states(election)[expected] == "eliminated"
    assert state(election) == "between_rounds"
    closed = AuditEntry.objects.filter(action="election.round_closed").order_by("sequence").last()
    assert json.loads(closed.payload)["lot_seed"] == seed
    assert SEED not in "".join(AuditEntry.objects.values_list("payload", flat=True))
    assert audit.verify() == []


def test_two_equal_candidates_are_drawn_after_one_repetition(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    half = {city: "alpha" if city in ("alpha", "beta", "gamma") else "delta" for city in NAMES}
    assert play(stage, election, 10, **half).outcome is RoundOutcome.REPEAT
    finding = play(stage, election, 20, **half)
    seed = hashlib.sha256(f"{SEED}:2".encode()).hexdigest()
    assert finding.outcome is RoundOutcome.LOT_ELECT
    assert finding.elected == draw(seed, round_number=2, keys=["alpha", "delta"]).drawn
    assert state(election) == "decided"
    assert election.elected.slug == finding.elected
    assert VoteResult.objects.get(vote__round_number=2).outcome == "elected"


def test_nobody_voted_for_twice_ends_without_a_result(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    nothing = dict.fromkeys(NAMES, "abstain")
    assert play(stage, election, 10, **nothing).outcome is RoundOutcome.REPEAT
    assert play(stage, election, 20, **nothing).outcome is RoundOutcome.FAILED
    assert state(election) == "failed"
    assert VoteResult.objects.get(vote__round_number=2).outcome == "failed"
    close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(30))


def test_a_withdrawal_after_a_tie_makes_a_new_round_not_a_repetition(stage: Stage) -> None:
    election = stage.race("alpha", "delta", "gamma")
    play(stage, election, 10, alpha="alpha", gamma="gamma", delta="delta")
    withdraw_nomination(
        nomination=Nomination.objects.get(city__slug="gamma"),
        actor=stage.delegates["gamma"],
        now=at(15),
    )
    finding = play(stage, election, 20, alpha="alpha", delta="delta")
    assert (finding.repeat, finding.outcome) == (False, RoundOutcome.REPEAT)


def test_a_round_without_quorum_does_not_count(stage: Stage) -> None:
    election = stage.race("alpha", "delta", "gamma")
    finding = play(stage, election, 10, alpha="alpha", beta="alpha", leaving="delta epsilon zeta")
    assert (finding.elected, finding.eliminated, finding.lot) == (None, None, None)
    result = VoteResult.objects.get()
    document = json.loads(result.document)
    assert result.outcome == "inquorate"
    assert document["sentence"] == document["quorum"]["sentence"]
    assert document["sentence"] == finding.sentence.as_dict()
    assert document["round"]["elected"] is None
    assert state(election) == "between_rounds"
    assert election.elected is None
    assert set(states(election).values()) == {"accepted"}
    payload = json.loads(AuditEntry.objects.get(action="election.round_closed").payload)
    assert (payload["outcome"], payload["elected"]) == ("inquorate", None)
    for city in ("delta", "epsilon", "zeta"):
        stage.arrives(city, minute=12)
    again = play(stage, election, 20, **dict.fromkeys(NAMES, "gamma"))
    assert (again.number, again.repeat, again.elected) == (2, False, "gamma")
    assert audit.verify() == []


def test_a_tie_is_still_repeated_after_a_round_that_did_not_count(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    play(stage, election, 10, alpha="alpha", delta="delta")
    play(stage, election, 20, alpha="alpha", leaving="beta gamma epsilon zeta")
    for city in ("beta", "gamma", "epsilon", "zeta"):
        stage.arrives(city, minute=25)
    finding = play(stage, election, 30, alpha="alpha", delta="delta")
    assert (finding.number, finding.repeat) == (3, True)
    assert finding.outcome is RoundOutcome.LOT_ELECT


def test_a_round_is_not_annulled_under_its_election(stage: Stage) -> None:
    decided(stage)
    with refused("result_relied_on", WrongState):
        annul_vote(vote=Vote.objects.get(), reason="no", actor=stage.secretary, now=at(20))


def test_the_choice_in_a_round_is_a_candidate_or_to_abstain(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    vote = stage.open_round(election)
    for choice in ("for", "beta"):
        with refused("no_such_choice", InvalidInput):
            stage.cast(vote, 6, alpha=choice)
    stage.cast(vote, 6, alpha="abstain", delta="delta")
    assert Ballot.objects.count() == 2


# acclamation, and an end without a result


def test_a_single_candidate_is_acclaimed(stage: Stage) -> None:
    election = stage.race("alpha")
    with records(f"{CHAIN} election.acclaimed"):
        election = acclaim_candidate(election=election, actor=stage.officer, now=at(6))
    assert (election.state, election.elected) == ("decided", stage.cities["alpha"])
    assert election.decided_at == at(6)
    assert states(election) == {"alpha": "elected"}
    assert Vote.objects.count() == 0
    certificate = draw_up_certificate(election=election, actor=stage.officer, now=at(20))
    assert json.loads(certificate.document)["rounds"] == []
    assert audit.verify() == []


def test_one_of_several_or_none_is_not_acclaimed(stage: Stage) -> None:
    for slug, candidates in (("2018-chair", ("alpha", "delta")), ("2019-chair", ())):
        election = stage.race(*candidates, slug=slug)
        with refused("not_a_single_candidate", WrongState):
            acclaim_candidate(election=election, actor=stage.officer, now=at(6))


def test_the_last_one_left_after_a_withdrawal_is_acclaimed(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    play(stage, election, 10, alpha="alpha", delta="delta")
    withdraw_nomination(
        nomination=Nomination.objects.get(city__slug="delta"),
        actor=stage.delegates["delta"],
        now=at(15),
    )
    election = acclaim_candidate(election=election, actor=stage.officer, now=at(16))
    assert election.elected == stage.cities["alpha"]


def test_an_election_without_candidates_is_ended(stage: Stage) -> None:
    election = stage.race()
    with refused("reason_missing", InvalidInput):
        end_election(election=election, reason=" ", actor=stage.officer, now=at(6))
    with records(f"{CHAIN} election.ended"):
        election = end_election(
            election=election, reason="nobody stands", actor=stage.officer, now=at(6)
        )
    assert election.state == "failed"
    close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(7))


def test_an_election_is_not_ended_in_a_round_or_after_its_decision(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    stage.open_round(election, 10)
    with refused("round_open", WrongState):
        end_election(election=election, reason="enough", actor=stage.officer, now=at(11))
    election = decided(stage, "2019-chair")
    with refused("not_in_this_state", WrongState):
        end_election(election=election, reason="enough", actor=stage.officer, now=at(20))


# certificate and term


def test_the_certificate_states_the_rounds_and_the_term(stage: Stage) -> None:
    election = decided(stage)
    with records(f"{CHAIN} certificate.drawn_up"):
        certificate = draw_up_certificate(election=election, actor=stage.officer, now=at(20))
    assert certificate.number == "2018-001"
    assert certificate.sha256 == audit.sha256(certificate.document)
    vote = Vote.objects.get()
    document = json.loads(certificate.document)
    assert document["elected"] == "alpha"
    assert document["names"] == {"ko": "가람", "en": "Alpha"}
    assert document["term"] == {"starts_on": "2018-12-13", "ends_on": "2020-12-13"}
    [line] = document["rounds"]
    assert (line["vote"], line["roll_sha256"]) == (vote.slug, vote.roll_hash)
    assert line["result_sha256"] == vote.result.sha256
    assert line["counts"] == {"alpha": 6, "delta": 0, "abstain": 0}
    with refused("conflict", Conflict):
        draw_up_certificate(election=election, actor=stage.officer, now=at(21))


def test_the_term_follows_the_rules_of_the_day_of_the_election(stage: Stage) -> None:
    election = decided(stage)
    rules = {**BYLAWS_RULES, "chair_term_years": (4, "art5")}
    tomorrow = NOW + timedelta(days=1)
    amended = stage.tabled("bylaws-2", "bylaws", rules=rules)
    adopt_text(
        instrument=amended, vote=None, basis="elsewhere", actor=stage.secretary, now=tomorrow
    )
    certificate = draw_up_certificate(election=election, actor=stage.officer, now=tomorrow)
    assert json.loads(certificate.document)["term"]["ends_on"] == "2020-12-13"


def test_two_persons_in_two_roles_sign_and_the_term_begins(stage: Stage) -> None:
    election = decided(stage)
    certificate = draw_up_certificate(election=election, actor=stage.officer, now=at(20))
    with records(f"{CHAIN} certificate.signed"):
        sign_certificate(certificate=certificate, actor=stage.officer, now=at(21))
    assert (state(election), Term.objects.count()) == ("decided", 0)
    with records(f"{CHAIN} certificate.signed", f"{CHAIN} term.begun"):
        sign_certificate(certificate=certificate, actor=stage.secretary, now=at(22))
    assert state(election) == "certified"
    term = Term.objects.get()
    assert (term.city, term.office) == (stage.cities["alpha"], "chair_city")
    assert (term.starts_on, term.ends_on) == (date(2018, 12, 13), date(2020, 12, 13))
    signatures = CertificateSignature.objects.order_by("pk").values_list("role", "person")
    assert list(signatures) == [
        ("returning_officer", stage.officer.uuid),
        ("secretary_general", stage.secretary.uuid),
    ]
    begun = json.loads(AuditEntry.objects.get(action="term.begun").payload)
    assert begun["lot_seed"] == SEED
    assert audit.verify() == []


def test_one_role_signs_once(stage: Stage) -> None:
    certificate = draw_up_certificate(election=decided(stage), actor=stage.officer, now=at(20))
    sign_certificate(certificate=certificate, actor=stage.officer, now=at(21))
    colleague = OfficeRoleFactory(role="returning_officer").person
    for actor in (stage.officer, colleague):
        with refused("conflict", Conflict, where="returning_officer"):
            sign_certificate(certificate=certificate, actor=actor, now=at(22))


def test_one_person_in_two_roles_is_not_two(stage: Stage) -> None:
    certificate = draw_up_certificate(election=decided(stage), actor=stage.officer, now=at(20))
    both = OfficeRoleFactory(role="returning_officer").person
    sign_certificate(certificate=certificate, actor=both, now=at(21))
    officer_role = both.office_roles.get()
    officer_role.ends_at = at(22)
    officer_role.save()
    OfficeRoleFactory(person=both, role="secretary_general", starts_at=at(22))
    with refused("conflict", Conflict, where="secretary_general"):
        sign_certificate(certificate=certificate, actor=both, now=at(23))


@pytest.mark.parametrize("who", ["registrar", "auditor", "delegate"])
def test_nobody_else_certifies(stage: Stage, who: str) -> None:
    actor = stage.delegates["alpha"] if who == "delegate" else getattr(stage, who)
    election = decided(stage)
    with refused("not_allowed", NotAllowed):
        draw_up_certificate(election=election, actor=actor, now=at(20))
    certificate = draw_up_certificate(election=election, actor=stage.officer, now=at(20))
    with refused("not_allowed", NotAllowed):
        sign_certificate(certificate=certificate, actor=actor, now=at(21))


def test_an_undecided_election_is_not_certified(stage: Stage) -> None:
    election = stage.race("alpha", "delta")
    with refused("wrong_state", WrongState):
        draw_up_certificate(election=election, actor=stage.officer, now=at(20))


def test_terms_of_one_office_do_not_overlap(stage: Stage) -> None:
    certify(stage, decided(stage))
    other = decided(stage, "2019-chair")
    certificate = draw_up_certificate(election=other, actor=stage.officer, now=at(30))
    assert certificate.number == "2018-002"
    sign_certificate(certificate=certificate, actor=stage.officer, now=at(31))
    with refused("terms_overlap", InvalidInput):
        sign_certificate(certificate=certificate, actor=stage.secretary, now=at(32))
    assert Term.objects.count() == 1
    assert audit.verify() == []
