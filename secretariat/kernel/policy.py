"""By what right somebody acts: the base of every app's policy.

A policy answers "may this person do this to this thing, at this moment?" and, when the
answer is yes, with the *authority*: the person, the city and the role that the audit
chain will name. Rights over an owner's things are django-guardian object permissions on
that owner; this module and the apps' `policies.py` are the only places that ask guardian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from guardian.core import ObjectPermissionChecker

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Authority:
    """Who acts: a person's UUID (never a name), for which city (slug), in which role."""

    person: UUID | None
    role: str
    city: str = ""


@dataclass(frozen=True, slots=True)
class SystemActor:
    """The platform itself: scheduled work and commands typed at the server."""

    name: str = "system"

    @property
    def authority(self) -> Authority:
        return Authority(person=None, role=self.name)


SYSTEM: Final = SystemActor()

Actor = "User | AnonymousUser | SystemActor"


def holds(actor: Any, permission: str, owner: Any) -> bool:
    """Whether guardian grants `permission` (a codename) on `owner` to `actor`.

    Anonymous and deactivated people hold nothing. The answers for one person are kept on
    the person for the length of the request: at most two queries cold, none when warm.
    """
    if isinstance(actor, SystemActor) or actor.is_anonymous or not actor.is_active:
        return False
    checkers = actor.__dict__.setdefault("_grants_by_owner", {})
    key = (owner._meta.label, owner.pk)
    if key not in checkers:
        checker = ObjectPermissionChecker(actor)
        checkers[key] = frozenset(checker.get_user_perms(owner))
    return permission in checkers[key]


def forget_grants(person: Any) -> None:
    """Drop what `holds` remembered, after the person's grants changed."""
    person.__dict__.pop("_grants_by_owner", None)
