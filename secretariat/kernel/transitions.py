"""Lifecycles as tables: which act leads from which state to which.

Pure: no Django. Each aggregate has one table in its `rules/*_lifecycle.py`; buttons,
diagrams and tests are made from it. The table answers "can it be done now?"; who may
do it is the policy's question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Guard = Callable[[Any], str | None]
"""Looks at the facts of the moment; None lets the act pass, a code says why it may not."""


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an act leads, and the guard that must let it pass."""

    target: str
    guard: Guard | None = None


class TransitionRefused(Exception):
    """The act cannot be done in this state, or its guard refused.

    `code` is "not_in_this_state" or the guard's own code; `allowed` lists the acts that
    the state does allow, so that the message can say what to do instead.
    """

    def __init__(self, *, table: str, code: str, state: str, action: str, allowed: tuple[str, ...]):
        super().__init__(f"{table}: {action} refused in state {state} ({code})")
        self.table = table
        self.code = code
        self.state = state
        self.action = action
        self.allowed = allowed


class TransitionTable:
    """An immutable table `{(state, action): Transition}`."""

    def __init__(self, name: str, transitions: Mapping[tuple[str, str], Transition]) -> None:
        self.name = name
        self.transitions = dict(transitions)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table first names it."""
        seen: dict[str, None] = {}
        for (state, _action), transition in self.transitions.items():
            seen[str(state)] = None
            seen[str(transition.target)] = None
        return tuple(seen)

    def actions(self, state: str) -> tuple[str, ...]:
        """The acts that `state` knows, whatever their guards say."""
        return tuple(str(action) for (source, action) in self.transitions if source == state)

    def step(self, state: str, action: str, facts: object = None) -> str:
        """The state after the act; raises TransitionRefused where it cannot be done."""
        transition = self.transitions.get((state, action))
        code: str | None = "not_in_this_state"
        if transition is not None:
            code = transition.guard(facts) if transition.guard else None
            if code is None:
                return transition.target
        raise TransitionRefused(
            table=self.name,
            code=str(code),
            state=str(state),
            action=str(action),
            allowed=self.actions(state),
        )

    def allows(self, state: str, action: str, facts: object = None) -> bool:
        """Whether `step` would succeed."""
        try:
            self.step(state, action, facts)
        except TransitionRefused:
            return False
        return True

    def mermaid(self) -> str:
        """The diagram for the documentation, made from the table."""
        lines = ["stateDiagram-v2"]
        if self.states:
            lines.append(f"    [*] --> {self.states[0]}")
        for (state, action), transition in self.transitions.items():
            guard = f" [{transition.guard.__name__}]" if transition.guard else ""
            lines.append(f"    {state} --> {transition.target}: {action}{guard}")
        return "\n".join(lines)
