"""Korean particles that depend on the sound a word ends with.

A particle (josa) has one form after a final consonant and one after a vowel: 서울은, 파리는.
Names, numbers and Latin letters are put into sentences at run time, so the form is
chosen here. A number is taken as it is read aloud in Sino-Korean (10 is 십, 100000 is
십만), an acronym letter by letter (ILO ends in 오), another Latin word by its last
letters. A bracket or quotation mark at the end is passed over, as the spelling rules do:
서울(Seoul)은.

Source: 한글 맞춤법 (Ministry of Culture, Sports and Tourism notice 2017-12), particles.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

Particle = Literal["은/는", "이/가", "을/를", "과/와", "으로/로"]

_NO_FINAL: Final = 0
_RIEUL: Final = 8
_OTHER: Final = 1
"""Positions in the Unicode list of final consonants; only "none" and ㄹ need to be told apart."""

_HANGUL_FIRST: Final = 0xAC00
_HANGUL_LAST: Final = 0xD7A3
_FINALS: Final = 28

_DIGITS: Final = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
_UNITS: Final = {1: "십", 2: "백", 3: "천"}
_MYRIADS: Final = {1: "만", 2: "억", 3: "조", 4: "경"}

_TRAILING_BRACKET: Final = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]$")
_TRAILING_MARKS: Final = "\"'”’」』》〉»…․.,·!?)(]["
_LATIN_NAMED_WITH_FINAL: Final = {"L": _RIEUL, "M": _OTHER, "N": _OTHER, "R": _RIEUL}


def josa(word: str, particle: Particle) -> str:
    """`word` with the right form of `particle` attached: josa("서울", "은/는") is "서울은"."""
    after_consonant, after_vowel = particle.split("/")
    final = _final_sound(word)
    closed = final not in (_NO_FINAL, _RIEUL) if particle == "으로/로" else final != _NO_FINAL
    return word + (after_consonant if closed else after_vowel)


def ends_in_consonant(word: str) -> bool:
    """Whether `word`, read aloud in Korean, ends in a consonant."""
    return _final_sound(word) != _NO_FINAL


def _final_sound(word: str) -> int:
    spoken = _without_tail(unicodedata.normalize("NFC", word))
    if not spoken:
        return _NO_FINAL
    last = spoken[-1]
    if _HANGUL_FIRST <= ord(last) <= _HANGUL_LAST:
        return (ord(last) - _HANGUL_FIRST) % _FINALS
    if last in _DIGITS:
        return _final_sound(_last_syllable_of_number(spoken))
    if last.isascii() and last.isalpha():
        return _final_of_latin(spoken)
    return _NO_FINAL


def _without_tail(word: str) -> str:
    """The word without closing brackets and marks; kept whole where nothing else is left."""
    before = ""
    spoken = word.strip()
    while spoken and spoken != before:
        before = spoken
        spoken = _TRAILING_BRACKET.sub("", spoken).rstrip(_TRAILING_MARKS).rstrip()
    return spoken or word.strip().strip(_TRAILING_MARKS)


def _last_syllable_of_number(spoken: str) -> str:
    """The syllable a number ends in: 27 → 칠, 40 → 십, 20000 → 만, 0 → 영, 3.0 → 영."""
    match = re.search(r"(?P<decimal>\d\.)?(?P<whole>\d{1,3}(,\d{3})+|\d+)$", spoken)
    if match is None:
        return _DIGITS[spoken[-1]]
    digits = match["whole"].replace(",", "")
    significant = digits.rstrip("0")
    zeros = len(digits) - len(significant)
    if match["decimal"] or zeros == 0 or not significant:
        return _DIGITS[digits[-1]]
    return _UNITS[zeros] if zeros < 4 else _MYRIADS.get(zeros // 4, _DIGITS["0"])


def _final_of_latin(spoken: str) -> int:
    match = re.search(r"[A-Za-z]+$", spoken)
    letters = match.group() if match else spoken[-1]
    if letters.isupper() or len(letters) == 1:
        return _LATIN_NAMED_WITH_FINAL.get(letters[-1].upper(), _NO_FINAL)
    ending = letters.lower()
    if ending.endswith("l"):
        return _RIEUL
    if ending.endswith(("m", "n", "ng")):
        return _OTHER
    if re.search(r"[aeiou][ckp]$", ending):
        return _OTHER
    return _NO_FINAL
