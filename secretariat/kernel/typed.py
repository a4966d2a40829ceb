"""What people type or paste, as it is kept: composed, and without signs that nobody sees.

Control characters break files that are made of the words later (XML knows none of them), and
marks that turn the direction of writing let one name be read as another (UAX #9, UTS #39).
"""

from __future__ import annotations

import unicodedata
from typing import Final

TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates of direction; a name needs none of them."""


def typed(text: str, *, lines: bool = False) -> str:
    """The text in NFC without control characters and turns of direction, on one line.

    `lines` keeps line ends. Any other white space that is a control character is a space.
    """
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return "".join(_kept(sign, lines) for sign in composed).strip()


def _kept(sign: str, lines: bool) -> str:
    if sign == "\n" and lines:
        return sign
    if sign in "\t\n\v\f\r\x85":
        return " "
    return "" if sign in TURNS or unicodedata.category(sign) == "Cc" else sign
