"""A sentence in the languages of the network, as data.

Pure: no Django. Rules return their explanations as `Bilingual`, so that a result
reads the same on a Korean page, on an English certificate and in an auditor's file.
A third language is a further key, not further code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

FALLBACKS = ("en", "ko")


class Bilingual(Mapping[str, str]):
    """An immutable mapping of language code to text; texts are held in NFC."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str] | None = None, /, **more: str) -> None:
        merged = {**(texts or {}), **more}
        self._texts = {
            language: unicodedata.normalize("NFC", text) for language, text in merged.items()
        }

    def __getitem__(self, language: str) -> str:
        return self._texts[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._texts.items())))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Bilingual):
            return self._texts == other._texts
        return NotImplemented

    def __repr__(self) -> str:
        return f"Bilingual({self._texts!r})"

    def __str__(self) -> str:
        return self.in_language(FALLBACKS[0])

    def in_language(self, language: str) -> str:
        """The text in `language` ("ko", "ko-kr" alike), else English, else Korean, else any."""
        for wanted in (language.split("-")[0], *FALLBACKS, *self._texts):
            if self._texts.get(wanted):
                return self._texts[wanted]
        return ""

    def as_dict(self) -> dict[str, str]:
        """A plain copy, for JSON."""
        return dict(self._texts)
