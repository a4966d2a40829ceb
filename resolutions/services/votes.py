"""A vote from its preparation to its result.

prepare → open → cast … → close; a wrong result is annulled by a further act and voted on
again. Opening freezes the rules in force, the roll and the hash of the text; closing
freezes what each seat said. Every number in a result can be traced to those.

The result document (`VoteResult.document`, canonical JSON):

    {"vote", "mode", "outcome", "seats": n, "present": n, "options": [key],
     "counts": {option: n}, "not_voting": n,
     "ballots": [{"city", "code", "present": bool, "choice": option or null}],
     "quorum": {"needed", "present", "seats", "met", "sentence": {ko, en}} or null,
     "majority": {"rule", "denominator", "needed", "in_favour", "outcome", "sentence"} or null,
     "round": RoundFinding.as_json() or null,
     "sentence": {ko, en}, "objections": [city slug]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.models import City
from members.policies import CityAction, OfficeAction, city_policy, office_policy
from members.services.mandates import still_holds
from resolutions.models import (
    AgendaItem,
    Amendment,
    Assembly,
    Ballot,
    Election,
    Instrument,
    RollSeat,
    Vote,
    VoteOption,
    VoteResult,
    VoteText,
)
from resolutions.models.amendments import AmendmentState
from resolutions.models.assemblies import AssemblyKind, AssemblyState
from resolutions.models.texts import InstrumentKind, InstrumentState
from resolutions.models.votes import Outcome, VoteMode
from resolutions.rules.canonical import edition_hash
from resolutions.rules.exhaustive import RoundFinding, RoundOutcome
from resolutions.rules.majority import Tally, judge
from resolutions.rules.operative import RuleName, RuleSet
from resolutions.rules.quorum import QuorumFinding, find_quorum
from resolutions.rules.roll import Roll
from resolutions.rules.vote_lifecycle import (
    VOTE_LIFECYCLE,
    Annulment,
    Casting,
    VoteAction,
    VoteOpening,
)
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.rules import rules_of_assembly
from resolutions.selectors.seats import cities_present, roll_of_assembly
from resolutions.services.amendment_results import (
    freeze_amendment,
    is_relied_on,
    take_up_result,
    undo_result,
)
from resolutions.services.assemblies import locked as locked_assembly
from resolutions.services.refusals import rules_speak, step
from resolutions.services.texts import draft_hashes, draft_rules_hash
from secretariat.kernel.audit import act, canonical_json, sha256
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, WrongState
from secretariat.kernel.outbox import announce

IN_FAVOUR, AGAINST, ABSTAIN = "for", "against", "abstain"
MAJORITIES_OF_VOTES = (RuleName.MAJORITY_ORDINARY, RuleName.MAJORITY_BYLAWS)
NOBODY_PRESENT = Bilingual(
    ko="출석한 의석이 없어 합의가 성립하지 않았습니다.",
    en="No seat was present, so there was no consensus.",
)


def prepare_vote(
    *,
    assembly: Assembly,
    titles: Mapping[str, str],
    questions: Mapping[str, str],
    mode: str,
    actor: Any,
    now: datetime,
    agenda_item: AgendaItem | None = None,
    instrument: Instrument | None = None,
    amendment: Amendment | None = None,
    majority_rule: str = RuleName.MAJORITY_ORDINARY,
) -> Vote:
    """Word a question to be put to the assembly; it opens later.

    `amendment` is one to the text `instrument`: then the vote is on it, not on the text.
    """
    authority = office_policy.require(actor, OfficeAction.RUN_VOTES, now)
    _check_question(titles, mode=mode, majority_rule=str(majority_rule), instrument=instrument)
    with act(authority, now) as record:
        assembly = locked_assembly(assembly)
        if agenda_item is not None and agenda_item.assembly_id != assembly.pk:
            raise Missing(
                _("This point is not on the agenda of the assembly."), where="agenda_item"
            )
        vote = _create_vote(
            assembly=assembly,
            titles=titles,
            questions=questions,
            mode=mode,
            now=now,
            agenda_item=agenda_item,
            instrument=instrument,
            amendment=amendment,
            majority_rule=str(majority_rule) if mode == VoteMode.ROLL_CALL else "",
        )
        if mode == VoteMode.ROLL_CALL:
            _add_options(vote, [(key, None) for key in (IN_FAVOUR, AGAINST, ABSTAIN)])
        record(vote.chain, "vote.prepared", _prepared(vote, titles))
    return vote


def prepare_round(
    *,
    election: Election,
    number: int,
    candidates: Sequence[City],
    titles: Mapping[str, str],
    questions: Mapping[str, str],
    lot_commitment: str,
    actor: Any,
    now: datetime,
) -> Vote:
    """Word a round of an election: one option for each candidate, and abstaining."""
    authority = office_policy.require(actor, OfficeAction.RUN_ELECTIONS, now)
    with act(authority, now) as record:
        vote = _create_vote(
            assembly=locked_assembly(election.assembly),
            titles=titles,
            questions=questions,
            mode=VoteMode.ROLL_CALL,
            now=now,
            agenda_item=election.assembly.agenda.filter(kind="election").first(),
            majority_rule=str(RuleName.MAJORITY_ELECTION),
            election=election,
            round_number=number,
            lot_commitment=lot_commitment,
        )
        ordered = sorted(candidates, key=lambda city: city.code)
        _add_options(vote, [(city.slug, city) for city in ordered] + [(ABSTAIN, None)])
        record(vote.chain, "vote.prepared", _prepared(vote, titles))
    return vote


def _check_question(
    titles: Mapping[str, str], *, mode: str, majority_rule: str, instrument: Instrument | None
) -> None:
    if not titles or not all(title.strip() for title in titles.values()):
        raise InvalidInput(
            _("Give the vote a title in each language."), code="title_missing", where="titles"
        )
    if mode not in VoteMode.values:
        raise InvalidInput(_("There is no such way of deciding."), where="mode")
    if mode == VoteMode.CONSENSUS:
        return
    if majority_rule not in MAJORITIES_OF_VOTES:
        raise InvalidInput(
            _("Choose the ordinary majority or that of the bylaws."),
            code="no_such_majority",
            where="majority_rule",
        )
    on_bylaws = instrument is not None and instrument.kind == InstrumentKind.BYLAWS
    if on_bylaws and majority_rule != RuleName.MAJORITY_BYLAWS:
        raise InvalidInput(
            _("Bylaws are adopted by the majority for the bylaws. Choose that one."),
            code="bylaws_majority",
            where="majority_rule",
        )


def open_vote(*, vote: Vote, actor: Any, now: datetime) -> Vote:
    """Open a vote: freeze the rules in force, the roll, and the text that is voted on.

    Refused without quorum. A founding assembly's very first consensus has no rule above it
    and no quorum to ask for; it needs a seat present, and every one of them.
    """
    action = OfficeAction.RUN_ELECTIONS if vote.election_id else OfficeAction.RUN_VOTES
    authority = office_policy.require(actor, action, now)
    with act(authority, now) as record:
        assembly = locked_assembly(vote.assembly)
        vote = _locked(vote)
        on = day_of(assembly=assembly, at=now)
        with rules_speak():
            rules = rules_of_assembly(assembly=assembly, on=on)
            roll = roll_of_assembly(assembly=assembly, now=now, on=on, rules=rules)
        present = cities_present(assembly=assembly, now=now) & {s.city_slug for s in roll}
        quorum = _quorum_to_open(rules, roll, present)
        target = step(
            VOTE_LIFECYCLE,
            vote.state,
            VoteAction.OPEN,
            VoteOpening(
                assembly_open=assembly.state == AssemblyState.OPEN,
                seats=len(roll),
                quorum_met=quorum.met if quorum else bool(present),
                rules_in_force=_rules_suffice(vote, assembly, rules),
            ),
            where=vote.slug,
            sentences={"no_quorum": quorum.sentence} if quorum else None,
        )
        _freeze_text(vote, now)
        vote.rules, vote.roll, vote.roll_hash = rules.canonical(), roll.canonical(), roll.hash
        vote.state, vote.opened_at = target, now
        vote.save()
        cities = City.objects.in_bulk([s.city_slug for s in roll], field_name="slug")
        RollSeat.objects.bulk_create(
            RollSeat(
                vote=vote,
                city=cities[seat.city_slug],
                position=position,
                present_at_opening=seat.city_slug in present,
            )
            for position, seat in enumerate(roll)
        )
        record(
            vote.chain,
            "vote.opened",
            {
                "rules": rules.as_json(),
                "rules_sha256": rules.hash,
                "roll_sha256": roll.hash,
                "seats": len(roll),
                "present": sorted(present),
                "quorum_needed": quorum.needed if quorum else None,
                "text_sha256": vote.text_sha256,
                "text_rules_sha256": vote.text_rules_sha256,
                "lot_commitment": vote.lot_commitment,
            },
        )
        announce("vote.changed", vote=vote.slug)
    return vote


def cast_vote(*, vote: Vote, city: City, choice: str, actor: Any, now: datetime) -> Ballot:
    """Say, openly, what a city's seat says. While the vote is open a later word replaces it."""
    authority = city_policy.require(actor, CityAction.VOTE, city, now)
    with act(authority, now) as record:
        vote = _locked(vote)
        still_holds(actor=actor, action=CityAction.VOTE, city=city, now=now)
        if vote.mode != VoteMode.ROLL_CALL:
            raise WrongState(
                _("This is decided by consensus; no ballots are cast."), where=vote.slug
            )
        seat = vote.seats.filter(city=city).first()
        present = cities_present(assembly=vote.assembly, now=now)
        facts = Casting(on_roll=seat is not None, present=city.slug in present)
        step(VOTE_LIFECYCLE, vote.state, VoteAction.CAST, facts, where=vote.slug)
        option = vote.options.filter(key=choice).first()
        if option is None:
            raise InvalidInput(
                _("Choose one of the answers on the ballot."), code="no_such_choice", where=choice
            )
        ballot = Ballot.objects.select_for_update().filter(seat=seat).first()
        before = ballot.option.key if ballot else None
        ballot = ballot or Ballot(seat=seat, times_cast=0)
        ballot.option, ballot.cast_at, ballot.cast_role = option, now, authority.role
        ballot.times_cast += 1
        ballot.save()
        record(
            vote.chain,
            "vote.cast",
            {"city": city.slug, "choice": choice, "replaces": before},
        )
    return ballot


def close_vote(
    *, vote: Vote, actor: Any, now: datetime, objections: Iterable[City] = ()
) -> VoteResult:
    """Close a vote and establish its result. `objections` are for a consensus only."""
    if vote.election_id:
        raise WrongState(_("Close this as a round of its election."), code="round", where=vote.slug)
    authority = office_policy.require(actor, OfficeAction.RUN_VOTES, now)
    with act(authority, now) as record:
        vote = _locked(vote)
        target = step(VOTE_LIFECYCLE, vote.state, VoteAction.CLOSE, where=vote.slug)
        rules = RuleSet.from_json(json.loads(vote.rules))
        count = count_vote(vote=vote, rules=rules, now=now)
        objections = list(objections)
        if vote.mode == VoteMode.CONSENSUS:
            findings = _judge_consensus(count, objections)
        elif objections:
            raise InvalidInput(
                _("Objections belong to a consensus. In a roll-call a seat votes against."),
                code="not_a_consensus",
                where=vote.slug,
            )
        else:
            findings = _judge_majority(vote, count, rules)
        result = seal_result(vote=vote, target=target, count=count, findings=findings, now=now)
        record(vote.chain, "vote.closed", _closed(result))
        take_up_result(vote=vote, outcome=result.outcome, record=record, now=now)
        announce("vote.changed", vote=vote.slug)
    return result


def annul_vote(*, vote: Vote, reason: str, actor: Any, now: datetime) -> Vote:
    """Declare a closed vote void, for instance because it was recorded wrongly.

    Its roll, ballots and result stay as they were recorded; the question can be put again
    in a new vote. A vote on which an edition or a certificate rests is not annulled here.
    """
    authority = office_policy.require(actor, OfficeAction.CERTIFY, now)
    with act(authority, now) as record:
        vote = _locked(vote)
        relied_on = vote.editions.exists() or bool(vote.election_id) or is_relied_on(vote)
        facts = Annulment(reason=reason, relied_on=relied_on)
        target = step(VOTE_LIFECYCLE, vote.state, VoteAction.ANNUL, facts, where=vote.slug)
        vote.state, vote.annulled_at, vote.annulled_because = target, now, reason
        vote.save(update_fields=["state", "annulled_at", "annulled_because"])
        record(vote.chain, "vote.annulled", {"reason": reason})
        undo_result(vote=vote, record=record)
        announce("vote.changed", vote=vote.slug)
    return vote


def count_vote(*, vote: Vote, rules: RuleSet, now: datetime) -> dict[str, Any]:
    """The ballots counted and the seats present, as the first part of a result document.

    A seat that voted counts as present even if it left before the close.
    """
    present_now = cities_present(assembly=vote.assembly, now=now)
    options = [option.key for option in vote.options.order_by("position")]
    counts = dict.fromkeys(options, 0)
    ballots = []
    seats = vote.seats.select_related("city", "ballot__option").order_by("position")
    for seat in seats:
        ballot = getattr(seat, "ballot", None)
        choice = ballot.option.key if ballot else None
        if choice is not None:
            counts[choice] += 1
        ballots.append(
            {
                "city": seat.city.slug,
                "code": seat.city.code,
                "present": choice is not None or seat.city.slug in present_now,
                "choice": choice,
            }
        )
    present = sum(1 for line in ballots if line["present"])
    quorum = None
    if RuleName.QUORUM in rules:
        with rules_speak():
            quorum = find_quorum(
                rules.quorum(),
                seats=len(ballots),
                present=present,
                citation=rules.citation(RuleName.QUORUM),
            )
    return {
        "vote": vote.slug,
        "mode": vote.mode,
        "seats": len(ballots),
        "present": present,
        "options": options,
        "counts": counts,
        "not_voting": present - sum(counts.values()),
        "ballots": ballots,
        "quorum": _plain(quorum),
        "majority": None,
        "round": None,
        "objections": [],
    }


def seal_result(
    *, vote: Vote, target: str, count: dict[str, Any], findings: dict[str, Any], now: datetime
) -> VoteResult:
    """Write the result of a locked vote and close it; inside the caller's act."""
    document = canonical_json({**count, **findings})
    vote.state, vote.closed_at = target, now
    vote.save(update_fields=["state", "closed_at"])
    return VoteResult.objects.create(
        vote=vote, outcome=findings["outcome"], document=document, sha256=sha256(document)
    )


def _closed(result: VoteResult) -> dict[str, Any]:
    """What the audit entry of a closing carries."""
    return {"outcome": result.outcome, "result_sha256": result.sha256}


def round_findings(finding: RoundFinding, *, quorum_met: bool) -> dict[str, Any]:
    """A judged round as the second part of a result document."""
    if not quorum_met:
        outcome = Outcome.INQUORATE
    elif finding.elected:
        outcome = Outcome.ELECTED
    elif finding.outcome is RoundOutcome.FAILED:
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.NOT_DECIDED
    return {
        "outcome": str(outcome),
        "round": finding.as_json(),
        "sentence": finding.sentence.as_dict(),
    }


def _judge_majority(vote: Vote, count: dict[str, Any], rules: RuleSet) -> dict[str, Any]:
    name = RuleName(vote.majority_rule)
    counts = count["counts"]
    with rules_speak():
        finding = judge(
            rules.majority(name),
            Tally(counts[IN_FAVOUR], counts[AGAINST], counts[ABSTAIN]),
            present=count["present"],
            seats=count["seats"],
            citation=rules.citation(name),
        )
    quorum = count["quorum"]
    quorate = quorum is None or quorum["met"]
    sentence = finding.sentence if quorate else Bilingual(quorum["sentence"])
    return {
        "outcome": str(finding.outcome) if quorate else str(Outcome.INQUORATE),
        "majority": {"rule": str(name), **(_plain(finding) or {})},
        "sentence": sentence.as_dict(),
    }


def _judge_consensus(count: dict[str, Any], objections: list[City]) -> dict[str, Any]:
    objecting = sorted({city.slug for city in objections})
    present = {line["city"] for line in count["ballots"] if line["present"]}
    if strangers := set(objecting) - present:
        raise InvalidInput(
            _("Only a seat that is present can object."),
            code="not_present",
            where=", ".join(sorted(strangers)),
        )
    quorum = count["quorum"]
    quorate = quorum is None or quorum["met"]
    if not quorate:
        outcome, sentence = Outcome.INQUORATE, Bilingual(quorum["sentence"])
    elif not present:
        outcome, sentence = Outcome.INQUORATE, NOBODY_PRESENT
    elif objecting:
        outcome = Outcome.REJECTED
        names = {city.slug: city.names for city in objections}
        sentence = Bilingual(
            ko="이의가 있어 합의에 이르지 못하였습니다: "
            + ", ".join(names[slug].in_language("ko") for slug in objecting),
            en="No consensus: objection by "
            + ", ".join(names[slug].in_language("en") for slug in objecting)
            + ".",
        )
    else:
        outcome = Outcome.ADOPTED
        n = count["present"]
        sentence = Bilingual(
            ko=f"출석한 {n}석 모두 이의가 없어 합의로 채택되었습니다.",
            en=f"None of the {n} seats present objected: adopted by consensus.",
        )
    return {
        "outcome": str(outcome),
        "objections": objecting,
        "sentence": sentence.as_dict(),
    }


def _quorum_to_open(rules: RuleSet, roll: Roll, present: frozenset[str]) -> QuorumFinding | None:
    """The quorum at opening, or None where no rule exists yet."""
    if RuleName.QUORUM not in rules:
        return None
    with rules_speak():
        return find_quorum(
            rules.quorum(),
            seats=len(roll),
            present=len(present),
            citation=rules.citation(RuleName.QUORUM),
        )


def _rules_suffice(vote: Vote, assembly: Assembly, rules: RuleSet) -> bool:
    """A quorum, and for a roll-call a majority.

    Only the consensus of a founding assembly needs no rule above it, and only until it has
    agreed on one.
    """
    if vote.mode == VoteMode.CONSENSUS:
        return RuleName.QUORUM in rules or assembly.kind == AssemblyKind.FOUNDING
    return RuleName.QUORUM in rules and RuleName(vote.majority_rule) in rules


def _freeze_text(vote: Vote, now: datetime) -> None:
    """Note the hashes of the tabled text, or of the amendment, and of the rules that go with it."""
    if vote.instrument_id is None:
        return
    if vote.amendment_id is not None:
        freeze_amendment(vote, now)
        return
    instrument = Instrument.objects.select_for_update().get(pk=vote.instrument_id)
    if instrument.state != InstrumentState.TABLED:
        raise WrongState(
            _("The text is not on the table. Table it first."),
            code="not_tabled",
            where=instrument.slug,
        )
    vote.text_sha256 = edition_hash(draft_hashes(instrument=instrument))
    if instrument.amendments.filter(
        state=AmendmentState.ADOPTED, edition=None, base_sha256=vote.text_sha256
    ).exists():
        raise WrongState(
            _("Amendments to this text were adopted. Apply them before it is put to the vote."),
            code="amendments_not_applied",
            where=instrument.slug,
        )
    vote.text_rules_sha256 = draft_rules_hash(instrument=instrument)


def _create_vote(
    *, assembly: Assembly, titles: Mapping[str, str], questions: Mapping[str, str], **fields: Any
) -> Vote:
    if assembly.state not in (AssemblyState.CONVENED, AssemblyState.OPEN):
        raise WrongState(
            _("Votes are prepared for an assembly that is convened or open."),
            code="assembly_over",
            where=assembly.slug,
        )
    now = fields.pop("now")
    slug = f"{assembly.slug}-{assembly.votes.count() + 1}"
    if Vote.objects.filter(slug=slug).exists():
        raise Conflict(_("Another vote was prepared at the same moment. Try again."), where=slug)
    vote = Vote.objects.create(slug=slug, assembly=assembly, prepared_at=now, **fields)
    VoteText.objects.bulk_create(
        VoteText(vote=vote, language=language, title=title, question=questions.get(language, ""))
        for language, title in titles.items()
    )
    return vote


def _add_options(vote: Vote, options: Iterable[tuple[str, City | None]]) -> None:
    VoteOption.objects.bulk_create(
        VoteOption(vote=vote, key=key, position=position, city=city)
        for position, (key, city) in enumerate(options)
    )


def _prepared(vote: Vote, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "assembly": vote.assembly.slug,
        "mode": vote.mode,
        "titles": dict(titles),
        "questions": vote.questions.as_dict(),
        "instrument": vote.instrument.slug if vote.instrument else None,
        "amendment": str(vote.amendment.uuid) if vote.amendment else None,
        "majority_rule": vote.majority_rule,
        "election": vote.election.slug if vote.election else None,
        "round": vote.round_number,
        "lot_commitment": vote.lot_commitment,
        "options": [option.key for option in vote.options.order_by("position")],
    }


def _locked(vote: Vote) -> Vote:
    return Vote.objects.select_for_update().get(pk=vote.pk)


def _plain(finding: Any) -> dict[str, Any] | None:
    """A finding as JSON: strings for enumerations, texts by language for sentences."""
    if finding is None:
        return None
    plain = {}
    for name in finding.__slots__ if hasattr(finding, "__slots__") else asdict(finding):
        value = getattr(finding, name)
        if isinstance(value, Bilingual):
            value = value.as_dict()
        elif not isinstance(value, bool | int):
            value = str(value)
        plain[name] = value
    return plain
