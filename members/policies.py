"""May this person do this for this city, or for the office, at this moment?

City rights are guardian object permissions on the city, derived from mandates, and hold
only while a mandate that gives them is in force. Office rights follow from office roles.
Both answers come with the authority that the audit chain names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from members.models import City, Mandate, Membership, OfficeRole, PrivateFile
from members.models.cities import MembershipKind
from secretariat.kernel import access
from secretariat.kernel.errors import NotAllowed
from secretariat.kernel.models import Network
from secretariat.kernel.policy import Authority, SystemActor, forget_grants, holds


class CityAction(StrEnum):
    """What a person may do for a city; the values are the codenames of its permissions."""

    SEE_DESK = "see_desk"
    VOTE = "vote_for_city"
    NOMINATE = "nominate_for_city"
    MANAGE_PEOPLE = "manage_people_of_city"
    EDIT_PRACTICES = "edit_practices_of_city"
    EDIT_PROFILE = "edit_profile_of_city"
    DRAFT_TEXTS = "draft_texts_of_city"
    AMEND = "amend_for_city"
    SIGN = "sign_for_city"


ACTIONS_OF_MANDATE: dict[str, frozenset[CityAction]] = {
    "head": frozenset(CityAction),
    "voting_delegate": frozenset(
        {
            CityAction.SEE_DESK,
            CityAction.VOTE,
            CityAction.NOMINATE,
            CityAction.AMEND,
            CityAction.SIGN,
            CityAction.DRAFT_TEXTS,
            CityAction.EDIT_PRACTICES,
        }
    ),
    "alternate": frozenset(
        {CityAction.SEE_DESK, CityAction.VOTE, CityAction.NOMINATE, CityAction.AMEND}
    ),
    "editor": frozenset(
        {
            CityAction.SEE_DESK,
            CityAction.EDIT_PRACTICES,
            CityAction.EDIT_PROFILE,
            CityAction.DRAFT_TEXTS,
        }
    ),
    "observer": frozenset({CityAction.SEE_DESK}),
}


VOICE = frozenset({CityAction.VOTE, CityAction.NOMINATE, CityAction.AMEND, CityAction.SIGN})
"""What only an accredited mandate gives (`members.rules.voices`)."""


def actions_of(mandate: Mandate) -> frozenset[CityAction]:
    """What the mandate gives while it is in force."""
    given = ACTIONS_OF_MANDATE[mandate.role]
    return given if mandate.accredited_at else given - VOICE


class OfficeAction(StrEnum):
    """What an office role may do."""

    SEE_OFFICE = "see_office"
    KEEP_CITIES = "keep_cities"
    KEEP_MANDATES = "keep_mandates"
    ACT_ON_LETTERS = "act_on_letters"
    RESET_SECOND_FACTOR = "reset_second_factor"
    APPOINT_OFFICE = "appoint_office"
    CONVENE = "convene"
    RUN_ASSEMBLY = "run_assembly"
    RECORD_ATTENDANCE = "record_attendance"
    DRAFT_TEXTS = "draft_texts"
    ADOPT_TEXTS = "adopt_texts"
    RUN_VOTES = "run_votes"
    RUN_ELECTIONS = "run_elections"
    CERTIFY = "certify"
    REVIEW_PRACTICES = "review_practices"
    EDIT_SITE = "edit_site"
    READ_ALL = "read_all"


ACTIONS_OF_OFFICE: dict[str, frozenset[OfficeAction]] = {
    "secretary_general": frozenset(
        {
            OfficeAction.SEE_OFFICE,
            OfficeAction.KEEP_CITIES,
            OfficeAction.KEEP_MANDATES,
            OfficeAction.ACT_ON_LETTERS,
            OfficeAction.RESET_SECOND_FACTOR,
            OfficeAction.APPOINT_OFFICE,
            OfficeAction.CONVENE,
            OfficeAction.RUN_ASSEMBLY,
            OfficeAction.RECORD_ATTENDANCE,
            OfficeAction.DRAFT_TEXTS,
            OfficeAction.ADOPT_TEXTS,
            OfficeAction.CERTIFY,
            OfficeAction.EDIT_SITE,
            OfficeAction.READ_ALL,
        }
    ),
    "returning_officer": frozenset(
        {
            OfficeAction.SEE_OFFICE,
            OfficeAction.ACT_ON_LETTERS,
            OfficeAction.RESET_SECOND_FACTOR,
            OfficeAction.RECORD_ATTENDANCE,
            OfficeAction.RUN_VOTES,
            OfficeAction.RUN_ELECTIONS,
            OfficeAction.CERTIFY,
        }
    ),
    "registrar": frozenset(
        {
            OfficeAction.SEE_OFFICE,
            OfficeAction.KEEP_CITIES,
            OfficeAction.KEEP_MANDATES,
            OfficeAction.ACT_ON_LETTERS,
            OfficeAction.RESET_SECOND_FACTOR,
            OfficeAction.RECORD_ATTENDANCE,
        }
    ),
    "librarian": frozenset(
        {OfficeAction.SEE_OFFICE, OfficeAction.REVIEW_PRACTICES, OfficeAction.EDIT_SITE}
    ),
    "auditor": frozenset({OfficeAction.SEE_OFFICE, OfficeAction.READ_ALL}),
}


BY_LETTER = "by_letter"
"""The role under which the audit chain keeps what a city did by letter."""


def in_force(now: datetime) -> Q:
    """The rows of a mandate or office role that hold at `now`: a half-open period."""
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))


@dataclass(frozen=True, slots=True)
class ByLetter:
    """A city that acts by a letter which two officers recorded and confirmed.

    Given as the actor to the service whose act the letter asks for; it may do `actions` for
    `city` and nothing else. The audit chain names the confirming officer, the role
    "by_letter" and the city.
    """

    city: City
    actions: frozenset[CityAction]
    confirmed_by: UUID

    is_anonymous = False
    is_active = True


class CityPolicy:
    """The only answer to "may this person do this to this city's thing?"."""

    def may(self, actor: Any, action: CityAction, city: City, now: datetime) -> bool:
        return self.authority(actor, action, city, now) is not None

    def authority(
        self, actor: Any, action: CityAction, city: City, now: datetime
    ) -> Authority | None:
        """In which role `actor` may do `action` for `city`, or None."""
        if isinstance(actor, ByLetter):
            if actor.city.pk != city.pk or action not in actor.actions:
                return None
            return Authority(person=actor.confirmed_by, role=BY_LETTER, city=city.slug)
        if not holds(actor, action.value, city):
            return None
        for mandate in _mandates_for(actor, city, now):
            if mandate.city_id == city.pk and action in actions_of(mandate):
                return Authority(person=actor.uuid, role=mandate.role, city=city.slug)
        return None

    def require(self, actor: Any, action: CityAction, city: City, now: datetime) -> Authority:
        """The authority, or NotAllowed."""
        authority = self.authority(actor, action, city, now)
        if authority is None:
            raise NotAllowed(
                _("You hold no mandate that lets you do this for this city."), where=city.slug
            )
        return authority

    def cities(self, actor: Any, action: CityAction, now: datetime) -> QuerySet[City]:
        """The cities for which `actor` may do `action`."""
        keys = {
            mandate.city_id
            for mandate in _mandates_in_force(actor, now)
            if action in actions_of(mandate)
        }
        granted = Q(
            cityuserobjectpermission__user=actor.pk,
            cityuserobjectpermission__permission__codename=action.value,
        )
        return City.objects.filter(granted, pk__in=keys).distinct()


class OfficePolicy:
    """What the office's people may do."""

    def roles(self, actor: Any, now: datetime) -> frozenset[str]:
        """The office roles that `actor` holds at `now`."""
        if not _is_person(actor):
            return frozenset()
        remembered = actor.__dict__.setdefault("_office_roles_at", {})
        if now not in remembered:
            rows = OfficeRole.objects.filter(in_force(now), person=actor)
            remembered[now] = frozenset(rows.values_list("role", flat=True))
        return remembered[now]

    def may(self, actor: Any, action: OfficeAction, now: datetime) -> bool:
        return self.authority(actor, action, now) is not None

    def authority(self, actor: Any, action: OfficeAction, now: datetime) -> Authority | None:
        if isinstance(actor, SystemActor):
            return actor.authority
        for role in sorted(self.roles(actor, now)):
            if action in ACTIONS_OF_OFFICE[role]:
                return Authority(person=actor.uuid, role=role)
        return None

    def require(self, actor: Any, action: OfficeAction, now: datetime) -> Authority:
        """The authority, or NotAllowed."""
        authority = self.authority(actor, action, now)
        if authority is None:
            raise NotAllowed(
                _("Your office role does not include this. Ask the secretary-general."),
                where=action.value,
            )
        return authority


city_policy = CityPolicy()
office_policy = OfficePolicy()

Published = Callable[[PrivateFile], bool]


class FilePolicy:
    """Who reads a private file: the office, the city's own people, and everybody once public."""

    def __init__(self) -> None:
        self._published: dict[str, Published] = {}

    def public_when(self, purpose: str, published: Published) -> None:
        """Let an app say when a file of `purpose` is public (a published practice's image)."""
        self._published[purpose] = published

    def is_public(self, file: PrivateFile) -> bool:
        published = self._published.get(file.purpose)
        return published is not None and published(file)

    def may_read(self, actor: Any, file: PrivateFile, now: datetime) -> bool:
        """Whether `actor` may read the file at `now`."""
        if office_policy.may(actor, OfficeAction.SEE_OFFICE, now):
            return True
        if file.city is not None and city_policy.may(actor, CityAction.SEE_DESK, file.city, now):
            return True
        return self.is_public(file)


file_policy = FilePolicy()


def mandates_in_force(actor: Any, now: datetime) -> list[Mandate]:
    """The mandates that `actor` holds at `now`, with their cities and names."""
    mandates = list(_mandates_in_force(actor, now))
    prefetch_related_objects(mandates, "city__name_rows")
    return mandates


def _mandates_in_force(actor: Any, now: datetime) -> Iterable[Mandate]:
    if not _is_person(actor):
        return []
    remembered = actor.__dict__.setdefault("_mandates_at", {})
    if now not in remembered:
        remembered[now] = _mandates(Mandate.objects.filter(person=actor), now)
    return remembered[now]


def _mandates_for(actor: Any, city: City, now: datetime) -> Iterable[Mandate]:
    """Those of one city: a single question costs a person with 200 cities no more than others."""
    if not _is_person(actor) or now in actor.__dict__.get("_mandates_at", {}):
        return _mandates_in_force(actor, now)
    remembered = actor.__dict__.setdefault("_mandates_of_city_at", {})
    key = (city.pk, now)
    if key not in remembered:
        remembered[key] = _mandates(Mandate.objects.filter(person=actor, city=city), now)
    return remembered[key]


def _mandates(rows: QuerySet[Mandate], now: datetime) -> list[Mandate]:
    rows = rows.filter(in_force(now)).annotate(
        left_on=Subquery(_withdrawals(now).values("starts_on")[:1]),
        back_on=Subquery(_withdrawals(now).values("ends_on")[:1]),
        time_zone=Subquery(Network.objects.filter(pk=1).values("time_zone")[:1]),
    )
    return [
        mandate
        for mandate in rows.select_related("city").order_by("pk")
        if not _has_left(mandate, now)
    ]


def _withdrawals(now: datetime) -> QuerySet[Membership]:
    """Of the mandate's city, the withdrawals that may hold: the day differs between time zones."""
    today = now.astimezone(UTC).date()
    return Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        city=OuterRef("city"),
        kind=MembershipKind.WITHDRAWN,
        starts_on__lte=today + timedelta(days=1),
    ).order_by("-starts_on")


def _has_left(mandate: Any, now: datetime) -> bool:
    """Whether the city is out of the network: its mandates give nothing, ended or not yet."""
    if mandate.left_on is None:
        return False
    zone = ZoneInfo(mandate.time_zone or Network().time_zone)
    today = now.astimezone(zone).date()
    return mandate.left_on <= today and (mandate.back_on is None or today < mandate.back_on)


def _is_person(actor: Any) -> bool:
    """Whether the actor is somebody with an account that is in use."""
    if isinstance(actor, SystemActor | ByLetter):
        return False
    return bool(actor.is_active and not actor.is_anonymous)


def forget(person: Any) -> None:
    """Drop what the policies remember with `person`, after mandates or office roles changed."""
    forget_grants(person)
    person.__dict__.pop("_mandates_at", None)
    person.__dict__.pop("_mandates_of_city_at", None)
    person.__dict__.pop("_office_roles_at", None)


def connect() -> None:
    """Tell the kernel who counts as city people and as office staff."""
    access.answer_with(access.Access.CITY, _is_city_person)
    access.answer_with(access.Access.OFFICE, _is_office_staff)


def _is_city_person(request: HttpRequest) -> bool:
    return bool(mandates_in_force(request.user, request.now))  # type: ignore[attr-defined]


def _is_office_staff(request: HttpRequest) -> bool:
    return office_policy.may(request.user, OfficeAction.SEE_OFFICE, request.now)  # type: ignore[attr-defined]
