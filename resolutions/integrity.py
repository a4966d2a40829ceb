"""The legal record checked against itself and against the audit chain, for `verify_audit`.

Editions are hashed again from their rows; rolls, results and certificates from their
documents; ballots are compared with what the sealed result says of them. Each must agree
with the hash that the audit entry of its adoption, opening, closing or drawing up carries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from resolutions.models import Certificate, Edition, EditionLanguage, Vote, VoteResult
from resolutions.rules.canonical import edition_hash, language_hash
from resolutions.selectors.trees import edition_tree
from secretariat.kernel import audit
from secretariat.kernel.audit import Finding
from secretariat.kernel.models import AuditEntry

Sealed = dict[tuple[str, str], list[dict[str, Any]]]


def connect() -> None:
    """Add the checks of texts and decisions to `secretariat.kernel.audit.verify`."""
    audit.register_verifier(
        "resolutions", verify_record, counted={"editions": Edition.objects.count}
    )


def verify_record() -> Iterator[Finding]:
    """Everything in texts and decisions that is not as it was sealed."""
    sealed = _sealed_payloads("text.adopted", "vote.opened", "vote.closed", "certificate.drawn_up")
    yield from _verify_editions(sealed)
    yield from _verify_votes(sealed)
    yield from _verify_certificates(sealed)


def _sealed_payloads(*actions: str) -> Sealed:
    found: Sealed = {}
    entries = AuditEntry.objects.filter(action__in=actions).order_by("chain", "sequence")
    for entry in entries.iterator():
        try:
            payload = json.loads(entry.payload)
        except ValueError:
            continue
        found.setdefault((entry.chain, entry.action), []).append(payload)
    return found


def _verify_editions(sealed: Sealed) -> Iterator[Finding]:
    editions = Edition.objects.select_related("instrument").prefetch_related("languages", "rules")
    known = set()
    for edition in editions.order_by("instrument__slug", "number"):
        where = f"{edition.instrument.slug}/{edition.number}"
        known.add((edition.instrument.chain, edition.number))
        hashes = {}
        for row in edition.languages.all():
            hashes[row.language] = language_hash(
                edition_tree(edition=edition, language=row.language)
            )
            if hashes[row.language] != row.sha256:
                yield Finding(
                    "text_changed",
                    f"{where}/{row.language}",
                    f"the adopted text {where} ({row.language}) is not what was adopted",
                )
        if edition_hash(hashes) != edition.sha256:
            yield Finding("edition_changed", where, f"edition {where} is not what was adopted")
        entry = _entry_of(sealed, edition)
        if entry is None:
            yield Finding("adoption_missing", where, f"no audit entry adopts edition {where}")
        elif not _as_adopted(entry, edition):
            yield Finding("adoption_differs", where, f"edition {where} differs from its adoption")
    for (chain, action), payloads in sealed.items():
        for payload in payloads:
            if action == "text.adopted" and (chain, payload.get("edition")) not in known:
                where = f"{chain.removeprefix('text:')}/{payload.get('edition')}"
                yield Finding("edition_missing", where, f"the adopted edition {where} is gone")


def _entry_of(sealed: Sealed, edition: Edition) -> dict[str, Any] | None:
    entries = sealed.get((edition.instrument.chain, "text.adopted"), [])
    return next((entry for entry in entries if entry.get("edition") == edition.number), None)


def _as_adopted(entry: dict[str, Any], edition: Edition) -> bool:
    languages: list[EditionLanguage] = list(edition.languages.all())
    return (
        entry.get("sha256") == edition.sha256
        and entry.get("languages") == {row.language: row.sha256 for row in languages}
        and entry.get("adopted_on") == edition.adopted_on.isoformat()
        and entry.get("in_force_from") == edition.in_force_from.isoformat()
        and entry.get("rules")
        == {
            rule.name: {"value": rule.value, "provision": rule.provision_key}
            for rule in edition.rules.all()
        }
    )


def _verify_votes(sealed: Sealed) -> Iterator[Finding]:
    votes = Vote.objects.exclude(opened_at=None).select_related("result").order_by("slug")
    for vote in votes.prefetch_related("seats__ballot__option", "seats__city"):
        where = vote.slug
        opened = sealed.get((vote.chain, "vote.opened"), [{}])[-1]
        if audit.sha256(vote.roll) != vote.roll_hash:
            yield Finding("roll_changed", where, f"the roll of {where} is not as it was frozen")
        if opened.get("roll_sha256") != vote.roll_hash:
            yield Finding("roll_differs", where, f"the roll of {where} differs from its opening")
        if opened.get("rules_sha256") != audit.sha256(vote.rules):
            yield Finding("rules_changed", where, f"the rules of {where} are not as frozen")
        result: VoteResult | None = getattr(vote, "result", None)
        if result is None:
            if sealed.get((vote.chain, "vote.closed")):
                yield Finding("result_missing", where, f"the result of {where} is gone")
            continue
        closed = sealed.get((vote.chain, "vote.closed"), [{}])[-1]
        if audit.sha256(result.document) != result.sha256:
            yield Finding("result_changed", where, f"the result of {where} is not as sealed")
        elif closed.get("result_sha256") != result.sha256:
            yield Finding("result_differs", where, f"the result of {where} differs from its entry")
        elif closed.get("outcome") != result.outcome:
            yield Finding("outcome_changed", where, f"the outcome of {where} was changed")
        elif _choices(vote) != {
            line["city"]: line["choice"] for line in json.loads(result.document)["ballots"]
        }:
            yield Finding("ballots_changed", where, f"the ballots of {where} are not as counted")


def _choices(vote: Vote) -> dict[str, str | None]:
    return {
        seat.city.slug: seat.ballot.option.key if hasattr(seat, "ballot") else None
        for seat in vote.seats.all()
    }


def _verify_certificates(sealed: Sealed) -> Iterator[Finding]:
    for certificate in Certificate.objects.select_related("election"):
        where = certificate.number
        entry = sealed.get((certificate.election.chain, "certificate.drawn_up"), [{}])[-1]
        if audit.sha256(certificate.document) != certificate.sha256:
            yield Finding("certificate_changed", where, f"certificate {where} is not as drawn up")
        elif entry.get("sha256") != certificate.sha256:
            yield Finding("certificate_differs", where, f"certificate {where} has no such entry")
