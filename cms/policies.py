"""May this person write, publish or see this practice?

A practice belongs to its city: who may edit the city's practices may write it, under the
one city-scoped policy. The librarian publishes, and writes what belongs to no city. The
same answers are registered with Wagtail, so that whatever asks there gets them too; no
city person enters Wagtail's admin (docs/decisions/).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from cms.models import Practice, PracticeFile
from members.models import City, OfficeRole, PrivateFile
from members.models.files import FilePurpose
from members.policies import (
    ACTIONS_OF_OFFICE,
    CityAction,
    OfficeAction,
    city_policy,
    file_policy,
    in_force,
    office_policy,
)
from secretariat.kernel import clock
from secretariat.kernel.policy import Authority, SystemActor


class PracticePolicy:
    """The only answer to "may this person do this to this practice?"."""

    def require_write(self, actor: Any, city: City | None, now: datetime) -> Authority:
        """The authority to write a practice of `city` (None: of no city), or NotAllowed."""
        if city is None or isinstance(actor, SystemActor):
            return office_policy.require(actor, OfficeAction.REVIEW_PRACTICES, now)
        own = city_policy.authority(actor, CityAction.EDIT_PRACTICES, city, now)
        if own is not None:
            return own
        reviewing = office_policy.authority(actor, OfficeAction.REVIEW_PRACTICES, now)
        if reviewing is not None:
            return reviewing
        return city_policy.require(actor, CityAction.EDIT_PRACTICES, city, now)

    def require_publish(self, actor: Any, now: datetime) -> Authority:
        """The authority to publish and to take down, or NotAllowed."""
        return office_policy.require(actor, OfficeAction.REVIEW_PRACTICES, now)

    def written_by(self, actor: Any, now: datetime) -> QuerySet[Practice]:
        """The practices, drafts included, that `actor` may write."""
        if office_policy.may(actor, OfficeAction.REVIEW_PRACTICES, now):
            return Practice.objects.all()
        cities = city_policy.cities(actor, CityAction.EDIT_PRACTICES, now)
        return Practice.objects.filter(city__in=cities)


practice_policy = PracticePolicy()


class WagtailPracticePolicy(BasePermissionPolicy):  # type: ignore[misc]
    """The same answers for Wagtail, which gives no moment: this is an edge, the clock is read."""

    _WRITING = frozenset({"add", "change", "delete", "view", "choose"})

    def user_has_permission(self, user: Any, action: str) -> bool:
        return office_policy.may(user, OfficeAction.REVIEW_PRACTICES, clock.now())

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return self.user_has_permission(user, "")

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Practice) -> bool:
        now = clock.now()
        if office_policy.may(user, OfficeAction.REVIEW_PRACTICES, now):
            return True
        if action not in self._WRITING or instance.city is None:
            return False
        return city_policy.may(user, CityAction.EDIT_PRACTICES, instance.city, now)

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Practice]:
        return practice_policy.written_by(user, clock.now())

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        roles = [r for r, may in ACTIONS_OF_OFFICE.items() if OfficeAction.REVIEW_PRACTICES in may]
        serving = OfficeRole.objects.filter(in_force(clock.now()), role__in=roles)
        return get_user_model().objects.filter(pk__in=serving.values("person"), is_active=True)


def is_shown_in_public(file: PrivateFile) -> bool:
    """Whether a public language version of the file's practice names the file."""
    own = PracticeFile.objects.filter(file=file.pk).values("external_id")
    rows = Practice.objects.filter(external_id__in=own, live=True)
    named = rows.values_list("images", "attachments")
    return any(str(file.uuid) == row["file"] for lists in named for rows in lists for row in rows)


def connect() -> None:
    """Register the policy with Wagtail, before its admin looks for one; say which files show."""
    register_permission_policy(Practice, WagtailPracticePolicy(Practice))
    file_policy.public_when(FilePurpose.PRACTICE_IMAGE, is_shown_in_public)
    file_policy.public_when(FilePurpose.PRACTICE_ATTACHMENT, is_shown_in_public)
