"""Where words cite a provision: 제9조제1항, 이 조, 부칙 제2조, Article 9(1), paragraph 1, § 4.1(3).

Pure recognition of words in one field, without knowledge of the text around it; `references`
finds out what is meant. Citations of other texts (헌장 제3조, 「근로기준법」 제5조, "Article 7 of
the Charter") are left out, with what goes on from them (… 및 제4조).

Forms: 법제처, 법령 입안·심사 기준 (인용), and the treaty practice of the United Nations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from resolutions.rules.numbering import (
    HANGUL_SERIES,
    LATIN_ORDINALS,
    from_letters,
    from_roman,
)
from resolutions.rules.structure import Kind


class Base(StrEnum):
    """From where a citation is counted if it does not say so itself."""

    OWN = "own"
    """From the provision in which it stands: 제1항, paragraph 1, 이 조."""
    JOINED = "joined"
    """From the citation before it: the second half of 제9조제1항 및 제2항."""
    SAME = "same"
    """같은 조 제2항: from what was cited last."""
    BEFORE = "before"
    """전항, the preceding paragraph."""
    SUPPLEMENTARY = "supplementary"
    """부칙 제2조, Article 2 of the supplementary provisions."""


class Look(StrEnum):
    """How a number is written, so that another one is written in the same way."""

    KOREAN = "제1조"
    PLAIN = "1"
    ROMAN = "I"
    BRACKETS = "(1)"


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of a citation: 제9조, or the 9, the (1), the (b) of Article 9(1)(b).

    `options` are what it can be: (i) is the ninth item or the first subitem. `start` and `end`
    are places in the field, of what would be written anew.
    """

    options: tuple[tuple[Kind, str], ...]
    start: int
    end: int
    look: Look


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation. `pieces` come from the outside in; `level` is what 이 조 or 전항 names."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    base: Base = Base.OWN
    level: Kind | None = None


def cited_in(text: str, lang: str, title: str = "") -> tuple[Cited, ...]:
    """The citations of this text's own provisions in `text`, in order. `title` is this text's."""
    if lang == "ko":
        return tuple(_korean(text, title)) if _KO_HINT.search(text) else ()
    return tuple(_english(text, title)) if _EN_HINT.search(text) else ()


# --- Korean

_KO_HINT = re.compile(r"제\s?[0-9]|[가-하]목|[이전]\s?[조항장]|같은 [조항호]|별표")
_UNITS = {
    "편": Kind.PART, "장": Kind.CHAPTER, "절": Kind.SECTION, "조": Kind.ARTICLE,
    "항": Kind.PARAGRAPH, "호": Kind.ITEM, "목": Kind.SUBITEM,
}  # fmt: skip
_DEPTH = {kind: depth for depth, kind in enumerate(_UNITS.values())}
_AFTER = (
    r"(?=$|[^가-힣]|제\s?[0-9]|[가-하]목|에|의|와|과|은|는|이|가|을|를|로|으로|및|부터|까지|또는|중"
    r"|상|도|만|각|본문|단서|전단|후단|나|내지|보다|처럼|라|란|인|다|관[련계]|규정|따)"
)
_KO_PIECE = re.compile(
    rf"제\s?([0-9]{{1,4}})\s?([편장절조항호])((?:의[0-9]{{1,3}}){{0,3}}){_AFTER}"
)
_KO_SUBITEM = re.compile(rf"([{HANGUL_SERIES[:14]}])(목)((?:의[0-9]{{1,3}})?)(?!적|표|록){_AFTER}")
_KO_STARTS = re.compile(
    r"제\s?[0-9]|(?<![가-힣])[가-하]목"
    r"|(?<![가-힣])(?:이|전|같은) ?(?=[조항장호](?:$|[^가-힣]|에|[의와과은는을를]\s|제|및))"
    r"|(?<![가-힣])별표"
)
_KO_ANNEX = re.compile(rf"별표(?:\s?([0-9]{{1,3}})((?:의[0-9]{{1,2}})?))?{_AFTER}")
_KO_JOIN = re.compile(r"(?:까지|부터|및|또는|내지|이나|나|와|과|[,·ㆍ∼~\s])+")
_KO_SUPPLEMENTARY = re.compile(r"부\s?칙\s?$")
_KO_THIS = re.compile(r"(?:^|[\s(,“‘])(?:이|본|우리)\s?(\S{1,20})\s?$")
_TEXT_NAMES = (
    *("법", "법률", "령", "규약", "규칙", "규정", "조례", "헌장", "헌법", "선언", "협약", "조약"),
    *("결의", "지침", "강령", "정관", "회칙", "합의문", "협정", "의정서", "합의서", "각서", "내규"),
    *("세칙", "요강"),
)
_NOT_TEXT_NAMES = ("방법", "기법", "문법", "수법", "용법", "해법", "요령", "대통령", "연령", "불법")
_KO_OTHER = re.compile(
    rf"(?:([가-힣]*(?:{'|'.join(_TEXT_NAMES)}))|[」』》])(?:\([^()]*\))?(?:의)?\s?$"
)
_NOT_OWN = re.compile(r"(?:^|\s)(?:그|다른|해당|각|같은|동|옛|종전)\s?\S*$|의\s?\S*$")
_PARTICLE_BEFORE = re.compile(r"(?:^|[^가-힣\s]|[는은이가을를에서로고며면여도및나와과의해])\s?$")


def _korean(text: str, title: str) -> Iterator[Cited]:
    last_end, last_foreign = -1, False
    place = 0
    while (found := _KO_STARTS.search(text, place)) is not None:
        start = found.start()
        cited = _korean_at(text, found)
        if cited is None:
            place = found.end()
            continue
        joined = last_end >= 0 and bool(_KO_JOIN.fullmatch(text, last_end, start))
        before = text[:start]
        foreign = _is_foreign(before, title) or (joined and last_foreign)
        place = last_end = cited.end
        last_foreign = foreign
        if foreign or _is_document_number(cited, before, joined=joined):
            continue
        yield _based(cited, before, joined=joined)


def _korean_at(text: str, found: re.Match[str]) -> Cited | None:
    start, at = found.start(), found.end()
    word = found[0].strip()
    if word == "별표":
        annex = _KO_ANNEX.match(text, start)
        if annex is None:
            return None
        number = _ko_number(annex[1], annex[2]) if annex[1] else ""
        piece = Piece(((Kind.ANNEX, number),), start, annex.end(), Look.KOREAN)
        pieces = _korean_pieces(text, annex.end(), Kind.ANNEX)
        end = pieces[-1].end if pieces else annex.end()
        return Cited(start, end, (piece, *pieces))
    if word in ("이", "전", "같은"):
        level = _UNITS[text[at]]
        end = at + 1
        pieces = _korean_pieces(text, end, level)
        base = {"이": Base.OWN, "전": Base.BEFORE, "같은": Base.SAME}[word]
        if base is Base.BEFORE and level not in (Kind.ARTICLE, Kind.PARAGRAPH):
            return None
        return Cited(start, pieces[-1].end if pieces else end, pieces, base, level)
    pieces = _korean_pieces(text, start, None)
    return Cited(start, pieces[-1].end, pieces) if pieces else None


def _korean_pieces(text: str, at: int, above: Kind | None) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    while True:
        spaced = at + 1 if (pieces or above) and text[at : at + 1] == " " else at
        found = _KO_PIECE.match(text, spaced) or _KO_SUBITEM.match(text, spaced)
        if found is None:
            return tuple(pieces)
        kind = _UNITS[found[2]]
        if above is not None and _DEPTH[kind] <= _DEPTH.get(above, -1):
            return tuple(pieces)
        if kind is Kind.SUBITEM:
            number = _ko_number(str(HANGUL_SERIES.index(found[1]) + 1), found[3])
        else:
            number = _ko_number(found[1], found[3])
        pieces.append(Piece(((kind, number),), found.start(), found.end(), Look.KOREAN))
        at, above = found.end(), kind


def _ko_number(digits: str, inserted: str) -> str:
    return "-".join((str(int(digits)), *inserted.split("의")[1:]))


def _is_foreign(before: str, title: str) -> bool:
    """Whether the words before a citation name another text."""
    found = _KO_OTHER.search(before)
    if found is None:
        return False
    name = found[1]
    if name is None:
        opened = re.search(r"[「『《]([^「『《]*)[」』》][^」』》]*$", before)
        return opened is None or opened[1].strip() != title.strip()
    if name.endswith(_NOT_TEXT_NAMES):
        return False
    if _KO_THIS.search(before):
        return False
    own = title.strip().endswith(name) or before.rstrip().endswith(title.strip() or "\0")
    return not own or bool(_NOT_OWN.search(before[: found.start()].rstrip()))


def _is_document_number(cited: Cited, before: str, *, joined: bool) -> bool:
    """제2018-12호, 의안 제3호: the number of a document, not an item of this text."""
    if not cited.pieces or cited.pieces[0].options[0][0] is not Kind.ITEM or joined:
        return False
    return cited.base is Base.OWN and cited.level is None and not _PARTICLE_BEFORE.search(before)


def _based(cited: Cited, before: str, *, joined: bool) -> Cited:
    if cited.base is not Base.OWN or cited.level is not None:
        return cited
    if supplementary := _KO_SUPPLEMENTARY.search(before):
        return Cited(supplementary.start(), cited.end, cited.pieces, Base.SUPPLEMENTARY)
    return Cited(cited.start, cited.end, cited.pieces, Base.JOINED) if joined else cited


# --- English

_EN_HINT = re.compile(
    r"[Aa]rticle|[Pp]aragraph|\b[Ii]tem|\b[Pp]oint|§|Chapter|Section|\bPart\b|Annex|ARTICLE"
)
_ORDINAL = "|".join(LATIN_ORDINALS)
_NUM = (
    rf"(?:[0-9]{{1,4}}(?:\.[0-9]{{1,3}})?[A-Z]?(?:-[0-9]{{1,3}}|\s(?:{_ORDINAL})\b)?|[IVXL]{{1,7}})"
)
_SUB = rf"\((?:[0-9]{{1,3}}|[a-z]|([a-z])\1|[ivxl]{{1,6}})(?:\s(?:{_ORDINAL}))?\)"
_EN_START = re.compile(
    r"\b(?P<this>this|This|the same|the preceding|the previous)\s"
    r"(?P<level>Article|article|paragraph|Chapter|Section|Part)\b"
    r"|\b(?P<word>(?:Article|article|ARTICLE|Paragraph|paragraph|Chapter|Section|Part"
    r"|[Ii]tem|[Pp]oint|[Ss]ub-?paragraph)(?P<many>s)?|Art\.)\s{1,2}"
    rf"(?={_NUM}(?![\w-])|\()"
    r"|(?P<sign>§§?)\s?(?=[0-9A-Z])"
    r"|\b(?P<annex>Annex)(?:\s(?P<annex_number>[0-9]{1,3}|[A-Z])\b)"
)
_EN_NUMBER = re.compile(rf"({_NUM})(?![\w-])")
_EN_SUB = re.compile(r"\s?" + _SUB)
_EN_SIGN = re.compile(r"([0-9]{1,3}|[A-Z])(?:\.([0-9]{1,3}))?")
_EN_MORE = re.compile(
    r",?\s(?P<word>paragraph|item|point|sub-?paragraph|Section)s?\s(?=\(?[0-9a-zIVX]{1,5}\)?)"
)
_EN_NEXT = re.compile(r"\s?(?:,\s(?:and|or)\s|,\s|\s(?:and|or|to|through)\s|\s?[–—-]\s?)\s?")
_EN_OF = re.compile(r"\sof\s(?=(?:this\s)?(?:Article|article|paragraph|Chapter|Section|Annex)\b)")
_EN_SUPPLEMENTARY_BEFORE = re.compile(r"[Ss]upplementary [Pp]rovisions?,\s$")
_EN_SUPPLEMENTARY_AFTER = re.compile(r"\sof\s(?:the|these)\s[Ss]upplementary [Pp]rovisions")
_EN_OWNER = re.compile(
    r"\s(?P<link>of|to)\s(?:(?P<own>this|these|the present)\b"
    r"|(?:(?:the|that|those|an?|its|their|our)\s)?(?P<name>[A-Za-z][\w’'-]*))"
)
_EN_NAMES = (
    *("Act", "Agreement", "Bylaws", "Bye-laws", "By-laws", "Charter", "Code", "Constitution"),
    *("Convention", "Covenant", "Declaration", "Directive", "Law", "Memorandum", "Protocol"),
    *("Regulation", "Regulations", "Resolution", "Rules", "Statement", "Statute", "Statutes"),
    "Treaty",
)
_EN_NAMED_BEFORE = re.compile(rf"\b(?:{'|'.join(_EN_NAMES)}),?\s(?:in\s)?$")
_EN_WORDS = {
    "article": Kind.ARTICLE, "art.": Kind.ARTICLE, "paragraph": Kind.PARAGRAPH,
    "chapter": Kind.CHAPTER, "section": Kind.SECTION, "part": Kind.PART, "annex": Kind.ANNEX,
}  # fmt: skip


def _english(text: str, title: str) -> Iterator[Cited]:
    place = 0
    last_end = -1
    while (found := _EN_START.search(text, place)) is not None:
        cited, end = _english_at(text, found)
        if not cited:
            place = found.end()
            continue
        place = end
        before = text[: found.start()]
        if supplementary := _EN_SUPPLEMENTARY_AFTER.match(text, end):
            place = supplementary.end()
            cited = [_supplementary(each) for each in cited]
        elif supplementary := _EN_SUPPLEMENTARY_BEFORE.search(before):
            cited = [_supplementary(each) for each in cited]
        elif _is_anothers(text, end, before, title):
            last_end = -1
            continue
        joined = last_end >= 0 and bool(_EN_NEXT.fullmatch(text, last_end, found.start()))
        for nth, each in enumerate(cited):
            goes_on = nth > 0 or (joined and each.pieces and not each.level)
            base = Base.JOINED if goes_on and each.base is Base.OWN else each.base
            yield Cited(each.start, each.end, each.pieces, base, each.level)
        last_end = end


def _supplementary(cited: Cited) -> Cited:
    return Cited(cited.start, cited.end, cited.pieces, Base.SUPPLEMENTARY, cited.level)


def _english_at(text: str, found: re.Match[str]) -> tuple[list[Cited], int]:
    """The citations that one word leads in ("Articles 5, 7 and 9"), and where they end."""
    start = found.start()
    if found["annex"]:
        at = found.start("annex_number")
        piece = Piece(
            ((Kind.ANNEX, _en_number(found["annex_number"])),), at, found.end(), Look.PLAIN
        )
        return [Cited(start, found.end(), (piece,))], found.end()
    if found["this"]:
        return _english_this(text, found)
    if found["sign"]:
        return _english_sign(text, found)
    word = found["word"].lower()
    kind = _EN_WORDS.get(word.removesuffix("s"))
    pieces = _english_pieces(text, found.end(), kind)
    if not pieces:
        return [], found.end()
    end = pieces[-1].end
    pieces, end = _english_more(text, pieces, end)
    pieces, end = _english_of(text, pieces, end)
    cited = [Cited(start, end, tuple(pieces))]
    while more := _EN_NEXT.match(text, end):
        further = _english_pieces(text, more.end(), kind) if found["many"] else []
        further = further or _subs(text, more.end())
        if not further:
            break
        further, end = _english_more(text, further, further[-1].end)
        cited.append(Cited(further[0].start, end, tuple(further)))
    return cited, end


def _english_this(text: str, found: re.Match[str]) -> tuple[list[Cited], int]:
    level = _EN_WORDS[found["level"].lower()]
    base = {"this": Base.OWN, "the same": Base.SAME}.get(found["this"].lower(), Base.BEFORE)
    pieces, end = _english_more(text, [], found.end())
    return [Cited(found.start(), end, tuple(pieces), base, level)], end


def _english_sign(text: str, found: re.Match[str]) -> tuple[list[Cited], int]:
    """§ 4.1(3), § A.6, § 9 of texts in decimal numbers."""
    number = _EN_SIGN.match(text, found.end())
    if number is None:
        return [], found.end()
    outer = number[1]
    options: tuple[tuple[Kind, str], ...]
    if number[2]:
        options = ((Kind.ARTICLE, f"{outer}.{number[2]}"),)
    elif outer.isdigit():
        options = ((Kind.CHAPTER, outer), (Kind.ARTICLE, outer), (Kind.SECTION, outer))
    else:
        options = ((Kind.ANNEX, outer),)
    pieces = [Piece(options, number.start(), number.end(), Look.PLAIN), *_subs(text, number.end())]
    return [Cited(found.start(), pieces[-1].end, tuple(pieces))], pieces[-1].end


def _english_pieces(text: str, at: int, kind: Kind | None) -> list[Piece]:
    """What stands behind "Article", "paragraph" (`kind`), or "item" (None): 9(1)(b), (b), 9 bis."""
    number = _EN_NUMBER.match(text, at)
    if number is None or kind is None:
        return _subs(text, at)
    look = Look.ROMAN if number[1].isalpha() else Look.PLAIN
    piece = Piece(((kind, _en_number(number[1])),), number.start(), number.end(), look)
    return [piece, *_subs(text, number.end())]


def _subs(text: str, at: int) -> list[Piece]:
    pieces: list[Piece] = []
    while found := _EN_SUB.match(text, at):
        begin = text.index("(", at)
        options = _sub_options(text[begin + 1 : found.end() - 1])
        if not options:
            break
        pieces.append(Piece(options, begin, found.end(), Look.BRACKETS))
        at = found.end()
    return pieces


def _sub_options(inside: str) -> tuple[tuple[Kind, str], ...]:
    sign, _, ordinal = inside.partition(" ")
    step = f"-{LATIN_ORDINALS.index(ordinal) + 2}" if ordinal else ""
    if sign.isdigit():
        return ((Kind.PARAGRAPH, sign + step), (Kind.ITEM, sign + step))
    letter, roman = from_letters(sign), from_roman(sign)
    options = [(Kind.ITEM, f"{letter}{step}")] if letter else []
    if roman:
        options.append((Kind.SUBITEM, f"{roman}{step}"))
    if letter:
        options.append((Kind.SUBITEM, f"{letter}{step}"))
    return tuple(options)


def _english_more(text: str, pieces: list[Piece], end: int) -> tuple[list[Piece], int]:
    """Article 9, paragraph 1, item (b)."""
    pieces = list(pieces)
    while more := _EN_MORE.match(text, end):
        kind = _EN_WORDS.get(more["word"].lower())
        further = _english_pieces(text, more.end(), kind)
        if not further:
            break
        pieces += further
        end = further[-1].end
    return pieces, end


def _english_of(text: str, pieces: list[Piece], end: int) -> tuple[list[Piece], int]:
    """Paragraph 1 of Article 9; item (b) of paragraph 1 of this Article."""
    while of := _EN_OF.match(text, end):
        found = _EN_START.match(text, of.end())
        if found is None:
            break
        if found["this"]:
            end = found.end()
            break
        kind = _EN_WORDS.get((found["word"] or found["annex"] or "").lower())
        if kind is None:
            break
        at = found.start("annex_number") if found["annex"] else found.end()
        outer = _english_pieces(text, at, kind)
        if not outer:
            break
        pieces = [*outer, *pieces]
        end = outer[-1].end
    return pieces, end


def _en_number(sign: str) -> str:
    """ "12 bis" → "12-2", "IV" → "4", "A" → "A"."""
    base, _, ordinal = sign.partition(" ")
    if ordinal:
        return f"{base}-{LATIN_ORDINALS.index(ordinal) + 2}"
    roman = from_roman(base) if set(base) <= set("IVXL") else None
    return str(roman) if roman else base


def _is_anothers(text: str, end: int, before: str, title: str) -> bool:
    """Whether the citation is one of another text: "… of the Charter", "Charter, Article 7"."""
    if owner := _EN_OWNER.match(text, end):
        if owner["own"]:
            return False
        name = owner["name"]
        if owner["link"] == "of" or name in _EN_NAMES:
            return name not in title.split()
    named = _EN_NAMED_BEFORE.search(before)
    if named is None:
        return False
    own = re.search(r"\b(?:[Tt]his|[Tt]hese)\s[\w-]+,?\s(?:in\s)?$", before)
    name = named[0].split()[0].rstrip(",")
    return own is None and name not in title.split()
