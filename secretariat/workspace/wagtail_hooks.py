"""What the office finds in Wagtail's admin: its records, and nothing that it does not need."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from members.policies import OfficeAction, office_policy
from secretariat.workspace.admin.cities import CityViewSet, MembershipViewSet
from secretariat.workspace.admin.delegations import (
    MandateViewSet,
    OfficeRoleViewSet,
    PersonViewSet,
)
from secretariat.workspace.admin.register import AuditEntryViewSet, OutboxViewSet

NEEDED_FOR: Final[dict[str, OfficeAction]] = {
    "explorer": OfficeAction.EDIT_SITE,
    "images": OfficeAction.EDIT_SITE,
    "documents": OfficeAction.EDIT_SITE,
    "reports": OfficeAction.EDIT_SITE,
    "settings": OfficeAction.EDIT_SITE,
}
NOBODY_NEEDS: Final = frozenset({"help"})


class NetworkGroup(ViewSetGroup):
    menu_label = _("Network")
    menu_icon = "site"
    menu_name = "network"
    menu_order = 50
    items = (
        CityViewSet(),
        MembershipViewSet(),
        MandateViewSet(),
        PersonViewSet(),
        OfficeRoleViewSet(),
        AuditEntryViewSet(),
        OutboxViewSet(),
    )


@hooks.register("register_admin_viewset")
def register_network() -> NetworkGroup:
    return NetworkGroup()


@hooks.register("construct_main_menu")
def keep_what_the_role_needs(request: Any, menu_items: list[Any]) -> None:
    """Leave out the sections that the person's roles have no work in."""
    menu_items[:] = [item for item in menu_items if _is_needed(item.name, request)]


def _is_needed(name: str, request: Any) -> bool:
    if name in NOBODY_NEEDS:
        return False
    action = NEEDED_FOR.get(name)
    return action is None or office_policy.may(request.user, action, request.now)
