"""Counts and fractions in words, in both languages.

Pure. Every sentence of a rule uses these, so that two thirds is called the same in a
result, in a certificate and in the table of rules in force.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from secretariat.kernel.bilingual import Bilingual

HALF: Final = Fraction(1, 2)

_CARDINALS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip
_PARTS: Final = {
    3: "third", 4: "quarter", 5: "fifth", 6: "sixth",
    7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth",
}  # fmt: skip


def fraction_in_words(fraction: Fraction) -> Bilingual:
    """2/3 is "two thirds" and "3분의 2"; 1 is "all" and "전부"; 7/13 is "7/13" in English."""
    if fraction == 1:
        return Bilingual(ko="전부", en="all")
    korean = f"{fraction.denominator}분의 {fraction.numerator}"
    if fraction == HALF:
        return Bilingual(ko=korean, en="half")
    part = _PARTS.get(fraction.denominator)
    if part is None:
        return Bilingual(ko=korean, en=f"{fraction.numerator}/{fraction.denominator}")
    plural = "" if fraction.numerator == 1 else "s"
    return Bilingual(ko=korean, en=f"{_CARDINALS[fraction.numerator]} {part}{plural}")


def share_in_words(fraction: Fraction, *, strict: bool) -> Bilingual:
    """What has to be reached, as a noun: "two thirds", "more than half"; "3분의 2", "과반수"."""
    words = fraction_in_words(fraction)
    if not strict:
        return words
    korean = "과반수" if fraction == HALF else f"{words['ko']} 초과"
    return Bilingual(ko=korean, en=f"more than {words['en']}")


def threshold_in_words(fraction: Fraction, *, strict: bool) -> Bilingual:
    """As a condition: "at least two thirds", "more than half"; "3분의 2 이상", "과반수"."""
    words = share_in_words(fraction, strict=strict)
    if strict or fraction == 1:
        return words
    return Bilingual(ko=f"{words['ko']} 이상", en=f"at least {words['en']}")


def counted(number: int, noun: str) -> str:
    """English only: "1 seat", "21 seats"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def joined(words: tuple[str, ...]) -> str:
    """English only: "Hamburg", "Hamburg and Vienna", "Hamburg, Seoul and Vienna"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def smallest_count(fraction: Fraction, *, of: int, strict: bool) -> int:
    """The smallest whole number that is at least (strict: more than) `fraction` of `of`.

    Exact: half of 42 is 21, more than half of 42 is 22; half of 41 is 21 and so is more
    than half of it.
    """
    share = fraction * of
    if strict:
        return share.numerator // share.denominator + 1
    return -(-share.numerator // share.denominator)
