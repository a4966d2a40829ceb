"""Word's automatic numbering: which number stands before a paragraph, though no text holds it.

Office Open XML, ECMA-376 part 1, 17.9: a paragraph (or its style) names a list and a level; the
list's abstract definition says how the level counts and what stands around the number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from resolutions.rules.numbering import CIRCLED, HANGUL_SERIES, to_letters, to_roman

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = re.compile(r"%([1-9])")
_CHOSUNG = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_NATIVE = "일이삼사오육칠팔구"


def _series(letters: str) -> Callable[[int], str]:
    return lambda value: letters[value - 1] if value <= len(letters) else str(value)


def _korean(value: int) -> str:
    """3 → 삼, 12 → 십이."""
    if not 1 <= value <= 99:
        return str(value)
    tens, ones = divmod(value, 10)
    ten = (_NATIVE[tens - 1] if tens > 1 else "") + "십" if tens else ""
    return ten + (_NATIVE[ones - 1] if ones else "")


FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02}",
    "decimalFullWidth": str,
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _series(CIRCLED),
    "decimalEnclosedCircleChinese": _series(CIRCLED),
    "decimalEnclosedParen": lambda value: f"({value})",
    "decimalEnclosedFullstop": lambda value: f"{value}.",
    "ganada": _series(HANGUL_SERIES),
    "chosung": _series(_CHOSUNG),
    "koreanDigital": _korean,
    "koreanDigital2": _korean,
    "koreanCounting": _korean,
    "lowerLetter": to_letters,
    "upperLetter": lambda value: to_letters(value).upper(),
    "lowerRoman": to_roman,
    "upperRoman": lambda value: to_roman(value).upper(),
}


class Numbering:
    """The lists of one document, counted as its paragraphs are asked for in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self.used = 0
        self.unknown: set[str] = set()
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            self._read(numbering)
        if styles is not None:
            self._read_styles(styles)

    def number_of(self, paragraph: etree._Element) -> str:
        """What stands before the paragraph: "제3조", "①", "(a)", "•"; "" for none."""
        found = self._place(paragraph)
        if found is None:
            return ""
        number, level = found
        abstract = self._abstract.get(number)
        if abstract is None or level not in self._levels.get(abstract, {}):
            return ""
        counts = self._counts.setdefault(abstract, {})
        _form, text, start = self._levels[abstract][level]
        start = self._starts.pop((number, level), start if level not in counts else -1)
        counts[level] = counts[level] + 1 if start < 0 else start
        for below in [each for each in counts if each > level]:
            del counts[below]
        self.used += 1
        if _form == "bullet":
            return "•"
        return _PLACE.sub(lambda match: self._shown(abstract, int(match[1]) - 1), text)

    def _shown(self, abstract: str, level: int) -> str:
        form, _text, start = self._levels[abstract].get(level, ("decimal", "", 1))
        value = self._counts[abstract].get(level, start)
        if form == "none":
            return ""
        render = FORMS.get(form)
        if render is None:
            self.unknown.add(form)
            return str(value)
        try:
            return render(value)
        except (IndexError, ValueError):
            return str(value)

    def _place(self, paragraph: etree._Element) -> tuple[str, int] | None:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return None
        style = properties.find(f"{W}pStyle")
        number, level = (
            self._styles.get(style.get(f"{W}val", ""), ("", 0)) if style is not None else ("", 0)
        )
        own = properties.find(f"{W}numPr")
        if own is not None:
            number = _value(own, "numId") or number
            level = int(_value(own, "ilvl") or level)
        return (number, level) if number not in ("", "0") else None

    def _read(self, numbering: etree._Element) -> None:
        for abstract in numbering.iter(f"{W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{W}lvl"):
                levels[int(level.get(f"{W}ilvl", "0"))] = (
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText"),
                    int(_value(level, "start") or 1),
                )
            self._levels[abstract.get(f"{W}abstractNumId", "")] = levels
        for number in numbering.iter(f"{W}num"):
            name = number.get(f"{W}numId", "")
            self._abstract[name] = _value(number, "abstractNumId")
            for override in number.iter(f"{W}lvlOverride"):
                if start := _value(override, "startOverride"):
                    self._starts[name, int(override.get(f"{W}ilvl", "0"))] = int(start)

    def _read_styles(self, styles: etree._Element) -> None:
        for style in styles.iter(f"{W}style"):
            own = style.find(f"{W}pPr/{W}numPr")
            if own is not None and (number := _value(own, "numId")):
                name = style.get(f"{W}styleId", "")
                self._styles[name] = (number, int(_value(own, "ilvl") or 0))


def _value(parent: etree._Element, name: str) -> str:
    found = parent.find(f"{W}{name}")
    return found.get(f"{W}val", "") if found is not None else ""
