"""Texts as files: what an export takes, and the stored bytes of editions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from resolutions.exports.document import TextDocument
from resolutions.models import Edition, EditionFile, Instrument
from resolutions.rules.canonical import language_hash
from resolutions.selectors.texts import edition_trees
from resolutions.selectors.trees import draft_trees
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import Network
from secretariat.kernel.replies import DEMONSTRATION_NOTICE


def edition_document(*, edition: Edition) -> TextDocument:
    """An adopted edition, as exports take it. Six queries."""
    instrument = edition.instrument
    rows = {row.language: row for row in edition.languages.all()}
    first = instrument.editions.order_by("number").values_list("adopted_on", flat=True).first()
    return _with_network(
        TextDocument(
            slug=instrument.slug,
            kind=instrument.kind,
            trees=edition_trees(edition=edition),
            made_at=edition.adopted_at,
            edition=edition.number,
            adopted_on=edition.adopted_on,
            in_force_from=edition.in_force_from,
            first_adopted_on=first,
            corrects=edition.corrects.number if edition.corrects else None,
            sha256=edition.sha256,
            hashes={language: row.sha256 for language, row in rows.items()},
            authentic=tuple(sorted(code for code, row in rows.items() if row.authentic)),
        )
    )


def draft_document(*, instrument: Instrument, now: datetime) -> TextDocument | None:
    """The working draft, as exports take it; None where there is none."""
    trees = draft_trees(instrument=instrument)
    if not trees:
        return None
    return _with_network(
        TextDocument(
            slug=instrument.slug,
            kind=instrument.kind,
            trees=trees,
            made_at=now,
            hashes={code: language_hash(tree) for code, tree in trees.items()},
            authentic=tuple(sorted(instrument.authentic_languages)),
        )
    )


def _with_network(document: TextDocument) -> TextDocument:
    network = Network.objects.filter(pk=1).first()
    if network is None:
        return document
    return replace(
        document,
        network=Bilingual(ko=network.name_ko, en=network.name_en),
        notice=Bilingual(DEMONSTRATION_NOTICE if network.demonstration else {}),
    )


def published_edition(*, slug: str, number: int) -> Edition | None:
    """A published edition by its address."""
    return (
        Edition.objects.filter(instrument__slug=slug, number=number, publication__isnull=False)
        .select_related("instrument", "corrects", "publication")
        .prefetch_related("languages")
        .first()
    )


def file_of(*, slug: str, number: int, language: str, format: str) -> EditionFile | None:
    """The stored bytes of a published edition. One query."""
    return (
        EditionFile.objects.filter(
            edition__instrument__slug=slug,
            edition__number=number,
            edition__publication__isnull=False,
            language=language,
            format=format,
        )
        .select_related("edition__instrument", "edition__publication")
        .first()
    )


def files_of(*, edition: Edition) -> list[EditionFile]:
    """What an edition has files of, without their bytes: Korean, English, both. One query."""
    order = {"ko": 0, "en": 1, "both": 2}
    formats = {"pdf": 0, "docx": 1, "akn": 2, "txt": 3, "json": 4}
    rows = EditionFile.objects.filter(edition=edition).defer("content")
    return sorted(
        rows, key=lambda row: (order.get(row.language, 9), row.language, formats[row.format])
    )
