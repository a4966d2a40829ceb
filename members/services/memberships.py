"""What a city is to the network, as dated rows: one ends on the day on which the next starts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.models import City, Membership, OfficeRole
from members.models.cities import MembershipKind
from members.models.people import OfficeRoleKind
from members.policies import OfficeAction, office_policy
from members.services.duties import VOTING_KINDS, refuse_mixed_duties
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput
from secretariat.kernel.outbox import announce


def record_membership(
    *,
    city: City,
    kind: str,
    starts_on: date,
    decision: str = "",
    actor: Any,
    now: datetime,
) -> Membership:
    """The city is `kind` from `starts_on` on; what it was until then ends on that day.

    `decision` names the audit chain and entry behind it ("vote:2018-founding-2"). Nothing
    is overwritten: a day that an earlier row covers already is refused.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    if kind not in MembershipKind.values:
        raise InvalidInput(_("There is no such kind of membership."), where="kind")
    with act(authority, now) as record:
        city = City.objects.select_for_update().get(pk=city.pk)
        latest = city.memberships.order_by("-starts_on").first()
        if latest is not None:
            _refuse_overlap(latest, kind=kind, starts_on=starts_on)
        if kind in VOTING_KINDS:
            _keep_duties_apart(city)
        ended = None
        if latest is not None and latest.ends_on is None:
            latest.ends_on = starts_on
            latest.save(update_fields=["ends_on"])
            ended = latest.kind
        membership = Membership.objects.create(
            city=city, kind=kind, starts_on=starts_on, decision=decision
        )
        record(
            city.chain,
            "membership.recorded",
            {
                "kind": kind,
                "starts_on": starts_on.isoformat(),
                "ended": ended,
                "decision": decision,
            },
        )
        announce("membership.changed", city=city.slug)
    return membership


def _refuse_overlap(latest: Membership, *, kind: str, starts_on: date) -> None:
    if latest.ends_on is None and latest.kind == kind:
        raise Conflict(
            _("The city is this already. There is nothing to record."),
            code="same_membership",
            where=latest.city.slug,
        )
    if starts_on <= latest.starts_on or (latest.ends_on is not None and starts_on < latest.ends_on):
        raise Conflict(
            _("An earlier record covers this day. Choose a later day."),
            code="membership_overlaps",
            where="starts_on",
        )


def _keep_duties_apart(city: City) -> None:
    """A city that comes to vote: no returning officer may hold a mandate of it."""
    mandates = list(city.mandates.select_related("person", "city").order_by("pk"))
    people = [mandate.person_id for mandate in mandates]
    roles = OfficeRole.objects.filter(
        role=OfficeRoleKind.RETURNING_OFFICER, person__in=people
    ).select_related("person")
    for role in roles:
        own = [mandate for mandate in mandates if mandate.person_id == role.person_id]
        refuse_mixed_duties(mandates=own, roles=[role], voting_cities=frozenset({city.slug}))
