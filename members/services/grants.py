"""Comparing the stored permissions on cities with what mandates give; nothing is changed here.

The mandate is the one source. A permission that an ended mandate left behind gives no right,
whether the sweep has run or not, and is no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from members.models import City, CityUserObjectPermission, Mandate
from members.policies import CityAction
from members.services.mandates import Grant, derived_grants
from secretariat.kernel.models import User

BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One permission that is not as mandates say.

    `code`: "missing" (a mandate gives it, it is not stored), "surplus" (stored, no mandate ever
    gave it), "for_all_cities" (held by a person or a group without a city) or "elsewhere"
    (stored in guardian's general tables, which the policy never reads). `holder` is a person's
    UUID, or "group:" and its name. `message` is in the language in which the check runs.
    """

    code: str
    holder: str
    city: str
    permission: str

    @property
    def message(self) -> str:
        concerned = filter(None, (self.permission, self.city, self.holder))
        return f"{_SAID[self.code]}: {' '.join(concerned)}"

    def as_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "message": self.message,
            "where": self.city or self.holder,
            "holder": self.holder,
            "city": self.city,
            "permission": self.permission,
        }


_SAID: Final = {
    "missing": _("a mandate gives this permission, and it is not stored"),
    "surplus": _("this permission is stored, and no mandate gives it"),
    "for_all_cities": _("this permission is held for all cities at once"),
    "elsewhere": _("this permission on a city is stored outside the city's own table"),
}


@dataclass
class GrantCheck:
    """How many are `stored`, how many of them ended mandates `left_behind`, and what differs."""

    stored: int = 0
    left_behind: int = 0
    differences: list[Difference] = field(default_factory=list)


def check_grants(*, now: datetime) -> GrantCheck:
    """Derive every permission on a city anew from the mandates, and compare with what is stored."""
    living = derived_grants(mandates=Mandate.objects.all(), now=now)
    stored: set[Grant] = set(
        CityUserObjectPermission.objects.values_list(
            "user_id", "content_object_id", "permission_id"
        ).iterator()
    )
    surplus = stored - living
    left_behind: set[Grant] = set()
    if surplus:
        held = Mandate.objects.exclude(ends_at=F("starts_at"))
        left_behind = surplus & derived_grants(mandates=held, now=BEGINNING)
    return GrantCheck(
        stored=len(stored),
        left_behind=len(left_behind),
        differences=[
            *_named("missing", living - stored),
            *_named("surplus", surplus - left_behind),
            *_for_all_cities(),
            *_elsewhere(),
        ],
    )


def _named(code: str, grants: Iterable[Grant]) -> Iterator[Difference]:
    grants = sorted(grants)
    people = _by_key(User.objects.all(), "uuid", {person for person, _city, _key in grants})
    cities = _by_key(City.objects.all(), "slug", {city for _person, city, _key in grants})
    names = dict(Permission.objects.order_by().values_list("pk", "codename")) if grants else {}
    for person, city, permission in grants:
        yield Difference(
            code=code, holder=people[person], city=cities[city], permission=names[permission]
        )


def _by_key(rows: Any, column: str, keys: set[int]) -> dict[int, str]:
    ordered, found = sorted(keys), {}
    for start in range(0, len(ordered), BATCH):
        batch = rows.filter(pk__in=ordered[start : start + BATCH]).order_by()
        found.update({key: str(value) for key, value in batch.values_list("pk", column)})
    return found


def _for_all_cities() -> Iterator[Difference]:
    """Permissions without a city: `has_perm` would deny them, lists of cities would not."""
    held = {
        "content_type__app_label": City._meta.app_label,
        "content_type__model": City._meta.model_name,
        "codename__in": [action.value for action in CityAction],
    }
    permissions = Permission.objects.filter(**held).order_by("codename")
    for who, codename in permissions.exclude(user=None).values_list("user__uuid", "codename"):
        yield Difference("for_all_cities", str(who), "", codename)
    for name, codename in permissions.exclude(group=None).values_list("group__name", "codename"):
        yield Difference("for_all_cities", f"group:{name}", "", codename)


def _elsewhere() -> Iterator[Difference]:
    """Rows about cities in guardian's general tables, for persons and for groups."""
    cities = ContentType.objects.get_for_model(City)
    for name in ("UserObjectPermission", "GroupObjectPermission"):
        rows = apps.get_model("guardian", name).objects.filter(content_type=cities)
        holder = "user__uuid" if name.startswith("User") else "group__name"
        found = rows.values_list(holder, "object_pk", "permission__codename").order_by("pk")
        for who, key, codename in found:
            slug = City.objects.filter(pk=key).values_list("slug", flat=True).first()
            said = str(who) if name.startswith("User") else f"group:{who}"
            yield Difference("elsewhere", said, slug or str(key), codename)
