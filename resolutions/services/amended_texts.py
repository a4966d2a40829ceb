"""From adopted amendments to the next edition: nothing is retyped, and nothing slips in.

`apply_adopted` makes the draft of the base and the adopted amendments, with the operative rules
as they were reviewed, and tables it. `adopt_amended` computes the same again, finds that it is
what is on the table and what was voted on, and seals it: no further vote decides on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.models import Amendment, Assembly, Edition, Instrument, Vote
from resolutions.models.amendments import AmendmentState
from resolutions.models.assemblies import AssemblyState
from resolutions.models.texts import InstrumentKind, InstrumentState
from resolutions.models.votes import Outcome, VoteState
from resolutions.rules.amending import Combined, combine
from resolutions.rules.canonical import edition_hash
from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, Adoption, TextAction
from resolutions.selectors.amendments import (
    AmendmentBase,
    base_of,
    keys_adopted,
    trees_hash,
)
from resolutions.selectors.assemblies import day_of
from resolutions.services.amendment_record import digest, read_operations, reviewed_rules_hash
from resolutions.services.amendment_results import rules_before
from resolutions.services.refusals import rules_speak, step
from resolutions.services.texts import (
    RuleBinding,
    bind_rules,
    draft_hashes,
    draft_text,
    last_amended,
    rules_as_json,
    seal_edition,
    table_text,
    take_off_the_table,
)
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, WrongState


@dataclass(frozen=True, slots=True)
class Amended:
    """A text with the adopted amendments in it, as it has to be."""

    base: AmendmentBase
    amendments: list[Amendment]
    combined: Combined
    rules: list[RuleBinding]

    @property
    def sha256(self) -> str:
        return trees_hash(self.combined.trees)


def apply_adopted(
    *, instrument: Instrument, assembly: Assembly | None = None, actor: Any, now: datetime
) -> Instrument:
    """Make the draft of the text and its adopted amendments, and table it.

    Of all assemblies, or of one. Done again after a further adoption it starts from the base
    again. Refused where a draft of something else is in work.
    """
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        amended = _amended(instrument, assembly=assembly)
        numbers = ", ".join(str(row.number) for row in amended.amendments)
        _require_free_draft(instrument, amended)
        if instrument.state == InstrumentState.TABLED:
            take_off_the_table(
                instrument=instrument, reason=f"amendments {numbers}", actor=actor, now=now
            )
        trees = list(amended.combined.trees.values())
        draft_text(
            slug=instrument.slug,
            kind=instrument.kind,
            trees=trees,
            reason=f"amendments {numbers}",
            actor=actor,
            now=now,
        )
        bind_rules(instrument=instrument, bindings=amended.rules, actor=actor, now=now)
        total = table_text(instrument=instrument, actor=actor, now=now)
        if total != amended.sha256:
            raise Conflict(
                _("The draft has words in a language that the text has not. Remove them first."),
                code="draft_differs",
                where=instrument.slug,
            )
        record(
            instrument.chain,
            "text.amended",
            {
                "base_sha256": amended.base.sha256,
                "sha256": total,
                "amendments": [str(row.uuid) for row in amended.amendments],
            },
        )
        instrument.refresh_from_db()
    return instrument


def adopt_amended(
    *,
    instrument: Instrument,
    in_force_from: date | None = None,
    actor: Any,
    now: datetime,
) -> Edition:
    """Seal the tabled text as the next edition, because it is the last one and what was adopted.

    In force by default from the day after the decision for bylaws, else from the day itself.
    """
    authority = office_policy.require(actor, OfficeAction.ADOPT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        amended = _amended(instrument)
        if amended.base.edition is None:
            raise WrongState(
                _("This text was never adopted as a whole. Put the amended text to the vote."),
                code="text_not_decided",
                where=instrument.slug,
            )
        hashes = draft_hashes(instrument=instrument)
        applied = last_amended(instrument=instrument)
        uuids = {str(row.uuid) for row in amended.amendments}
        target = step(
            TEXT_LIFECYCLE,
            instrument.state,
            TextAction.ADOPT,
            Adoption(
                decided=applied is not None and set(applied["amendments"]) == uuids,
                unchanged=edition_hash(hashes) == amended.sha256,
            ),
            where=instrument.slug,
        )
        _require_rules(instrument, amended)
        _require_all_decided(instrument)
        votes = [_vote_of(row) for row in amended.amendments]
        decided_on = max(
            day_of(assembly=vote.assembly, at=vote.closed_at) for vote in votes if vote.closed_at
        )
        on_bylaws = instrument.kind == InstrumentKind.BYLAWS
        return seal_edition(
            instrument=instrument,
            target=target,
            hashes=hashes,
            vote=votes[0] if len(votes) == 1 else None,
            basis="" if len(votes) == 1 else _basis(amended.amendments, votes),
            adopted_on=decided_on,
            in_force_from=in_force_from or decided_on + timedelta(days=1 if on_bylaws else 0),
            amendments=amended.amendments,
            record=record,
            now=now,
        )


def _amended(instrument: Instrument, *, assembly: Assembly | None = None) -> Amended:
    base = base_of(instrument=instrument)
    adopted = instrument.amendments.select_for_update().filter(
        state=AmendmentState.ADOPTED, base_sha256=base.sha256
    )
    if assembly is not None:
        adopted = adopted.filter(assembly=assembly)
    rows = list(adopted.order_by("number"))
    if not rows:
        raise WrongState(
            _("No adopted amendment waits to be applied to this text."),
            code="nothing_adopted",
            where=instrument.slug,
        )
    with rules_speak():
        combined = combine(
            base.trees,
            {row.number: read_operations(row) for row in rows if row.number is not None},
            used=keys_adopted(instrument=instrument),
        )
    return Amended(base, rows, combined, _rules(rows, combined))


def _rules(amendments: Sequence[Amendment], combined: Combined) -> list[RuleBinding]:
    """The rules of the base, with what was reviewed for each amendment."""
    before = rules_before(amendments[0])
    rules = dict(before)
    for row in amendments:
        for reviewed in row.reviewed_rules.all():
            key = combined.keys.get((row.number or 0, reviewed.provision_key))
            new = reviewed.value, key or reviewed.provision_key
            so_far = rules.get(reviewed.name)
            if new == before.get(reviewed.name) or new == so_far:
                continue
            if so_far != before.get(reviewed.name):
                raise WrongState(
                    _("Two adopted amendments set different values for one rule."),
                    code="rules_apart",
                    where=reviewed.name,
                )
            rules[reviewed.name] = new
    return [RuleBinding(name, value, key) for name, (value, key) in rules.items() if key]


def _require_free_draft(instrument: Instrument, amended: Amended) -> None:
    """Nobody's work is written over: the draft is the base, or what was made here before."""
    if instrument.state not in (InstrumentState.DRAFT, InstrumentState.TABLED):
        return
    now_it_is = edition_hash(draft_hashes(instrument=instrument))
    applied = last_amended(instrument=instrument)
    if now_it_is in (amended.base.sha256, applied["sha256"] if applied else None):
        return
    raise WrongState(
        _(
            "A draft of something else is in work. Adopt it first, or go back in its history to "
            "the edition that was amended."
        ),
        code="draft_in_work",
        where=instrument.slug,
    )


def _require_rules(instrument: Instrument, amended: Amended) -> None:
    if rules_as_json(instrument.draft_rules.all()) != rules_as_json(amended.rules):
        raise WrongState(
            _("The rules bound to the text have changed since it was decided on. Decide again."),
            code="rules_changed_since_decision",
            where=instrument.slug,
        )


def _require_all_decided(instrument: Instrument) -> None:
    """No amendment is still being decided on, or about to be."""
    to_come = (
        Q(state=VoteState.PREPARED)
        & ~Q(assembly__state=AssemblyState.CLOSED)
        & (Q(amendment=None) | Q(amendment__state=AmendmentState.ADMITTED))
    )
    vote = instrument.votes.filter(Q(state=VoteState.OPEN) | to_come).order_by("pk").first()
    if vote is not None:
        raise WrongState(
            _("The assembly still decides on this text. Close that vote first."),
            code="put_to_a_vote",
            where=vote.slug,
        )


def _vote_of(amendment: Amendment) -> Vote:
    """The vote that adopted it, on exactly these operations and these values of rules."""
    vote = (
        Vote.objects.select_for_update(of=("self",))
        .filter(
            amendment=amendment,
            state=VoteState.CLOSED,
            result__outcome=Outcome.ADOPTED,
            text_sha256=digest(amendment),
            text_rules_sha256=reviewed_rules_hash(amendment),
        )
        .order_by("-closed_at")
        .first()
    )
    if vote is None:
        raise WrongState(
            _("The amendment is no longer what was voted on. Have the audit chains verified."),
            code="amendment_changed_since_decision",
            where=f"{amendment.instrument.slug}/{amendment.number}",
        )
    return vote


def _basis(amendments: Sequence[Amendment], votes: Sequence[Vote]) -> str:
    """On what an edition of several decisions rests: the amendments, and their votes."""
    numbers = [str(row.number) for row in amendments]
    short = f"수정안 제{'·'.join(numbers)}호 / Amendments {', '.join(numbers)}"
    long = f"{short} ({', '.join(vote.slug for vote in votes)})"
    return long if len(long) <= 300 else short[:300]
