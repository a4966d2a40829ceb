"""Importing a text: read it into trees, show what would change, store it as the draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.exports.readers import Pairing, TextRead, pair, read_file
from resolutions.models import Instrument
from resolutions.rules.changes import compare
from resolutions.rules.parse import ParseRefused, ParseResult
from resolutions.rules.structure import TextTree
from resolutions.selectors.trees import draft_languages, draft_tree
from resolutions.services.texts import check_slug, check_title, draft_text
from secretariat.kernel.errors import Conflict, InvalidInput


@dataclass(frozen=True, slots=True)
class Source:
    """A file or pasted text: its bytes, its language, and a title to override its own."""

    raw: bytes
    language: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class TextImport:
    """What was read from one file or two, by language, the asked language first."""

    results: Mapping[str, ParseResult]
    pairing: Pairing
    made_here: bool = False
    exact: bool = False

    @property
    def trees(self) -> dict[str, TextTree]:
        return {language: result.tree for language, result in self.results.items()}


def read_text(*, raw: bytes, language: str, title: str = "") -> ParseResult:
    """Read a file in one language; what is not usable at all is refused with the remedy."""
    return _read(Source(raw, language, title)).results[language]


def read_texts(*, sources: Iterable[Source]) -> TextImport:
    """Read one language, or a pair of files in two, matched by number.

    A file that was made here brings all its languages and their keys.
    """
    results: dict[str, ParseResult] = {}
    reads: list[TextRead] = []
    for source in sources:
        read = _read(source)
        reads.append(read)
        if source.language in results:
            raise InvalidInput(
                _("Both files are in one language. Choose the other language for one of them."),
                code="one_language_twice",
                where=source.language,
            )
        results[source.language] = read.results[source.language]
    if len(reads) == 1:
        results |= {
            language: result
            for language, result in reads[0].results.items()
            if language not in results
        }
    trees = {language: result.tree for language, result in results.items()}
    for language, tree in trees.items():
        try:
            tree.by_key()
        except ValueError as twice:
            raise InvalidInput(
                _("One key stands twice in the file. Import it as plain text instead."),
                code="key_twice",
                where=language,
            ) from twice
    return TextImport(
        results=results,
        pairing=pair(trees),
        made_here=all(read.made_here for read in reads),
        exact=all(read.exact for read in reads),
    )


def propose_text(
    *, slug: str, kind: str, result: ParseResult, dry_run: bool, actor: Any, now: datetime
) -> dict[str, Any]:
    """Store a text in one language as the draft of `slug`, or only say what that would change.

    Returns `{"slug", "kind", "existing", "dry_run", "changes": [Change.as_json()]}`; the
    changes are against the draft in the same language, empty for a new text.
    """
    proposed = propose_texts(
        slug=slug, kind=kind, trees=[result.tree], dry_run=dry_run, actor=actor, now=now
    )
    return {**proposed, "changes": proposed["changes"][result.tree.lang]}


def propose_texts(
    *,
    slug: str,
    kind: str,
    trees: Iterable[TextTree],
    dry_run: bool,
    authentic_languages: Iterable[str] = (),
    reason: str = "import_text",
    actor: Any,
    now: datetime,
) -> dict[str, Any]:
    """As `propose_text`, for several languages at once: `changes` is `{language: […]}`."""
    office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    trees = list(trees)
    check_slug(slug)
    for tree in trees:
        check_title(tree.title, where=slug)
    instrument = Instrument.objects.filter(slug=slug).first()
    if instrument is not None and instrument.kind != kind:
        raise Conflict(
            _("A text of another kind has this address name. Choose another one."),
            code="kind_differs",
            where=slug,
        )
    known = draft_languages(instrument=instrument) if instrument is not None else []
    changes: dict[str, list[dict[str, Any]]] = {}
    for tree in trees:
        changes[tree.lang] = []
        if instrument is not None and tree.lang in known:
            before = draft_tree(instrument=instrument, language=tree.lang)
            changes[tree.lang] = [change.as_json() for change in compare(before, tree)]
    if not dry_run:
        draft_text(
            slug=slug,
            kind=kind,
            trees=trees,
            authentic_languages=authentic_languages,
            reason=reason,
            actor=actor,
            now=now,
        )
    return {
        "slug": slug,
        "kind": kind,
        "existing": instrument is not None,
        "dry_run": dry_run,
        "changes": changes,
    }


def _read(source: Source) -> TextRead:
    try:
        return read_file(source.raw, lang=source.language, title=source.title)
    except ParseRefused as refusal:
        raise InvalidInput(refusal.message, code=refusal.code, where=refusal.where) from refusal
