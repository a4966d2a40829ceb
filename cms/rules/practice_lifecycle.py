"""The way of a practice from a draft to the library: what can be done in which stage.

A stage speaks of the newest draft; whether an earlier state of the practice is public is
another matter and changes nothing in this table, except that only what is public can be
taken down. The stages are read from Wagtail's revisions and workflow
(`cms.selectors.practice_stages`), never stored beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from secretariat.kernel.transitions import Transition, TransitionTable


class Stage(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    PUBLISHED = "published"


class PracticeAction(StrEnum):
    SAVE = "save"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    RETURN = "return"
    PUBLISH = "publish"
    TAKE_DOWN = "take_down"


@dataclass(frozen=True, slots=True)
class Facts:
    """`missing`: the fields without which a practice cannot be judged, by name."""

    live: bool = False
    missing: tuple[str, ...] = ()


def complete(facts: Facts | None) -> str | None:
    """What is submitted says at least what it is about."""
    return "something_missing" if facts and facts.missing else None


def public(facts: Facts | None) -> str | None:
    """Only what is public can be taken down."""
    return None if facts and facts.live else "not_public"


S, A = Stage, PracticeAction

PRACTICE_LIFECYCLE = TransitionTable(
    "practice",
    {
        (S.DRAFT, A.SAVE): Transition(S.DRAFT),
        (S.DRAFT, A.SUBMIT): Transition(S.IN_REVIEW, complete),
        (S.DRAFT, A.PUBLISH): Transition(S.PUBLISHED),
        (S.DRAFT, A.TAKE_DOWN): Transition(S.DRAFT, public),
        (S.IN_REVIEW, A.TAKE_BACK): Transition(S.DRAFT),
        (S.IN_REVIEW, A.RETURN): Transition(S.RETURNED),
        (S.IN_REVIEW, A.PUBLISH): Transition(S.PUBLISHED),
        (S.IN_REVIEW, A.TAKE_DOWN): Transition(S.IN_REVIEW, public),
        (S.RETURNED, A.SAVE): Transition(S.RETURNED),
        (S.RETURNED, A.SUBMIT): Transition(S.IN_REVIEW, complete),
        (S.RETURNED, A.PUBLISH): Transition(S.PUBLISHED),
        (S.RETURNED, A.TAKE_DOWN): Transition(S.RETURNED, public),
        (S.PUBLISHED, A.SAVE): Transition(S.DRAFT),
        (S.PUBLISHED, A.PUBLISH): Transition(S.PUBLISHED),
        (S.PUBLISHED, A.TAKE_DOWN): Transition(S.DRAFT, public),
    },
)
"""A librarian may correct what is in review: that is the office's right, not a stage."""


def stage_of(*, live: bool, unpublished_changes: bool, workflow: str) -> Stage:
    """The stage of the newest draft; `workflow` is the status of Wagtail's active workflow."""
    if workflow == "in_progress":
        return Stage.IN_REVIEW
    if workflow == "needs_changes":
        return Stage.RETURNED
    return Stage.PUBLISHED if live and not unpublished_changes else Stage.DRAFT
