"""What a vote on an amendment freezes when it opens, and what its result does.

`resolutions.services.votes` calls these in the transaction of the vote's own act.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from resolutions.models import Amendment, Vote
from resolutions.models.amendments import AmendmentState
from resolutions.models.texts import InstrumentState, OperativeRuleFields
from resolutions.models.votes import Outcome
from resolutions.rules.amendment_lifecycle import AmendmentAction, Deciding
from resolutions.rules.conflicts import CANNOT_BOTH, compare_footprints
from resolutions.rules.footprints import Footprint
from resolutions.rules.operative import RuleName
from resolutions.rules.text_body import TextBody
from resolutions.selectors.amendments import AmendmentBase, base_of, rules_unreviewed
from resolutions.services.amendment_record import (
    announce_change,
    is_in_time,
    locked,
    read_operations,
    reviewed_rules_hash,
    stepped,
)
from resolutions.services.texts import last_amended
from secretariat.kernel.audit import Record
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import AuditEntry


def require_ready(amendment: Amendment, now: datetime, *, vote: Vote | None = None) -> None:
    """Raise WrongState unless the amendment can be put to the vote as it stands."""
    base = base_of(instrument=amendment.instrument)
    current = amendment.base_sha256 == base.sha256
    unreviewed = rules_unreviewed(amendment=amendment) if current else []
    adopted = list(_adopted_with(amendment))
    apart = _first_apart(base, amendment, adopted) if current else None
    assembly = vote.assembly if vote else amendment.assembly
    stepped(
        amendment,
        AmendmentAction.PUT_TO_VOTE,
        Deciding(
            base_current=current,
            in_time=is_in_time(assembly, amendment.filed_at or now),
            can_be_applied=apart is None,
            rules_reviewed=not unreviewed,
            rules_apart=_rules_apart(amendment, adopted),
        ),
        sentences={
            "rules_not_reviewed": _unreviewed(unreviewed, base),
            "apart_from_adopted": _apart(apart),
        },
    )


def freeze_amendment(vote: Vote, now: datetime) -> None:
    """Note in a vote that opens the hashes of the amendment and of its reviewed rules."""
    assert vote.amendment is not None
    amendment = locked(vote.amendment)
    require_ready(amendment, now, vote=vote)
    vote.text_sha256 = amendment.sha256
    vote.text_rules_sha256 = reviewed_rules_hash(amendment)


def take_up_result(*, vote: Vote, outcome: str, record: Record, now: datetime) -> None:
    """Carry the result of a closed vote over to its amendment, and to those that it ends.

    Without a quorum nothing was decided, and the amendment stays as it is.
    """
    if vote.amendment is None or outcome == Outcome.INQUORATE:
        return
    amendment = locked(vote.amendment)
    adopted = outcome == Outcome.ADOPTED
    action = AmendmentAction.ADOPT if adopted else AmendmentAction.REJECT
    amendment.state = stepped(amendment, action)
    amendment.ended_at = None if adopted else now
    amendment.save(update_fields=["state", "ended_at"])
    record(
        amendment.chain,
        "amendment.decided",
        {"vote": vote.slug, "outcome": outcome, "state": amendment.state},
    )
    announce_change(amendment)
    if adopted:
        for fallen, sentence in _those_that_fall(amendment):
            fallen.state = stepped(fallen, AmendmentAction.FALL)
            fallen.ended_at = now
            fallen.save(update_fields=["state", "ended_at"])
            record(
                fallen.chain,
                "amendment.fallen",
                {
                    "because_of": str(amendment.uuid),
                    "vote": vote.slug,
                    "sentence": sentence.as_dict(),
                },
            )
            announce_change(fallen)


def is_relied_on(vote: Vote) -> bool:
    """Whether the text was made or adopted with the amendment that this vote adopted."""
    amendment = vote.amendment
    if amendment is None or amendment.state == AmendmentState.APPLIED:
        return amendment is not None
    instrument = amendment.instrument
    if amendment.state != AmendmentState.ADOPTED or instrument.state != InstrumentState.TABLED:
        return False
    amended = last_amended(instrument=instrument)
    return amended is not None and str(amendment.uuid) in amended["amendments"]


def undo_result(*, vote: Vote, record: Record) -> None:
    """After a vote was annulled its amendment is admitted again, and so are those that fell."""
    if vote.amendment is None:
        return
    decided = (AmendmentState.ADOPTED, AmendmentState.REJECTED)
    amendment = locked(vote.amendment)
    again = [amendment] if amendment.state in decided else []
    fallen = amendment.instrument.amendments.filter(state=AmendmentState.FALLEN)
    again += [locked(row) for row in fallen.order_by("number") if _fell_by(row) == vote.slug]
    for row in again:
        row.state = stepped(row, AmendmentAction.REOPEN)
        row.ended_at = None
        row.save(update_fields=["state", "ended_at"])
        record(row.chain, "amendment.reopened", {"vote": vote.slug})
        announce_change(row)


def _fell_by(amendment: Amendment) -> str | None:
    """The vote by which it fell, as the audit chain says."""
    entries = AuditEntry.objects.filter(chain=amendment.chain, action="amendment.fallen")
    last = entries.order_by("-sequence").first()
    return json.loads(last.payload).get("vote") if last else None


def _adopted_with(amendment: Amendment) -> Iterable[Amendment]:
    """The amendments to the same text that were adopted and are not in it yet."""
    return (
        amendment.instrument.amendments.filter(
            state=AmendmentState.ADOPTED, base_sha256=amendment.base_sha256
        )
        .exclude(pk=amendment.pk)
        .order_by("number")
    )


def _those_that_fall(amendment: Amendment) -> list[tuple[Amendment, Bilingual]]:
    base = base_of(instrument=amendment.instrument)
    body = TextBody.of(base.trees)
    own = Footprint.of(body, read_operations(amendment))
    found = []
    standing = amendment.instrument.amendments.select_for_update().filter(
        state=AmendmentState.ADMITTED, base_sha256=amendment.base_sha256
    )
    for row in standing.exclude(pk=amendment.pk).order_by("number"):
        finding = compare_footprints(body, own, Footprint.of(body, read_operations(row)))
        if finding.kind in CANNOT_BOTH:
            found.append((row, finding.sentence))
    return found


def _first_apart(
    base: AmendmentBase, amendment: Amendment, adopted: Iterable[Amendment]
) -> tuple[Amendment, Bilingual] | None:
    body = TextBody.of(base.trees)
    own = Footprint.of(body, read_operations(amendment))
    for row in adopted:
        finding = compare_footprints(body, own, Footprint.of(body, read_operations(row)))
        if finding.kind in CANNOT_BOTH:
            return row, finding.sentence
    return None


def _rules_apart(amendment: Amendment, adopted: Iterable[Amendment]) -> bool:
    """Whether an adopted amendment changes the same rule to something else."""
    before = rules_before(amendment)
    own = {rule.name: (rule.value, rule.provision_key) for rule in amendment.reviewed_rules.all()}
    for row in adopted:
        for rule in row.reviewed_rules.all():
            theirs = rule.value, rule.provision_key
            ours = own.get(rule.name)
            if ours is not None and theirs != ours and before.get(rule.name) not in (theirs, ours):
                return True
    return False


def rules_before(amendment: Amendment) -> dict[str, tuple[object, str]]:
    """The rules of the text that is amended: name → value and provision."""
    rows = (
        amendment.edition.rules.all()
        if amendment.edition
        else amendment.instrument.draft_rules.all()
    )
    return {rule.name: (rule.value, rule.provision_key) for rule in rows}


def _unreviewed(rules: Iterable[OperativeRuleFields], base: AmendmentBase) -> Bilingual:
    """Which rules, and in which articles."""
    body = TextBody.of(base.trees)
    named = [(RuleName(rule.name).label, body.citation(rule.provision_key)) for rule in rules]
    ko = ", ".join(f"{name['ko']}({at.in_language('ko')})" for name, at in named)
    en = ", ".join(f"{name['en']} ({at.in_language('en')})" for name, at in named)
    return Bilingual(
        ko=f"이 수정안이 고치는 조항에 연결된 운영 규칙을 먼저 검토하여 주십시오: {ko}.",
        en=f"The amendment changes articles with operative rules. Review them first: {en}.",
    )


def _apart(found: tuple[Amendment, Bilingual] | None) -> Bilingual:
    if found is None:
        return Bilingual(ko="", en="")
    row, sentence = found
    return Bilingual(
        ko=f"이미 채택된 수정안 제{row.number}호와 함께 반영할 수 없습니다. "
        + sentence.in_language("ko"),
        en=f"It cannot be applied together with amendment {row.number}, which was adopted. "
        + sentence.in_language("en"),
    )
