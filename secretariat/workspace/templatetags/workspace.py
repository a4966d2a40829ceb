"""Badges of votes, elections, nominations and mandates, in their own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _

from cms import drawings
from cms.components import Badge
from cms.practice_compare import answer_text
from cms.practice_guide import Question
from cms.templatetags.formats import format_day, reader_language
from members.rules.voices import VOTING_ROLES
from secretariat.workspace.practice_stages import stage_badge

register = template.Library()

TONES = {"tabled": "waiting", "published": "adopted", "accepted": "adopted"}
"""States that only the workspace shows."""


@register.filter
def last_day(ends_at: datetime | None) -> str:
    """The last day that a period up to, not including, a moment covers."""
    return format_day(ends_at - timedelta(seconds=1), reader_language()) if ends_at else ""


@register.filter
def vote_badge(vote: Any) -> Badge:
    """A closed vote's outcome, any other's state."""
    return drawings.vote_badge(vote)


@register.filter
def badge_of(thing: Any) -> Badge:
    """The badge of a thing's state."""
    badge = drawings.badge_of(thing)
    tone = TONES.get(str(thing.state))
    return replace(badge, tone=tone) if tone else badge


@register.filter
def voice_badge(mandate: Any) -> Badge:
    """Whether a mandate gives a vote: yes, not before it is accredited, or never."""
    if mandate.role not in VOTING_ROLES:
        return Badge(_("No vote"))
    if mandate.accredited_at is not None:
        return Badge(_("Accredited"), "adopted")
    return Badge(_("Letter to be read") if mandate.letter_id else _("No letter yet"), "waiting")


@register.filter
def voice_words(mandate: Any) -> str:
    """The same in words alone."""
    return str(voice_badge(mandate).text)


@register.filter
def answer(practice: Any, asked: Question) -> str:
    """What a practice answers to a question of the guide, as text."""
    return answer_text(asked, practice)


@register.filter
def version_badge(version: Any) -> Badge:
    """The stage of a practice's language version."""
    return stage_badge(version.stage, live=version.practice.live)
