"""Signatures: what was opened, signed, reserved and withdrawn, by each edition's own chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resolutions.integrity.entries import Book, Recorded, Row, compare
from resolutions.models import Signature, Signing
from secretariat.kernel.audit import Finding

PREFIX = "signing:"
WITHDRAWAL = ("withdrawn_on", "withdrawn_at", "withdrawn_reason")


def verify_signatures(book: Book) -> Iterator[Finding]:
    """What is not as it was opened for signature, signed, reserved and withdrawn."""
    signings = Signing.objects.select_related("edition__instrument", "decision")
    recorded = [_Recorded(book, name) for name in book.names(PREFIX)]
    yield from compare(
        "signing",
        rows={
            f"{each.edition.instrument.slug}/{each.edition.number}": _signing(each)
            for each in signings
        },
        recorded={each.name: each.row for each in recorded},
    )
    signatures = Signature.objects.select_related(
        "edition__instrument", "city", "sheet", "withdrawal"
    ).prefetch_related("reservations__withdrawal")
    rows: dict[str, Row] = {}
    reservations: dict[str, Row] = {}
    for signature in signatures:
        edition = f"{signature.edition.instrument.slug}/{signature.edition.number}"
        where = f"{edition}/{signature.city.slug}/{signature.ordinal}"
        rows[where] = _signature(signature)
        for reservation in signature.reservations.all():
            withdrawal = getattr(reservation, "withdrawal", None)
            reservations[f"{edition}#{reservation.uuid}"] = {
                "signature": str(signature.uuid),
                "provision": reservation.provision_key,
                "texts": reservation.texts,
                "entered_on": reservation.entered_on.isoformat(),
                "entered_at": reservation.entered_at,
                "withdrawn_on": withdrawal.withdrawn_on.isoformat() if withdrawal else None,
                "withdrawn_at": withdrawal.withdrawn_at if withdrawal else None,
            }
    yield from compare("signature_of_a_text", rows=rows, recorded=_merged(recorded, "signatures"))
    yield from compare("reservation", rows=reservations, recorded=_merged(recorded, "reservations"))


def _signing(signing: Signing) -> Row:
    return {
        "sha256": signing.edition.sha256,
        "state": signing.state,
        "opened_at": signing.opened_at,
        "ended_at": signing.ended_at,
        "reason": signing.reason,
        "decision": signing.decision.slug if signing.decision else None,
        "basis": signing.basis,
    }


def _signature(signature: Signature) -> Row:
    withdrawal = getattr(signature, "withdrawal", None)
    return {
        "signature": str(signature.uuid),
        "kind": signature.kind,
        "signed_on": signature.signed_on.isoformat(),
        "signed_at": signature.signed_at,
        "language": signature.language,
        "signed_by": signature.signed_by,
        "sha256": signature.sha256,
        "sheet": signature.sheet.sha256 if signature.sheet else None,
        "withdrawn_on": withdrawal.withdrawn_on.isoformat() if withdrawal else None,
        "withdrawn_at": withdrawal.withdrawn_at if withdrawal else None,
        "withdrawn_reason": withdrawal.reason if withdrawal else None,
    }


def _merged(recorded: list[_Recorded], part: str) -> dict[str, Row]:
    return {where: row for each in recorded for where, row in getattr(each, part).items()}


class _Recorded:
    """The signatures of one edition as its chain tells them, entry by entry."""

    def __init__(self, book: Book, name: str) -> None:
        self.name = name
        self.row: dict[str, Any] = {
            "ended_at": None,
            "reason": "",
            "decision": None,
            "basis": "",
        }
        self.signatures: dict[str, dict[str, Any]] = {}
        self.reservations: dict[str, dict[str, Any]] = {}
        self._by_uuid: dict[str, dict[str, Any]] = {}
        for entry in book.all(PREFIX + name):
            subject = entry.action.partition(".")[0]
            getattr(self, f"_{subject}")(entry)

    def _signing(self, entry: Recorded) -> None:
        payload = entry.payload
        match entry.action:
            case "signing.opened":
                self.row |= {**payload, "state": "open", "opened_at": entry.at}
            case "signing.superseded":
                self.row |= {"state": "superseded", "ended_at": entry.at}
            case "signing.withdrawn":
                self.row |= {**payload, "state": "withdrawn", "ended_at": entry.at}

    def _signature(self, entry: Recorded) -> None:
        payload = entry.payload
        match entry.action:
            case "signature.given":
                names = ("signature", "kind", "signed_on", "language", "signed_by", "sha256")
                row = {name: payload.get(name) for name in (*names, "sheet")}
                row |= {"signed_at": entry.at, **dict.fromkeys(WITHDRAWAL)}
                self.signatures[f"{self.name}/{payload.get('city')}/{payload.get('ordinal')}"] = row
                self._by_uuid[str(payload.get("signature"))] = row
            case "signature.withdrawn":
                self._by_uuid.setdefault(str(payload.get("signature")), {}).update(
                    withdrawn_on=payload.get("withdrawn_on"),
                    withdrawn_at=entry.at,
                    withdrawn_reason=payload.get("reason"),
                )

    def _reservation(self, entry: Recorded) -> None:
        payload = entry.payload
        row = self.reservations.setdefault(f"{self.name}#{payload.get('reservation')}", {})
        match entry.action:
            case "reservation.entered":
                row.update(
                    {
                        name: payload.get(name)
                        for name in ("signature", "provision", "texts", "entered_on")
                    },
                    entered_at=entry.at,
                    withdrawn_on=None,
                    withdrawn_at=None,
                )
            case "reservation.withdrawn":
                row.update(withdrawn_on=payload.get("withdrawn_on"), withdrawn_at=entry.at)
