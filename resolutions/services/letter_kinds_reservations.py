"""Reservations by letter: entering one under a signature that stands, and withdrawing one.

Both count from the day on which the letter is confirmed, as on the city's desk. A reservation on
the signed sheet itself comes with the signature (`letter_kinds_signatures`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import City
from members.policies import CityAction, OfficeAction
from members.services.letters import (
    Deed,
    Detail,
    Done,
    Facts,
    LetterKind,
    register_letter_kind,
)
from resolutions.models import Reservation
from resolutions.services.letter_kinds_signatures import (
    about,
    reserved_detail,
    reserved_facts,
    reserved_to,
    signature_subject,
    standing_signature,
    words_of,
)
from resolutions.services.signatures import (
    Reserved,
    enter_reservation,
    restore_reservation,
    strike_reservation,
    withdraw_reservation,
)
from secretariat.kernel.errors import Missing


def reserved_subject(reservation: Reservation) -> str:
    """Under what pages find the letter behind a reservation; give it with its signature."""
    return f"{signature_subject(reservation.signature)}/reserved/{reservation.uuid}"


def reservation_withdrawn_subject(reservation: Reservation) -> str:
    """The letter by which the reservation was withdrawn."""
    return f"{reserved_subject(reservation)}/withdrawn"


def _reservations() -> QuerySet[Reservation]:
    return Reservation.objects.select_related("signature__city", "signature__edition__instrument")


# ── entering ────────────────────────────────────────────────────────────────────────────────


def _check_entering(city: City, facts: Facts, now: datetime) -> Facts:
    signature = standing_signature(city, facts.get("signature"))
    return {
        "signature": str(signature.uuid),
        **about(signature.edition),
        **reserved_facts(facts, signature.edition),
    }


def _describe_entering(city: City, facts: Facts) -> str:
    said = _("%(city)s enters a reservation (%(to)s): %(text)s, edition %(number)d")
    return said % {**words_of(city, facts), "to": reserved_to(facts)}


def _details(city: City, facts: Facts) -> list[Detail]:
    return [reserved_detail(facts)]


def _perform_entering(deed: Deed) -> Done:
    facts = deed.facts
    reservation = enter_reservation(
        signature=standing_signature(deed.city, facts["signature"]),
        reserved=Reserved(facts["provision"], facts["texts"]),
        actor=deed.by,
        now=deed.now,
    )
    return Done(reserved_subject(reservation), {"reservation": str(reservation.uuid)})


def _undo_entering(deed: Deed) -> None:
    strike_reservation(
        reservation=_reservations().get(uuid=deed.letter.done["reservation"]),
        ground=f"letter:{deed.letter.uuid}",
        actor=deed.officer,
        now=deed.now,
    )


# ── withdrawing ─────────────────────────────────────────────────────────────────────────────


def _held(city: City, uuid: Any) -> Reservation:
    rows = (
        _reservations()
        .filter(signature__city=city, signature__withdrawal=None, withdrawal=None)
        .prefetch_related("signature__edition__languages")
    )
    found = next((row for row in rows if str(row.uuid) == str(uuid)), None)
    if found is None:
        raise Missing(
            _("The city has no such reservation, or has withdrawn it already."),
            where="reservation",
        )
    return found


def _check_withdrawing(city: City, facts: Facts, now: datetime) -> Facts:
    reservation = _held(city, facts.get("reservation"))
    edition = reservation.signature.edition
    given = {"provision": reservation.provision_key, "texts": reservation.texts}
    return {
        "reservation": str(reservation.uuid),
        **about(edition),
        **reserved_facts(given, edition),
    }


def _describe_withdrawing(city: City, facts: Facts) -> str:
    said = _("%(city)s withdraws its reservation (%(to)s): %(text)s, edition %(number)d")
    return said % {**words_of(city, facts), "to": reserved_to(facts)}


def _perform_withdrawing(deed: Deed) -> Done:
    reservation = _held(deed.city, deed.facts["reservation"])
    withdraw_reservation(reservation=reservation, actor=deed.by, now=deed.now)
    return Done(reservation_withdrawn_subject(reservation), {"reservation": str(reservation.uuid)})


def _undo_withdrawing(deed: Deed) -> None:
    restore_reservation(
        reservation=_reservations().get(uuid=deed.letter.done["reservation"]),
        ground=f"letter:{deed.letter.uuid}",
        actor=deed.officer,
        now=deed.now,
    )


def connect() -> None:
    """Register these kinds; at start-up."""
    actions = frozenset({CityAction.SIGN})
    register_letter_kind(
        LetterKind(
            name="reservation",
            label=gettext_lazy("Reservation to a declaration"),
            duty=OfficeAction.ACT_ON_LETTERS,
            actions=actions,
            check=_check_entering,
            describe=_describe_entering,
            perform=_perform_entering,
            undo=_undo_entering,
            undoing=gettext_lazy(
                "The reservation is withdrawn from that day on. It stays on the record as struck."
            ),
            details=_details,
        )
    )
    register_letter_kind(
        LetterKind(
            name="reservation_withdrawal",
            label=gettext_lazy("Withdrawal of a reservation"),
            duty=OfficeAction.ACT_ON_LETTERS,
            actions=actions,
            check=_check_withdrawing,
            describe=_describe_withdrawing,
            perform=_perform_withdrawing,
            undo=_undo_withdrawing,
            undoing=gettext_lazy(
                "The reservation holds again from that day on. The withdrawal stays on the "
                "record as struck."
            ),
            details=_details,
        )
    )
