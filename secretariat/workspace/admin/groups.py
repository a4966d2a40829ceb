"""What each office role may open in Wagtail's admin: auth groups, made from the policy's table.

The groups carry what Wagtail asks of groups: entry, pictures, documents. The office's own
records answer to `record_policy`, practices to `cms.policies`. Nobody edits these groups by
hand; `members.services.office.align_groups` puts people in them for as long as their roles
are in force. Page rights come from `cms.services.site`.
"""

from __future__ import annotations

from typing import Any, Final

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission

from members.policies import ACTIONS_OF_OFFICE, OfficeAction
from members.services.office import group_name

PERMISSIONS: Final[dict[OfficeAction, tuple[str, ...]]] = {
    OfficeAction.SEE_OFFICE: ("wagtailadmin.access_admin",),
}
IN_COLLECTIONS: Final[dict[OfficeAction, tuple[str, ...]]] = {
    OfficeAction.EDIT_SITE: (
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "wagtaildocs.add_document",
        "wagtaildocs.change_document",
        "wagtaildocs.choose_document",
    ),
}


def ensure_office_groups() -> None:
    """Make each role's group and give it exactly its permissions; repeating changes nothing."""
    keys = _permission_keys()
    root = Collection.objects.filter(depth=1).first()
    with transaction.atomic():
        for role, actions in ACTIONS_OF_OFFICE.items():
            group, _created = Group.objects.get_or_create(name=group_name(role))
            group.permissions.set(_keys_of(actions, PERMISSIONS, keys))
            if root is not None:
                _let_into(root, group, _keys_of(actions, IN_COLLECTIONS, keys))


def ensure_after_migrating(**kwargs: Any) -> None:
    """The receiver of `post_migrate`; see `connect`."""
    ensure_office_groups()


def connect() -> None:
    """Ensure the groups after the last app's migrations, when every permission is there."""
    from django.db.models.signals import post_migrate

    post_migrate.connect(ensure_after_migrating, sender=_last_app())


def _last_app() -> AppConfig:
    return [config for config in apps.get_app_configs() if config.models_module][-1]


def _keys_of(
    actions: frozenset[OfficeAction],
    table: dict[OfficeAction, tuple[str, ...]],
    keys: dict[str, int],
) -> set[int]:
    names = {name for action in actions for name in table.get(action, ())}
    return {keys[name] for name in names if name in keys}


def _permission_keys() -> dict[str, int]:
    """Keys of the permissions that the tables name, by "app.codename"."""
    names = {
        name for table in (PERMISSIONS, IN_COLLECTIONS) for row in table.values() for name in row
    }
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = Permission.objects.filter(wanted).order_by()
    return {
        f"{app}.{codename}": key
        for app, codename, key in found.values_list("content_type__app_label", "codename", "pk")
    }


def _let_into(root: Collection, group: Group, wanted: set[int]) -> None:
    rows = GroupCollectionPermission.objects.filter(group=group, collection=root)
    rows.exclude(permission__in=wanted).delete()
    held = set(rows.values_list("permission_id", flat=True))
    GroupCollectionPermission.objects.bulk_create(
        GroupCollectionPermission(group=group, collection=root, permission_id=key)
        for key in sorted(wanted - held)
    )
