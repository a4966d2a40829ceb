"""What a city is to the network, as dated rows: one ends on the day on which the next starts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import City, Mandate, Membership, OfficeRole, PrivateFile
from members.models.cities import MembershipKind
from members.models.files import FilePurpose
from members.policies import OfficeAction, forget, office_policy
from members.rules.membership_lifecycle import (
    MEMBERSHIP_LIFECYCLE,
    NONE,
    Grounds,
    action_to,
)
from members.services.decisions import named_decision
from members.services.duties import VOTING_KINDS, refuse_mixed_duties
from members.services.files import store_file
from members.services.mandates import sync_grants
from members.services.refusals import step
from secretariat.kernel.audit import Record, act, moment
from secretariat.kernel.calendar import day_begins_at
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed
from secretariat.kernel.models import User
from secretariat.kernel.outbox import announce


def record_membership(
    *,
    city: City,
    kind: str,
    starts_on: date,
    decision: str = "",
    letter: PrivateFile | None = None,
    reason: str = "",
    actor: Any,
    now: datetime,
) -> Membership:
    """The city is `kind` from `starts_on` on; what it was until then ends on that day.

    `decision` names the audit chain and entry behind it ("vote:2018-founding-2"), `letter`
    what the city wrote. Nothing is overwritten: a day that an earlier row covers already is
    refused. What may follow what says `members.rules.membership_lifecycle`. With a
    withdrawal the city's mandates end, on its day or at once where that has begun.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    if kind not in MembershipKind.values:
        raise InvalidInput(_("There is no such kind of membership."), where="kind")
    if letter is not None and letter.city_id != city.pk:
        raise NotAllowed(_("This is the letter of another city."), where="letter")
    with act(authority, now) as record:
        if kind == MembershipKind.WITHDRAWN:
            _lock_people(city, now)  # a person is locked before a city, as where mandates change
        city = City.objects.select_for_update(no_key=True).get(pk=city.pk)
        latest = city.memberships.order_by("-starts_on").first()
        if latest is not None:
            _refuse_overlap(latest, kind=kind, starts_on=starts_on)
        state = latest.kind if latest is not None and latest.ends_on is None else NONE
        step(
            MEMBERSHIP_LIFECYCLE,
            state,
            action_to(state, kind),
            Grounds(body=city.body, decision_named=bool(decision), letter_named=letter is not None),
            where=city.slug,
        )
        if kind in VOTING_KINDS:
            _keep_duties_apart(city)
        ended = None
        if latest is not None and latest.ends_on is None:
            latest.ends_on = starts_on
            latest.save(update_fields=["ends_on"])
            ended = latest.kind
        membership = Membership.objects.create(
            city=city,
            kind=kind,
            starts_on=starts_on,
            decision=decision,
            letter=letter,
            reason=reason.strip(),
        )
        said: dict[str, Any] = {
            "kind": kind,
            "starts_on": starts_on.isoformat(),
            "ended": ended,
            "decision": decision,
        }
        if letter is not None:
            said["letter_sha256"] = letter.sha256
        if membership.reason:
            said["reason"] = membership.reason
        record(city.chain, "membership.recorded", said)
        if kind == MembershipKind.WITHDRAWN:
            _end_mandates(city, max(now, day_begins_at(starts_on)), record, now)
        announce("membership.changed", city=city.slug)
    return membership


def change_membership(
    *,
    city: City,
    kind: str,
    starts_on: date,
    decision: str = "",
    upload: UploadedFile[Any] | None = None,
    reason: str = "",
    actor: Any,
    now: datetime,
) -> Membership:
    """The same from a page of the office: the decision is looked up, the letter is kept."""
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    decision = named_decision(decision)
    with act(authority, now):
        letter = None
        if upload is not None:
            letter = store_file(
                upload=upload,
                purpose=FilePurpose.LETTER,
                city=city,
                actor=actor,
                now=now,
                where="letter",
            )
        return record_membership(
            city=city,
            kind=kind,
            starts_on=starts_on,
            decision=decision,
            letter=letter,
            reason=reason,
            actor=actor,
            now=now,
        )


def _lock_people(city: City, now: datetime) -> None:
    """Of whoever acts for the city, now or later; who joins them meanwhile is locked after it."""
    rows = city.mandates.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    people = User.objects.select_for_update(no_key=True).filter(pk__in=rows.values("person"))
    list(people.order_by("pk").values_list("pk", flat=True))


def _end_mandates(city: City, ends_at: datetime, record: Record, now: datetime) -> None:
    """The city has left: nobody acts for it from `ends_at` on."""
    rows = city.mandates.filter(Q(ends_at=None) | Q(ends_at__gt=ends_at)).exclude(
        ends_at=F("starts_at")
    )
    people = User.objects.select_for_update(no_key=True).filter(pk__in=rows.values("person"))
    by_key = {person.pk: person for person in people.order_by("pk")}
    for mandate in list(rows.select_for_update(of=("self",)).order_by("pk")):
        mandate.ends_at = max(ends_at, mandate.starts_at)
        mandate.save(update_fields=["ends_at"])
        _record_end(city, mandate, by_key[mandate.person_id], record)
    for person in by_key.values():
        sync_grants(person=person, now=now)
        forget(person)


def _record_end(city: City, mandate: Mandate, person: User, record: Record) -> None:
    assert mandate.ends_at is not None
    record(
        city.chain,
        "mandate.ended",
        {
            "mandate": str(mandate.uuid),
            "person": str(person.uuid),
            "role": mandate.role,
            "ends_at": moment(mandate.ends_at),
            "reason": MembershipKind.WITHDRAWN.value,
        },
    )
    announce("mandate.changed", mandate=str(mandate.uuid), city=city.slug)


def _refuse_overlap(latest: Membership, *, kind: str, starts_on: date) -> None:
    if latest.ends_on is None and latest.kind == kind:
        raise Conflict(
            _("The city is this already. There is nothing to record."),
            code="same_membership",
            where=latest.city.slug,
        )
    if starts_on <= latest.starts_on or (latest.ends_on is not None and starts_on < latest.ends_on):
        raise Conflict(
            _("An earlier record covers this day. Choose a later day."),
            code="membership_overlaps",
            where="starts_on",
        )


def _keep_duties_apart(city: City) -> None:
    """A city that comes to vote: nobody of the office may hold a mandate that is kept apart."""
    mandates = list(city.mandates.select_related("person", "city").order_by("pk"))
    people = [mandate.person_id for mandate in mandates]
    roles = OfficeRole.objects.filter(person__in=people).order_by("pk")
    for role in roles:
        own = [mandate for mandate in mandates if mandate.person_id == role.person_id]
        refuse_mixed_duties(mandates=own, roles=[role], voting_cities=frozenset({city.slug}))
