"""The mark of an act that a city did by letter, wherever the act is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from cms.components import Badge
from cms.templatetags.formats import format_day, reader_language
from members.models import ActByLetter
from members.models.letters import LetterForm, LetterState
from members.selectors.letters import letters_under
from resolutions.models import Nomination
from resolutions.services.letter_kinds import (
    accepted_subject,
    nominated_subject,
    seconded_subject,
)

WITHDRAWALS = frozenset({"signature_withdrawal", "reservation_withdrawal"})
"""Kinds whose mark says what the letter did: it stands beside the mark of what was withdrawn."""

STRUCK: Final = "rejected"
"""The tone of the mark of an act that was struck."""


def by_letter_badge(letter: ActByLetter | None) -> Badge | None:
    """ "by letter of 10 December 2018", and what became of it; None without a letter."""
    if letter is None:
        return None
    if letter.kind in WITHDRAWALS:
        by_email = _("withdrawn by e-mail of %(day)s")
        on_paper = _("withdrawn by letter of %(day)s")
    else:
        by_email, on_paper = _("by e-mail of %(day)s"), _("by letter of %(day)s")
    said = by_email if letter.form == LetterForm.EMAIL else on_paper
    text = said % {"day": format_day(letter.written_on, reader_language())}
    tone = "neutral"
    if letter.state == LetterState.CONTESTED:
        text, tone = _("%(act)s, contested by the city") % {"act": text}, "waiting"
    elif letter.state == LetterState.STRUCK:
        text, tone = _("%(act)s, struck") % {"act": text}, STRUCK
    return Badge(text=text, tone=tone)


def badges(letters: Mapping[str, ActByLetter]) -> dict[str, Badge]:
    """The marks of many letters, by their subjects."""
    found = {subject: by_letter_badge(letter) for subject, letter in letters.items()}
    return {subject: badge for subject, badge in found.items() if badge is not None}


@dataclass(frozen=True, slots=True)
class NominationMarks:
    """The marks of one nomination: how it was made, how accepted, who seconded by letter."""

    nominated: Badge | None
    accepted: Badge | None
    seconded: Mapping[str, Badge]

    def __bool__(self) -> bool:
        return bool(self.nominated or self.accepted or self.seconded)


def nomination_marks(election: str) -> Callable[[Nomination], NominationMarks]:
    """Answers for each nomination of an election; one query for all of them."""
    marks = badges(letters_under(prefix=f"election:{election}/"))

    def of(nomination: Nomination) -> NominationMarks:
        city = nomination.city.slug
        seconded = {
            row.city.slug: marks.get(seconded_subject(election, city, row.city.slug))
            for row in nomination.secondings.all()
        }
        return NominationMarks(
            nominated=marks.get(nominated_subject(election, city)),
            accepted=marks.get(accepted_subject(election, city)),
            seconded={by: badge for by, badge in seconded.items() if badge is not None},
        )

    return of
