"""What reading a plain text gives: a tree with everything to look at, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from resolutions.rules.normalise import Note
from resolutions.rules.structure import TextTree
from secretariat.kernel.bilingual import Bilingual


class ParseRefused(Exception):
    """A file that cannot be imported. Nothing of it is kept.

    `code` is one of not_utf8, too_large, empty, binary, duplicate_number, unknown_language,
    not_conserved; `line` counts from 1 (0: the file as a whole); `message` says what happened
    and what to do next; `other_line` is the first of two lines with one number.
    """

    def __init__(self, code: str, line: int, message: Bilingual, other_line: int = 0) -> None:
        super().__init__(str(message))
        self.code = code
        self.line = line
        self.message = message
        self.other_line = other_line

    @property
    def where(self) -> str:
        """ "line 12", or "file"."""
        return f"line {self.line}" if self.line else "file"


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A line that is shown to the reader because it has no place in the tree."""

    line: int
    text: str

    def as_json(self) -> dict[str, Any]:
        """`{"line","text"}`."""
        return {"line": self.line, "text": self.text}


@dataclass(frozen=True, slots=True)
class Cut:
    """What was taken from a line as numbering: "제3조(" and ")", "①", "Article 3."."""

    line: int
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The tree, and everything a person should look at before it is stored."""

    tree: TextTree
    normalised: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    numbering: tuple[Cut, ...] = ()

    def as_json(self, lang: str = "en") -> dict[str, Any]:
        """The tree's JSON with `normalised`, `warnings`, `not_understood`; messages in `lang`."""
        return {
            **self.tree.as_json(),
            "normalised": [note.as_json(lang) for note in self.normalised],
            "warnings": [note.as_json(lang) for note in self.warnings],
            "not_understood": [each.as_json() for each in self.not_understood],
        }
