"""Importing a text: read it into a tree, show what would change, store it as the draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.models import Instrument
from resolutions.rules.changes import compare
from resolutions.rules.parse import ParseRefused, ParseResult, parse_text
from resolutions.selectors.trees import draft_languages, draft_tree
from resolutions.services.texts import check_slug, check_title, draft_text
from secretariat.kernel.errors import Conflict, InvalidInput


def read_text(*, raw: bytes, language: str, title: str = "") -> ParseResult:
    """Parse a plain text; what is not usable at all is refused with its line and the remedy."""
    try:
        return parse_text(raw, lang=language, title=title or None)
    except ParseRefused as refusal:
        raise InvalidInput(refusal.message, code=refusal.code, where=refusal.where) from refusal


def propose_text(
    *, slug: str, kind: str, result: ParseResult, dry_run: bool, actor: Any, now: datetime
) -> dict[str, Any]:
    """Store a parsed text as the draft of `slug`, or only say what storing it would change.

    Returns `{"slug", "kind", "existing", "dry_run", "changes": [Change.as_json()]}`; the
    changes are against the draft in the same language, empty for a new text.
    """
    office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    tree = result.tree
    check_slug(slug)
    check_title(tree.title, where=slug)
    instrument = Instrument.objects.filter(slug=slug).first()
    if instrument is not None and instrument.kind != kind:
        raise Conflict(
            _("A text of another kind has this address name. Choose another one."),
            code="kind_differs",
            where=slug,
        )
    changes: list[dict[str, Any]] = []
    if instrument is not None and tree.lang in draft_languages(instrument=instrument):
        before = draft_tree(instrument=instrument, language=tree.lang)
        changes = [change.as_json() for change in compare(before, tree)]
    if not dry_run:
        draft_text(slug=slug, kind=kind, trees=[tree], reason="import_text", actor=actor, now=now)
    return {
        "slug": slug,
        "kind": kind,
        "existing": instrument is not None,
        "dry_run": dry_run,
        "changes": changes,
    }
