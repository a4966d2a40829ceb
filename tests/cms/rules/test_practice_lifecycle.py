"""The way of a practice: what each stage allows."""

from __future__ import annotations

import pytest

from cms.rules.practice_lifecycle import (
    PRACTICE_LIFECYCLE,
    Facts,
    PracticeAction,
    Stage,
    stage_of,
)
from secretariat.kernel.transitions import TransitionRefused


@pytest.mark.parametrize(
    ("stage", "actions"),
    [
        ("draft", ("save", "submit", "publish", "take_down")),
        ("in_review", ("take_back", "return", "publish", "take_down")),
        ("returned", ("save", "submit", "publish", "take_down")),
        ("published", ("save", "publish", "take_down")),
    ],
)
def test_what_a_stage_knows(stage: str, actions: tuple[str, ...]) -> None:
    assert PRACTICE_LIFECYCLE.actions(stage) == actions


def test_what_lacks_something_is_not_submitted() -> None:
    lacking = Facts(missing=("summary",))
    with pytest.raises(TransitionRefused) as refused:
        PRACTICE_LIFECYCLE.step(Stage.DRAFT, PracticeAction.SUBMIT, lacking)
    assert refused.value.code == "something_missing"
    assert PRACTICE_LIFECYCLE.step(Stage.RETURNED, PracticeAction.SUBMIT, Facts()) == "in_review"


def test_only_what_is_public_is_taken_down() -> None:
    assert not PRACTICE_LIFECYCLE.allows(Stage.DRAFT, PracticeAction.TAKE_DOWN, Facts())
    assert PRACTICE_LIFECYCLE.allows(Stage.DRAFT, PracticeAction.TAKE_DOWN, Facts(live=True))


@pytest.mark.parametrize(
    ("live", "changes", "workflow", "stage"),
    [
        (False, True, "", Stage.DRAFT),
        (False, False, "", Stage.DRAFT),
        (True, False, "", Stage.PUBLISHED),
        (True, True, "", Stage.DRAFT),
        (True, True, "in_progress", Stage.IN_REVIEW),
        (False, True, "needs_changes", Stage.RETURNED),
    ],
)
def test_the_stage_is_read_from_what_wagtail_keeps(
    live: bool, changes: bool, workflow: str, stage: Stage
) -> None:
    assert stage_of(live=live, unpublished_changes=changes, workflow=workflow) == stage
