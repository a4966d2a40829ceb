"""Numbers of provisions: rendered in each language, read, ordered and cited.

Numbers are stored neutral of language (see `structure`). Korean follows the drafting
practice of Korean statutes (제12조의2, ①, 1., 가., 제9조제1항제2호가목); English follows treaty
practice (Article 12 bis, 1., (a), (i), Article 9(1)(b)(i)).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from resolutions.rules.structure import Kind, Provision

LATIN_ORDINALS = (
    "bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "novies", "decies",
)  # fmt: skip

CIRCLED = (
    "".join(map(chr, range(0x2460, 0x2474)))  # ① to ⑳
    + "".join(map(chr, range(0x3251, 0x3260)))  # ㉑ to ㉟
    + "".join(map(chr, range(0x32B1, 0x32C0)))  # ㊱ to ㊿
)

_INITIALS = (0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18)  # ㄱ ㄴ ㄷ … without the doubled ones
_VOWELS = (0, 4, 8, 13, 18, 20)  # ㅏ ㅓ ㅗ ㅜ ㅡ ㅣ
HANGUL_SERIES = "".join(
    chr(0xAC00 + initial * 588 + vowel * 28) for vowel in _VOWELS for initial in _INITIALS
)  # 가 나 다 … 하 거 너 …

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip

_WORDS = {
    Kind.PART: ("제{}편", "Part {}"),
    Kind.CHAPTER: ("제{}장", "Chapter {}"),
    Kind.SECTION: ("제{}절", "Section {}"),
    Kind.ARTICLE: ("제{}조", "Article {}"),
}
_FOOTNOTE = ("각주 {}", "footnote {}")
_UNNUMBERED = {
    Kind.PREAMBLE: ("전문", "Preamble"),
    Kind.SUPPLEMENTARY: ("부칙", "Supplementary Provisions"),
    Kind.ANNEX: ("별표", "Annex"),
    Kind.CLOSING: ("맺음 문구", "Closing formula"),
}
_TOKEN = re.compile(r"[0-9]+|[A-Za-z]+")


def to_roman(value: int) -> str:
    """4 → "iv". Raises ValueError below 1 or above 3999."""
    if not 1 <= value <= 3999:
        raise ValueError(f"no Roman numeral for {value}")
    pieces: list[str] = []
    for unit, letters in _ROMAN:
        count, value = divmod(value, unit)
        pieces.append(letters * count)
    return "".join(pieces)


def from_roman(letters: str) -> int | None:
    """ "iv" or "IV" → 4; None for what is not a well-formed Roman numeral."""
    lowered = letters.lower()
    rest, value = lowered, 0
    for unit, sign in _ROMAN:
        while rest.startswith(sign):
            value += unit
            rest = rest[len(sign) :]
    if rest or not 1 <= value <= 3999 or to_roman(value) != lowered:
        return None
    return value


def to_letters(value: int) -> str:
    """1 → "a", 26 → "z", 27 → "aa", 28 → "bb"."""
    repeats, index = divmod(value - 1, 26)
    return chr(ord("a") + index) * (repeats + 1)


def from_letters(letters: str) -> int | None:
    """ "a" → 1, "bb" → 28; None for mixed letters."""
    lowered = letters.lower()
    if not lowered.isascii() or not lowered.isalpha() or len(set(lowered)) != 1:
        return None
    return (len(lowered) - 1) * 26 + ord(lowered[0]) - ord("a") + 1


@lru_cache(maxsize=4096)
def sort_key(number: str) -> tuple[int, ...]:
    """An order for numbers: 3 < 12 < 12-2 < 12-3 < 13, 4.1 < 4.2 < 5, 12 < 12A < 12B < 13."""
    key: list[int] = []
    for token in _TOKEN.findall(number):
        if token.isdigit():
            key.append(int(token))
        else:
            key.append(from_letters(token) or 0)
    return tuple(key)


def follows(previous: str, number: str) -> bool:
    """Whether `number` comes directly after `previous` ("" before the first).

    After 12 come 13, 12-2 (제12조의2), 12-1 and 12A alike; after 12-2 come 12-3 and 13.
    """
    key = sort_key(number)
    if not previous:
        return key == (1,)
    before = sort_key(previous)
    if key in ((*before, 1), (*before, 2)):
        return True
    return any(key == (*before[:place], before[place] + 1) for place in range(len(before)))


def _split_inserted(number: str) -> tuple[str, str]:
    base, _, inserted = number.partition("-")
    return base, inserted


def _inserted_ko(inserted: str) -> str:
    return "".join(f"의{step}" for step in inserted.split("-")) if inserted else ""


def _inserted_en(inserted: str) -> str:
    if not inserted:
        return ""
    if inserted.isdigit() and 2 <= int(inserted) <= len(LATIN_ORDINALS) + 1:
        return f" {LATIN_ORDINALS[int(inserted) - 2]}"
    return f"-{inserted}"


def render_number(kind: Kind, number: str, lang: str) -> str:
    """The number as it stands before the provision.

    ko 제12조의2, ①, 1., 가.; en Article 12 bis, 1., (a), (i). A footnote's is 1) in both.

    Unnumbered provisions give the name of their kind where it has one (부칙 / Supplementary
    Provisions), else "". Languages other than Korean are rendered as English.
    """
    korean = lang == "ko"
    if kind in _UNNUMBERED:
        name = _UNNUMBERED[kind][0 if korean else 1]
        return f"{name} {number}" if number else name
    if not number:
        return ""
    if kind is Kind.FOOTNOTE:
        return f"{number})"
    base, inserted = _split_inserted(number)
    if kind in _WORDS:
        if korean:
            return _WORDS[kind][0].format(base) + _inserted_ko(inserted)
        return _WORDS[kind][1].format(base) + _inserted_en(inserted)
    if not base.isdigit() or int(base) < 1:
        return f"{number}."
    sign = _list_sign(kind, int(base), korean=korean)
    if not inserted:
        return sign
    if korean:
        closing = "." if sign.endswith(".") else ""
        return sign.removesuffix(".") + _inserted_ko(inserted) + closing
    closing = sign[-1] if sign[-1] in ".)" else ""
    return sign.removesuffix(closing) + _inserted_en(inserted) + closing


def _list_sign(kind: Kind, value: int, *, korean: bool) -> str:
    if kind is Kind.PARAGRAPH:
        if korean:
            return CIRCLED[value - 1] if value <= len(CIRCLED) else f"({value})"
        return f"{value}."
    if kind is Kind.ITEM:
        return f"{value}." if korean else f"({to_letters(value)})"
    if korean:
        return f"{HANGUL_SERIES[value - 1]}." if value <= len(HANGUL_SERIES) else f"({value})"
    return f"({to_roman(value)})" if value <= 3999 else f"({value})"


def cite(path: Sequence[Provision], lang: str) -> str:
    """How the last provision of `path` (from `TextTree.path`) is cited.

    ko "제9조제1항제2호가목", "부칙 제1조", "제12조의2제3항", "별표 1", "전문 2문단";
    en "Article 9(1)(b)(i)", "Supplementary Provisions, Article 1", "Preamble, para. 2".
    Chapters are left out where an article follows, as the articles are numbered through;
    they stay where nothing below them is numbered as an article.
    """
    korean = lang == "ko"
    articles = [place for place, step in enumerate(path) if step.kind is Kind.ARTICLE]
    kept = [
        step
        for place, step in enumerate(path)
        if not (
            articles
            and place < articles[0]
            and step.kind in (Kind.PART, Kind.CHAPTER, Kind.SECTION)
        )
    ]
    cited = ""
    above: Provision | None = None
    for step in kept:
        piece = cite_step(step, lang)
        if not piece:
            continue
        if above is None:
            cited = piece
        elif korean:
            close = step.kind in _ATTACHED and step.number and above.kind in _CITED_CLOSE
            cited += piece if close and above.number else f" {piece}"
        else:
            cited += piece if piece.startswith("(") else f", {piece}"
        above = step
    return cited


_ATTACHED = (Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM)
_CITED_CLOSE = (Kind.ARTICLE, *_ATTACHED)


def cite_step(step: Provision, lang: str) -> str:
    """One step of a citation: 제9조, 제1항, 각주 1; Article 9, (1), (i). "" for the nameless."""
    korean = lang == "ko"
    if step.kind is Kind.FOOTNOTE:
        return _FOOTNOTE[0 if korean else 1].format(step.number).strip()
    if step.kind not in _ATTACHED:
        return render_number(step.kind, step.number, lang)
    if not step.number:
        place = re.search(r"[pu]([0-9]+)$", step.key)
        if place is None:
            return ""
        return f"{place[1]}문단" if korean else f"para. {place[1]}"
    base, inserted = _split_inserted(step.number)
    if not korean:
        if step.kind is Kind.PARAGRAPH:
            return f"({base}{_inserted_en(inserted)})"
        return render_number(step.kind, step.number, "en")
    if step.kind is Kind.SUBITEM and base.isdigit() and 1 <= int(base) <= len(HANGUL_SERIES):
        return f"{HANGUL_SERIES[int(base) - 1]}목{_inserted_ko(inserted)}"
    unit = {Kind.PARAGRAPH: "항", Kind.ITEM: "호", Kind.SUBITEM: "목"}[step.kind]
    return f"제{base}{unit}{_inserted_ko(inserted)}"
