"""Plain text of bylaws, a declaration or a resolution, read into a tree of provisions.

How lines are read is described for clerks in docs/reference/plain-text-import.md. The guarantee:
every character of the source that is neither white space nor numbering is, in order, in the
tree (title, headings, texts) or in `not_understood`. It is checked at the end of every parse.

The work is done in two passes over the lines: `survey` finds out what kind of document it is,
`placing` places line after line.
"""

from __future__ import annotations

import unicodedata

from resolutions.rules.normalise import normalise
from resolutions.rules.parsed import Cut, NotUnderstood, ParseRefused, ParseResult
from resolutions.rules.placing import Builder
from resolutions.rules.structure import Kind
from secretariat.kernel.bilingual import Bilingual

__all__ = [
    "MAX_BYTES",
    "Cut",
    "NotUnderstood",
    "ParseRefused",
    "ParseResult",
    "decode",
    "parse_text",
]

MAX_BYTES = 5_000_000
LANGUAGES = ("ko", "en")


def parse_text(
    raw: bytes, *, lang: str, kind: str | None = None, title: str | None = None
) -> ParseResult:
    """Read `raw`, the bytes of a plain-text file, as a text in `lang` ("ko" or "en").

    `title` overrides the document's own first line, which is then kept as the heading of the
    preamble. `kind` is the instrument's kind; "bylaws" without a single article are warned of.
    Raises ParseRefused.
    """
    if lang not in LANGUAGES:
        raise ParseRefused(
            "unknown_language",
            0,
            Bilingual(
                ko=f"'{lang}' 언어의 본문은 읽을 수 없습니다. ko 또는 en을 지정하십시오.",
                en=f"Texts in {lang!r} cannot be read. Give ko or en.",
            ),
        )
    lines, normalised = normalise(decode(raw))
    if not any(line and not line.isspace() for line in lines):
        raise ParseRefused(
            "empty",
            0,
            Bilingual(
                ko="파일에 글자가 없습니다. 본문이 들어 있는 파일을 고르십시오.",
                en="The file has no text in it. Choose the file that contains the text.",
            ),
        )
    builder = Builder(lines, lang=lang, title=_one_line(title or ""))
    builder.build()
    if kind == "bylaws" and not builder.has(Kind.ARTICLE):
        builder.warn(1, "no_articles", _NO_ARTICLES)
    return builder.result(normalised)


def decode(raw: bytes) -> str:
    """The text of UTF-8 `raw`. Raises ParseRefused: too_large, binary, not_utf8."""
    if len(raw) > MAX_BYTES:
        raise ParseRefused(
            "too_large",
            0,
            Bilingual(
                ko=f"파일이 5 MB보다 큽니다({len(raw):,}바이트). "
                "본문만 남기거나 나누어 불러오십시오.",
                en=f"The file is larger than 5 MB ({len(raw):,} bytes). Keep only the text, or "
                "import it in parts.",
            ),
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_utf8(raw, 0, "UTF-16")
    for magic, name in _BINARY.items():
        if raw.startswith(magic):
            raise _binary(1, name)
    if (place := raw.find(b"\0")) >= 0:
        raise _binary(raw.count(b"\n", 0, place) + 1, "")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            raw.decode("cp949")
        except UnicodeDecodeError:
            guess = ""
        else:
            guess = "EUC-KR (CP949)"
        raise _not_utf8(raw, error.start, guess) from None


_BINARY = {
    b"PK\x03\x04": "DOCX/HWPX",
    b"%PDF-": "PDF",
    b"\xd0\xcf\x11\xe0": "DOC/HWP",
    b"{\\rtf": "RTF",
}


def _binary(line: int, name: str) -> ParseRefused:
    seems = (f" ({name} 파일로 보입니다)", f" (it looks like {name})") if name else ("", "")
    return ParseRefused(
        "binary",
        line,
        Bilingual(
            ko=f"일반 텍스트 파일이 아닙니다{seems[0]}: {line}행. "
            "문서 편집기에서 '텍스트(UTF-8)'로 저장한 파일을 불러오십시오.",
            en=f"This is not a plain-text file{seems[1]}: line {line}. "
            "Save it as plain text (UTF-8) in the word processor and import that file.",
        ),
    )


def _not_utf8(raw: bytes, start: int, guess: str) -> ParseRefused:
    line = raw.count(b"\n", 0, start) + 1
    column = start - (raw.rfind(b"\n", 0, start) + 1) + 1
    byte = f"0x{raw[start]:02X}"
    seems = (f" {guess} 파일로 보입니다.", f" It seems to be {guess}.") if guess else ("", "")
    return ParseRefused(
        "not_utf8",
        line,
        Bilingual(
            ko=f"UTF-8 파일이 아닙니다: {line}행 {column}번째 바이트({byte})를 읽을 수 없습니다."
            f"{seems[0]} 편집기에서 인코딩을 UTF-8로 바꾸어 저장한 뒤 다시 불러오십시오.",
            en=f"The file is not UTF-8: line {line}, byte {column} ({byte}) cannot be read."
            f"{seems[1]} Save it in your editor with the encoding UTF-8 and import it again.",
        ),
    )


def _one_line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


_NO_ARTICLES = Bilingual(
    ko="조(條)가 하나도 없습니다. 규약이라면 제1조처럼 번호를 붙였는지 확인하십시오.",
    en="There is not a single article. If these are bylaws, check that articles are numbered.",
)
