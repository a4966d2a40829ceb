"""The life of a declaration's edition: adopted like every text, then open for signature.

Until it is adopted, an edition goes the way of every text: its steps are taken from
`TEXT_LIFECYCLE` itself. From then on cities and bodies may stand behind it. It is superseded
when a later edition is opened for signature, and withdrawn by a decision, with its reason.
What was signed stays signed in both cases.

The silence procedure has its place before adoption, not in a state of its own: it is one more
way in which a tabled text is decided on, beside the vote and consensus, and so one more ground
on which `Adoption.decided` is true (docs/decisions/0017).

Pure. Source: the articles of a declaration on its signature; the practice of depositaries
(Vienna Convention on the Law of Treaties, articles 10 to 23, 76 and 77) as a model for words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, TextAction, TextState
from secretariat.kernel.transitions import Transition, TransitionTable

SIGNABLE: Final = frozenset({"declaration", "joint_statement"})
"""The kinds of text that are signed; bylaws and resolutions bind by their adoption."""


class DeclarationState(StrEnum):
    """The first three are those of a text; the others are `resolutions.models.SigningState`."""

    DRAFT = TextState.DRAFT.value
    TABLED = TextState.TABLED.value
    ADOPTED = TextState.ADOPTED.value
    OPEN = "open"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class DeclarationAction(StrEnum):
    TABLE = TextAction.TABLE.value
    TAKE_BACK = TextAction.TAKE_BACK.value
    ADOPT = TextAction.ADOPT.value
    OPEN = "open_for_signature"
    SIGN = "sign"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Facts for OPEN: the text's kind, and of the edition whether it is public, whether a
    decision or a basis stands behind it, and whether a later edition is public already.
    """

    kind: str
    published: bool
    decided: bool
    latest: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Facts for SIGN: whether the city stands behind this edition already."""

    stands_already: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """Facts for SUPERSEDE: the number of this edition, and of the one that is opened."""

    number: int
    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing:
    """Facts for WITHDRAW: a reason, and a decision of the assembly or a basis that is named."""

    reasoned: bool
    decided: bool


def signable_as_it_stands(facts: Opening) -> str | None:
    """A declaration or joint statement, decided on, public, and its latest edition."""
    if facts.kind not in SIGNABLE:
        return "not_for_signature"
    if not facts.decided:
        return "edition_not_decided"
    if not facts.published:
        return "edition_not_public"
    return None if facts.latest else "later_edition_public"


def not_behind_it_yet(facts: Signing) -> str | None:
    """A city or body signs an edition once; again only after it withdrew."""
    return "signed_already" if facts.stands_already else None


def a_later_edition_opened(facts: Succession) -> str | None:
    """Only a later edition of the same text supersedes."""
    return None if facts.opened > facts.number else "no_later_edition"


def decided_with_reason(facts: Withdrawing) -> str | None:
    """There is a reason, and a decision or basis to withdraw."""
    if not facts.reasoned:
        return "withdrawal_without_reason"
    return None if facts.decided else "withdrawal_not_decided"


_S, _A = DeclarationState, DeclarationAction

DECLARATION_LIFECYCLE: Final = TransitionTable(
    "declaration",
    {
        (_S.DRAFT, _A.TABLE): TEXT_LIFECYCLE.transitions[TextState.DRAFT, TextAction.TABLE],
        (_S.TABLED, _A.TAKE_BACK): TEXT_LIFECYCLE.transitions[
            TextState.TABLED, TextAction.TAKE_BACK
        ],
        (_S.TABLED, _A.ADOPT): TEXT_LIFECYCLE.transitions[TextState.TABLED, TextAction.ADOPT],
        (_S.ADOPTED, _A.OPEN): Transition(_S.OPEN, signable_as_it_stands),
        (_S.OPEN, _A.SIGN): Transition(_S.OPEN, not_behind_it_yet),
        (_S.OPEN, _A.SUPERSEDE): Transition(_S.SUPERSEDED, a_later_edition_opened),
        (_S.OPEN, _A.WITHDRAW): Transition(_S.WITHDRAWN, decided_with_reason),
        (_S.SUPERSEDED, _A.WITHDRAW): Transition(_S.WITHDRAWN, decided_with_reason),
    },
)
