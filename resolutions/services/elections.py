"""The election of an office, from its announcement to the term that follows.

announce → open nominations → nominate, second, accept → rounds → certificate → term.
Each round is a roll-call vote of its own; `resolutions.rules.exhaustive` judges it. A draw
by lot, where the rule asks for one, is made in the act that closes the round, from a seed
that was committed to when the round opened.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.models import City
from members.policies import CityAction, OfficeAction, city_policy, office_policy
from members.rules.periods import Period
from members.services.mandates import still_holds
from resolutions.models import (
    Assembly,
    Certificate,
    CertificateSignature,
    Election,
    ElectionText,
    Nomination,
    NominationText,
    Seconding,
    StruckSeconding,
    Term,
    Vote,
)
from resolutions.models.assemblies import AssemblyState
from resolutions.models.elections import ElectionState, NominationState, Office
from resolutions.models.votes import VoteState
from resolutions.rules.election_lifecycle import (
    ELECTION_LIFECYCLE,
    Certifying,
    ElectionAction,
    Nominating,
    Standings,
    action_after,
    action_after_lot,
)
from resolutions.rules.exhaustive import (
    Candidate,
    RoundFinding,
    RoundOutcome,
    acclaim,
    judge_round,
    resolve_by_lot,
)
from resolutions.rules.lot import commit
from resolutions.rules.nomination_lifecycle import (
    NOMINATION_LIFECYCLE,
    NominationAction,
    Support,
    Withdrawing,
)
from resolutions.rules.nomination_lifecycle import Seconding as SecondingFacts
from resolutions.rules.nominators import check_nominator
from resolutions.rules.operative import RuleName, RuleSet
from resolutions.rules.terms import check_free, term_of_office
from resolutions.rules.vote_lifecycle import VOTE_LIFECYCLE, VoteAction
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.rules import rules_of_assembly
from resolutions.selectors.seats import seats_of_assembly
from resolutions.services.assemblies import locked as locked_assembly
from resolutions.services.refusals import rules_speak, step
from resolutions.services.votes import (
    count_vote,
    open_vote,
    prepare_round,
    round_findings,
    seal_result,
)
from secretariat.kernel.audit import Record, act, canonical_json, moment, sha256
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.outbox import announce

SIGNING_ROLES = ("returning_officer", "secretary_general")
STANDING = (NominationState.ACCEPTED,)


def announce_election(
    *,
    slug: str,
    assembly: Assembly,
    titles: Mapping[str, str],
    actor: Any,
    now: datetime,
    office: str = Office.CHAIR_CITY,
) -> Election:
    """Announce the election of an office at an assembly."""
    authority = office_policy.require(actor, OfficeAction.RUN_ELECTIONS, now)
    with act(authority, now) as record:
        assembly = locked_assembly(assembly)
        if assembly.state not in (AssemblyState.CONVENED, AssemblyState.OPEN):
            raise WrongState(
                _("An election is announced for an assembly that is convened or open."),
                code="assembly_over",
                where=assembly.slug,
            )
        if Election.objects.filter(slug=slug).exists():
            raise Conflict(_("An election with this address name exists already."), where=slug)
        election = Election.objects.create(
            slug=slug, assembly=assembly, office=office, announced_at=now
        )
        ElectionText.objects.bulk_create(
            ElectionText(election=election, language=language, title=title)
            for language, title in titles.items()
        )
        record(
            election.chain,
            "election.announced",
            {"assembly": assembly.slug, "office": office, "titles": dict(titles)},
        )
        announce("election.changed", election=slug)
    return election


def open_nominations(*, election: Election, actor: Any, now: datetime, seed: str = "") -> Election:
    """Open nominations, and commit to the seed of any draw by lot (64 hexadecimal digits)."""
    authority = office_policy.require(actor, OfficeAction.RUN_ELECTIONS, now)
    with act(authority, now) as record:
        election = _locked(election)
        election.nominations_open_at = now
        election.lot_seed = seed or secrets.token_hex(32)
        with rules_speak():
            election.lot_commitment = commit(election.lot_seed)
        election.state = _step(
            election, ElectionAction.OPEN_NOMINATIONS, Nominating(lot_committed=True)
        )
        election.save()
        record(
            election.chain,
            "election.nominations_opened",
            {"lot_commitment": election.lot_commitment},
        )
        announce("election.changed", election=election.slug)
    return election


def nominate(
    *,
    election: Election,
    city: City,
    by: City,
    statements: Mapping[str, str],
    actor: Any,
    now: datetime,
) -> Nomination:
    """Propose a city, on behalf of one with a seat; its own too, unless a rule rules that out."""
    authority = city_policy.require(actor, CityAction.NOMINATE, by, now)
    with act(authority, now) as record:
        election = _locked(election)
        still_holds(actor=actor, action=CityAction.NOMINATE, city=by, now=now)
        _step(election, ElectionAction.NOMINATE)
        seats = _require_seats(election, now, by, city)
        with rules_speak():
            check_nominator(_rules(election, now), city=city.slug, by=by.slug)
        if Nomination.objects.filter(election=election, city=city).exists():
            raise Conflict(_("This city is nominated already."), where=city.slug)
        nomination = Nomination.objects.create(
            election=election, city=seats[city.slug], nominated_by=by, nominated_at=now
        )
        NominationText.objects.bulk_create(
            NominationText(nomination=nomination, language=language, statement=statement)
            for language, statement in statements.items()
            if statement.strip()
        )
        record(
            election.chain,
            "nomination.proposed",
            {"city": city.slug, "by": by.slug, "statements": dict(statements)},
        )
        _confirm_seconded(nomination, needed=_seconders_needed(election, now), record=record)
        announce("election.changed", election=election.slug)
    return nomination


def second(*, nomination: Nomination, by: City, actor: Any, now: datetime) -> Nomination:
    """Support a nomination, on behalf of another city; with enough of them it is seconded."""
    authority = city_policy.require(actor, CityAction.NOMINATE, by, now)
    with act(authority, now) as record:
        election = _locked(nomination.election)
        nomination = Nomination.objects.select_for_update().get(pk=nomination.pk)
        still_holds(actor=actor, action=CityAction.NOMINATE, city=by, now=now)
        _step(election, ElectionAction.NOMINATE)
        _require_seats(election, now, by)
        step(
            NOMINATION_LIFECYCLE,
            nomination.state,
            NominationAction.SECOND,
            SecondingFacts(
                city=by.slug,
                nominee=nomination.city.slug,
                nominated_by=nomination.nominated_by.slug,
                seconders=frozenset(nomination.secondings.values_list("city__slug", flat=True)),
            ),
            where=nomination.city.slug,
        )
        Seconding.objects.create(nomination=nomination, city=by, seconded_at=now)
        record(
            election.chain,
            "nomination.supported",
            {"city": nomination.city.slug, "by": by.slug},
        )
        _confirm_seconded(nomination, needed=_seconders_needed(election, now), record=record)
        announce("election.changed", election=election.slug)
    return nomination


def accept_nomination(*, nomination: Nomination, actor: Any, now: datetime) -> Nomination:
    """Accept, on behalf of the nominated city: it is a candidate from here on."""
    authority = city_policy.require(actor, CityAction.NOMINATE, nomination.city, now)
    with act(authority, now) as record:
        election = _locked(nomination.election)
        nomination = Nomination.objects.select_for_update().get(pk=nomination.pk)
        still_holds(actor=actor, action=CityAction.NOMINATE, city=nomination.city, now=now)
        _step(election, ElectionAction.NOMINATE)
        nomination.accepted_at = now
        _move(nomination, NominationAction.ACCEPT)
        record(election.chain, "nomination.accepted", {"city": nomination.city.slug})
        announce("election.changed", election=election.slug)
    return nomination


def withdraw_nomination(*, nomination: Nomination, actor: Any, now: datetime) -> Nomination:
    """Withdraw a candidacy, on behalf of the candidate; not while a round is open."""
    authority = city_policy.require(actor, CityAction.NOMINATE, nomination.city, now)
    with act(authority, now) as record:
        election = _locked(nomination.election)
        nomination = Nomination.objects.select_for_update().get(pk=nomination.pk)
        still_holds(actor=actor, action=CityAction.NOMINATE, city=nomination.city, now=now)
        nomination.ended_at = now
        if election.state != ElectionState.IN_ROUND:
            _step(election, ElectionAction.WITHDRAW_CANDIDATE)
        _move(
            nomination,
            NominationAction.WITHDRAW,
            Withdrawing(round_open=election.state == ElectionState.IN_ROUND),
        )
        record(election.chain, "nomination.withdrawn", {"city": nomination.city.slug})
        announce("election.changed", election=election.slug)
    return nomination


def strike_nomination(
    *, nomination: Nomination, ground: str, actor: Any, now: datetime
) -> Nomination:
    """The office takes a nomination back that a city contests; not while a round is open.

    `ground` names the record behind it ("letter:<uuid>"). Its end is that of a withdrawal.
    """
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    with act(authority, now) as record:
        election = _locked(nomination.election)
        nomination = Nomination.objects.select_for_update().get(pk=nomination.pk)
        round_open = election.state == ElectionState.IN_ROUND
        if not round_open:
            _step(election, ElectionAction.WITHDRAW_CANDIDATE)
        nomination.ended_at = now
        _move(nomination, NominationAction.WITHDRAW, Withdrawing(round_open=round_open))
        record(
            election.chain,
            "nomination.withdrawn",
            {"city": nomination.city.slug, "ground": ground},
        )
        announce("election.changed", election=election.slug)
    return nomination


def strike_seconding(
    *, nomination: Nomination, by: City, ground: str, actor: Any, now: datetime
) -> Nomination:
    """The office strikes a seconding that the city contests; before any round was opened.

    A nomination left with too few seconders is proposed only, and is accepted anew later.
    """
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    with act(authority, now) as record:
        election = _locked(nomination.election)
        nomination = Nomination.objects.select_for_update().get(pk=nomination.pk)
        _step(election, ElectionAction.NOMINATE)
        seconding = nomination.secondings.filter(city=by, struck=None).first()
        if seconding is None:
            raise WrongState(
                _("This seconding counts no more already."), code="not_seconded", where=by.slug
            )
        StruckSeconding.objects.create(seconding=seconding, struck_at=now, ground=ground)
        record(
            election.chain,
            "nomination.support_struck",
            {"city": nomination.city.slug, "by": by.slug, "ground": ground},
        )
        support = _support(nomination, needed=_seconders_needed(election, now))
        lose = NominationAction.LOSE_SUPPORT
        if NOMINATION_LIFECYCLE.allows(nomination.state, lose, support):
            nomination.accepted_at = None
            _move(nomination, lose, support)
            record(election.chain, "nomination.support_lost", {"city": nomination.city.slug})
        announce("election.changed", election=election.slug)
    return nomination


def open_round(*, election: Election, actor: Any, now: datetime) -> Vote:
    """Open the next round among the candidates still in play."""
    authority = office_policy.require(actor, OfficeAction.RUN_ELECTIONS, now)
    with act(authority, now) as record:
        election = _locked(election)
        standing = list(_standing(election))
        target = _step(election, ElectionAction.OPEN_ROUND, Standings(candidates=len(standing)))
        number = election.rounds.count() + 1
        titles = {
            language: _round_title(language, title, number)
            for language, title in election.titles.items()
        }
        vote = prepare_round(
            election=election,
            number=number,
            candidates=[nomination.city for nomination in standing],
            titles=titles,
            questions={
                "ko": "어느 도시를 의장도시로 선출하시겠습니까?",
                "en": "Which city do you choose as the chair city?",
            },
            lot_commitment=commit(_seed_of_round(election, number)),
            actor=actor,
            now=now,
        )
        vote = open_vote(vote=vote, actor=actor, now=now)
        election.state = target
        election.save(update_fields=["state"])
        record(
            election.chain,
            "election.round_opened",
            {
                "round": number,
                "vote": vote.slug,
                "candidates": sorted(nomination.city.slug for nomination in standing),
            },
        )
        announce("election.changed", election=election.slug)
    return vote


def close_round(*, election: Election, actor: Any, now: datetime) -> RoundFinding:
    """Close the open round and draw its consequence: elected, eliminated, repeated, by lot.

    A round that ends without a quorum does not count: the same candidates go on.
    """
    authority = office_policy.require(actor, OfficeAction.RUN_ELECTIONS, now)
    with act(authority, now) as record:
        election = _locked(election)
        vote = election.rounds.select_for_update().filter(state=VoteState.OPEN).first()
        if vote is None:
            raise WrongState(_("No round is open."), code="no_round", where=election.slug)
        vote_target = step(VOTE_LIFECYCLE, vote.state, VoteAction.CLOSE, where=vote.slug)
        rules = RuleSet.from_json(json.loads(vote.rules))
        count = count_vote(vote=vote, rules=rules, now=now)
        quorum_met = count["quorum"] is None or count["quorum"]["met"]
        finding = _judge(election, vote, count, rules)
        if not quorum_met:
            finding = _without_effect(finding, because=Bilingual(count["quorum"]["sentence"]))
        result = seal_result(
            vote=vote,
            target=vote_target,
            count=count,
            findings=round_findings(finding, quorum_met=quorum_met),
            now=now,
        )
        record(
            vote.chain,
            "vote.closed",
            {"outcome": result.outcome, "result_sha256": result.sha256},
        )
        if quorum_met:
            _apply(election, finding, now)
        election.state = _state_after(election, finding, quorum_met=quorum_met)
        election.save()
        record(
            election.chain,
            "election.round_closed",
            {
                "round": finding.number,
                "vote": vote.slug,
                "outcome": str(finding.outcome) if quorum_met else "inquorate",
                "elected": finding.elected,
                "eliminated": finding.eliminated,
                "lot_seed": finding.lot.seed if finding.lot else None,
                "result_sha256": result.sha256,
            },
        )
        announce("vote.changed", vote=vote.slug)
        announce("election.changed", election=election.slug)
    return finding


def acclaim_candidate(*, election: Election, actor: Any, now: datetime) -> Election:
    """Declare the only candidate elected without a vote."""
    authority = office_policy.require(actor, OfficeAction.RUN_ELECTIONS, now)
    with act(authority, now) as record:
        election = _locked(election)
        assembly = locked_assembly(election.assembly)
        if assembly.state != AssemblyState.OPEN:
            raise WrongState(
                _("The assembly declares the candidate elected. Open it first."),
                code="assembly_not_open",
                where=assembly.slug,
            )
        standing = list(_standing(election))
        target = _step(election, ElectionAction.ACCLAIM, Standings(candidates=len(standing)))
        city = standing[0].city
        finding = acclaim(Candidate(city.slug, city.names))
        _apply(election, finding, now)
        election.state = target
        election.save()
        record(
            election.chain,
            "election.acclaimed",
            {"elected": city.slug, "sentence": finding.sentence.as_dict()},
        )
        announce("election.changed", election=election.slug)
    return election


def end_election(*, election: Election, reason: str, actor: Any, now: datetime) -> Election:
    """End an election without a result, for instance because nobody stands; not during a round."""
    authority = office_policy.require(actor, OfficeAction.RUN_ELECTIONS, now)
    with act(authority, now) as record:
        election = _locked(election)
        if not reason.strip():
            raise InvalidInput(
                _("Give the reason. It stays on the record."), code="reason_missing", where="reason"
            )
        if election.state == ElectionState.IN_ROUND:
            raise WrongState(
                _("A round is open. Close it first."), code="round_open", where=election.slug
            )
        election.state = _step(election, ElectionAction.END)
        election.save(update_fields=["state"])
        record(
            election.chain,
            "election.ended",
            {"reason": reason, "lot_seed": election.lot_seed or None},
        )
        announce("election.changed", election=election.slug)
    return election


def draw_up_certificate(*, election: Election, actor: Any, now: datetime) -> Certificate:
    """Write the certificate of a decided election; it holds once two officers have signed.

    The term starts on the day after the election, as the bylaws' article on the term says.
    """
    authority = office_policy.require(actor, OfficeAction.CERTIFY, now)
    with act(authority, now) as record:
        election = _locked(election)
        if election.state != ElectionState.DECIDED or election.elected is None:
            raise WrongState(_("Only a decided election can be certified."), where=election.slug)
        if Certificate.objects.filter(election=election).exists():
            raise Conflict(_("The certificate is drawn up already."), where=election.slug)
        rounds = list(election.rounds.select_related("result").order_by("round_number"))
        decided_on = day_of(assembly=election.assembly, at=election.decided_at or now)
        term = _term(election, decided_on)
        document = canonical_json(
            {
                "election": election.slug,
                "assembly": election.assembly.slug,
                "office": election.office,
                "elected": election.elected.slug,
                "names": election.elected.names.as_dict(),
                "decided_at": moment(election.decided_at or now),
                "rounds": [
                    {
                        "round": vote.round_number,
                        "vote": vote.slug,
                        "roll_sha256": vote.roll_hash,
                        "result_sha256": vote.result.sha256,
                        "counts": json.loads(vote.result.document)["counts"],
                        "sentence": json.loads(vote.result.document)["sentence"],
                    }
                    for vote in rounds
                ],
                "term": {
                    "starts_on": term.starts.isoformat(),
                    "ends_on": term.ends.isoformat() if term.ends else None,
                },
            }
        )
        certificate = Certificate.objects.create(
            election=election,
            number=f"{decided_on.year}-{Certificate.objects.count() + 1:03d}",
            drawn_up_at=now,
            document=document,
            sha256=sha256(document),
        )
        record(
            election.chain,
            "certificate.drawn_up",
            {"number": certificate.number, "sha256": certificate.sha256},
        )
    return certificate


def sign_certificate(*, certificate: Certificate, actor: Any, now: datetime) -> Certificate:
    """Sign as returning officer or secretary-general; the second signature begins the term."""
    authority = office_policy.require(actor, OfficeAction.CERTIFY, now)
    with act(authority, now) as record:
        election = _locked(certificate.election)
        certificate = Certificate.objects.get(pk=certificate.pk)
        if authority.role not in SIGNING_ROLES or authority.person is None:
            raise InvalidInput(
                _("The returning officer and the secretary-general sign the certificate."),
                where=authority.role,
            )
        if certificate.signatures.filter(role=authority.role).exists():
            raise Conflict(
                _("The certificate is signed in this role already."), where=authority.role
            )
        if certificate.signatures.filter(person=authority.person).exists():
            raise Conflict(_("Two different people sign the certificate."), where=authority.role)
        CertificateSignature.objects.create(
            certificate=certificate, role=authority.role, person=authority.person, signed_at=now
        )
        record(
            election.chain,
            "certificate.signed",
            {"number": certificate.number, "sha256": certificate.sha256},
        )
        if certificate.signatures.count() == len(SIGNING_ROLES):
            election.state = _step(
                election,
                ElectionAction.CERTIFY,
                Certifying(signatures=len(SIGNING_ROLES)),
            )
            election.save(update_fields=["state"])
            term = _begin_term(election, certificate)
            record(
                election.chain,
                "term.begun",
                {
                    "office": term.office,
                    "city": term.city.slug,
                    "starts_on": term.starts_on.isoformat(),
                    "ends_on": term.ends_on.isoformat(),
                    "lot_seed": election.lot_seed,
                },
            )
        announce("election.changed", election=election.slug)
    return certificate


def _locked(election: Election) -> Election:
    return Election.objects.select_for_update().get(pk=election.pk)


def _standing(election: Election) -> Any:
    return (
        election.nominations.filter(state__in=STANDING)
        .select_related("city")
        .prefetch_related("city__name_rows")
        .order_by("city__code")
    )


def _rules(election: Election, now: datetime) -> RuleSet:
    on = day_of(assembly=election.assembly, at=now)
    return rules_of_assembly(assembly=election.assembly, on=on)


def _seconders_needed(election: Election, now: datetime) -> int:
    with rules_speak():
        return _rules(election, now).number(RuleName.NOMINATION_SECONDERS)


def _require_seats(election: Election, now: datetime, *cities: City) -> dict[str, City]:
    on = day_of(assembly=election.assembly, at=now)
    seats = {c.slug: c for c in seats_of_assembly(assembly=election.assembly, on=on)}
    for city in cities:
        if city.slug not in seats:
            raise WrongState(
                _("This city has no seat at this assembly."), code="no_seat", where=city.slug
            )
    return seats


def _step(election: Election, action: ElectionAction, facts: object = None) -> str:
    return step(ELECTION_LIFECYCLE, election.state, action, facts, where=election.slug)


def _move(nomination: Nomination, action: NominationAction, facts: object = None) -> None:
    nomination.state = step(
        NOMINATION_LIFECYCLE, nomination.state, action, facts, where=nomination.city.slug
    )
    nomination.save()


def _confirm_seconded(nomination: Nomination, *, needed: int, record: Record) -> None:
    support = _support(nomination, needed=needed)
    confirm = NominationAction.CONFIRM_SECONDED
    if NOMINATION_LIFECYCLE.allows(nomination.state, confirm, support):
        _move(nomination, confirm, support)
        record(nomination.election.chain, "nomination.seconded", {"city": nomination.city.slug})


def _support(nomination: Nomination, *, needed: int) -> Support:
    standing = nomination.secondings.filter(struck=None)
    return Support(seconders=standing.count(), needed=needed)


def _seed_of_round(election: Election, number: int) -> str:
    """The seed of one round's draw, made from the election's own seed."""
    return hashlib.sha256(f"{election.lot_seed}:{number}".encode()).hexdigest()


def _judge(
    election: Election, vote: Vote, count: Mapping[str, Any], rules: RuleSet
) -> RoundFinding:
    history = [
        RoundFinding.from_json(json.loads(earlier.result.document)["round"])
        for earlier in election.rounds.select_related("result")
        .filter(round_number__lt=vote.round_number, result__isnull=False)
        .exclude(result__outcome="inquorate")
        .order_by("round_number")
    ]
    options = vote.options.exclude(city=None).select_related("city")
    options = options.prefetch_related("city__name_rows").order_by("position")
    candidates = [Candidate(option.key, option.city.names) for option in options if option.city]
    votes = {candidate.key: count["counts"][candidate.key] for candidate in candidates}
    with rules_speak():
        finding = judge_round(
            candidates=candidates,
            votes=votes,
            abstentions=count["counts"]["abstain"],
            history=history,
            number=vote.round_number,
            citation=rules.citation(RuleName.MAJORITY_ELECTION),
        )
        if finding.awaits_lot:
            finding = resolve_by_lot(
                finding, seed=_seed_of_round(election, vote.round_number or finding.number)
            )
    return finding


def _without_effect(finding: RoundFinding, *, because: Bilingual) -> RoundFinding:
    """A round that does not count: the same candidates go on, and the sentence says why."""
    return replace(
        finding,
        outcome=RoundOutcome.REPEAT,
        elected=None,
        eliminated=None,
        tied=(),
        lot=None,
        next_candidates=finding.candidates,
        sentence=because,
    )


def _state_after(election: Election, finding: RoundFinding, *, quorum_met: bool) -> str:
    """What the round does to the election; a draw by lot is made in the same act."""
    if not quorum_met:
        return _step(election, ElectionAction.ANNUL_ROUND)
    if finding.lot is None:
        return _step(election, action_after(finding))
    state = _step(election, ElectionAction.GO_ON)
    facts = Standings(candidates=len(finding.candidates), lot_awaited=True)
    return step(ELECTION_LIFECYCLE, state, action_after_lot(finding), facts, where=election.slug)


def _apply(election: Election, finding: RoundFinding, now: datetime) -> None:
    standing = {nomination.city.slug: nomination for nomination in _standing(election)}
    if finding.eliminated:
        nomination = standing[finding.eliminated]
        nomination.eliminated_in_round = finding.number
        nomination.ended_at = now
        _move(nomination, NominationAction.ELIMINATE)
    if finding.elected:
        nomination = standing[finding.elected]
        nomination.ended_at = now
        _move(nomination, NominationAction.ELECT)
        election.elected = nomination.city
        election.decided_at = now


def _round_title(language: str, title: str, number: int) -> str:
    return f"{title} {number}차 투표" if language == "ko" else f"{title}, round {number}"


def _term(election: Election, decided_on: date) -> Period[date]:
    """From the day after the election, for the years of the rules of that day."""
    rules = rules_of_assembly(assembly=election.assembly, on=decided_on)
    with rules_speak():
        return term_of_office(
            decided_on + timedelta(days=1), years=rules.number(RuleName.CHAIR_TERM_YEARS)
        )


def _begin_term(election: Election, certificate: Certificate) -> Term:
    document = json.loads(certificate.document)
    starts = date.fromisoformat(document["term"]["starts_on"])
    ends = date.fromisoformat(document["term"]["ends_on"])
    taken = [
        Period(term.starts_on, term.ends_on)
        for term in Term.objects.select_for_update().filter(office=election.office)
    ]
    with rules_speak():
        check_free(Period(starts, ends), taken=taken)
    assert election.elected is not None
    return Term.objects.create(
        office=election.office,
        city=election.elected,
        starts_on=starts,
        ends_on=ends,
        election=election,
    )
