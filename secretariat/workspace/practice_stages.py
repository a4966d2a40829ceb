"""How the stages of a practice are called on the desk."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cms.components import Badge
from cms.rules.practice_lifecycle import Stage
from members.models import City

TONES = {
    Stage.DRAFT: "draft",
    Stage.IN_REVIEW: "waiting",
    Stage.RETURNED: "open",
    Stage.PUBLISHED: "adopted",
}


def stage_name(stage: Stage) -> str:
    """A stage as people call it."""
    return {
        Stage.DRAFT: _("Draft"),
        Stage.IN_REVIEW: _("With the librarian"),
        Stage.RETURNED: _("Returned to you"),
        Stage.PUBLISHED: _("Published"),
    }[stage]


def stage_badge(stage: Stage, *, live: bool) -> Badge:
    """The stage in a badge; a draft of something public says so."""
    words = stage_name(stage)
    if live and stage != Stage.PUBLISHED:
        words = _("%(stage)s; an earlier version is public") % {"stage": words}
    return Badge(words, TONES[stage])


def returned_practice(version: Any, city: City) -> dict[str, str]:
    """A practice that the librarian returned, among what waits for the city."""
    return {
        "title": version.title,
        "text": _("The librarian has returned this practice with comments. Answer and submit it."),
        "url": reverse("workspace:practice", args=[city.slug, version.practice.slug]),
    }
