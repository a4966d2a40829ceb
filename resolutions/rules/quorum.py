"""Quorum: whether enough seats are present for a decision.

    quorum = base × fraction × strict or not, and never fewer than a fixed number

"Half of 42 seats" means at least 21; "more than half of 42 seats" means at least 22. Which
of the two is meant is the bylaws' choice and is data here, never a habit of the program.

Source: the quorum article of the bylaws (an operative rule bound to it); for the
distinction of "at least" and "more than", 민법 and parliamentary usage of 과반수 (more
than half, the half itself excluded).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from resolutions.rules.numerals import counted, smallest_count, threshold_in_words
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


class QuorumBase(StrEnum):
    """What the fraction is taken of."""

    ALL_SEATS = "all_seats"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuorumRule:
    """The share of the seats on the roll that must be present.

    `strict` means more than the fraction; `at_least` is a fixed floor in seats (0: none).
    """

    fraction: Fraction
    strict: bool
    base: QuorumBase = QuorumBase.ALL_SEATS
    at_least: int = 0

    def __post_init__(self) -> None:
        require_fraction(self.fraction, strict=self.strict)
        if self.at_least < 0:
            raise RuleRefused(
                "negative_number",
                Bilingual(
                    ko="최소 의석수는 음수일 수 없습니다. 0 이상의 정수를 적어 주십시오.",
                    en="The fixed number of seats cannot be negative. Give 0 or more.",
                ),
                where="at_least",
            )

    def needed(self, *, seats: int) -> int:
        """Seats that must be present out of `seats`; at least one, since nobody is no assembly."""
        share = smallest_count(self.fraction, of=seats, strict=self.strict)
        return max(share, self.at_least, 1)

    def describe(self) -> Bilingual:
        """The rule as a phrase: "at least half of all seats" / "재적 의석의 2분의 1 이상"."""
        threshold = threshold_in_words(self.fraction, strict=self.strict)
        korean, english = f"재적 의석의 {threshold['ko']}", f"{threshold['en']} of all seats"
        if self.at_least:
            korean += f", 다만 {self.at_least}석 이상"
            english += f", and at least {counted(self.at_least, 'seat')}"
        return Bilingual(ko=korean, en=english)


@dataclass(frozen=True, slots=True)
class QuorumFinding:
    """What was needed, what was there, and the sentence that says so."""

    needed: int
    present: int
    seats: int
    met: bool
    sentence: Bilingual


def find_quorum(
    rule: QuorumRule, *, seats: int, present: int, citation: Bilingual | None = None
) -> QuorumFinding:
    """Judge the quorum of `present` seats out of `seats` on the roll.

    `citation` names the article the rule is bound to, in each language. Raises
    RuleRefused where the numbers cannot be: negative, or more present than there are seats.
    """
    require_counts(seats=seats, present=present)
    needed = rule.needed(seats=seats)
    met = present >= needed
    return QuorumFinding(
        needed=needed,
        present=present,
        seats=seats,
        met=met,
        sentence=_sentence(needed, present, seats, met, citation),
    )


def require_fraction(fraction: Fraction, *, strict: bool) -> None:
    """Raise RuleRefused unless the fraction is exact, above 0, at most 1, and can be reached."""
    if not isinstance(fraction, Fraction):
        raise RuleRefused(
            "fraction_not_exact",
            Bilingual(
                ko="비율은 '2/3'과 같은 분수여야 합니다. 소수로 적지 마십시오.",
                en='A share must be an exact fraction such as "2/3", not a decimal number.',
            ),
            where="fraction",
        )
    if not 0 < fraction <= 1:
        raise RuleRefused(
            "fraction_out_of_range",
            Bilingual(
                ko="비율은 0보다 크고 1 이하여야 합니다.",
                en="A share must be more than 0 and at most 1.",
            ),
            where="fraction",
        )
    if strict and fraction == 1:
        raise RuleRefused(
            "fraction_unreachable",
            Bilingual(
                ko="전부를 초과할 수는 없습니다. '이상'으로 정하거나 비율을 낮추십시오.",
                en='More than all can never be reached. Choose "at least", or a smaller share.',
            ),
            where="strict",
        )


def require_counts(*, seats: int, present: int) -> None:
    """Raise RuleRefused unless 0 ≤ present ≤ seats."""
    if seats < 0 or present < 0:
        raise RuleRefused(
            "negative_number",
            Bilingual(
                ko="의석수와 출석 수는 음수일 수 없습니다. 출석 기록을 확인하여 주십시오.",
                en="Seats and seats present cannot be negative. Check the attendance record.",
            ),
            where="present" if present < 0 else "seats",
        )
    if present > seats:
        raise RuleRefused(
            "more_present_than_seats",
            Bilingual(
                ko=f"출석 {present}석이 재적 {seats}석보다 많습니다. "
                "출석 기록을 확인하여 주십시오.",
                en=f"{present} present, but only {counted(seats, 'seat')} on the roll. "
                "Check the attendance record.",
            ),
            where="present",
        )


def _sentence(
    needed: int, present: int, seats: int, met: bool, citation: Bilingual | None
) -> Bilingual:
    korean_rule, english_rule = f"{needed}석 이상", f"at least {needed}"
    if citation is not None:
        korean_rule = f"{citation.in_language('ko')}: {korean_rule}"
        english_rule = f"{citation.in_language('en')}: {english_rule}"
    korean = f"재적 {seats}석 가운데 {present}석이 출석하였습니다({korean_rule})."
    english = f"{present} of {counted(seats, 'seat')} present ({english_rule})"
    if met:
        return Bilingual(ko=korean, en=f"{english}.")
    return Bilingual(ko=f"{korean} 의사정족수에 미치지 못합니다.", en=f"{english}: no quorum.")
