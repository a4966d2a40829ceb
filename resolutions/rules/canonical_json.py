"""The one form in which rules, rolls and findings are hashed.

Keys sorted, no white space, characters as they are, text in NFC, UTF-8; no floats. For the
texts, integers and booleans used here this is RFC 8785 (JSON Canonicalization Scheme),
written with the standard library so that an auditor needs nothing else.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata


def canonical_json(value: object) -> str:
    """`value` (mappings, sequences, text, integers, booleans, None) in canonical form.

    Raises TypeError for a float: shares and majorities are exact.
    """
    return json.dumps(_normalised(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_hex(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _normalised(value: object) -> object:
    if isinstance(value, float):
        raise TypeError("a float has no place in a canonical record")
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_normalised(key): _normalised(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normalised(item) for item in value]
    return value
