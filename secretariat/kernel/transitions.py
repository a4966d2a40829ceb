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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a state stands in a drawing: `column` acts from the first state, `row` among those."""

    state: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """An act in a drawing; `guard` is what has to hold, in the words of its docstring."""

    source: str
    target: str
    action: str
    guard: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """A table laid out to be drawn or read: states from left to right, and the acts between."""

    name: str
    places: tuple[Place, ...]
    arrows: tuple[Arrow, ...]

    @property
    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The states that stand above each other, column after column."""
        last = max((place.column for place in self.places), default=-1)
        return tuple(
            tuple(place.state for place in self.places if place.column == column)
            for column in range(last + 1)
        )

    def reached_from(self, state: str) -> tuple[str, ...]:
        """The other states to which an act leads at once, in the order of the table."""
        found = dict.fromkeys(
            arrow.target for arrow in self.arrows if arrow.source == state != arrow.target
        )
        return tuple(found)

    def before(self, state: str) -> frozenset[str]:
        """The states on the shortest way from the first state, `state` left out."""
        columns = {place.state: place.column for place in self.places}
        passed: set[str] = set()
        here = state
        while columns.get(here, 0) > 0:
            here = next(
                arrow.source
                for arrow in self.arrows
                if arrow.target == here and columns[arrow.source] == columns[here] - 1
            )
            passed.add(here)
        return frozenset(passed)


def diagram(table: TransitionTable) -> Diagram:
    """The drawing of a lifecycle, made from its table."""
    arrows = tuple(
        Arrow(str(state), str(transition.target), str(action), _said(transition.guard))
        for (state, action), transition in table.transitions.items()
    )
    columns: dict[str, int] = {}
    reached = list(table.states[:1])
    while reached:
        state = reached.pop(0)
        columns.setdefault(state, 0)
        for arrow in arrows:
            if arrow.source == state and arrow.target not in columns:
                columns[arrow.target] = columns[state] + 1
                reached.append(arrow.target)
    for state in table.states:
        columns.setdefault(state, 0)
    rows: dict[int, int] = {}
    places = []
    for state in sorted(table.states, key=lambda each: columns[each]):
        column = columns[state]
        rows[column] = rows.get(column, -1) + 1
        places.append(Place(state, column, rows[column]))
    return Diagram(table.name, tuple(places), arrows)


def _said(guard: Guard | None) -> str:
    return " ".join((guard.__doc__ or "").split()) if guard else ""
