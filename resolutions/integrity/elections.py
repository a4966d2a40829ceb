"""Elections: nominations and their support, the outcome, the certificate, the term."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from resolutions.integrity.entries import Book, Recorded, Row, compare
from resolutions.models import Certificate, Election, Term
from secretariat.kernel import audit
from secretariat.kernel.audit import Finding

PREFIX = "election:"


def verify_elections(book: Book) -> Iterator[Finding]:
    """What is not as it was announced, nominated, decided and certified."""
    elections = Election.objects.select_related("assembly", "elected").prefetch_related(
        "wordings",
        "nominations__city",
        "nominations__nominated_by",
        "nominations__wordings",
        "nominations__secondings__city",
        "nominations__secondings__struck",
    )
    rows: dict[str, Row] = {}
    nominations: dict[str, Row] = {}
    secondings: dict[str, Row] = {}
    for election in elections:
        rows[election.slug] = _election(election)
        for nomination in election.nominations.all():
            where = f"{election.slug}/{nomination.city.slug}"
            nominations[where] = {
                "by": nomination.nominated_by.slug,
                "nominated_at": nomination.nominated_at,
                "statements": nomination.statements.as_dict(),
                "state": nomination.state,
                "accepted_at": nomination.accepted_at,
                "ended_at": nomination.ended_at,
                "eliminated_in_round": nomination.eliminated_in_round,
            }
            for seconding in nomination.secondings.all():
                struck = getattr(seconding, "struck", None)
                secondings[f"{where}/{seconding.city.slug}"] = {
                    "seconded_at": seconding.seconded_at,
                    "struck_at": struck.struck_at if struck else None,
                    "struck_on_ground": struck.ground if struck else None,
                }
    recorded = [_Recorded(book, slug) for slug in book.names(PREFIX)]
    yield from compare("election", rows=rows, recorded={each.slug: each.row for each in recorded})
    yield from compare("nomination", rows=nominations, recorded=_merged(recorded, "nominations"))
    yield from compare("seconding", rows=secondings, recorded=_merged(recorded, "secondings"))
    yield from _verify_certificates(recorded)
    terms = Term.objects.select_related("city", "election")
    yield from compare(
        "term",
        rows={
            term.election.slug: {
                "office": term.office,
                "city": term.city.slug,
                "starts_on": term.starts_on.isoformat(),
                "ends_on": term.ends_on.isoformat(),
            }
            for term in terms
        },
        recorded=_merged(recorded, "terms"),
    )


def _election(election: Election) -> Row:
    committed = audit.sha256(election.lot_seed) if election.lot_seed else ""
    return {
        "assembly": election.assembly.slug,
        "office": election.office,
        "titles": election.titles.as_dict(),
        "announced_at": election.announced_at,
        "nominations_open_at": election.nominations_open_at,
        "lot_commitment": election.lot_commitment,
        "lot_seed": committed,
        "state": election.state,
        "elected": election.elected.slug if election.elected else None,
        "decided_at": election.decided_at,
    }


def _verify_certificates(recorded: list[_Recorded]) -> Iterator[Finding]:
    rows: dict[str, Row] = {}
    signatures: dict[str, Row] = {}
    certificates = Certificate.objects.select_related("election").prefetch_related("signatures")
    for certificate in certificates.order_by("number"):
        where = certificate.number
        rows[where] = {
            "election": certificate.election.slug,
            "drawn_up_at": certificate.drawn_up_at,
            "sha256": certificate.sha256,
        }
        if audit.sha256(certificate.document) != certificate.sha256:
            yield Finding(
                "certificate_changed",
                where,
                _("Certificate %(place)s is not as it was drawn up.") % {"place": where},
            )
        for signature in certificate.signatures.all():
            signatures[f"{where}/{signature.role}"] = {
                "person": signature.person,
                "signed_at": signature.signed_at,
            }
    yield from compare("certificate", rows=rows, recorded=_merged(recorded, "certificates"))
    yield from compare("signature", rows=signatures, recorded=_merged(recorded, "signatures"))


def _merged(recorded: list[_Recorded], part: str) -> dict[str, Row]:
    return {where: row for each in recorded for where, row in getattr(each, part).items()}


class _Recorded:
    """An election as its chain tells it, entry by entry."""

    def __init__(self, book: Book, slug: str) -> None:
        self.slug = slug
        self.row: dict[str, Any] = {
            "nominations_open_at": None,
            "lot_commitment": "",
            "lot_seed": "",
            "state": None,
            "elected": None,
            "decided_at": None,
        }
        self.nominations: dict[str, dict[str, Any]] = {}
        self.secondings: dict[str, dict[str, Any]] = {}
        self.certificates: dict[str, Row] = {}
        self.signatures: dict[str, Row] = {}
        self.terms: dict[str, Row] = {}
        for entry in book.all(PREFIX + slug):
            subject = entry.action.partition(".")[0]
            if subject == "election":
                self._election(entry)
            elif subject == "nomination":
                self._nomination(entry)
            else:
                self._certificate(entry)

    def _election(self, entry: Recorded) -> None:
        payload = entry.payload
        match entry.action:
            case "election.announced":
                self.row |= payload | {"announced_at": entry.at, "state": "announced"}
            case "election.nominations_opened":
                commitment = payload.get("lot_commitment")
                self.row |= {"lot_commitment": commitment, "lot_seed": commitment}
                self.row |= {"nominations_open_at": entry.at, "state": "nominating"}
            case "election.round_opened":
                self.row["state"] = "in_round"
            case "election.round_closed":
                failed = payload.get("outcome") == "failed"
                self.row["state"] = "failed" if failed else "between_rounds"
                self._eliminate(payload.get("eliminated"), payload.get("round"), entry)
                self._elect(payload.get("elected"), entry)
            case "election.acclaimed":
                self._elect(payload.get("elected"), entry)
            case "election.ended":
                self.row["state"] = "failed"

    def _elect(self, city: str | None, entry: Recorded) -> None:
        if city:
            self.row |= {"state": "decided", "elected": city, "decided_at": entry.at}
            self._of(city).update(state="elected", ended_at=entry.at)

    def _eliminate(self, city: str | None, number: int | None, entry: Recorded) -> None:
        if city:
            self._of(city).update(state="eliminated", ended_at=entry.at, eliminated_in_round=number)

    def _of(self, city: str) -> dict[str, Any]:
        return self.nominations.setdefault(f"{self.slug}/{city}", {})

    def _nomination(self, entry: Recorded) -> None:
        city = str(entry.payload.get("city"))
        nomination = self._of(city)
        match entry.action:
            case "nomination.proposed":
                statements = entry.payload.get("statements", {})
                nomination.update(
                    by=entry.payload.get("by"),
                    nominated_at=entry.at,
                    statements={code: text for code, text in statements.items() if text.strip()},
                    state="proposed",
                    accepted_at=None,
                    ended_at=None,
                    eliminated_in_round=None,
                )
            case "nomination.supported":
                by = entry.payload.get("by")
                self.secondings[f"{self.slug}/{city}/{by}"] = {
                    "seconded_at": entry.at,
                    "struck_at": None,
                    "struck_on_ground": None,
                }
            case "nomination.support_struck":
                by = entry.payload.get("by")
                self.secondings.setdefault(f"{self.slug}/{city}/{by}", {}).update(
                    struck_at=entry.at, struck_on_ground=entry.payload.get("ground")
                )
            case "nomination.support_lost":
                nomination.update(state="proposed", accepted_at=None)
            case "nomination.seconded":
                nomination["state"] = "seconded"
            case "nomination.accepted":
                nomination.update(state="accepted", accepted_at=entry.at)
            case "nomination.withdrawn":
                nomination.update(state="withdrawn", ended_at=entry.at)

    def _certificate(self, entry: Recorded) -> None:
        payload = entry.payload
        number = str(payload.get("number"))
        match entry.action:
            case "certificate.drawn_up":
                self.certificates[number] = {
                    "election": self.slug,
                    "drawn_up_at": entry.at,
                    "sha256": payload.get("sha256"),
                }
            case "certificate.signed":
                self.signatures[f"{number}/{entry.role}"] = {
                    "person": entry.person,
                    "signed_at": entry.at,
                }
            case "term.begun":
                self.row["state"] = "certified"
                self.terms[self.slug] = {
                    name: payload.get(name) for name in ("office", "city", "starts_on", "ends_on")
                }
