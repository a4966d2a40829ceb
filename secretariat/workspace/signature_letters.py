"""Telling those who stand behind an earlier edition that a new one asks to be confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.editions import title_of
from members.models import City, Mandate
from members.policies import CityAction, actions_of, in_force
from resolutions.selectors.signatures import asked_to_confirm, signing_of
from secretariat.kernel import clock
from secretariat.kernel.calendar import network_day
from secretariat.kernel.models import LANGUAGES
from secretariat.kernel.outbox import handles
from secretariat.workspace.letters import send_letter


@handles("signing.opened")
def ask_to_confirm(payload: Mapping[str, Any]) -> None:
    """Who may sign for each such city is written to, in their language; it waits on the desk."""
    signing = signing_of(slug=payload["instrument"], number=payload["edition"])
    if signing is None:
        return
    now = clock.now()
    for behind in asked_to_confirm(signing=signing, on=network_day(now)):
        context = {
            "city": behind.city,
            "signing": signing,
            "titles": {code: title_of(signing.edition, code) for code, _name in LANGUAGES},
            "behind": behind.signature.edition,
        }
        for mandate in _signing_mandates(behind.city, now):
            send_letter(to=mandate.person, template="signature_asked", context=context)


def _signing_mandates(city: City, now: Any) -> list[Mandate]:
    """The mandates in force that let somebody sign for the city, each person once."""
    rows = (
        Mandate.objects.filter(in_force(now), city=city, person__is_active=True)
        .select_related("person")
        .order_by("pk")
    )
    found = {row.person_id: row for row in rows if CityAction.SIGN in actions_of(row)}
    return list(found.values())
