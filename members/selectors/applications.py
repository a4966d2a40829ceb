"""Reading applications: what waits, what was decided, one with its steps."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from members.models import Application
from members.rules.application_lifecycle import ApplicationState

WAITING = (ApplicationState.RECEIVED, ApplicationState.COMPLETE, ApplicationState.RETURNED)
"""In the office's or the applicant's hands; the others are decided."""


def applications(*, waiting: bool) -> QuerySet[Application]:
    """The applications that wait, oldest first; or the decided ones, latest first."""
    rows = Application.objects.select_related("city").prefetch_related("city__name_rows")
    if waiting:
        return rows.filter(state__in=WAITING).order_by("received_at", "pk")
    return rows.exclude(state__in=WAITING).order_by("-received_at", "-pk")


def applications_in_hand() -> int:
    """How many wait for the office: received or complete, and not sent back."""
    return Application.objects.filter(
        state__in=[ApplicationState.RECEIVED, ApplicationState.COMPLETE]
    ).count()


def application_by_uuid(*, uuid: UUID) -> Application | None:
    """One application with its letter, city and steps in their order, or None."""
    return (
        Application.objects.select_related("letter", "city")
        .prefetch_related("city__name_rows", "steps__letter")
        .filter(uuid=uuid)
        .first()
    )
