"""The letter that carries an invitation, in the invited person's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from members.models import Invitation
from members.rules.invitation_lifecycle import InvitationState
from members.services.invitations import token_of
from secretariat.kernel import clock
from secretariat.kernel.outbox import handles
from secretariat.workspace.letters import send_letter


@handles("invitation.sent")
def send_invitation(payload: Mapping[str, Any]) -> None:
    """Sent once for each link; not any more where the invitation is over or was sent again."""
    invitation = (
        Invitation.objects.select_related("city")
        .prefetch_related("city__name_rows")
        .get(uuid=payload["invitation"])
    )
    if invitation.link_number != payload["link"]:
        return
    if invitation.state_at(clock.now()) is not InvitationState.WAITING:
        return
    city = invitation.city
    send_letter(
        to=None,
        email=invitation.email,
        language=invitation.language,
        template="invitation",
        context={
            "invitation": invitation,
            "city_name": city.name_in(invitation.language) if city else "",
            "token": token_of(invitation),
        },
    )
