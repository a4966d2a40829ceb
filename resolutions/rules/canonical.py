"""The canonical form of a text, and the hashes that identify an edition.

Specified for other programs in docs/reference/canonical-text.md; this module and that page
change together, and only with a new version number in the first line of the form.
Hash: SHA-256 (FIPS 180-4) over the UTF-8 bytes. Normalisation: Unicode NFC (UAX #15).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from resolutions.rules.structure import TextTree

VERSION = "1"
_TRIMMED = " \t\n"
_HEX = re.compile(r"[0-9a-f]{64}")


def normal_field(value: str) -> str:
    """One field as it is stored: NFC, lines ended by a line feed, nothing around it."""
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unified).strip(_TRIMMED)


def canonical_field(value: str) -> str:
    """One field as it stands in the canonical form: one line, NFC, escaped."""
    return normal_field(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def canonical_text(tree: TextTree) -> str:
    """The canonical form of one language: one record a line, fields separated by tabs."""
    lines = [
        f"text\t{VERSION}\t{canonical_field(tree.lang)}",
        f"title\t{canonical_field(tree.title)}",
    ]
    waiting = [(provision, 1) for provision in reversed(tree.provisions)]
    while waiting:
        provision, depth = waiting.pop()
        fields = (
            provision.key,
            provision.kind.value,
            provision.number,
            provision.heading,
            provision.text,
        )
        lines.append("\t".join(("provision", str(depth), *map(canonical_field, fields))))
        waiting.extend((child, depth + 1) for child in reversed(provision.children))
    return "\n".join(lines) + "\n"


def language_hash(tree: TextTree) -> str:
    """SHA-256 of the canonical form, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_text(tree).encode("utf-8")).hexdigest()


def edition_hash(hashes: Mapping[str, str]) -> str:
    """One SHA-256 over the hashes of all authentic languages of an edition.

    `hashes` maps the language code to `language_hash`. Raises ValueError where it is empty
    or a value is not a SHA-256 in lower-case hexadecimal digits.
    """
    if not hashes:
        raise ValueError("an edition has at least one authentic language")
    lines = [f"edition\t{VERSION}"]
    for language in sorted(hashes):
        if not _HEX.fullmatch(hashes[language]):
            raise ValueError(f"not a SHA-256 in hexadecimal digits: {hashes[language]!r}")
        lines.append(f"{canonical_field(language)}\t{hashes[language]}")
    return hashlib.sha256(("\n".join(lines) + "\n").encode("utf-8")).hexdigest()
