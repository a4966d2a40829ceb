"""Amendments before the assembly: in which order they are voted on, and the vote on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.models import AgendaItem, Amendment, Assembly, Instrument, Vote, VotingOrder
from resolutions.models.amendments import AmendmentState
from resolutions.models.texts import InstrumentKind
from resolutions.models.votes import VoteMode, VoteState
from resolutions.rules.operative import RuleName
from resolutions.rules.voting_order import PlaceInOrder, suggested_order
from resolutions.selectors.amendments import base_of, operations_of
from resolutions.services.amendment_record import announce_change, locked
from resolutions.services.amendment_results import require_ready
from resolutions.services.refusals import rules_speak
from resolutions.services.votes import prepare_vote
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput
from secretariat.kernel.outbox import announce


def order_suggested(*, instrument: Instrument) -> tuple[PlaceInOrder, ...]:
    """The admitted amendments to the text as it is now, furthest from it first."""
    base = base_of(instrument=instrument)
    rows = instrument.amendments.filter(state=AmendmentState.ADMITTED, base_sha256=base.sha256)
    with rules_speak():
        amendments = {row.number: operations_of(amendment=row) for row in rows if row.number}
        return suggested_order(base.trees, amendments)


def set_voting_order(
    *,
    instrument: Instrument,
    assembly: Assembly,
    order: Sequence[int],
    reason: str = "",
    actor: Any,
    now: datetime,
) -> VotingOrder:
    """Record the order in which the chair puts the admitted amendments to the vote.

    Another order than the suggested one needs the chair's reason. The latest order holds.
    """
    authority = office_policy.require(actor, OfficeAction.RUN_VOTES, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        suggested = [place.number for place in order_suggested(instrument=instrument)]
        order, reason = list(order), reason.strip()
        if sorted(order) != sorted(suggested):
            raise InvalidInput(
                _("The order names every admitted amendment once, and no other."),
                code="order_incomplete",
                where=", ".join(map(str, order)),
            )
        if order != suggested and not reason:
            raise InvalidInput(
                _("This differs from the suggested order. Give the chair's reason for it."),
                code="reason_missing",
                where="reason",
            )
        row = VotingOrder.objects.create(
            instrument=instrument,
            assembly=assembly,
            order=order,
            suggested=suggested,
            reason=reason,
            set_at=now,
        )
        record(
            instrument.chain,
            "text.voting_order_set",
            {
                "assembly": assembly.slug,
                "order": order,
                "suggested": suggested,
                "reason": reason,
            },
        )
        announce("text.voting_order_set", instrument=instrument.slug, assembly=assembly.slug)
    return row


def prepare_amendment_vote(
    *,
    amendment: Amendment,
    assembly: Assembly,
    titles: Mapping[str, str] | None = None,
    questions: Mapping[str, str] | None = None,
    mode: str = VoteMode.ROLL_CALL,
    agenda_item: AgendaItem | None = None,
    actor: Any,
    now: datetime,
) -> Vote:
    """Word the vote on an admitted amendment, by the majority that its text asks for.

    Refused before the operative rules of the articles it changes were reviewed.
    """
    authority = office_policy.require(actor, OfficeAction.RUN_VOTES, now)
    with act(authority, now) as record:
        amendment = locked(amendment)
        if amendment.assembly_id != assembly.pk:
            amendment.assembly = assembly
        require_ready(amendment, now)
        waiting = amendment.votes.filter(state__in=(VoteState.PREPARED, VoteState.OPEN)).first()
        if waiting is not None:
            raise Conflict(
                _("A vote on this amendment is prepared already."),
                code="vote_prepared",
                where=waiting.slug,
            )
        instrument = amendment.instrument
        on_bylaws = instrument.kind == InstrumentKind.BYLAWS
        vote = prepare_vote(
            assembly=assembly,
            titles=titles or _titles(amendment),
            questions=questions
            or {
                "ko": "이 수정안을 채택하는 데 찬성하십니까?",
                "en": "Are you in favour of adopting this amendment?",
            },
            mode=mode,
            agenda_item=agenda_item,
            instrument=instrument,
            amendment=amendment,
            majority_rule=RuleName.MAJORITY_BYLAWS if on_bylaws else RuleName.MAJORITY_ORDINARY,
            actor=actor,
            now=now,
        )
        amendment.save(update_fields=["assembly"])
        record(
            amendment.chain,
            "amendment.put_to_vote",
            {"vote": vote.slug, "assembly": assembly.slug},
        )
        announce_change(amendment)
    return vote


def _titles(amendment: Amendment) -> dict[str, str]:
    titles = amendment.instrument.titles
    return {
        "ko": f"{titles.in_language('ko')} 수정안 제{amendment.number}호"[:300],
        "en": f"Amendment {amendment.number} to {titles.in_language('en')}"[:300],
    }
