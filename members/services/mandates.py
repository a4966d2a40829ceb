"""Mandates, and guardian's permissions on cities, which follow from them and from nothing else.

Locks are taken in one order: people, their city, the mandates of whoever acts, other mandates.
Person and city are locked without their keys, so that an act which only names them in a row of
its own (who invited, whose practice) does not wait for one that waits for its mandates.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import City, CityUserObjectPermission, Mandate, OfficeRole, PrivateFile
from members.models.files import FilePurpose
from members.models.people import MandateRole
from members.policies import (
    CityAction,
    OfficeAction,
    actions_of,
    city_policy,
    forget,
    in_force,
    office_policy,
)
from members.rules.voices import VOTING_ROLES
from members.services.duties import has_seat, refuse_mixed_duties, refuse_withdrawn
from members.services.files import store_file
from secretariat.kernel.audit import Record, act, moment
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.models import User
from secretariat.kernel.outbox import announce
from secretariat.kernel.policy import Authority

MANDATES = uuids.UUID("2c1d2c0e-6f0b-5d6e-9a4e-6d616e646174")
BATCH = 500
Grant = tuple[int, int, int]
"""Keys of a person, a city and a permission."""


def grant_mandate(
    *,
    person: User,
    city: City,
    role: str,
    rank: int = 0,
    starts_at: datetime,
    ends_at: datetime | None = None,
    credential: str = "",
    actor: Any,
    now: datetime,
    uuid: UUID | None = None,
) -> Mandate:
    """Let `person` act for `city` in `role` from `starts_at` up to, not including, `ends_at`.

    Granted by the office with a letter of credence (`credential`: reference and date), the
    mandate is accredited at once; without one, or granted by the city's own head of
    delegation, it gives no voice until it is. Without `uuid`, one that follows from
    person, city, role and start is used, so that a replay makes the same.
    """
    authority = authority_over_people(actor, city, now)
    refuse_impossible_mandate(role=role, starts_at=starts_at, ends_at=ends_at)
    with act(authority, now) as record:
        locked, city = _lock(person=person.pk, city=city.pk)
        still_over_people(authority=authority, city=city, actor=actor, now=now)
        mandate = _grant(
            person=locked,
            city=city,
            role=role,
            rank=rank,
            starts_at=starts_at,
            ends_at=ends_at,
            credential=credential,
            accredited_by=actor if credential and not authority.city else None,
            record=record,
            now=now,
            uuid=uuid,
        )
        forget(person)
    return mandate


def hand_over(
    *,
    head: Mandate,
    person: User,
    ends_at: datetime | None = None,
    actor: Any,
    now: datetime,
) -> Mandate:
    """`person` becomes head of delegation in the moment in which `head` ends, by its own word."""
    authority = city_policy.require(actor, CityAction.MANAGE_PEOPLE, head.city, now)
    with act(authority, now) as record:
        lock_people(head.person_id, person.pk)
        end_mandate(mandate=head, ends_at=now, reason="handed over", actor=actor, now=now)
        locked, city = _lock(person=person.pk, city=head.city_id)
        mandate = _grant(
            person=locked,
            city=city,
            role=MandateRole.HEAD,
            starts_at=now,
            ends_at=ends_at,
            record=record,
            now=now,
        )
        forget(person)
    return mandate


def rank_alternates(
    *, city: City, order: Sequence[UUID], seen: Sequence[UUID], actor: Any, now: datetime
) -> list[Mandate]:
    """Put the city's alternates into `order`; `seen` is the order that the actor looked at.

    Refused where somebody else has changed it meanwhile, or where an alternate is missing.
    """
    authority = authority_over_people(actor, city, now)
    with act(authority, now) as record:
        city = City.objects.select_for_update(no_key=True).get(pk=city.pk)
        still_over_people(authority=authority, city=city, actor=actor, now=now)
        rows = {mandate.uuid: mandate for mandate in _alternates(city, now).select_for_update()}
        if list(rows) != list(seen):
            raise Conflict(
                _("The alternates have changed meanwhile. Look at the order and choose again."),
                code="order_changed",
                where="order",
            )
        if sorted(order) != sorted(rows):
            raise InvalidInput(_("Name every alternate once."), where="order")
        ranked = [rows[uuid] for uuid in order]
        for rank, mandate in enumerate(ranked, start=1):
            mandate.rank = rank
        Mandate.objects.bulk_update(ranked, ["rank"])
        record(city.chain, "delegation.ranked", {"order": [str(uuid) for uuid in order]})
        announce("delegation.changed", city=city.slug)
    return ranked


def next_rank(*, city: City, now: datetime) -> int:
    """The rank after the city's last alternate."""
    last = _alternates(city, now).aggregate(last=Max("rank"))["last"]
    return (last or 0) + 1


def still_holds(*, actor: Any, action: CityAction, city: City, now: datetime) -> Authority:
    """The authority, asked again within the transaction, so that it holds until the commit.

    The mandates that give it are locked: ending one waits for the act, or the act is refused.
    """
    if isinstance(actor, User):
        keys = Mandate.objects.filter(in_force(now), person=actor, city=city)
        list(keys.order_by("pk").select_for_update().values_list("pk", flat=True))
        forget(actor)
    return city_policy.require(actor, action, city, now)


def still_over_people(*, authority: Authority, city: City, actor: Any, now: datetime) -> None:
    """A city's right over its people, asked again after the city is locked; not the office's."""
    if authority.city:
        still_holds(actor=actor, action=CityAction.MANAGE_PEOPLE, city=city, now=now)


def lock_people(*keys: int) -> None:
    """Lock several people at once, before the city in which one follows the other."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=keys)
    list(rows.order_by("pk").values_list("pk", flat=True))


def attach_letter(
    *, mandate: Mandate, upload: UploadedFile[Any], actor: Any, now: datetime
) -> Mandate:
    """Keep the uploaded letter of credence with a mandate, to be accredited against.

    A better scan may follow until then; the earlier file stays, and the chain names both.
    """
    authority = authority_over_people(actor, mandate.city, now)
    with act(authority, now) as record:
        mandate = _locked(mandate, authority=authority, actor=actor, now=now)
        _refuse_ended(mandate, now)
        _refuse_accredited(mandate)
        if mandate.role not in VOTING_ROLES:
            raise WrongState(
                _("This role has no vote and needs no letter of credence."),
                code="needs_no_letter",
                where=str(mandate.uuid),
            )
        letter = store_file(
            upload=upload,
            purpose=FilePurpose.CREDENCE,
            city=mandate.city,
            actor=actor,
            now=now,
            where="letter",
        )
        mandate.letter = letter
        mandate.save(update_fields=["letter"])
        record(
            mandate.city.chain,
            "mandate.letter_attached",
            {"mandate": str(mandate.uuid), "file": str(letter.uuid), "sha256": letter.sha256},
        )
        announce("mandate.changed", mandate=str(mandate.uuid), city=mandate.city.slug)
    return mandate


def accredit_mandate(
    *,
    mandate: Mandate,
    credential: str,
    actor: Any,
    now: datetime,
    letter: PrivateFile | None = None,
) -> Mandate:
    """The office has seen the letter of credence: from now on the mandate gives a voice.

    `letter` is the file that the officer looked at; without one it is the letter kept with
    the mandate. Refused where there is none, or where a later one has come in meanwhile.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_MANDATES, now)
    if not credential.strip():
        raise InvalidInput(_("Name the letter of credence and its date."), where="credential")
    with act(authority, now) as record:
        forget(mandate.person)
        mandate = _locked(mandate, authority=authority, actor=actor, now=now)
        _refuse_ended(mandate, now)
        _refuse_accredited(mandate)
        _look_at(mandate, letter)
        mandate.credential = credential.strip()
        _accredit(mandate, actor, now)
        mandate.save(update_fields=["credential", "letter", "accredited_at", "accredited_by"])
        sync_grants(person=mandate.person, now=now)
        record(
            mandate.city.chain,
            "mandate.accredited",
            {
                "mandate": str(mandate.uuid),
                "credential": mandate.credential,
                "sha256": mandate.letter.sha256 if mandate.letter else None,
            },
        )
        announce("mandate.changed", mandate=str(mandate.uuid), city=mandate.city.slug)
    return mandate


def end_mandate(
    *, mandate: Mandate, ends_at: datetime, reason: str, actor: Any, now: datetime
) -> Mandate:
    """End a mandate at `ends_at`, now or later; its rights end in that moment by themselves.

    One that has not begun is revoked: it ends as it would have begun, and never holds.
    """
    authority = authority_over_people(actor, mandate.city, now)
    if ends_at < now:
        raise InvalidInput(_("A mandate cannot be ended in the past."), where="ends_at")
    with act(authority, now) as record:
        forget(mandate.person)
        mandate = _locked(mandate, authority=authority, actor=actor, now=now)
        _refuse_ended(mandate, now)
        if mandate.ends_at is not None and ends_at > mandate.ends_at:
            raise InvalidInput(
                _("The mandate ends earlier already. Grant a new one to prolong it."),
                where="ends_at",
            )
        mandate.ends_at = max(ends_at, mandate.starts_at)
        mandate.save(update_fields=["ends_at"])
        sync_grants(person=mandate.person, now=now)
        record(
            mandate.city.chain,
            "mandate.ended",
            {
                "mandate": str(mandate.uuid),
                "person": str(mandate.person.uuid),
                "role": mandate.role,
                "ends_at": moment(mandate.ends_at),
                "reason": reason,
            },
        )
        announce("mandate.changed", mandate=str(mandate.uuid), city=mandate.city.slug)
    return mandate


def sync_grants(*, person: User, now: datetime) -> int:
    """Make the person's permissions on cities exactly those of the mandates; how many changed.

    Called in the transaction that changes a mandate. A mandate that begins later has its
    permissions already: the policy asks for one in force as well.
    """
    changed = _align(
        derived_grants(mandates=person.mandates.all(), now=now),
        CityUserObjectPermission.objects.filter(user=person),
    )
    forget(person)
    return changed


def sweep_grants(*, now: datetime) -> int:
    """The same for everybody: drops what expired mandates left behind; how many changed.

    Nothing is recorded in the audit chain: an expired mandate gives no right, swept or not.
    """
    with transaction.atomic():
        return _align(
            derived_grants(mandates=Mandate.objects.all(), now=now),
            CityUserObjectPermission.objects.all(),
        )


def derived_grants(*, mandates: QuerySet[Mandate], now: datetime) -> set[Grant]:
    """The permissions that follow from those of `mandates` that have not ended at `now`."""
    permission = _permission_keys()
    living = mandates.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by()
    return {
        (mandate.person_id, mandate.city_id, permission[action])
        for mandate in living.iterator()
        for action in actions_of(mandate)
    }


def _align(wanted: set[Grant], rows: QuerySet[CityUserObjectPermission]) -> int:
    held: dict[Grant, int] = {
        (person, city, permission): key
        for key, person, city, permission in rows.values_list(
            "pk", "user_id", "content_object_id", "permission_id"
        ).iterator()
    }
    missing = wanted - held.keys()
    CityUserObjectPermission.objects.bulk_create(
        (
            CityUserObjectPermission(
                user_id=person, content_object_id=city, permission_id=permission
            )
            for person, city, permission in sorted(missing)
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    surplus = sorted(held[grant] for grant in held.keys() - wanted)
    for start in range(0, len(surplus), BATCH):
        CityUserObjectPermission.objects.filter(pk__in=surplus[start : start + BATCH]).delete()
    return len(missing) + len(surplus)


def _permission_keys() -> dict[CityAction, int]:
    rows = Permission.objects.filter(
        content_type__app_label=City._meta.app_label,
        content_type__model=City._meta.model_name,
        codename__in=[action.value for action in CityAction],
    ).order_by()
    return {CityAction(codename): key for codename, key in rows.values_list("codename", "pk")}


def authority_over_people(actor: Any, city: City, now: datetime) -> Authority:
    """The office keeps all mandates, a head of delegation those of the own city."""
    office = office_policy.authority(actor, OfficeAction.KEEP_MANDATES, now)
    return office or city_policy.require(actor, CityAction.MANAGE_PEOPLE, city, now)


def _accredit(mandate: Mandate, actor: Any, now: datetime) -> None:
    mandate.accredited_at = now
    mandate.accredited_by = actor if isinstance(actor, User) else None


def _grant(
    *,
    person: User,
    city: City,
    role: str,
    rank: int = 0,
    starts_at: datetime,
    ends_at: datetime | None,
    credential: str = "",
    accredited_by: Any = None,
    record: Record,
    now: datetime,
    uuid: UUID | None = None,
) -> Mandate:
    """Write a mandate within the act of a caller who has the right; person and city are locked."""
    mandate = Mandate(
        person=person,
        city=city,
        role=role,
        rank=rank,
        starts_at=starts_at,
        ends_at=ends_at,
        credential=credential,
    )
    if accredited_by is not None:
        _accredit(mandate, accredited_by, now)
    _refuse_clash(mandate)
    mandate.uuid = uuid or _next_uuid(mandate)
    mandate.save(force_insert=True)
    sync_grants(person=person, now=now)
    record(
        city.chain,
        "mandate.granted",
        {
            "mandate": str(mandate.uuid),
            "person": str(person.uuid),
            "role": role,
            "rank": rank,
            "starts_at": moment(starts_at),
            "ends_at": moment(ends_at) if ends_at else None,
            "credential": credential,
            "accredited": mandate.accredited_at is not None,
        },
    )
    announce("mandate.changed", mandate=str(mandate.uuid), city=city.slug)
    return mandate


def _alternates(city: City, now: datetime) -> QuerySet[Mandate]:
    """The alternates in force, in their order; one without a rank comes last."""
    rows = Mandate.objects.filter(in_force(now), city=city, role=MandateRole.ALTERNATE)
    return rows.order_by("rank", "starts_at", "pk")


def _look_at(mandate: Mandate, letter: PrivateFile | None) -> None:
    if mandate.letter is None and letter is None:
        raise WrongState(
            _("There is no letter of credence to accredit against. Upload it first."),
            code="letter_missing",
            where=str(mandate.uuid),
        )
    own = letter is not None and letter.purpose == FilePurpose.CREDENCE
    if letter is not None and own and mandate.letter is not None and letter.pk != mandate.letter.pk:
        raise Conflict(
            _("Another letter has come in meanwhile. Look at it first."),
            code="letter_changed",
            where=str(mandate.uuid),
        )
    mandate.letter = letter or mandate.letter


def refuse_impossible_mandate(
    *, role: str, starts_at: datetime, ends_at: datetime | None, where: str = "ends_at"
) -> None:
    """Raise InvalidInput for a role that there is not, or a period that ends before it starts."""
    if role not in MandateRole.values:
        raise InvalidInput(_("There is no such role of a delegation."), where="role")
    if ends_at is not None and ends_at <= starts_at:
        raise InvalidInput(_("A mandate ends after it starts."), where=where)


def _refuse_accredited(mandate: Mandate) -> None:
    if mandate.accredited_at is not None:
        raise WrongState(
            _("This mandate is accredited already."), code="accredited", where=str(mandate.uuid)
        )


def _lock(*, person: int, city: int) -> tuple[User, City]:
    """Person and city as they are now, by their keys; locked in this order."""
    return (
        User.objects.select_for_update(no_key=True).get(pk=person),
        City.objects.select_for_update(no_key=True).get(pk=city),
    )


def _locked(mandate: Mandate, *, authority: Authority, actor: Any, now: datetime) -> Mandate:
    """The mandate as it is now; person, city, the actor's right and the row, in this order."""
    _person, city = _lock(person=mandate.person_id, city=mandate.city_id)
    still_over_people(authority=authority, city=city, actor=actor, now=now)
    rows = Mandate.objects.select_related("person", "city", "letter")
    return rows.select_for_update(of=("self",)).get(pk=mandate.pk)


def _refuse_ended(mandate: Mandate, now: datetime) -> None:
    if mandate.ends_at is not None and mandate.ends_at <= now:
        raise WrongState(
            _("This mandate has ended already."), code="mandate_ended", where=str(mandate.uuid)
        )


def _overlapping(mandate: Mandate, rows: QuerySet[Mandate]) -> QuerySet[Mandate]:
    rows = rows.exclude(ends_at=F("starts_at"))
    rows = rows.filter(Q(ends_at=None) | Q(ends_at__gt=mandate.starts_at))
    return rows.filter(starts_at__lt=mandate.ends_at) if mandate.ends_at else rows


def _refuse_clash(mandate: Mandate) -> None:
    refuse_withdrawn(city=mandate.city, at=mandate.starts_at)
    own = _overlapping(mandate, mandate.person.mandates.all())
    if own.filter(city=mandate.city, role=mandate.role).exists():
        raise Conflict(
            _("The person holds this mandate in that time already."),
            code="holds_mandate",
            where="role",
        )
    if mandate.role in VOTING_ROLES:
        elsewhere = own.filter(role__in=VOTING_ROLES).exclude(city=mandate.city)
        other = elsewhere.select_related("city").first()
        if other is not None:
            raise Conflict(
                _("The person votes for another city in that time. End that mandate first."),
                code="votes_for_another_city",
                where=other.city.slug,
            )
    if mandate.role == MandateRole.HEAD:
        heads = _overlapping(mandate, mandate.city.mandates.filter(role=MandateRole.HEAD))
        if heads.exists():
            raise Conflict(
                _("The city has a head of delegation in that time. End that mandate first."),
                code="has_head",
                where="role",
            )
    _keep_duties_apart(mandate)


def _keep_duties_apart(mandate: Mandate) -> None:
    roles = list(OfficeRole.objects.filter(person=mandate.person).order_by("pk"))
    if roles and has_seat(city=mandate.city, now=mandate.starts_at):
        refuse_mixed_duties(
            mandates=[mandate], roles=roles, voting_cities=frozenset({mandate.city.slug})
        )


def _next_uuid(mandate: Mandate) -> UUID:
    """A UUID that follows from what the mandate says; granted again after a revocation, another."""
    same = Mandate.objects.filter(
        person=mandate.person,
        city=mandate.city,
        role=mandate.role,
        starts_at=mandate.starts_at,
    ).count()
    said = (mandate.person.uuid, mandate.city.slug, mandate.role, moment(mandate.starts_at), same)
    return uuids.uuid5(MANDATES, ":".join(str(part) for part in said))
