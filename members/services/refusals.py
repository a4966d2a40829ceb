"""Where a table of members' rules says no, the clerk is told in words."""

from __future__ import annotations

from members.rules.reasons import explain
from secretariat.kernel.errors import WrongState
from secretariat.kernel.transitions import TransitionRefused, TransitionTable


def step(
    table: TransitionTable, state: str, action: str, facts: object = None, *, where: str
) -> str:
    """The state after the act; a refusal becomes `WrongState` with the reason in words."""
    try:
        return str(table.step(state, action, facts))
    except TransitionRefused as refusal:
        raise WrongState(explain(refusal), code=refusal.code, where=where) from refusal
