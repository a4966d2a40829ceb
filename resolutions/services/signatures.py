"""Opening an edition for signature, signing it, reservations, and stepping back from it.

open → sign, enter and withdraw reservations, withdraw → superseded by a later edition, or
withdrawn by decision. A signature is never changed: whatever takes something back is a further
row. Every act is in the edition's own audit chain, `signing:<text>/<edition>`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import gettext_lazy as _

from members.models import City, PrivateFile
from members.policies import ByLetter, CityAction, OfficeAction, city_policy, office_policy
from members.services.mandates import still_holds
from resolutions.models import (
    Edition,
    Instrument,
    Publication,
    Reservation,
    ReservationWithdrawal,
    Signature,
    SignatureWithdrawal,
    Signing,
    Vote,
)
from resolutions.models.signatures import SigningState
from resolutions.models.votes import Outcome, VoteState
from resolutions.rules import declaration_lifecycle as lifecycle
from resolutions.rules.declaration_lifecycle import (
    DECLARATION_LIFECYCLE,
    DeclarationAction,
    DeclarationState,
)
from resolutions.rules.signatories import kind_of_signature
from resolutions.selectors.signatures import stood_behind_earlier
from resolutions.services.refusals import step
from secretariat.kernel.audit import Record, act
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import LANGUAGES
from secretariat.kernel.outbox import announce

LONGEST_RESERVATION: Final = 5000


@dataclass(frozen=True, slots=True)
class Reserved:
    """A reservation as it is entered: a provision's key ("" for the whole), words by language."""

    provision_key: str
    texts: Mapping[str, str] = field(default_factory=dict)


def chain_of(edition: Edition) -> str:
    """The audit chain of an edition's signatures; give the edition with its instrument."""
    return f"signing:{edition.instrument.slug}/{edition.number}"


def open_for_signature(*, edition: Edition, actor: Any, now: datetime) -> Signing:
    """Let cities and bodies stand behind a public edition; an earlier open one is superseded.

    Those who stand behind an earlier edition are asked to confirm.
    """
    authority = office_policy.require(actor, OfficeAction.ADOPT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=edition.instrument_id)
        edition = _edition(edition)
        before = Signing.objects.select_for_update().filter(edition=edition).first()
        step(
            DECLARATION_LIFECYCLE,
            before.state if before else DeclarationState.ADOPTED,
            DeclarationAction.OPEN,
            lifecycle.Opening(
                kind=instrument.kind,
                published=Publication.objects.filter(edition=edition).exists(),
                decided=edition.decision_id is not None or bool(edition.basis),
                latest=not instrument.editions.filter(
                    number__gt=edition.number, publication__isnull=False
                ).exists(),
            ),
            where=chain_of(edition),
        )
        _supersede(instrument, by=edition, record=record, now=now)
        signing = Signing.objects.create(edition=edition, state=SigningState.OPEN, opened_at=now)
        record(chain_of(edition), "signing.opened", {"sha256": edition.sha256})
        announce("signing.opened", instrument=instrument.slug, edition=edition.number)
    return signing


def withdraw_from_signature(
    *,
    edition: Edition,
    reason: str,
    decision: Vote | None = None,
    basis: str = "",
    actor: Any,
    now: datetime,
) -> Signing:
    """The network withdraws a declaration by decision: from today on nobody stands behind it.

    `decision` is a closed vote that adopted it; `basis` names it where it is none of this
    system. The signatures stay on record.
    """
    authority = office_policy.require(actor, OfficeAction.ADOPT_TEXTS, now)
    reason, basis = reason.strip(), basis.strip()
    with act(authority, now) as record:
        signing = _locked(edition)
        signing.state = step(
            DECLARATION_LIFECYCLE,
            signing.state,
            DeclarationAction.WITHDRAW,
            lifecycle.Withdrawing(
                reasoned=bool(reason),
                decided=bool(basis) if decision is None else _adopted(decision),
            ),
            where=chain_of(signing.edition),
        )
        signing.ended_at, signing.reason = now, reason
        signing.decision, signing.basis = decision, basis
        signing.save()
        record(
            chain_of(signing.edition),
            "signing.withdrawn",
            {
                "reason": reason,
                "decision": decision.slug if decision is not None else None,
                "basis": basis,
            },
        )
    return signing


def sign(
    *,
    edition: Edition,
    city: City,
    language: str,
    sha256: str,
    signed_by: str,
    actor: Any,
    now: datetime,
    reservations: Iterable[Reserved] = (),
    signed_on: date | None = None,
    sheet: PrivateFile | None = None,
) -> Signature:
    """A city or body stands behind an edition that is open for signature.

    `language` is the version that was read, `sha256` the hash that stood on the screen or the
    sheet, `signed_by` the office held by who signs, no name. `signed_on` and `sheet` belong to
    a paper that the office records for the city: its day lies between the adoption and today.
    """
    authority = city_policy.require(actor, CityAction.SIGN, city, now)
    today = network_day(now)
    if not isinstance(actor, ByLetter) and (sheet is not None or signed_on is not None):
        raise NotAllowed(_("A signed sheet is recorded by the office."), where=city.slug)
    office = _one_line(signed_by)
    if not office or len(office) > 200:
        raise InvalidInput(_("Say which office signs, for instance Mayor."), where="signed_by")
    reservations = [checked_reservation(each) for each in reservations]
    with act(authority, now) as record:
        signing = _locked(edition)
        still_holds(actor=actor, action=CityAction.SIGN, city=city, now=now)
        edition = signing.edition
        earlier = list(
            Signature.objects.filter(edition=edition, city=city)
            .select_related("withdrawal")
            .order_by("ordinal")
        )
        last = earlier[-1] if earlier else None
        step(
            DECLARATION_LIFECYCLE,
            signing.state,
            DeclarationAction.SIGN,
            lifecycle.Signing(stands_already=last is not None and not hasattr(last, "withdrawal")),
            where=chain_of(edition),
        )
        if sha256 != edition.sha256:
            raise Conflict(
                _("This hash is not that of the edition. Open the page again and compare."),
                code="another_text",
                where="sha256",
            )
        if not edition.languages.filter(language=language).exists():
            raise InvalidInput(_("The edition has no version in this language."), where="language")
        day = signed_on or today
        _require_day(day, edition, last=last, today=today)
        signature = _give(
            edition=edition,
            city=city,
            ordinal=last.ordinal + 1 if last else 1,
            kind=kind_of_signature(
                day,
                opened_on=network_day(signing.opened_at),
                stood_behind_earlier=stood_behind_earlier(edition=edition, city=city, on=day),
            ),
            signed_on=day,
            language=language,
            signed_by=office,
            sheet=sheet,
            now=now,
            record=record,
        )
        for each in reservations:
            _enter(signature, each, day=day, now=now, record=record)
    return signature


def enter_reservation(
    *, signature: Signature, reserved: Reserved, actor: Any, now: datetime
) -> Reservation:
    """A city that stands behind an edition says from today on except for what."""
    authority = city_policy.require(actor, CityAction.SIGN, signature.city, now)
    reserved = checked_reservation(reserved)
    with act(authority, now) as record:
        signature = _standing(signature)
        still_holds(actor=actor, action=CityAction.SIGN, city=signature.city, now=now)
        return _enter(signature, reserved, day=network_day(now), now=now, record=record)


def withdraw_reservation(
    *, reservation: Reservation, actor: Any, now: datetime
) -> ReservationWithdrawal:
    """From today on the city stands behind the edition without this reservation."""
    authority = city_policy.require(actor, CityAction.SIGN, reservation.signature.city, now)
    with act(authority, now) as record:
        signature = _standing(reservation.signature)
        still_holds(actor=actor, action=CityAction.SIGN, city=signature.city, now=now)
        if ReservationWithdrawal.objects.filter(reservation=reservation).exists():
            raise WrongState(
                _("This reservation is withdrawn already."),
                code="withdrawn_already",
                where=str(reservation.uuid),
            )
        return _take_back(reservation, now=now, record=record)


def withdraw_signature(
    *, signature: Signature, reason: str = "", actor: Any, now: datetime
) -> SignatureWithdrawal:
    """From today on the city stands behind the edition no more; the reason is public."""
    authority = city_policy.require(actor, CityAction.SIGN, signature.city, now)
    with act(authority, now) as record:
        signature = _standing(signature)
        still_holds(actor=actor, action=CityAction.SIGN, city=signature.city, now=now)
        return _withdraw(signature, reason=reason.strip()[:500], now=now, record=record)


def strike_signature(
    *, signature: Signature, ground: str, actor: Any, now: datetime
) -> SignatureWithdrawal | None:
    """The office takes back a signature by letter that its city contests.

    `ground` names the record behind it ("letter:<uuid>"). None where the city does not stand
    behind the edition by this sheet any more.
    """
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    with act(authority, now) as record:
        signing = _locked(signature.edition)
        standing = Signature.objects.filter(
            edition=signing.edition, city=signature.city, sheet=signature.sheet, withdrawal=None
        ).first()
        if standing is None:
            return None
        return _withdraw(_standing(standing), reason="", now=now, record=record, ground=ground)


def strike_reservation(
    *, reservation: Reservation, ground: str, actor: Any, now: datetime
) -> ReservationWithdrawal | None:
    """The office takes back a reservation by letter that its city contests.

    None where it holds no more: it, or the whole signature, was withdrawn since.
    """
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    with act(authority, now) as record:
        if not _stands(reservation.signature):
            return None
        if ReservationWithdrawal.objects.filter(reservation=reservation).exists():
            return None
        return _take_back(reservation, now=now, record=record, ground=ground)


def restore_reservation(
    *, reservation: Reservation, ground: str, actor: Any, now: datetime
) -> Reservation | None:
    """The office enters anew what was withdrawn by a letter that the city contests.

    It holds from today on. None where the signature under which it stood was withdrawn since.
    """
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    with act(authority, now) as record:
        if not _stands(reservation.signature):
            return None
        return _enter(
            _standing(reservation.signature),
            _as_entered(reservation),
            day=network_day(now),
            now=now,
            record=record,
            more={"ground": ground, "restores": str(reservation.uuid)},
        )


def restore_signature(
    *, signature: Signature, ground: str, actor: Any, now: datetime
) -> Signature | None:
    """The office puts back a signature withdrawn by a letter that the city contests.

    A further signature from today on, in the kind and words of the withdrawn one and with the
    reservations that held when it was withdrawn. None where that would change nothing: the city
    has signed again since, or the network withdrew the declaration.
    """
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    with act(authority, now) as record:
        signing = _locked(signature.edition)
        found = Signature.objects.select_related("city", "withdrawal", "edition__instrument")
        signature = found.get(pk=signature.pk)
        later = Signature.objects.filter(
            edition=signature.edition, city=signature.city, ordinal__gt=signature.ordinal
        )
        if signing.state == SigningState.WITHDRAWN or later.exists():
            return None
        held = list(signature.reservations.filter(withdrawal=None).order_by("pk"))
        day = max(network_day(now), signature.withdrawal.withdrawn_on)
        restored = _give(
            edition=signature.edition,
            city=signature.city,
            ordinal=signature.ordinal + 1,
            kind=signature.kind,
            signed_on=day,
            language=signature.language,
            signed_by=signature.signed_by,
            sheet=signature.sheet,
            now=now,
            record=record,
            more={"ground": ground, "restores": str(signature.uuid)},
        )
        for each in held:
            _enter(
                restored,
                _as_entered(each),
                day=day,
                now=now,
                record=record,
                more={"ground": ground, "restores": str(each.uuid)},
            )
    return restored


# ── within the acts ─────────────────────────────────────────────────────────────────────────


def _edition(edition: Edition) -> Edition:
    return Edition.objects.select_related("instrument").get(pk=edition.pk)


def _locked(edition: Edition) -> Signing:
    """The edition's signing, locked; an edition never opened is refused as one."""
    signing = (
        Signing.objects.select_related("edition__instrument")
        .select_for_update(of=("self",))
        .filter(edition=edition)
        .first()
    )
    if signing is None:
        edition = _edition(edition)
        step(
            DECLARATION_LIFECYCLE,
            DeclarationState.ADOPTED,
            DeclarationAction.SIGN,
            where=chain_of(edition),
        )
        raise AssertionError("an edition that is not open for signature takes no signature")
    return signing


def _supersede(instrument: Instrument, *, by: Edition, record: Record, now: datetime) -> None:
    """End the signing of earlier editions that are still open."""
    rows = (
        Signing.objects.select_related("edition__instrument")
        .select_for_update(of=("self",))
        .filter(edition__instrument=instrument, state=SigningState.OPEN)
        .order_by("edition__number")
    )
    for signing in rows:
        signing.state = step(
            DECLARATION_LIFECYCLE,
            signing.state,
            DeclarationAction.SUPERSEDE,
            lifecycle.Succession(number=signing.edition.number, opened=by.number),
            where=chain_of(signing.edition),
        )
        signing.ended_at = now
        signing.save(update_fields=["state", "ended_at"])
        record(chain_of(signing.edition), "signing.superseded", {"by": by.number})


def _give(
    *,
    edition: Edition,
    city: City,
    ordinal: int,
    kind: str,
    signed_on: date,
    language: str,
    signed_by: str,
    sheet: PrivateFile | None,
    now: datetime,
    record: Record,
    more: Mapping[str, str] | None = None,
) -> Signature:
    """Write a signature; `more` is what its record says beside the row."""
    signature = Signature.objects.create(
        uuid=_uuid(f"{chain_of(edition)}/{city.slug}/{ordinal}"),
        edition=edition,
        city=city,
        ordinal=ordinal,
        kind=kind,
        signed_on=signed_on,
        signed_at=now,
        language=language,
        signed_by=signed_by,
        sha256=edition.sha256,
        sheet=sheet,
    )
    record(
        chain_of(edition),
        "signature.given",
        {
            "signature": str(signature.uuid),
            "city": city.slug,
            "ordinal": ordinal,
            "kind": str(kind),
            "signed_on": signed_on.isoformat(),
            "language": language,
            "signed_by": signed_by,
            "sha256": edition.sha256,
            "sheet": sheet.sha256 if sheet is not None else None,
            **(more or {}),
        },
    )
    announce("signature.given", signature=str(signature.uuid))
    return signature


def _adopted(decision: Vote) -> bool:
    return decision.state == VoteState.CLOSED and decision.result.outcome == Outcome.ADOPTED


def _require_day(day: date, edition: Edition, *, last: Signature | None, today: date) -> None:
    if not edition.adopted_on <= day <= today:
        raise InvalidInput(
            _("An edition is signed after its adoption and not in the future. Check the date."),
            code="bad_day",
            where="signed_on",
        )
    if last is not None and day < last.withdrawal.withdrawn_on:
        raise InvalidInput(
            _("The city withdrew after this day. Only what it signed since then counts."),
            code="before_withdrawal",
            where="signed_on",
        )


def checked_reservation(reserved: Reserved) -> Reserved:
    """A reservation with its words in NFC; InvalidInput where it says nothing."""
    texts = {
        language: unicodedata.normalize("NFC", str(text)).replace("\r\n", "\n").strip()
        for language, text in reserved.texts.items()
    }
    texts = {language: text for language, text in texts.items() if text}
    if set(texts) - set(dict(LANGUAGES)):
        raise InvalidInput(_("The platform does not speak this language."), where="texts")
    if not texts:
        raise InvalidInput(_("Write the words of the reservation."), where="texts")
    if max(map(len, texts.values())) > LONGEST_RESERVATION:
        raise InvalidInput(_("The reservation is longer than 5,000 characters."), where="texts")
    return Reserved(reserved.provision_key, texts)


def _as_entered(reservation: Reservation) -> Reserved:
    return Reserved(reservation.provision_key, dict(reservation.texts))


def _enter(
    signature: Signature,
    reserved: Reserved,
    *,
    day: date,
    now: datetime,
    record: Record,
    more: Mapping[str, str] | None = None,
) -> Reservation:
    edition, key = signature.edition, reserved.provision_key
    if key and not edition.provisions.filter(key=key).exists():
        raise InvalidInput(_("The edition has no such provision."), where="provision")
    number = signature.reservations.count() + 1
    reservation = Reservation.objects.create(
        uuid=_uuid(f"{signature.uuid}/{number}"),
        signature=signature,
        provision_key=key,
        texts=dict(reserved.texts),
        entered_on=day,
        entered_at=now,
    )
    record(
        chain_of(edition),
        "reservation.entered",
        {
            "reservation": str(reservation.uuid),
            "signature": str(signature.uuid),
            "city": signature.city.slug,
            "provision": key,
            "texts": dict(reserved.texts),
            "entered_on": day.isoformat(),
            **(more or {}),
        },
    )
    return reservation


def _take_back(
    reservation: Reservation, *, now: datetime, record: Record, ground: str = ""
) -> ReservationWithdrawal:
    day = max(network_day(now), reservation.entered_on)
    withdrawal = ReservationWithdrawal.objects.create(
        reservation=reservation, withdrawn_on=day, withdrawn_at=now
    )
    payload = {"reservation": str(reservation.uuid), "withdrawn_on": day.isoformat()}
    if ground:
        payload["ground"] = ground
    record(chain_of(reservation.signature.edition), "reservation.withdrawn", payload)
    return withdrawal


def _stands(signature: Signature) -> bool:
    """Whether the signature is not withdrawn; its signing is locked from here on."""
    _locked(signature.edition)
    return not SignatureWithdrawal.objects.filter(signature=signature).exists()


def _standing(signature: Signature) -> Signature:
    """The signature, its signing locked, while the city stands behind the edition."""
    _locked(signature.edition)
    found = Signature.objects.select_related("city", "withdrawal", "edition__instrument")
    signature = found.get(pk=signature.pk)
    if hasattr(signature, "withdrawal"):
        raise WrongState(
            _("This signature is withdrawn already."),
            code="withdrawn_already",
            where=str(signature.uuid),
        )
    return signature


def _withdraw(
    signature: Signature, *, reason: str, now: datetime, record: Record, ground: str = ""
) -> SignatureWithdrawal:
    day = max(network_day(now), signature.signed_on)
    withdrawal = SignatureWithdrawal.objects.create(
        signature=signature, withdrawn_on=day, withdrawn_at=now, reason=reason
    )
    payload = {
        "signature": str(signature.uuid),
        "city": signature.city.slug,
        "withdrawn_on": day.isoformat(),
        "reason": reason,
    }
    if ground:
        payload["ground"] = ground
    record(chain_of(signature.edition), "signature.withdrawn", payload)
    announce("signature.withdrawn", signature=str(signature.uuid))
    return withdrawal


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _uuid(name: str) -> UUID:
    """The identity follows from what it is, so that the same acts make the same record."""
    return uuid5(NAMESPACE_URL, name)
