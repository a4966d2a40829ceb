"""Files of editions: the stored bytes against the hashes that were recorded when they were made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from resolutions.integrity.entries import Book, Row, compare
from resolutions.models import EditionFile
from secretariat.kernel.audit import Finding

PREFIX = "text:"


def verify_files(book: Book) -> Iterator[Finding]:
    """What is not as it was given out: a byte, a hash, a file that is gone or was put there."""
    rows: dict[str, Row] = {}
    files = EditionFile.objects.select_related("edition__instrument").order_by("pk")
    for file in files.iterator(chunk_size=8):
        where = f"{file.edition.instrument.slug}/{file.edition.number}"
        rows[f"{where}/{file.language}.{file.format}"] = {
            "sha256": file.sha256,
            "content": hashlib.sha256(bytes(file.content)).hexdigest(),
            "made_with": file.made_with,
            "made_at": file.made_at,
        }
    yield from compare("edition_file", rows=rows, recorded=_recorded(book))


def _recorded(book: Book) -> dict[str, Row]:
    recorded: dict[str, Row] = {}
    for slug in book.names(PREFIX):
        for entry in book.all(PREFIX + slug, "text.file_registered"):
            for file in entry.payload.get("files", ()):
                where = f"{slug}/{entry.payload.get('edition')}"
                recorded[f"{where}/{file['language']}.{file['format']}"] = {
                    "sha256": file["sha256"],
                    "content": file["sha256"],
                    "made_with": file["made_with"],
                    "made_at": entry.at,
                }
    return recorded
