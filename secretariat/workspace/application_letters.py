"""What an applicant is told by e-mail, at each step of its application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from members.models import ApplicationStep
from members.services.applications import status_key
from secretariat.kernel.outbox import handles
from secretariat.workspace.letters import send_letter


@handles("application.changed")
def tell_the_applicant(payload: Mapping[str, Any]) -> None:
    """One letter for each step; the one to itself about its own withdrawal too."""
    step = (
        ApplicationStep.objects.select_related("application__city")
        .filter(application__uuid=payload["application"], number=payload["step"])
        .first()
    )
    if step is None:
        return
    application = step.application
    if not application.contact_email:
        return
    send_letter(
        to=None,
        email=application.contact_email,
        language=application.language,
        template="application",
        context={
            "application": application,
            "name": application.name_in(application.language),
            "step": step,
            "key": status_key(application),
        },
    )
