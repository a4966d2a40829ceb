"""How the beginning of a line says what it is: 제3조(목적), ①, 1., 가., Article 3 (Purpose), (a).

Pure recognition of one line, without knowledge of what stands around it; `parse` decides,
from the context, whether a line that looks like a number is one. Every pattern is anchored
and bounded, so that a line of any length costs no more than its length.

`cut` is what a marker takes away from the line as numbering, piece by piece; everything else
comes back in `heading` and `rest`, in the order in which it stood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from resolutions.rules.numbering import (
    CIRCLED,
    HANGUL_SERIES,
    LATIN_ORDINALS,
    from_letters,
    from_roman,
)
from resolutions.rules.structure import Kind


class Strength(StrEnum):
    """How sure a line's beginning is a marker, as against a reference in a wrapped line."""

    SURE = "sure"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class WordMarker:
    """제1장, 제3조(목적), 부칙, 별표 1, Article 3, Annex …"""

    kind: Kind
    number: str
    heading: str
    rest: str
    cut: tuple[str, ...]
    strength: Strength = Strength.SURE
    repealed: bool = False
    last: str = ""
    """For "제4조부터 제6조까지 삭제" the last number of the range."""


class Style(StrEnum):
    """The look of a list's numbers. A list has one."""

    CIRCLE = "①"
    NUMBER = "1."
    NUMBER_BRACKET = "1)"
    NUMBER_BRACKETS = "(1)"
    HANGUL = "가."
    HANGUL_BRACKET = "가)"
    HANGUL_BRACKETS = "(가)"
    LETTER = "a."
    LETTER_BRACKET = "a)"
    LETTER_BRACKETS = "(a)"
    ROMAN = "i."
    ROMAN_BRACKET = "i)"
    ROMAN_BRACKETS = "(i)"


@dataclass(frozen=True, slots=True)
class ListMarker:
    """The number of a paragraph, item or subitem: its look, its value and what follows.

    `offset` is where `rest` begins in the line that was given.
    """

    style: Style
    number: str
    rest: str
    cut: str
    offset: int


# --- Korean word markers

_KO_DIVISION = re.compile(r"제\s{0,3}([0-9]{1,4})\s{0,3}(편|장|절|조)((?:의\s?[0-9]{1,3}){0,3})")
_KO_SUBSECTION = re.compile(r"제\s{0,3}[0-9]{1,4}\s{0,3}관(?:\s|$)")
_KO_SUPPLEMENTARY = re.compile(r"\[?부\s{0,20}칙\]?\s{0,3}(?=$|[<(\[〈]|[0-9]{4}\s?[.년])")
_KO_ANNEX = re.compile(
    r"(\[?별\s?표)(?:\s{0,3}제?\s?([0-9]{1,3})(?:\s?호)?)?(?:의([0-9]{1,2}))?(\]?)"
)
_KO_OTHER_ANNEX = re.compile(r"\[?(별지|붙임|부록)\s{0,3}(?:제?\s?[0-9]{1,3}(?:\s?호)?)?")
_KO_PREAMBLE = re.compile(r"\[?전\s{0,10}문\]?$")
_KO_REPEALED = re.compile(r"[(<\[〈]?\s?삭\s?제\s?(?:$|[<(\[〈)>\]〉.]|[0-9])")
_KO_RANGE = re.compile(r"\s?(?:부터|내지|[~∼-])\s?제\s?([0-9]{1,4})\s?조")
_KO_REFERENCE = re.compile(
    r"(?:제\s?[0-9]|및|또는|내지|부터|까지|에서|에\s|에게|의\s|의하|중\s|와\s|과\s|각\s?[항호목]"
    r"|단서|본문|전단|후단|등\s|소정의|규정[에을]|따[라른]|[,·ㆍ]|[를을은는]\s)"
)
_KO_REFERENCE_TO_DIVISION = re.compile(
    r"(?:제\s?[0-9]|(?:및|또는|내지|부터|까지|에서|에|의|중|와|과|를|을|은|는)\s|[,·ㆍ])"
)
_HEADING_BRACKETS = {"(": ")", "【": "】", "[": "]", "〔": "〕"}
_HEADING_LIMIT = 120
_PARTICLE_AFTER_HEADING = re.compile(
    r"\s?(?:및|또는|내지)\s|부터|까지|에|의|과|와|,|\s?제\s?[0-9]{1,3}\s?[항호]"
)

# --- English word markers

_EN_WORD = re.compile(
    r"(Article|ARTICLE|Art\.|Chapter|CHAPTER|Part|PART|Section|SECTION)\s{1,5}"
    r"([0-9]{1,4}(?:-[0-9]{1,3}){0,2}[A-Z]?|[IVXLC]{1,9})(?![\w-])"
    r"(?:\s{1,3}(" + "|".join(LATIN_ORDINALS) + r")\b)?"
)
_EN_KINDS = {
    "article": Kind.ARTICLE,
    "art.": Kind.ARTICLE,
    "chapter": Kind.CHAPTER,
    "part": Kind.PART,
    "section": Kind.SECTION,
}
_EN_SUPPLEMENTARY = re.compile(
    r"(?:(Supplementary Provisions?|SUPPLEMENTARY PROVISIONS?)|ADDEND(?:A|UM)|Addend(?:a|um))"
    r"(?=\s{0,3}(?:$|[<(\[:]))"
)
_EN_ANNEX = re.compile(
    r"(?:Annex|ANNEX)(?:\s{1,3}([0-9]{1,3}|[IVX]{1,6}|[A-Z]))?(?=\s{0,3}(?:$|[.:(–—-])|\s{1,3}[A-Z])"
)
_EN_OTHER_ANNEX = re.compile(
    r"(?:Appendix|APPENDIX|Schedule|SCHEDULE)(?:\s{1,3}[0-9A-Z]{1,4})?\s{0,3}(?:$|[.:(–—-]|\s[A-Z])"
)
_EN_PREAMBLE = re.compile(r"(?:Preamble|PREAMBLE)\s?:?$")
_EN_REPEALED = re.compile(
    r"[(<\[]?\s?(?:[Rr]epealed|REPEALED|[Dd]eleted|DELETED)"
    r"(?=\s?(?:$|[)>\].,<(\[])|\s(?:on|by|with|from|as of)\s|\s[0-9])"
)
_EN_SEPARATOR = re.compile(r"\s{0,5}[.:–—-]?\s{0,5}")

# --- Lists

_LIST = re.compile(
    r"(?P<circle>[" + CIRCLED + r"])(?:의(?P<circle_inserted>[0-9]{1,2}))?"
    r"|(?P<number>[0-9]{1,3})(?:의(?P<number_inserted>[0-9]{1,2}))?(?P<number_end>[.)])"
    r"|\((?P<brackets>[0-9]{1,3})\)"
    r"|(?P<hangul>["
    + HANGUL_SERIES
    + r"])(?:의(?P<hangul_inserted>[0-9]{1,2}))?(?P<hangul_end>[.)])"
    r"|\((?P<hangul_brackets>[" + HANGUL_SERIES + r"])\)"
    r"|(?P<letters>[a-z]{1,6})(?P<letters_end>[.)])"
    r"|\((?P<letters_brackets>[a-z]{1,6})(?:\s(?P<letters_inserted>bis|ter|quater))?\)"
)
_DATE_AFTER_NUMBER = re.compile(r"\s{0,2}[0-9]{1,2}\s{0,2}[.](?:\s|$|[0-9])")
DECIMAL = re.compile(r"([0-9]{1,3}|[A-Z])\.([0-9]{1,3})(?:\.([0-9]{1,3}))?\.?(?=\s)\s*")
CAPITAL = re.compile(r"([A-Z])\.\s+(?=\S)")
ROMAN_DIVISION = re.compile(r"([IVX]{1,7}|[\u2160-\u216b])\.\s{0,5}(?=\S)")

FOOTNOTE = re.compile(r"\[\^([0-9A-Za-z]{1,3})\]:\s{0,5}")
"""A line that is a footnote; its mark, [^1] without the colon, stands in the text it explains."""
FOOTNOTE_MARK = re.compile(r"\[\^([0-9A-Za-z]{1,3})\](?!:)")
_DECORATION = re.compile(r"[-_=*~·.─━═—–\s]{3,}")
_PAGE = re.compile(
    r"[-–—]\s{0,2}[0-9]{1,4}\s{0,2}[-–—]|(?:Page|페이지)\s[0-9]{1,4}(?:\s(?:of|/)\s[0-9]{1,4})?"
)
_NUMBERLESS_KO = re.compile(
    r"제\s{0,3}[○□×_△◇?…·~]{1,6}\s{0,3}(?:조|장|편|절)(?:의\S{1,3})?(?:\s|[(]|$)"
)
_NUMBERLESS_EN = re.compile(
    r"(?:Article|Chapter|Section|Part)\s{1,3}(?:_{1,9}|X{1,3}|[○?…]{1,5}|\.{2,9}|\[\s{0,3}\])(?:\s|[.:(]|$)"
)

TERMINAL = ".!?:;。…)]」』”’\"'>〉》】"
_TERMINAL_PUNCTUATION = tuple(TERMINAL)


def split_decimal(text: str) -> tuple[str, str]:
    """ "4.1. Powers" → ("4.1.", "Powers"); ("", text) where no decimal number begins it."""
    found = DECIMAL.match(text)
    return (found[0].strip(), text[found.end() :].strip()) if found else ("", text)


def is_decoration(text: str) -> bool:
    """Ruled lines and page numbers: shown to the reader, no part of the text."""
    if text[0].isalnum() and text[0] not in "P페":
        return False
    return bool(_DECORATION.fullmatch(text) or _PAGE.fullmatch(text))


def is_numberless(text: str, lang: str) -> bool:
    """A marker whose number is still a blank, as in 제○조(목적) or "Article ___"."""
    if text[0] not in "제ACSP":
        return False
    return bool((_NUMBERLESS_KO if lang == "ko" else _NUMBERLESS_EN).match(text))


def is_closed(text: str) -> bool:
    """Whether a line that ends so is a complete sentence or lead-in."""
    return text.endswith(_TERMINAL_PUNCTUATION) or text.endswith("다")


def is_title_like(text: str, limit: int = 80) -> bool:
    """Short and without a sentence's end: the words of a heading."""
    return 0 < len(text) <= limit and not text.endswith((".", "!", "?", ":", ";", ",", "。"))


def _balanced(text: str) -> tuple[str, str] | None:
    """Split after the bracket that closes the first one: "(a(b)c) d" → ("a(b)c", " d")."""
    opening = text[0]
    closing = _HEADING_BRACKETS[opening]
    depth = 0
    for place, sign in enumerate(text[: _HEADING_LIMIT + 2]):
        if sign == opening:
            depth += 1
        elif sign == closing:
            depth -= 1
            if depth == 0:
                return text[1:place], text[place + 1 :]
    return None


def word_marker(text: str, lang: str) -> WordMarker | None:
    """The marker in words at the beginning of `text` (without leading white space), or None."""
    return _korean(text) if lang == "ko" else _english(text)


def _korean(text: str) -> WordMarker | None:
    first = text[:1]
    if first == "제":
        return _korean_division(text)
    if first not in "[부별붙전" or not first:
        return None
    if _KO_PREAMBLE.match(text):
        return WordMarker(Kind.PREAMBLE, "", text, "", ())
    if found := _KO_SUPPLEMENTARY.match(text):
        heading = text[found.end() :].strip()
        if len(heading) > _HEADING_LIMIT or heading.endswith("다."):
            return None
        return WordMarker(Kind.SUPPLEMENTARY, "", heading, "", (found[0].strip(),))
    if found := _KO_ANNEX.match(text):
        heading = text[found.end() :]
        bracketed = found[1].startswith("[") and found[4] == "]"
        if len(heading) > _HEADING_LIMIT or found[1].startswith("[") != bool(found[4]):
            return None
        if not bracketed and (
            heading[:1].strip() not in ("", "(", "<", ":") or heading.endswith("다.")
        ):
            return None
        if not bracketed and _KO_REFERENCE_TO_DIVISION.match(f"{heading.strip()} "):
            return None
        number = (found[2] or "") + (f"-{found[3]}" if found[3] else "")
        return WordMarker(Kind.ANNEX, number, heading.strip(), "", (found[0].strip(),))
    if (found := _KO_OTHER_ANNEX.match(text)) and len(text) <= _HEADING_LIMIT:
        after = text[found.end() :]
        if text.startswith("[") or not after or (after[:1] in " (<:" and is_title_like(text)):
            return WordMarker(Kind.ANNEX, "", text, "", ())
    return None


def _korean_division(text: str) -> WordMarker | None:
    if _KO_SUBSECTION.match(text) and is_title_like(text):
        return WordMarker(Kind.SECTION, "", text, "", ())
    found = _KO_DIVISION.match(text)
    if found is None:
        return None
    inserted = "".join(f"-{int(step)}" for step in re.findall(r"[0-9]+", found[3]))
    number = f"{int(found[1])}{inserted}"
    rest = text[found.end() :]
    if found[2] != "조":
        kind = {"편": Kind.PART, "장": Kind.CHAPTER, "절": Kind.SECTION}[found[2]]
        heading = rest.strip()
        if rest[:1].strip() or len(heading) > _HEADING_LIMIT:
            return None
        if _KO_REFERENCE_TO_DIVISION.match(f"{heading} ") or heading.endswith("다."):
            return None
        return WordMarker(kind, number, heading, "", (found[0].strip(),))
    return _korean_article(found[0], number, rest, whole=text)


def _korean_article(marker: str, number: str, rest: str, *, whole: str) -> WordMarker | None:
    after = rest.strip()
    if not after:
        return WordMarker(Kind.ARTICLE, number, "", "", (marker,))
    if found := _KO_RANGE.match(rest):
        if re.match(r"\s?까지\s?삭\s?제|\s?삭\s?제", rest[found.end() :]):
            return WordMarker(
                Kind.ARTICLE, number, "", whole, (), repealed=True, last=str(int(found[1]))
            )
        return None
    if _KO_REPEALED.match(after):
        return WordMarker(Kind.ARTICLE, number, "", after, (marker,), repealed=True)
    if after[0] in _HEADING_BRACKETS and (split := _balanced(after)) is not None:
        heading, tail = split
        cut = (f"{marker}{after[0]}", _HEADING_BRACKETS[after[0]])
        if _PARTICLE_AFTER_HEADING.match(tail) or not heading.strip():
            return None
        strength = Strength.SURE if not tail[:1].strip() or tail[0] in CIRCLED else Strength.LIKELY
        tail = tail.strip()
        repealed = bool(_KO_REPEALED.match(tail))
        return WordMarker(Kind.ARTICLE, number, heading, tail, cut, strength, repealed)
    separator = re.match(r"\s{0,3}[.:]\s{1,3}", rest)
    if separator:
        cut_marker, after = marker + separator[0].strip(), rest[separator.end() :].strip()
        return WordMarker(Kind.ARTICLE, number, "", after, (cut_marker,), Strength.LIKELY)
    if rest[0] in CIRCLED:
        return WordMarker(Kind.ARTICLE, number, "", after, (marker,))
    if rest[0].strip() or (_KO_REFERENCE.match(after) and after[0] not in CIRCLED):
        return None
    return WordMarker(Kind.ARTICLE, number, "", after, (marker,), Strength.LIKELY)


def _english(text: str) -> WordMarker | None:
    first = text[:1]
    if first not in "ACPS" or not first:
        return None
    if _EN_PREAMBLE.match(text):
        return WordMarker(Kind.PREAMBLE, "", text, "", ())
    if found := _EN_SUPPLEMENTARY.match(text):
        tail = text[found.end() :].strip()
        if len(tail) > _HEADING_LIMIT:
            return None
        if found[1]:
            return WordMarker(Kind.SUPPLEMENTARY, "", tail, "", (found[0],))
        return WordMarker(Kind.SUPPLEMENTARY, "", text, "", ())
    if found := _EN_ANNEX.match(text):
        separator = _EN_SEPARATOR.match(text, found.end())
        end = separator.end() if separator else found.end()
        heading = text[end:].strip()
        if len(heading) > _HEADING_LIMIT or heading[:1].islower() or text.endswith((".", ";", ",")):
            return None
        return WordMarker(
            Kind.ANNEX,
            _english_number(found[1] or "", letters=True),
            heading,
            "",
            (text[:end].strip(),),
        )
    if _EN_OTHER_ANNEX.match(text) and is_title_like(text, _HEADING_LIMIT):
        return WordMarker(Kind.ANNEX, "", text, "", ())
    found = _EN_WORD.match(text)
    if found is None:
        return None
    kind = _EN_KINDS[found[1].lower()]
    number = _english_number(found[2])
    if not number:
        return None
    if found[3]:
        number = f"{number}-{LATIN_ORDINALS.index(found[3]) + 2}"
    return _english_division(kind, found[0], number, text[found.end() :])


def _english_number(sign: str, *, letters: bool = False) -> str:
    if not sign or sign[0].isdigit():
        return re.sub(r"[0-9]+", lambda digits: str(int(digits[0])), sign)
    if letters and len(sign) == 1 and sign not in "IVX":
        return sign
    value = from_roman(sign)
    return str(value) if value else ""


def _english_division(kind: Kind, marker: str, number: str, rest: str) -> WordMarker | None:
    after = rest.strip()
    if not after:
        return WordMarker(kind, number, "", "", (marker,))
    if after[0] in "([<" and _EN_REPEALED.match(after):
        return WordMarker(kind, number, "", after, (marker,), repealed=True)
    if after[0] in "([" and (split := _balanced(after)) is not None:
        return _english_bracketed(kind, number, marker, after[0], split)
    separator = _EN_SEPARATOR.match(rest)
    end = separator.end() if separator else 0
    separated = rest[:end].strip()
    words = rest[end:].strip()
    if not separated and not rest[:1].isspace():
        return None
    if not words:
        return WordMarker(kind, number, "", "", (marker + separated,))
    if words[:1].islower() or words[0] in ",;)":
        return None
    repealed = bool(_EN_REPEALED.match(words))
    cut_marker = (marker + separated,)
    if kind is not Kind.ARTICLE and kind is not Kind.SECTION:
        if not is_title_like(words, _HEADING_LIMIT):
            return None
        return WordMarker(kind, number, words, "", cut_marker)
    if not repealed and is_title_like(words, _HEADING_LIMIT):
        strength = Strength.SURE if separated else Strength.LIKELY
        return WordMarker(kind, number, words, "", cut_marker, strength)
    strength = Strength.SURE if repealed else Strength.LIKELY
    return WordMarker(kind, number, "", words, cut_marker, strength, repealed)


def _english_bracketed(
    kind: Kind, number: str, marker: str, opening: str, split: tuple[str, str]
) -> WordMarker | None:
    heading, tail = split[0], split[1].strip()
    if re.fullmatch(r"\s*(?:[0-9]{1,3}|[a-z]{1,5})?\s*", heading):
        return None
    if tail[:1] in (".", ":") and not tail[1:]:
        closing, tail = split[1].strip(), ""
        cut = (f"{marker}{opening}", _HEADING_BRACKETS[opening] + closing)
    else:
        cut = (f"{marker}{opening}", _HEADING_BRACKETS[opening])
    if tail[:1].islower() or tail[:1] in (",", ";"):
        return None
    strength = Strength.LIKELY if tail else Strength.SURE
    return WordMarker(kind, number, heading, tail, cut, strength)


def list_markers(text: str, lang: str) -> tuple[ListMarker, ...]:
    """What the beginning of `text` can be as a list number; two readings for "(i)", none mostly."""
    found = _LIST.match(text)
    if found is None:
        return ()
    rest = text[found.end() :]
    spaced = not rest or rest[0].isspace()
    cut = found[0]
    offset = found.end() + len(rest) - len(rest.lstrip())

    def marker(
        style: Style, value: int | None, inserted: str | None = None
    ) -> tuple[ListMarker, ...]:
        if value is None:
            return ()
        number = f"{value}-{int(inserted)}" if inserted else str(value)
        return (ListMarker(style, number, rest.strip(), cut, offset),)

    if sign := found["circle"]:
        return marker(Style.CIRCLE, CIRCLED.index(sign) + 1, found["circle_inserted"])
    if digits := found["number"]:
        tight = lang == "ko" and bool(rest) and "가" <= rest[0] <= "힣"
        if not (spaced or tight or rest[:1] in ("(", "[", "<")) or _DATE_AFTER_NUMBER.match(rest):
            return ()
        style = Style.NUMBER if found["number_end"] == "." else Style.NUMBER_BRACKET
        return marker(style, int(digits), found["number_inserted"])
    if digits := found["brackets"]:
        if not spaced and not (lang == "ko" and "가" <= rest[0] <= "힣"):
            return ()
        return marker(Style.NUMBER_BRACKETS, int(digits))
    return _letter_markers(found, marker) if spaced else ()


def _letter_markers(
    found: re.Match[str],
    marker: Callable[[Style, int | None, str | None], tuple[ListMarker, ...]],
) -> tuple[ListMarker, ...]:
    if sign := found["hangul"]:
        style = Style.HANGUL if found["hangul_end"] == "." else Style.HANGUL_BRACKET
        return marker(style, HANGUL_SERIES.index(sign) + 1, found["hangul_inserted"])
    if sign := found["hangul_brackets"]:
        return marker(Style.HANGUL_BRACKETS, HANGUL_SERIES.index(sign) + 1, None)
    if letters := found["letters"]:
        dotted = found["letters_end"] == "."
        return marker(
            Style.LETTER if dotted else Style.LETTER_BRACKET, from_letters(letters), None
        ) + marker(Style.ROMAN if dotted else Style.ROMAN_BRACKET, from_roman(letters), None)
    letters = found["letters_brackets"]
    inserted = found["letters_inserted"]
    step = str(LATIN_ORDINALS.index(inserted) + 2) if inserted else None
    return marker(Style.LETTER_BRACKETS, from_letters(letters), step) + marker(
        Style.ROMAN_BRACKETS, from_roman(letters), step
    )
