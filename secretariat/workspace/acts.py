"""What a page offers to do: buttons made from the lifecycle tables and the policies.

The lifecycle says what can be done, the policy who may; a button stands only where both say
yes. Where a guard stands in the way, the button's place is taken by the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cms.seats import Text
from resolutions.rules.reasons import explain
from secretariat.kernel.transitions import TransitionRefused, TransitionTable


@dataclass(frozen=True)
class Act:
    """A button. Tones: "", open (the act that waits), quiet, danger.

    `hint` says what happens next; `warning` what to have checked first, ticked off before the
    button works; `blocked` why it cannot be done now.
    """

    template: ClassVar[str] = "workspace/pieces/act.html"
    name: str
    label: Text
    hint: Text = ""
    tone: str = ""
    warning: Text = ""
    blocked: str = ""
    hidden: tuple[tuple[str, str], ...] = ()


def known(table: TransitionTable, state: str, action: str) -> bool:
    """Whether the state knows the act at all."""
    return str(action) in table.actions(state)


def obstacle(
    table: TransitionTable, state: str, action: str, facts: object, *, language: str
) -> str:
    """Why the act cannot be done now, in words; "" where it can."""
    try:
        table.step(state, action, facts)
    except TransitionRefused as refusal:
        return explain(refusal).in_language(language)
    return ""
