"""The legal record checked against itself and against the audit chain, for `verify_audit`.

Every row of texts and decisions that counts is written in the same transaction as an audit
entry that says what it says. Here each is read back and compared, column by column, with
the entries of its chain: what was changed, removed or added by other hands is named.
Editions are hashed again from their words, rolls and results from their documents.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resolutions.integrity.amendments import verify_amendments
from resolutions.integrity.assemblies import verify_assemblies
from resolutions.integrity.drafting import verify_drafting
from resolutions.integrity.elections import verify_elections
from resolutions.integrity.entries import Book
from resolutions.integrity.files import verify_files
from resolutions.integrity.signatures import verify_signatures
from resolutions.integrity.texts import verify_texts
from resolutions.integrity.votes import verify_votes
from resolutions.models import Edition
from secretariat.kernel import audit
from secretariat.kernel.audit import Finding


def connect() -> None:
    """Add the checks of texts and decisions to `secretariat.kernel.audit.verify`."""
    audit.register_verifier(
        "resolutions",
        verify_record,
        counted={"editions": (Edition.objects.count, gettext_lazy("%(count)d editions"))},
    )


def verify_record() -> Iterator[Finding]:
    """Everything in texts and decisions that is not as it was recorded."""
    book = Book.read("text:", "vote:", "election:", "assembly:", "signing:", "amendment:")
    for verify in (
        verify_texts,
        verify_files,
        verify_drafting,
        verify_assemblies,
        verify_votes,
        verify_elections,
        verify_signatures,
        verify_amendments,
    ):
        try:
            yield from verify(book)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as broken:
            # A row or an entry so changed that it cannot be read; its chain names the entry.
            name = verify.__name__.removeprefix("verify_")
            yield Finding(
                "unreadable",
                name,
                _("The record cannot be read (%(name)s): %(problem)s")
                % {"name": name, "problem": repr(broken)},
            )
