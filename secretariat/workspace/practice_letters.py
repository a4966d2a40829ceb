"""What is told by e-mail of a practice in review: to the librarians, and to who submitted it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.models import Practice, PracticeNote
from cms.models.practice_review import NoteKind
from cms.policies import WagtailPracticePolicy
from cms.selectors.practice_stages import draft_of
from secretariat.kernel.outbox import handles
from secretariat.workspace.letters import send_letter


@handles("practice.submitted")
def tell_the_librarians(payload: Mapping[str, Any]) -> None:
    """A practice waits for the office's judgement."""
    practice = _practice(payload)
    if practice is None:
        return
    for person in WagtailPracticePolicy(Practice).users_with_any_permission(["publish"]):
        send_letter(to=person, template="practice_submitted", context=_context(practice))


@handles("practice.reviewed")
def tell_the_city(payload: Mapping[str, Any]) -> None:
    """Who submitted it last learns what became of it; the words of the review stay on the desk."""
    practice = _practice(payload)
    if practice is None or practice.city is None:
        return
    last = (
        PracticeNote.objects.filter(practice=practice, kind=NoteKind.SUBMITTED)
        .select_related("author")
        .order_by("-pk")
        .first()
    )
    if last is None or last.author is None or not last.author.is_active:
        return
    send_letter(
        to=last.author,
        template="practice_reviewed",
        context={**_context(practice), "outcome": payload["outcome"]},
    )


def _practice(payload: Mapping[str, Any]) -> Practice | None:
    rows = Practice.objects.select_related("city", "locale").prefetch_related("city__name_rows")
    return rows.filter(pk=payload["practice"]).first()


def _context(practice: Practice) -> dict[str, Any]:
    return {"practice": practice, "title": draft_of(practice=practice).title}
