"""The office's policy, in the words of Wagtail, for the records that the office keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from members.models import City, Mandate, Membership, OfficeRole
from members.policies import ACTIONS_OF_OFFICE, OfficeAction, in_force, office_policy
from secretariat.kernel import clock
from secretariat.kernel.models import AuditEntry, OutboxMessage, User

SEEING: Final = frozenset({"view", "choose"})
KEEPING: Final = frozenset({"add", "change"})


class RecordPolicy(BasePermissionPolicy):
    """Who of the office sees a kind of record, and who adds and changes; nobody deletes.

    Wagtail gives no moment: this is an edge, and within a request the clock stands still.
    """

    def __init__(
        self, model: type[Model], *, seen_by: Iterable[OfficeAction], kept_by: OfficeAction | None
    ) -> None:
        super().__init__(model)
        self.seen_by = frozenset(seen_by) | ({kept_by} if kept_by else set())
        self.kept_by = kept_by

    def user_has_permission(self, user: Any, action: str) -> bool:
        return any(office_policy.may(user, needed, clock.now()) for needed in self._needed(action))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        needed = {one for action in actions for one in self._needed(action)}
        roles = [role for role, may in ACTIONS_OF_OFFICE.items() if may & needed]
        holders = OfficeRole.objects.filter(in_force(clock.now()), role__in=roles)
        people = get_user_model().objects.filter(is_active=True)
        return people.filter(pk__in=holders.values("person"))

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows if self.user_has_any_permission(user, actions) else rows.none()

    def _needed(self, action: str) -> frozenset[OfficeAction]:
        if action in SEEING:
            return self.seen_by
        if action in KEEPING and self.kept_by:
            return frozenset({self.kept_by})
        return frozenset()


CITIES = RecordPolicy(City, seen_by=[OfficeAction.SEE_OFFICE], kept_by=OfficeAction.KEEP_CITIES)
MEMBERSHIPS = RecordPolicy(
    Membership, seen_by=[OfficeAction.SEE_OFFICE], kept_by=OfficeAction.KEEP_CITIES
)
MANDATES = RecordPolicy(
    Mandate,
    seen_by=[OfficeAction.READ_ALL, OfficeAction.RUN_VOTES],
    kept_by=OfficeAction.KEEP_MANDATES,
)
PEOPLE = RecordPolicy(User, seen_by=[OfficeAction.READ_ALL], kept_by=OfficeAction.KEEP_MANDATES)
OFFICE_ROLES = RecordPolicy(
    OfficeRole, seen_by=[OfficeAction.READ_ALL], kept_by=OfficeAction.APPOINT_OFFICE
)
AUDIT_ENTRIES = RecordPolicy(
    AuditEntry, seen_by=[OfficeAction.READ_ALL, OfficeAction.RUN_VOTES], kept_by=None
)
OUTBOX = RecordPolicy(OutboxMessage, seen_by=[OfficeAction.READ_ALL], kept_by=None)


def connect() -> None:
    """Register the policies, so that whatever asks Wagtail gets the same answers.

    Accounts keep Wagtail's own policy, which lets nobody of the office into its screens.
    """
    for policy in (CITIES, MEMBERSHIPS, MANDATES, OFFICE_ROLES, AUDIT_ENTRIES, OUTBOX):
        register_permission_policy(policy.model, policy)
