"""Badges of votes, elections and nominations, in their own words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import template

from cms import drawings
from cms.components import Badge

register = template.Library()

TONES = {"tabled": "waiting", "published": "adopted", "accepted": "adopted"}
"""States that only the workspace shows."""


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
