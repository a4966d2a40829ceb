"""What follows from adopting the first bylaws: the founding participants become members."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.models.cities import MembershipKind
from members.policies import OfficeAction, office_policy
from members.services.memberships import record_membership
from resolutions.models import Assembly, Edition
from resolutions.models.assemblies import AssemblyKind
from resolutions.models.texts import InstrumentKind
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.seats import seats_of_assembly
from resolutions.services.assemblies import locked
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, WrongState


def admit_founding_members(
    *, assembly: Assembly, bylaws: Edition, actor: Any, now: datetime
) -> int:
    """Make members of the cities that confirmed their part in the founding assembly.

    Rests on the vote that adopted the bylaws, which each membership names. Returns how many.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    with act(authority, now) as record:
        assembly = locked(assembly)
        decision = bylaws.decision
        if (
            assembly.kind != AssemblyKind.FOUNDING
            or bylaws.instrument.kind != InstrumentKind.BYLAWS
            or decision is None
            or decision.assembly_id != assembly.pk
        ):
            raise WrongState(
                _("Founding members are admitted by the assembly that adopted the bylaws."),
                where=assembly.slug,
            )
        on = day_of(assembly=assembly, at=now)
        admitted = []
        for city in seats_of_assembly(assembly=assembly, on=on):
            if city.memberships.filter(kind=MembershipKind.MEMBER, ends_on=None).exists():
                continue
            record_membership(
                city=city,
                kind=MembershipKind.MEMBER,
                starts_on=on,
                decision=decision.chain,
                actor=actor,
                now=now,
            )
            admitted.append(city.slug)
        if not admitted:
            raise Conflict(
                _("The founding members are admitted already."),
                code="admitted_already",
                where=assembly.slug,
            )
        record(
            assembly.chain,
            "assembly.founding_members_admitted",
            {"cities": admitted, "decision": decision.slug},
        )
    return len(admitted)
