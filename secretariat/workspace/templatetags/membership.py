"""Badges of memberships, applications and contributions."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.utils.translation import gettext_lazy as _

from cms.components import Badge

register = template.Library()

MEMBERSHIP_TONES: Final = {
    "applicant": "waiting",
    "member": "adopted",
    "observer": "neutral",
    "partner": "neutral",
    "suspended": "rejected",
    "withdrawn": "rejected",
}
APPLICATION_TONES: Final = {
    "received": "open",
    "returned": "waiting",
    "complete": "open",
    "admitted": "adopted",
    "declined": "rejected",
    "refused": "rejected",
    "withdrawn": "neutral",
}
CONTRIBUTION_BADGES: Final = {
    "paid": Badge(_("Paid"), "adopted"),
    "waived": Badge(_("Waived"), "neutral"),
    "overdue": Badge(_("Overdue"), "rejected"),
    "open": Badge(_("Not due yet"), "waiting"),
}


@register.filter
def membership_badge(membership: Any) -> Badge:
    """What a city or body is to the network, in the words of the register."""
    return Badge(membership.get_kind_display(), MEMBERSHIP_TONES[membership.kind])


@register.filter
def application_badge(application: Any) -> Badge:
    """The state of an application; of one for another kind than member, in its own words."""
    words = application.get_state_display()
    if application.state == "complete" and application.sought != "member":
        words = _("Complete, to be decided")
    elif application.state == "declined" and application.sought != "member":
        words = _("Declined")
    return Badge(words, APPLICATION_TONES[application.state])


@register.filter
def contribution_badge(line: Any) -> Badge:
    """How a contribution stands."""
    return CONTRIBUTION_BADGES[line.state]
