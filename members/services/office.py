"""Appointing people to roles of the office, and keeping its duties apart from the cities'."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import City, Mandate, OfficeRole
from members.models.people import OfficeRoleKind
from members.policies import OfficeAction, forget, in_force, office_policy
from members.services.duties import has_seat, refuse_mixed_duties, refuse_mixed_roles
from secretariat.kernel.audit import act, moment
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.models import User
from secretariat.kernel.outbox import announce

CHAIN = "office"


def group_name(role: str) -> str:
    """The auth group that carries what an office role may open in Wagtail's admin."""
    return f"office:{role}"


GROUP_NAMES = {str(role): group_name(role) for role in OfficeRoleKind.values}


def appoint(
    *,
    person: User,
    role: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
    actor: Any,
    now: datetime,
) -> OfficeRole:
    """Give `person` a role of the office from `starts_at` on.

    Refused where the person holds that role already, or something that is kept apart from
    it (`members.rules.duties`).
    """
    authority = office_policy.require(actor, OfficeAction.APPOINT_OFFICE, now)
    if role not in OfficeRoleKind.values:
        raise InvalidInput(_("There is no such office role."), where="role")
    if ends_at is not None and ends_at <= starts_at:
        raise InvalidInput(_("A role ends after it starts."), where="ends_at")
    with act(authority, now) as record:
        forget(person)
        person = _locked(person)
        held = person.office_roles.filter(role=role).exclude(ends_at=F("starts_at"))
        held = held.filter(Q(ends_at=None) | Q(ends_at__gt=starts_at))
        if ends_at is not None:
            held = held.filter(starts_at__lt=ends_at)
        if held.exists():
            raise Conflict(
                _("The person holds this office role in that time already."),
                code="holds_role",
                where=role,
            )
        office_role = OfficeRole(person=person, role=role, starts_at=starts_at, ends_at=ends_at)
        refuse_mixed_roles(role=office_role, others=person.office_roles.order_by("pk"))
        mandates = list(person.mandates.select_related("city").order_by("city__slug", "pk"))
        voting = _locked_voting_cities(mandates, now)
        refuse_mixed_duties(mandates=mandates, roles=[office_role], voting_cities=voting)
        office_role.save()
        _follow_roles(person, now)
        record(
            CHAIN,
            "office.appointed",
            {
                "person": str(person.uuid),
                "role": role,
                "starts_at": moment(starts_at),
                "ends_at": moment(ends_at) if ends_at else None,
            },
        )
        announce("office.changed", person=str(person.uuid))
    return office_role


def end_appointment(
    *, office_role: OfficeRole, ends_at: datetime, reason: str, actor: Any, now: datetime
) -> OfficeRole:
    """End a role of the office at `ends_at`; the last secretary-general stays."""
    authority = office_policy.require(actor, OfficeAction.APPOINT_OFFICE, now)
    if ends_at < now:
        raise InvalidInput(_("A role cannot be ended in the past."), where="ends_at")
    with act(authority, now) as record:
        forget(office_role.person)
        person = _locked(office_role.person)
        office_role = OfficeRole.objects.select_for_update().get(pk=office_role.pk)
        if office_role.ends_at is not None and office_role.ends_at <= now:
            raise WrongState(_("This office role has ended already."), where=office_role.role)
        if office_role.role == OfficeRoleKind.SECRETARY_GENERAL:
            _keep_a_secretary_general(office_role)
        office_role.ends_at = max(ends_at, office_role.starts_at)
        office_role.save(update_fields=["ends_at"])
        _follow_roles(person, now)
        record(
            CHAIN,
            "office.ended",
            {
                "person": str(person.uuid),
                "role": office_role.role,
                "ends_at": moment(office_role.ends_at),
                "reason": reason,
            },
        )
        announce("office.changed", person=str(person.uuid))
    return office_role


def align_groups(*, person: User, now: datetime) -> bool:
    """Make the person's auth groups those of the office roles in force; whether any changed.

    Roles begin and end by themselves, so whoever opens the admin is aligned first. Nothing
    is recorded: the groups say nothing that the roles do not.
    """
    wanted = {GROUP_NAMES[role] for role in office_policy.roles(person, now)}
    held = set(person.groups.filter(name__in=GROUP_NAMES.values()).values_list("name", flat=True))
    if wanted == held:
        return False
    person.groups.remove(*Group.objects.filter(name__in=held - wanted))
    person.groups.add(*(Group.objects.get_or_create(name=name)[0] for name in wanted - held))
    for cached in ("_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        person.__dict__.pop(cached, None)
    return True


def align_all_groups(*, now: datetime) -> int:
    """The same for everybody who is or was of the office; how many changed. For the sweep."""
    people = User.objects.filter(
        Q(groups__name__in=GROUP_NAMES.values()) | Q(office_roles__in=_in_force_roles(now))
    ).distinct()
    return sum(align_groups(person=person, now=now) for person in people)


def _in_force_roles(now: datetime) -> Any:
    return OfficeRole.objects.filter(in_force(now))


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _follow_roles(person: User, now: datetime) -> None:
    forget(person)
    align_groups(person=person, now=now)


def _keep_a_secretary_general(leaving: OfficeRole) -> None:
    others = OfficeRole.objects.select_for_update().filter(
        role=OfficeRoleKind.SECRETARY_GENERAL, ends_at=None, person__is_active=True
    )
    if not others.exclude(pk=leaving.pk).exists():
        raise WrongState(
            _("This is the only secretary-general. Appoint another one first."),
            code="last_secretary_general",
            where=leaving.role,
        )


def _locked_voting_cities(mandates: Iterable[Mandate], now: datetime) -> frozenset[str]:
    """Which cities of the mandates vote now or later; locked, so that none becomes one now."""
    keys = [mandate.city_id for mandate in mandates]
    cities = list(City.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    return frozenset(city.slug for city in cities if has_seat(city=city, now=now))
