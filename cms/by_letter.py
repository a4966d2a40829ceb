"""The mark of an act that a city did by letter, wherever the act is shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cms.components import Badge
from cms.templatetags.formats import format_day, reader_language
from members.models import ActByLetter
from members.models.letters import LetterForm, LetterState


def by_letter_badge(letter: ActByLetter | None) -> Badge | None:
    """ "by letter of 10 December 2018", and what became of it; None without a letter."""
    if letter is None:
        return None
    day = format_day(letter.written_on, reader_language())
    if letter.form == LetterForm.EMAIL:
        text = _("by e-mail of %(day)s") % {"day": day}
    else:
        text = _("by letter of %(day)s") % {"day": day}
    tone = "neutral"
    if letter.state == LetterState.CONTESTED:
        text, tone = _("%(act)s, contested by the city") % {"act": text}, "waiting"
    elif letter.state == LetterState.STRUCK:
        text, tone = _("%(act)s, struck") % {"act": text}, "rejected"
    return Badge(text=text, tone=tone)


def badges(letters: Mapping[str, ActByLetter]) -> dict[str, Badge]:
    """The marks of many letters, by their subjects."""
    found = {subject: by_letter_badge(letter) for subject, letter in letters.items()}
    return {subject: badge for subject, badge in found.items() if badge is not None}
