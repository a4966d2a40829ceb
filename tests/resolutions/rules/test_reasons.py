"""Every refusal a table can give has its sentence, in both languages, and no other has."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator

import pytest

from resolutions.rules.amendment_lifecycle import AMENDMENT_LIFECYCLE, AmendmentState
from resolutions.rules.assembly_lifecycle import ASSEMBLY_LIFECYCLE, AssemblyState
from resolutions.rules.declaration_lifecycle import DECLARATION_LIFECYCLE, DeclarationState
from resolutions.rules.election_lifecycle import ELECTION_LIFECYCLE, ElectionState
from resolutions.rules.nomination_lifecycle import NOMINATION_LIFECYCLE, NominationState
from resolutions.rules.reasons import REASONS, STATES, explain
from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, Tabling, TextState
from resolutions.rules.vote_lifecycle import VOTE_LIFECYCLE, VoteState
from secretariat.kernel.transitions import TransitionRefused

TABLES = {
    TEXT_LIFECYCLE: TextState,
    ASSEMBLY_LIFECYCLE: AssemblyState,
    VOTE_LIFECYCLE: VoteState,
    ELECTION_LIFECYCLE: ElectionState,
    NOMINATION_LIFECYCLE: NominationState,
    DECLARATION_LIFECYCLE: DeclarationState,
    AMENDMENT_LIFECYCLE: AmendmentState,
}


def codes_of(guard) -> Iterator[str]:
    """The codes that a guard returns, read from its source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(guard)))
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Return) and statement.value is not None:
            value = statement.value
            branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
            for branch in branches:
                assert isinstance(branch, ast.Constant)
                if branch.value is not None:
                    yield branch.value


def test_every_code_of_a_guard_has_a_sentence_and_no_sentence_is_idle():
    codes = {
        code
        for table in TABLES
        for transition in table.transitions.values()
        if transition.guard
        for code in codes_of(transition.guard)
    }
    assert set(REASONS) == codes


def test_every_state_has_a_sentence():
    assert set(STATES) == {
        (table.name, str(state)) for table, states in TABLES.items() for state in states
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_names_exactly_its_states(table):
    assert set(table.states) == {str(state) for state in TABLES[table]}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_guard_says_in_its_docstring_what_holds(table):
    for transition in table.transitions.values():
        assert transition.guard is None or transition.guard.__doc__


@pytest.mark.parametrize("sentence", [*REASONS.values(), *STATES.values()])
def test_sentences_are_complete(sentence):
    assert set(sentence) == {"ko", "en"}
    assert sentence["ko"].endswith(".")
    assert sentence["en"].endswith(".")


@pytest.mark.parametrize(
    ("state", "action", "facts", "sentence"),
    [
        ("draft", "table", Tabling(provisions=0), REASONS["text_empty"]),
        ("published", "edit", None, STATES[("text", "published")]),
    ],
)
def test_a_refusal_is_explained(state, action, facts, sentence):
    with pytest.raises(TransitionRefused) as refused:
        TEXT_LIFECYCLE.step(state, action, facts)
    assert explain(refused.value) == sentence
