"""Around a draft: which cities write with the office, who is at what, unsaved words, comments.

None of it is part of the text. That a city was named and that a lock was taken over stands in
the audit chain; a lock, unsaved words and comments are working notes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from members.models import City
from members.policies import OfficeAction, office_policy
from resolutions.models import (
    DraftingCity,
    Instrument,
    ProvisionBuffer,
    ProvisionComment,
    ProvisionLock,
)
from resolutions.policies import draft_policy
from resolutions.rules.canonical import normal_field
from resolutions.services.drafting import Locked, check_reason
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput, Missing

LOCK_LASTS: Final = timedelta(minutes=10)
LARGEST_BUFFER: Final = 1_000_000
LONGEST_COMMENT: Final = 5_000


# ── cities ──────────────────────────────────────────────────────────────────────────────────


def name_drafting_city(
    *, instrument: Instrument, city: City, actor: Any, now: datetime
) -> DraftingCity:
    """Let a city's people work on the draft."""
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        locked = Instrument.objects.select_for_update().get(pk=instrument.pk)
        if locked.drafting_cities.filter(city=city, ended_at=None).exists():
            raise Conflict(
                _("This city works on the draft already."), code="city_named", where="city"
            )
        named = DraftingCity.objects.create(instrument=locked, city=city, named_at=now)
        record(locked.chain, "text.city_named", {"city": city.slug})
    return named


def end_drafting_city(*, instrument: Instrument, city: City, actor: Any, now: datetime) -> None:
    """The city's people work on the draft no longer; what they hold is free again."""
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        locked = Instrument.objects.select_for_update().get(pk=instrument.pk)
        named = locked.drafting_cities.filter(city=city, ended_at=None).first()
        if named is None:
            raise Missing(_("This city does not work on the draft."), where="city")
        named.ended_at = now
        named.save(update_fields=["ended_at"])
        locked.locks.filter(city=city).delete()
        record(locked.chain, "text.city_ended", {"city": city.slug})


# ── locks ───────────────────────────────────────────────────────────────────────────────────


def take_lock(
    *, instrument: Instrument, key: str, city: City | None = None, actor: Any, now: datetime
) -> ProvisionLock:
    """Take a provision, or keep it for ten minutes more. Raises Locked where another holds it."""
    authority = draft_policy.require(actor, instrument, city, now)
    with transaction.atomic():
        locked = Instrument.objects.select_for_update().get(pk=instrument.pk)
        _require_provision(locked, key)
        lock = locked.locks.filter(key=key).select_related("city").first()
        if lock is not None and lock.ends_at > now and lock.person_id != actor.pk:
            raise Locked(lock)
        if lock is None:
            lock = ProvisionLock(instrument=locked, key=key, taken_at=now)
        elif lock.person_id != actor.pk or lock.ends_at <= now:
            lock.taken_at = now
        lock.person, lock.city, lock.role = actor, city, authority.role
        lock.ends_at = now + LOCK_LASTS
        lock.save()
    return lock


def leave_lock(*, instrument: Instrument, key: str, actor: Any) -> None:
    """Give a provision free, where the person holds it."""
    instrument.locks.filter(key=key, person=actor).delete()


def take_over_lock(
    *, instrument: Instrument, key: str, reason: str, actor: Any, now: datetime
) -> ProvisionLock:
    """The office takes a provision that somebody else holds; the words they typed stay theirs."""
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    reason = check_reason(reason)
    with act(authority, now) as record:
        locked = Instrument.objects.select_for_update().get(pk=instrument.pk)
        lock = locked.locks.filter(key=key, ends_at__gt=now).select_related("person", "city")
        held = lock.first()
        if held is None or held.person_id == actor.pk:
            raise Missing(_("Nobody else is at work on it now."), where=key)
        record(
            locked.chain,
            "text.lock_taken_over",
            {
                "provision": key,
                "from": str(held.person.uuid),
                "city": held.city.slug if held.city else None,
                "reason": reason,
            },
        )
        held.person, held.city, held.role = actor, None, authority.role
        held.taken_at, held.ends_at = now, now + LOCK_LASTS
        held.save()
    return held


# ── unsaved words ───────────────────────────────────────────────────────────────────────────


def keep_buffer(
    *,
    instrument: Instrument,
    key: str,
    fields: dict[str, Any],
    base: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> ProvisionBuffer:
    """Keep what a person typed and has not saved, whoever holds the provision."""
    draft_policy.require(actor, instrument, city, now)
    if sum(len(name) + len(str(value)) for name, value in fields.items()) > LARGEST_BUFFER:
        raise InvalidInput(_("This is too long to be kept unsaved. Save it."), code="too_long")
    buffer, _made = ProvisionBuffer.objects.update_or_create(
        instrument=instrument,
        key=key,
        person=actor,
        defaults={"fields": fields, "kept_at": now, "base_sha256": base},
    )
    return buffer


def drop_buffer(*, instrument: Instrument, key: str, actor: Any) -> None:
    """Throw a person's own unsaved words away."""
    ProvisionBuffer.objects.filter(instrument=instrument, key=key, person=actor).delete()


# ── comments ────────────────────────────────────────────────────────────────────────────────


def comment_provision(
    *,
    instrument: Instrument,
    key: str,
    text: str,
    answers: ProvisionComment | None = None,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> ProvisionComment:
    """Write a comment on a provision, or answer one. The text may stand in any state."""
    authority = draft_policy.require(actor, instrument, city, now)
    words = normal_field(text)
    if not words or len(words) > LONGEST_COMMENT:
        raise InvalidInput(
            _("Write the comment first, in at most 5,000 characters."),
            code="comment_missing",
            where="text",
        )
    if answers is None:
        _require_provision(instrument, key)
    elif answers.instrument_id != instrument.pk or answers.answers_id is not None:
        raise Missing(_("There is no such comment to answer."), where="answers")
    return ProvisionComment.objects.create(
        instrument=instrument,
        key=answers.key if answers else key,
        text=words,
        answers=answers,
        author=actor,
        city=city,
        role=authority.role,
        written_at=now,
    )


def settle_comment(
    *, comment: ProvisionComment, city: City | None = None, actor: Any, now: datetime
) -> None:
    """Say that what a comment asks is settled."""
    draft_policy.require(actor, comment.instrument, city, now)
    if comment.answers_id is not None or comment.settled_at is not None:
        raise Conflict(_("This comment is settled already."), code="settled", where="comment")
    comment.settled_at = now
    comment.save(update_fields=["settled_at"])


def _require_provision(instrument: Instrument, key: str) -> None:
    if not instrument.provisions.filter(key=key, removed=False).exists():
        raise Missing(_("The draft has no such provision."), where=key)
