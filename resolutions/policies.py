"""May this person work on this text's draft, for the office or for a city that the office named?

Drafting is the office's work; it may name cities whose people draft with it. Tabling, adopting
and binding rules stay with the office whatever this policy says.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.models import City
from members.policies import CityAction, OfficeAction, city_policy, office_policy
from resolutions.models import DraftingCity, Instrument
from secretariat.kernel.errors import NotAllowed
from secretariat.kernel.policy import Authority


class DraftPolicy:
    """The only answer to "may this person draft this text?". `city` is None for the office."""

    def may(self, actor: Any, instrument: Instrument, city: City | None, now: datetime) -> bool:
        return self.authority(actor, instrument, city, now) is not None

    def authority(
        self, actor: Any, instrument: Instrument, city: City | None, now: datetime
    ) -> Authority | None:
        """In which role `actor` may draft, or None."""
        if city is None:
            return office_policy.authority(actor, OfficeAction.DRAFT_TEXTS, now)
        authority = city_policy.authority(actor, CityAction.DRAFT_TEXTS, city, now)
        if authority is None or not _is_named(instrument, city):
            return None
        return authority

    def require(
        self, actor: Any, instrument: Instrument, city: City | None, now: datetime
    ) -> Authority:
        """The authority, or NotAllowed."""
        if city is None:
            return office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
        authority = city_policy.require(actor, CityAction.DRAFT_TEXTS, city, now)
        if not _is_named(instrument, city):
            raise NotAllowed(
                _("The office has not named your city to work on this draft."),
                code="city_not_named",
                where=instrument.slug,
            )
        return authority


def _is_named(instrument: Instrument, city: City) -> bool:
    return DraftingCity.objects.filter(instrument=instrument, city=city, ended_at=None).exists()


draft_policy = DraftPolicy()
