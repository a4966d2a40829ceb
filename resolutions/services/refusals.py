"""Where a pure rule says no, the clerk is told in words: rules' refusals as domain errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from resolutions.rules.reasons import explain
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.errors import InvalidInput, WrongState
from secretariat.kernel.transitions import TransitionRefused, TransitionTable


def step(
    table: TransitionTable,
    state: str,
    action: str,
    facts: object = None,
    *,
    where: str,
    sentences: Mapping[str, Bilingual] | None = None,
) -> str:
    """The state after the act; a refusal becomes `WrongState` with the reason in words.

    `sentences` may say more about a guard's code than the general reason does.
    """
    try:
        return str(table.step(state, action, facts))
    except TransitionRefused as refusal:
        message = (sentences or {}).get(refusal.code) or explain(refusal)
        raise WrongState(message, code=refusal.code, where=where) from refusal


@contextmanager
def rules_speak() -> Iterator[None]:
    """Turn a `RuleRefused` into `InvalidInput` with the same code, message and place."""
    try:
        yield
    except RuleRefused as refusal:
        raise InvalidInput(refusal.message, code=refusal.code, where=refusal.where) from refusal
