"""Which part of Wagtail's admin is whose: what a role has no work in is not there for it.

Wagtail asks its own permissions behind this, and the office's records their policy. What
no line names is nobody's: Wagtail's screens for users, groups, sites, redirects, forms,
collections, workflows and languages have no work in them here, and a screen that a later
Wagtail adds stays closed until somebody needs it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from members.policies import OfficeAction, office_policy

HOME: Final = "/admin/"

SECTIONS: Final[tuple[tuple[str, OfficeAction], ...]] = (
    # what everybody of the office has: their account, the door, icons and words of the screens
    ("account/", OfficeAction.SEE_OFFICE),
    ("dismissibles/", OfficeAction.SEE_OFFICE),
    ("jsi18n/", OfficeAction.SEE_OFFICE),
    ("login/", OfficeAction.SEE_OFFICE),
    ("logout/", OfficeAction.SEE_OFFICE),
    ("sprite/", OfficeAction.SEE_OFFICE),
    # the office's records: `record_policy` says which of them
    ("office-", OfficeAction.SEE_OFFICE),
    # the library
    ("snippets/", OfficeAction.REVIEW_PRACTICES),
    # pages, images, documents, and what their screens ask for
    ("api/main/", OfficeAction.EDIT_SITE),
    ("block-preview/", OfficeAction.EDIT_SITE),
    ("bulk/", OfficeAction.EDIT_SITE),
    ("choose-", OfficeAction.EDIT_SITE),
    ("documents/", OfficeAction.EDIT_SITE),
    ("editing-sessions/", OfficeAction.EDIT_SITE),
    ("embeds/", OfficeAction.EDIT_SITE),
    ("images/", OfficeAction.EDIT_SITE),
    ("pages/", OfficeAction.EDIT_SITE),
    ("reports/", OfficeAction.EDIT_SITE),
    ("tag-autocomplete/", OfficeAction.EDIT_SITE),
)
"""What an address below the admin begins with → what a role must include to find it."""


def opens(person: Any, path: str, now: datetime) -> bool:
    """Whether the address `path` is there for `person`."""
    if path == HOME:
        return office_policy.may(person, OfficeAction.SEE_OFFICE, now)
    below = path.removeprefix(HOME)
    needed = next((action for start, action in SECTIONS if below.startswith(start)), None)
    return needed is not None and office_policy.may(person, needed, now)
