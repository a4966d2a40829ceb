"""Plain text as it comes from people's machines, brought into one form before it is read.

What is changed is reported, line by line, and nothing that can be seen is removed:

- line ends (CR LF, CR, and the Unicode and form-feed line breaks) become line feeds;
- a byte order mark, zero-width and direction-override characters, soft hyphens and control
  characters go (they cannot be seen, and would make equal texts unequal);
- full-width digits, Latin letters, brackets, full stop and space become ASCII, everywhere,
  since they carry structure and numbers; other full-width punctuation is typography and stays;
- everything is composed to NFC (macOS writes file contents in NFD).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from secretariat.kernel.bilingual import Bilingual

REPORTED_LINES = 100
"""Of one kind of change, this many lines are listed one by one; the others are counted."""

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff]"
)
_WIDE = "".join(
    (
        "".join(map(chr, range(0xFF10, 0xFF1A))),  # digits
        "".join(map(chr, range(0xFF21, 0xFF3B))),  # capital letters
        "".join(map(chr, range(0xFF41, 0xFF5B))),  # small letters
        "（）．＜＞［］－",
    )
)
_TO_ASCII = str.maketrans({sign: chr(ord(sign) - 0xFEE0) for sign in _WIDE} | {"\u3000": " "})
_HAS_WIDE = re.compile(f"[{re.escape(_WIDE)}\u3000]")

MESSAGES = {
    "line_endings": Bilingual(
        ko="줄바꿈 문자를 하나의 방식(LF)으로 통일했습니다.",
        en="Line endings were unified (LF).",
    ),
    "byte_order_mark": Bilingual(
        ko="파일 첫머리의 바이트 순서 표시(BOM)를 지웠습니다.",
        en="The byte order mark at the start of the file was removed.",
    ),
    "unseen_character": Bilingual(
        ko="보이지 않는 문자(폭 없는 공백, 방향 표시, 제어 문자)를 지웠습니다.",
        en="Invisible characters (zero width, direction, control) were removed.",
    ),
    "full_width": Bilingual(
        ko="전각 숫자·영문자·괄호·공백을 반각으로 바꾸었습니다.",
        en="Full-width digits, letters, brackets or spaces were made ASCII.",
    ),
    "nfd": Bilingual(
        ko="풀어쓴 글자(NFD)를 모아쓴 글자(NFC)로 바꾸었습니다.",
        en="Decomposed letters (NFD) were composed (NFC).",
    ),
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the import should know: at `line` (from 1), what, in words."""

    line: int
    code: str
    message: Bilingual

    def as_json(self, lang: str = "en") -> dict[str, Any]:
        """`{"line","code","text"}`, the text in `lang`."""
        return {"line": self.line, "code": self.code, "text": self.message.in_language(lang)}


def normalise(text: str) -> tuple[list[str], tuple[Note, ...]]:
    """The lines of `text` in one form, and what was changed in which line."""
    changed: dict[str, list[int]] = {}
    if text.startswith("\ufeff"):
        text = text[1:]
        changed["byte_order_mark"] = [1]
    unified = _LINE_BREAKS.sub("\n", text)
    if unified != text:
        changed["line_endings"] = [1]
    lines = unified.split("\n")
    for number, line in enumerate(lines, start=1):
        if line.isascii() and line.isprintable():
            continue
        seen = line
        if _UNSEEN.search(seen):
            seen = _UNSEEN.sub("", seen)
            changed.setdefault("unseen_character", []).append(number)
        if _HAS_WIDE.search(seen):
            seen = seen.translate(_TO_ASCII)
            changed.setdefault("full_width", []).append(number)
        if not unicodedata.is_normalized("NFC", seen):
            seen = unicodedata.normalize("NFC", seen)
            changed.setdefault("nfd", []).append(number)
        lines[number - 1] = seen
    return lines, _notes(changed)


def _notes(changed: dict[str, list[int]]) -> tuple[Note, ...]:
    notes: list[Note] = []
    for code, numbers in changed.items():
        message = MESSAGES[code]
        notes += [Note(number, code, message) for number in numbers[:REPORTED_LINES]]
        more = len(numbers) - REPORTED_LINES
        if more > 0:
            rest = Bilingual(
                ko=f"{message['ko']} 이 줄부터 모두 {more}개 줄입니다.",
                en=f"{message['en']} From this line on, {more} lines in all.",
            )
            notes.append(Note(numbers[REPORTED_LINES], code, rest))
    return tuple(sorted(notes, key=lambda note: note.line))
