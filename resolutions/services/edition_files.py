"""The files of an edition: made once when it is published, hashed, recorded, and kept.

Another version of a tool makes other bytes from the same text, so what the public was given is
stored (docs/decisions/0015-files-of-an-edition-are-kept.md). Publication announces itself; the
handler below makes the files after the commit, in the worker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.exports.document import BOTH
from resolutions.exports.formats import FORMATS, make
from resolutions.models import Edition, EditionFile, Instrument
from resolutions.selectors.edition_files import edition_document
from secretariat.kernel import clock
from secretariat.kernel.audit import act
from secretariat.kernel.errors import WrongState
from secretariat.kernel.outbox import handles
from secretariat.kernel.policy import SYSTEM


def register_files(*, edition: Edition, actor: Any, now: datetime) -> list[EditionFile]:
    """Make, hash, record and store every format in every language of a published edition.

    An edition that has its files already keeps them. The files are made before the transaction:
    typesetting takes a second, and no vote should wait for it.
    """
    authority = office_policy.require(actor, OfficeAction.ADOPT_TEXTS, now)
    if not hasattr(edition, "publication"):
        raise WrongState(
            _("This edition is not public yet. Publish it; its files are made then."),
            code="not_public",
            where=f"{edition.instrument.slug}/{edition.number}",
        )
    if edition.files.exists():
        return []
    document = edition_document(edition=edition)
    languages = (*document.languages, *([BOTH] if len(document.languages) > 1 else []))
    made = [
        (format, language, make(document, format, lang=language))
        for format in FORMATS
        for language in languages
    ]
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=edition.instrument_id)
        if edition.files.exists():
            return []
        rows = EditionFile.objects.bulk_create(
            EditionFile(
                edition=edition,
                format=format,
                language=language,
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                made_with=FORMATS[format].made_with[:100],
                made_at=now,
            )
            for format, language, content in made
        )
        record(
            instrument.chain,
            "text.file_registered",
            {
                "edition": edition.number,
                "files": [
                    {
                        "format": row.format,
                        "language": row.language,
                        "sha256": row.sha256,
                        "made_with": row.made_with,
                    }
                    for row in rows
                ],
            },
        )
    return rows


def register_missing(*, now: datetime) -> int:
    """Make the files of every published edition that has none; how many editions that were."""
    editions = Edition.objects.filter(publication__isnull=False, files=None).select_related(
        "instrument", "publication", "corrects"
    )
    return sum(bool(register_files(edition=edition, actor=SYSTEM, now=now)) for edition in editions)


@handles("text.published")
def edition_published(payload: Mapping[str, Any]) -> None:
    """After the commit of a publication. Tests within one transaction never come here."""
    edition = (
        Edition.objects.filter(instrument__slug=payload["instrument"], number=payload["edition"])
        .select_related("instrument", "publication", "corrects")
        .first()
    )
    if edition is not None:
        register_files(edition=edition, actor=SYSTEM, now=clock.now())
