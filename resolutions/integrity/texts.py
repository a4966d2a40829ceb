"""Texts: instruments, editions in each language, their rules and their publication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from resolutions.integrity.entries import Book, Row, compare
from resolutions.models import Edition, Instrument
from resolutions.rules.canonical import edition_hash, language_hash, normal_field
from resolutions.selectors.trees import build_tree
from resolutions.services.texts import draft_hashes, draft_rules_hash, rules_as_json
from secretariat.kernel.audit import Finding, canonical_json, sha256

PREFIX = "text:"
UNREADABLE = "0" * 64
"""In place of the hash of a text that holds together no more."""
STATES = {
    "text.drafted": "draft",
    "text.edited": "draft",
    "text.rules_bound": "draft",
    "text.taken_back": "draft",
    "text.tabled": "tabled",
    "text.adopted": "adopted",
    "text.published": "published",
}


def verify_texts(book: Book) -> Iterator[Finding]:
    """What is not as it was drafted, tabled, adopted and published."""
    instruments = {each.slug: each for each in Instrument.objects.order_by("slug")}
    yield from compare(
        "text",
        rows={slug: _instrument(each) for slug, each in instruments.items()},
        recorded={slug: _recorded_instrument(book, slug) for slug in book.names(PREFIX)},
    )
    for slug, instrument in instruments.items():
        yield from _verify_tabled(book, slug, instrument)
    editions = Edition.objects.select_related(
        "instrument", "decision", "predecessor", "corrects", "publication"
    ).prefetch_related("languages", "rules", "provisions__texts")
    rows: dict[str, Row] = {}
    published: dict[str, Row] = {}
    for edition in editions.order_by("instrument__slug", "number"):
        where = f"{edition.instrument.slug}/{edition.number}"
        rows[where] = _edition(edition)
        if hasattr(edition, "publication"):
            published[where] = {"published_at": edition.publication.published_at}
        yield from _verify_words(edition, where)
    yield from compare("edition", rows=rows, recorded=_recorded_editions(book))
    yield from compare("publication", rows=published, recorded=_recorded_publications(book))


def _instrument(instrument: Instrument) -> Row:
    return {
        "kind": instrument.kind,
        "state": instrument.state,
        "authentic_languages": sorted(instrument.authentic_languages),
        "created_at": instrument.created_at,
    }


def _recorded_instrument(book: Book, slug: str) -> Row:
    chain = PREFIX + slug
    drafted = book.all(chain, "text.drafted")
    states = [STATES[entry.action] for entry in book.all(chain) if entry.action in STATES]
    return {
        "kind": drafted[-1].payload.get("kind") if drafted else None,
        "authentic_languages": drafted[-1].payload.get("authentic") if drafted else None,
        "created_at": drafted[0].at if drafted else None,
        "state": states[-1] if states else None,
    }


def _verify_tabled(book: Book, slug: str, instrument: Instrument) -> Iterator[Finding]:
    """A text on the table stands still, and so do the rules bound to it."""
    tabled = book.last(PREFIX + slug, *STATES)
    if tabled is None or tabled.action != "text.tabled":
        return
    if tabled.payload.get("languages") != draft_hashes(instrument=instrument):
        yield Finding(
            "draft_changed", slug, _("The text %(place)s is not what was tabled.") % {"place": slug}
        )
    if _hash_of_rules(tabled.payload.get("rules")) != draft_rules_hash(instrument=instrument):
        yield Finding(
            "draft_changed",
            slug,
            _("The rules of %(place)s are not those that were tabled.") % {"place": slug},
        )


def _hash_of_rules(rules: Any) -> str:
    return sha256(canonical_json(rules))


def _edition(edition: Edition) -> Row:
    languages = list(edition.languages.all())
    return {
        "adopted_at": edition.adopted_at,
        "adopted_on": edition.adopted_on.isoformat(),
        "in_force_from": edition.in_force_from.isoformat(),
        "decision": edition.decision.slug if edition.decision else None,
        "basis": edition.basis,
        "predecessor": edition.predecessor.number if edition.predecessor else None,
        "corrects": edition.corrects.number if edition.corrects else None,
        "sha256": edition.sha256,
        "languages": {row.language: row.sha256 for row in languages},
        "titles": {row.language: row.title for row in languages},
        "authentic": sorted(row.language for row in languages if row.authentic),
        "rules": rules_as_json(edition.rules.all()),
    }


def _recorded_editions(book: Book) -> dict[str, Row]:
    recorded: dict[str, Row] = {}
    for slug in book.names(PREFIX):
        before = None
        for entry in book.all(PREFIX + slug, "text.adopted"):
            number = entry.payload.get("edition")
            recorded[f"{slug}/{number}"] = {
                **{key: value for key, value in entry.payload.items() if key != "edition"},
                "adopted_at": entry.at,
                "predecessor": before,
            }
            before = number
    return recorded


def _recorded_publications(book: Book) -> dict[str, Row]:
    return {
        f"{slug}/{entry.payload.get('edition')}": {"published_at": entry.at}
        for slug in book.names(PREFIX)
        for entry in book.all(PREFIX + slug, "text.published")
    }


def _verify_words(edition: Edition, where: str) -> Iterator[Finding]:
    """The words themselves: their hashes, and their very bytes, which the hash leaves open."""
    rows = sorted(edition.provisions.all(), key=lambda row: row.position)
    languages = {row.language: row for row in edition.languages.all()}
    hashes = {}
    for language, row in sorted(languages.items()):
        try:
            tree = build_tree(rows=rows, title=row.title, language=language)
            hashes[language] = language_hash(tree)
        except ValueError:
            hashes[language] = UNREADABLE
        if hashes[language] != row.sha256:
            yield Finding(
                "text_changed",
                f"{where}/{language}",
                _("The text %(place)s (%(language)s) is not what was adopted.")
                % {"place": where, "language": language},
            )
    if not hashes or edition_hash(hashes) != edition.sha256:
        yield Finding(
            "edition_hash_differs",
            where,
            _("Edition %(place)s is not what was adopted.") % {"place": where},
        )
    for position, provision in enumerate(rows):
        place = f"{where}/{provision.key}"
        if provision.position != position:
            yield Finding(
                "provision_changed",
                place,
                _("%(place)s is not where it was adopted.") % {"place": place},
            )
        for words in provision.texts.all():
            if words.language not in languages or any(
                field != normal_field(field) for field in (words.heading, words.text)
            ):
                yield Finding(
                    "text_changed",
                    f"{place}/{words.language}",
                    _("The words of %(place)s (%(language)s) are not as they were sealed.")
                    % {"place": place, "language": words.language},
                )
