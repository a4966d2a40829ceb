"""The life of an election: announced, nominating, round after round, decided, certified.

The commitment to the seed of a possible draw by lot is published before nominations open.
What follows a round is not chosen but follows from its finding: see action_after.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from resolutions.rules.exhaustive import RoundFinding, RoundOutcome
from secretariat.kernel.transitions import Transition, TransitionTable


class ElectionState(StrEnum):
    ANNOUNCED = "announced"
    NOMINATING = "nominating"
    IN_ROUND = "in_round"
    BETWEEN_ROUNDS = "between_rounds"
    DECIDED = "decided"
    CERTIFIED = "certified"
    FAILED = "failed"


class ElectionAction(StrEnum):
    OPEN_NOMINATIONS = "open_nominations"
    NOMINATE = "nominate"
    WITHDRAW_CANDIDATE = "withdraw_candidate"
    ACCLAIM = "acclaim"
    OPEN_ROUND = "open_round"
    GO_ON = "go_on"
    DECIDE = "decide"
    ANNUL_ROUND = "annul_round"
    ELIMINATE_BY_LOT = "eliminate_by_lot"
    ELECT_BY_LOT = "elect_by_lot"
    END = "end"
    CERTIFY = "certify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominating:
    """Facts for OPEN_NOMINATIONS: whether the commitment to the lot's seed is published."""

    lot_committed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Facts for OPEN_ROUND, ACCLAIM, ELIMINATE_BY_LOT and ELECT_BY_LOT."""

    candidates: int
    lot_awaited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Certifying:
    """Facts for CERTIFY: how many different persons have signed the certificate."""

    signatures: int


def lot_prepared(facts: Nominating) -> str | None:
    """The commitment is published before anything is known."""
    return None if facts.lot_committed else "lot_not_committed"


def at_least_two_candidates(facts: Standings) -> str | None:
    """There is something to choose, and no draw is pending."""
    if facts.lot_awaited:
        return "lot_awaited"
    return None if facts.candidates >= 2 else "too_few_candidates"


def one_candidate(facts: Standings) -> str | None:
    """There is exactly one candidate, and no draw is pending."""
    if facts.lot_awaited:
        return "lot_awaited"
    return None if facts.candidates == 1 else "not_a_single_candidate"


def lot_awaited(facts: Standings) -> str | None:
    """The last round ended in a tie that only the lot can break."""
    return None if facts.lot_awaited else "no_lot_awaited"


def signed_by_two(facts: Certifying) -> str | None:
    """Two different persons have signed."""
    return None if facts.signatures >= 2 else "two_signatures_needed"


_ANNOUNCED, _NOMINATING = ElectionState.ANNOUNCED, ElectionState.NOMINATING
_IN_ROUND, _BETWEEN = ElectionState.IN_ROUND, ElectionState.BETWEEN_ROUNDS
_DECIDED, _FAILED = ElectionState.DECIDED, ElectionState.FAILED

ELECTION_LIFECYCLE = TransitionTable(
    "election",
    {
        (_ANNOUNCED, ElectionAction.OPEN_NOMINATIONS): Transition(_NOMINATING, lot_prepared),
        (_ANNOUNCED, ElectionAction.END): Transition(_FAILED),
        (_NOMINATING, ElectionAction.NOMINATE): Transition(_NOMINATING),
        (_NOMINATING, ElectionAction.WITHDRAW_CANDIDATE): Transition(_NOMINATING),
        (_NOMINATING, ElectionAction.OPEN_ROUND): Transition(_IN_ROUND, at_least_two_candidates),
        (_NOMINATING, ElectionAction.ACCLAIM): Transition(_DECIDED, one_candidate),
        (_NOMINATING, ElectionAction.END): Transition(_FAILED),
        (_IN_ROUND, ElectionAction.GO_ON): Transition(_BETWEEN),
        (_IN_ROUND, ElectionAction.DECIDE): Transition(_DECIDED),
        (_IN_ROUND, ElectionAction.END): Transition(_FAILED),
        (_IN_ROUND, ElectionAction.ANNUL_ROUND): Transition(_BETWEEN),
        (_BETWEEN, ElectionAction.WITHDRAW_CANDIDATE): Transition(_BETWEEN),
        (_BETWEEN, ElectionAction.ELIMINATE_BY_LOT): Transition(_BETWEEN, lot_awaited),
        (_BETWEEN, ElectionAction.ELECT_BY_LOT): Transition(_DECIDED, lot_awaited),
        (_BETWEEN, ElectionAction.OPEN_ROUND): Transition(_IN_ROUND, at_least_two_candidates),
        (_BETWEEN, ElectionAction.ACCLAIM): Transition(_DECIDED, one_candidate),
        (_BETWEEN, ElectionAction.END): Transition(_FAILED),
        (_DECIDED, ElectionAction.CERTIFY): Transition(ElectionState.CERTIFIED, signed_by_two),
    },
)


def action_after(finding: RoundFinding) -> ElectionAction:
    """What the closing of a round does to the election: GO_ON, DECIDE or END.

    A finding that awaits a draw goes on; `action_after_lot` names the act of the draw.
    """
    match finding.outcome:
        case RoundOutcome.ELECTED:
            return ElectionAction.ACCLAIM if finding.acclaimed else ElectionAction.DECIDE
        case RoundOutcome.FAILED:
            return ElectionAction.END
    return ElectionAction.GO_ON


def action_after_lot(finding: RoundFinding) -> ElectionAction:
    """The act that carries out the draw a finding asked for."""
    if finding.outcome is RoundOutcome.LOT_ELECT:
        return ElectionAction.ELECT_BY_LOT
    return ElectionAction.ELIMINATE_BY_LOT
