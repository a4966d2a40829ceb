"""The life of a text's draft: from drafting to a published edition, and to the next draft.

A text is edited only as a draft. Once tabled it stands still, so that what is voted on is
what was read. Adoption freezes an edition; the edition stays for ever, while the same text
may later be drafted anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from secretariat.kernel.transitions import Transition, TransitionTable


class TextState(StrEnum):
    DRAFT = "draft"
    TABLED = "tabled"
    ADOPTED = "adopted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class TextAction(StrEnum):
    EDIT = "edit"
    TABLE = "table"
    TAKE_BACK = "take_back"
    ADOPT = "adopt"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    REDRAFT = "redraft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabling:
    """Facts for TABLE: provisions in the draft, and authentic languages it lacks."""

    provisions: int
    languages_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """Facts for TAKE_BACK and WITHDRAW: whether a vote on the text is open."""

    vote_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Facts for ADOPT.

    `decided`: a vote or consensus adopted the text, or a decision from before this system
    is named. `unchanged`: the draft still has the hash that was decided on.
    """

    decided: bool
    unchanged: bool = True


def complete(facts: Tabling) -> str | None:
    """There is a text, in every authentic language."""
    if facts.provisions == 0:
        return "text_empty"
    return "authentic_language_missing" if facts.languages_missing else None


def not_being_voted_on(facts: Standstill) -> str | None:
    """No vote on the text is open."""
    return "vote_on_text_open" if facts.vote_open else None


def decided_as_it_stands(facts: Adoption) -> str | None:
    """The assembly decided on exactly this text."""
    if not facts.decided:
        return "text_not_decided"
    return None if facts.unchanged else "text_changed_since_decision"


TEXT_LIFECYCLE = TransitionTable(
    "text",
    {
        (TextState.DRAFT, TextAction.EDIT): Transition(TextState.DRAFT),
        (TextState.DRAFT, TextAction.TABLE): Transition(TextState.TABLED, complete),
        (TextState.DRAFT, TextAction.WITHDRAW): Transition(TextState.WITHDRAWN),
        (TextState.TABLED, TextAction.ADOPT): Transition(TextState.ADOPTED, decided_as_it_stands),
        (TextState.TABLED, TextAction.TAKE_BACK): Transition(TextState.DRAFT, not_being_voted_on),
        (TextState.TABLED, TextAction.WITHDRAW): Transition(
            TextState.WITHDRAWN, not_being_voted_on
        ),
        (TextState.ADOPTED, TextAction.PUBLISH): Transition(TextState.PUBLISHED),
        (TextState.PUBLISHED, TextAction.REDRAFT): Transition(TextState.DRAFT),
        (TextState.WITHDRAWN, TextAction.REDRAFT): Transition(TextState.DRAFT),
    },
)
