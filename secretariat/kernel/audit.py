"""The audit chain: every act sealed into a chain of its own, and every chain into a ledger.

One chain for each aggregate ("vote:2018-founding-3", "text:bylaws"). An entry's hash is
the SHA-256 of its canonical JSON (RFC 8785) with the hash of the entry before it. Each
entry adds a line to the ledger of heads, a chain over all chains, which is published: a
removed last entry and a removed chain are missed by the ledger, a changed byte by the
hash. Entry and change are in one transaction.

The ledger's head is the last lock that a transaction takes and is held only while its
entries are written, so acts on different things wait for each other no longer than that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rfc8785
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secretariat.kernel.models import AuditEntry, ChainHead, LedgerLine
from secretariat.kernel.policy import Authority

LEDGER = "ledger"
GENESIS = "0" * 64


def canonical_json(value: Any) -> str:
    """`value` as canonical JSON (RFC 8785): one text for one value."""
    return rfc8785.dumps(value).decode()


def sha256(text: str) -> str:
    """Lower-case hexadecimal SHA-256 of the UTF-8 of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()


def moment(at: datetime) -> str:
    """A moment as the chain writes it: UTC, microseconds, "2018-12-12T05:40:00.000000Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_hash(entry: AuditEntry) -> str:
    """The hash that `entry` should carry, over every other column of it."""
    return sha256(
        canonical_json(
            {
                "chain": entry.chain,
                "sequence": entry.sequence,
                "occurred_at": moment(entry.occurred_at),
                "person": str(entry.person) if entry.person else None,
                "city": entry.city,
                "role": entry.role,
                "action": entry.action,
                "payload": entry.payload,
                "previous": entry.previous,
            }
        )
    )


def line_hash(line: LedgerLine) -> str:
    """The hash that a ledger line should carry."""
    return sha256(
        canonical_json(
            {
                "number": line.number,
                "chain": line.chain,
                "sequence": line.sequence,
                "entry_hash": line.entry_hash,
                "previous": line.previous,
            }
        )
    )


Record = Callable[[str, str, Mapping[str, Any]], None]
"""`record(chain, action, payload)`; the payload is JSON without floats."""


@dataclass
class _Book:
    """The entries of the running transaction, in the order in which they were recorded."""

    pending: list[AuditEntry] = field(default_factory=list)

    def recorder(self, authority: Authority, now: datetime) -> Record:
        def record(chain: str, action: str, payload: Mapping[str, Any]) -> None:
            self.pending.append(
                AuditEntry(
                    chain=chain,
                    occurred_at=now,
                    person=authority.person,
                    city=authority.city,
                    role=authority.role,
                    action=action,
                    payload=canonical_json(payload),
                )
            )

        return record

    def write(self) -> None:
        if not self.pending:
            return
        ledger = _locked_head(LEDGER)
        heads = {chain: _locked_head(chain) for chain in sorted({e.chain for e in self.pending})}
        lines = []
        for entry in self.pending:
            head = heads[entry.chain]
            entry.sequence, entry.previous = head.sequence + 1, head.hash
            entry.hash = entry_hash(entry)
            head.sequence, head.hash = entry.sequence, entry.hash
            line = LedgerLine(
                number=ledger.sequence + 1,
                chain=entry.chain,
                sequence=entry.sequence,
                entry_hash=entry.hash,
                previous=ledger.hash,
            )
            line.hash = line_hash(line)
            ledger.sequence, ledger.hash = line.number, line.hash
            lines.append(line)
        AuditEntry.objects.bulk_create(self.pending)
        LedgerLine.objects.bulk_create(lines)
        for head in (*heads.values(), ledger):
            head.save(update_fields=["sequence", "hash"])


def _locked_head(chain: str) -> ChainHead:
    ChainHead.objects.bulk_create(
        [ChainHead(chain=chain, sequence=0, hash=GENESIS)], ignore_conflicts=True
    )
    return ChainHead.objects.select_for_update().get(chain=chain)


_book: ContextVar[_Book | None] = ContextVar("audit_book", default=None)


@contextmanager
def act(authority: Authority, now: datetime) -> Iterator[Record]:
    """Open the transaction of one act and yield its `record(chain, action, payload)`.

    Entries are sealed at the end of the outermost act, in its transaction; an act within
    an act joins it. If anything raises, nothing is written.
    """
    outer = _book.get()
    if outer is not None:
        with transaction.atomic():
            kept = len(outer.pending)
            try:
                yield outer.recorder(authority, now)
            except BaseException:
                del outer.pending[kept:]
                raise
        return
    book = _Book()
    token = _book.set(book)
    try:
        with transaction.atomic():
            yield book.recorder(authority, now)
            book.write()
            # What waits for the commit runs as this block ends: its acts are acts of their own.
            _book.set(None)
    finally:
        _book.reset(token)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: a stable code, the thing concerned, a sentence.

    The sentence is in the language in which the check ran.
    """

    code: str
    where: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "where": self.where, "message": self.message}


Verifier = Callable[[], Iterator[Finding]]
Counted = tuple[Callable[[], int], Any]
"""How many there are, and how to say it: a translated text with `%(count)d`."""

_verifiers: dict[str, Verifier] = {}
_counted: dict[str, Counted] = {
    "entries": (lambda: AuditEntry.objects.count(), gettext_lazy("%(count)d entries")),
    "chains": (
        lambda: ChainHead.objects.exclude(chain=LEDGER).count(),
        gettext_lazy("%(count)d chains"),
    ),
}


def register_verifier(
    name: str, verifier: Verifier, *, counted: Mapping[str, Counted] | None = None
) -> None:
    """Let an app check its own legal record against the chains, as part of `verify`.

    `counted` says what it looks at: name of the things → how many there are, and in words.
    """
    _verifiers[name] = verifier
    _counted.update(counted or {})


def extent() -> dict[str, int]:
    """How much `verify` looks at: `entries`, `chains`, and what the apps add (`editions`)."""
    return {name: count() for name, (count, _words) in _counted.items()}


def extent_in_words(counts: Mapping[str, Any]) -> str:
    """What `extent` said, for people: "318 entries, 38 chains, 3 editions"."""
    return ", ".join(
        str(words) % {"count": counts[name]} for name, (_count, words) in _counted.items()
    )


def verify() -> list[Finding]:
    """Everything that is wrong with the chains, the ledger and the records they seal."""
    findings = [*_verify_chains(), *_verify_ledger()]
    for verifier in _verifiers.values():
        findings.extend(verifier())
    return findings


def _verify_chains() -> Iterator[Finding]:
    heads = {h.chain: h for h in ChainHead.objects.exclude(chain=LEDGER)}
    last: dict[str, AuditEntry] = {}
    for entry in AuditEntry.objects.order_by("chain", "sequence").iterator():
        before = last.get(entry.chain)
        where = f"{entry.chain}#{entry.sequence}"
        if entry.sequence != (before.sequence + 1 if before else 1):
            yield Finding(
                "entry_missing",
                where,
                _("An entry is missing before %(place)s.") % {"place": where},
            )
        elif entry.previous != (before.hash if before else GENESIS):
            yield Finding(
                "link_broken",
                where,
                _("%(place)s does not follow the entry before it.") % {"place": where},
            )
        if entry.hash != entry_hash(entry) or not _is_canonical(entry.payload):
            yield Finding(
                "entry_changed", where, _("%(place)s is not as it was sealed.") % {"place": where}
            )
        last[entry.chain] = entry
    for chain, entry in last.items():
        head = heads.pop(chain, None)
        if head is None:
            yield Finding(
                "head_missing", chain, _("The head of %(chain)s is missing.") % {"chain": chain}
            )
        elif (head.sequence, head.hash) != (entry.sequence, entry.hash):
            yield Finding(
                "tail_missing",
                f"{chain}#{head.sequence}",
                _("%(chain)s ends at %(last)d, its head says %(head)d.")
                % {"chain": chain, "last": entry.sequence, "head": head.sequence},
            )
    for chain, head in heads.items():
        yield Finding(
            "chain_missing",
            chain,
            _("%(chain)s had %(count)d entries; none is left.")
            % {"chain": chain, "count": head.sequence},
        )


def _is_canonical(payload: str) -> bool:
    try:
        return canonical_json(json.loads(payload)) == payload
    except (ValueError, TypeError):
        return False


def _verify_ledger() -> Iterator[Finding]:
    entries = {
        (chain, sequence): sealed
        for chain, sequence, sealed in AuditEntry.objects.values_list(
            "chain", "sequence", "hash"
        ).iterator()
    }
    before_number, before_hash = 0, GENESIS
    missing: dict[str, list[int]] = {}
    for line in LedgerLine.objects.order_by("number").iterator():
        where = f"{LEDGER}#{line.number}"
        if line.number != before_number + 1:
            yield Finding(
                "ledger_gap",
                where,
                _("A line of the ledger is missing before %(number)d.") % {"number": line.number},
            )
        elif line.previous != before_hash:
            yield Finding(
                "ledger_broken",
                where,
                _("%(place)s does not follow the line before it.") % {"place": where},
            )
        if line.hash != line_hash(line):
            yield Finding(
                "ledger_changed", where, _("%(place)s is not as it was written.") % {"place": where}
            )
        sealed = entries.pop((line.chain, line.sequence), None)
        if sealed is None:
            missing.setdefault(line.chain, []).append(line.sequence)
        elif sealed != line.entry_hash:
            place = f"{line.chain}#{line.sequence}"
            yield Finding(
                "entry_not_as_published",
                place,
                _("%(place)s differs from the ledger.") % {"place": place},
            )
        before_number, before_hash = line.number, line.hash
    head = ChainHead.objects.filter(chain=LEDGER).first()
    if head is None:
        if before_number or entries:
            yield Finding("ledger_head_missing", LEDGER, _("The ledger's head is missing."))
    elif (head.sequence, head.hash) != (before_number, before_hash):
        yield Finding(
            "ledger_tail_missing",
            f"{LEDGER}#{head.sequence}",
            _("The ledger ends at %(last)d, its head says %(head)d.")
            % {"last": before_number, "head": head.sequence},
        )
    for chain, numbers in missing.items():
        yield Finding(
            "entries_missing",
            f"{chain}#{numbers[0]}",
            _("The ledger knows entries of %(chain)s that are gone: %(numbers)s.")
            % {"chain": chain, "numbers": ", ".join(str(number) for number in numbers)},
        )
    for chain, sequence in entries:
        place = f"{chain}#{sequence}"
        yield Finding(
            "not_in_ledger", place, _("%(place)s has no line in the ledger.") % {"place": place}
        )
