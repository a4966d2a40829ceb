"""Telling the office by e-mail what has come in: an application, a contest of an act by letter.

The registrars of members and the secretaries-general hear of it, each in the own language. A
letter says what has come and where it is answered; what was written stays behind the sign-in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import override

from members.models import ActByLetter, ApplicationStep, OfficeRole
from members.models.people import OfficeRoleKind
from members.policies import in_force
from members.services.letters import describe_letter
from secretariat.kernel import clock
from secretariat.kernel.models import User
from secretariat.kernel.outbox import handles
from secretariat.workspace.letters import send_letter

WHO_HEARS: Final = (OfficeRoleKind.REGISTRAR, OfficeRoleKind.SECRETARY_GENERAL)
COMES_IN: Final = (ApplicationStep.Kind.RECEIVED, ApplicationStep.Kind.SEND_AGAIN)


@handles("application.changed")
def tell_of_application(payload: Mapping[str, Any]) -> None:
    """A new application, and one that was completed and sent again."""
    step = (
        ApplicationStep.objects.select_related("application")
        .filter(application__uuid=payload["application"], number=payload["step"])
        .filter(kind__in=COMES_IN)
        .first()
    )
    if step is not None:
        application = step.application
        _tell(
            "office_application",
            lambda language: {
                "application": application,
                "name": application.name_in(language),
                "again": step.kind == ApplicationStep.Kind.SEND_AGAIN,
            },
        )


@handles("letter.contested")
def tell_of_contest(payload: Mapping[str, Any]) -> None:
    """A city says that an act which the office recorded is not its own, or not this."""
    letter = (
        ActByLetter.objects.select_related("city", "letter")
        .prefetch_related("city__name_rows")
        .filter(uuid=payload["letter"])
        .first()
    )
    if letter is not None:
        _tell(
            "office_contest",
            lambda language: {
                "letter": letter,
                "name": letter.city.name_in(language),
                "says": describe_letter(letter),
            },
        )


def _tell(template: str, context: Callable[[str], Mapping[str, Any]]) -> None:
    roles = OfficeRole.objects.filter(in_force(clock.now()), role__in=WHO_HEARS)
    for person in User.objects.filter(pk__in=roles.values("person"), is_active=True).order_by("pk"):
        with override(person.language):
            given = context(person.language)
        send_letter(to=person, template=template, context=given)
