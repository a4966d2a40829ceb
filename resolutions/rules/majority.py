"""Majority: whether a question put to the vote is adopted.

    majority = base × fraction × strict or not × how abstentions count

Exact integers and fractions. 0–0 is not adopted. Equal votes under a simple majority are
a tie, an outcome of its own: it is for the rules of the body, not for arithmetic, to say
what follows. Equal votes that fall short of a larger majority are a rejection like any
other.

Sources: the majority articles of the bylaws (operative rules bound to them); "present and
voting" as members casting an affirmative or negative vote, abstentions not voting: Rules
of Procedure of the UN General Assembly, rule 86.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from resolutions.rules.korean import josa
from resolutions.rules.numerals import (
    HALF,
    counted,
    share_in_words,
    smallest_count,
    threshold_in_words,
)
from resolutions.rules.quorum import require_counts, require_fraction
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


class MajorityBase(StrEnum):
    """What the fraction is taken of.

    VOTES_CAST and PRESENT_AND_VOTING give the same number, the votes for and against; bylaws
    use one phrase or the other and the sentence follows them.
    """

    VOTES_CAST = "votes_cast"
    PRESENT_AND_VOTING = "present_and_voting"
    PRESENT = "present"
    ALL_SEATS = "all_seats"


class Abstentions(StrEnum):
    """Whether an abstention is in the denominator, where it weighs like a vote against."""

    LEFT_OUT = "left_out"
    COUNTED = "counted"


class Outcome(StrEnum):
    ADOPTED = "adopted"
    REJECTED = "rejected"
    TIED = "tied"


@dataclass(frozen=True, slots=True, kw_only=True)
class MajorityRule:
    """The share of votes in favour that adopts a question."""

    base: MajorityBase
    fraction: Fraction
    strict: bool
    abstentions: Abstentions

    def __post_init__(self) -> None:
        require_fraction(self.fraction, strict=self.strict)
        if self.base is MajorityBase.ALL_SEATS and self.abstentions is Abstentions.LEFT_OUT:
            raise RuleRefused(
                "abstentions_cannot_be_left_out",
                Bilingual(
                    ko="재적 의석을 기준으로 하면 기권도 분모에 들어갑니다. "
                    "기권을 '포함'으로 정하십시오.",
                    en="A majority of all seats has every seat in its denominator. "
                    "Set abstentions to counted.",
                ),
                where="abstentions",
            )

    def describe(self) -> Bilingual:
        """The rule as a phrase: "at least half of the votes cast, abstentions not counted"."""
        threshold = threshold_in_words(self.fraction, strict=self.strict)
        noun = _BASE_IN_WORDS[self.base]
        korean, english = f"{noun['ko']}의 {threshold['ko']}", f"{threshold['en']} of {noun['en']}"
        if self.base is not MajorityBase.ALL_SEATS:
            left_out = self.abstentions is Abstentions.LEFT_OUT
            korean += "(기권 제외)" if left_out else "(기권 포함)"
            english += ", abstentions not counted" if left_out else ", abstentions counted"
        return Bilingual(ko=korean, en=english)


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes as counted: for, against, abstaining."""

    in_favour: int
    against: int
    abstaining: int = 0

    def __post_init__(self) -> None:
        for where in ("in_favour", "against", "abstaining"):
            if getattr(self, where) < 0:
                raise RuleRefused(
                    "negative_number",
                    Bilingual(
                        ko="표수는 음수일 수 없습니다. 집계를 확인하여 주십시오.",
                        en="A number of votes cannot be negative. Check the count.",
                    ),
                    where=where,
                )

    @property
    def decided(self) -> int:
        """Votes for and against."""
        return self.in_favour + self.against

    @property
    def recorded(self) -> int:
        """Every answer given, abstentions included."""
        return self.decided + self.abstaining


@dataclass(frozen=True, slots=True)
class MajorityFinding:
    """The denominator, what was needed of it, what was given, and the sentence that says so."""

    denominator: int
    needed: int
    in_favour: int
    outcome: Outcome
    sentence: Bilingual


def judge(
    rule: MajorityRule,
    tally: Tally,
    *,
    present: int,
    seats: int,
    citation: Bilingual | None = None,
) -> MajorityFinding:
    """Judge a vote.

    `seats` are the seats on the frozen roll; `present` those present for this vote, which
    includes a seat that voted and left before the vote was closed. `citation` names the
    article the rule is bound to. Raises RuleRefused where the numbers contradict each other.
    """
    require_counts(seats=seats, present=present)
    if tally.recorded > present:
        raise RuleRefused(
            "more_votes_than_present",
            Bilingual(
                ko=f"기록된 표 {tally.recorded}표가 출석 {present}석보다 많습니다. "
                "출석 기록과 집계를 확인하여 주십시오.",
                en=f"{counted(tally.recorded, 'vote')} recorded, but only "
                f"{counted(present, 'seat')} present. Check the attendance and the count.",
            ),
            where="tally",
        )
    denominator = _denominator(rule, tally, present=present, seats=seats)
    needed = max(smallest_count(rule.fraction, of=denominator, strict=rule.strict), 1)
    outcome = _outcome(rule, tally, denominator=denominator, needed=needed)
    return MajorityFinding(
        denominator=denominator,
        needed=needed,
        in_favour=tally.in_favour,
        outcome=outcome,
        sentence=_sentence(rule, tally, denominator, needed, outcome, citation),
    )


def _denominator(rule: MajorityRule, tally: Tally, *, present: int, seats: int) -> int:
    left_out = rule.abstentions is Abstentions.LEFT_OUT
    match rule.base:
        case MajorityBase.ALL_SEATS:
            return seats
        case MajorityBase.PRESENT:
            return present - tally.abstaining if left_out else present
        case MajorityBase.VOTES_CAST | MajorityBase.PRESENT_AND_VOTING:
            return tally.decided if left_out else tally.recorded


def _outcome(rule: MajorityRule, tally: Tally, *, denominator: int, needed: int) -> Outcome:
    if tally.in_favour >= needed:
        return Outcome.ADOPTED
    exactly_half = tally.in_favour == tally.against and tally.decided == denominator > 0
    if exactly_half and rule.fraction == HALF:
        return Outcome.TIED
    return Outcome.REJECTED


_BASE_IN_WORDS = {
    MajorityBase.VOTES_CAST: Bilingual(ko="투표수", en="the votes cast"),
    MajorityBase.PRESENT_AND_VOTING: Bilingual(
        ko="출석하여 투표한 의석", en="the seats present and voting"
    ),
    MajorityBase.PRESENT: Bilingual(ko="출석 의석", en="the seats present"),
    MajorityBase.ALL_SEATS: Bilingual(ko="재적 의석", en="all seats"),
}

_OUTCOME_IN_WORDS = {
    Outcome.ADOPTED: Bilingual(ko="이므로 가결되었습니다.", en="adopted."),
    Outcome.REJECTED: Bilingual(ko="이므로 부결되었습니다.", en="rejected."),
    Outcome.TIED: Bilingual(ko="이며 찬성과 반대가 같아 가부동수입니다.", en="tied."),
}


def _denominator_in_words(rule: MajorityRule, denominator: int) -> Bilingual:
    left_out = rule.abstentions is Abstentions.LEFT_OUT
    votes, seats = counted(denominator, "vote"), counted(denominator, "seat")
    match rule.base, left_out:
        case MajorityBase.VOTES_CAST, True:
            return Bilingual(ko=f"투표수 {denominator}표", en=f"the {votes} cast")
        case MajorityBase.VOTES_CAST, False:
            return Bilingual(
                ko=f"기권을 포함한 투표수 {denominator}표",
                en=f"the {votes} cast, abstentions included,",
            )
        case MajorityBase.PRESENT_AND_VOTING, True:
            return Bilingual(
                ko=f"출석하여 투표한 {denominator}석", en=f"the {seats} present and voting"
            )
        case MajorityBase.PRESENT_AND_VOTING, False:
            return Bilingual(
                ko=f"출석하여 투표한(기권 포함) {denominator}석",
                en=f"the {seats} present and voting, abstentions included,",
            )
        case MajorityBase.PRESENT, True:
            return Bilingual(
                ko=f"기권을 제외한 출석 {denominator}석",
                en=f"the {seats} present and not abstaining",
            )
        case MajorityBase.PRESENT, False:
            return Bilingual(ko=f"출석 {denominator}석", en=f"the {seats} present")
    return Bilingual(ko=f"재적 {denominator}석", en=f"all {seats}")


def _sentence(
    rule: MajorityRule,
    tally: Tally,
    denominator: int,
    needed: int,
    outcome: Outcome,
    citation: Bilingual | None,
) -> Bilingual:
    korean = f"찬성 {tally.in_favour}표, 반대 {tally.against}표, 기권 {tally.abstaining}표입니다."
    english = f"{tally.in_favour} for, {tally.against} against, {tally.abstaining} abstaining;"
    if tally.decided == 0:
        return Bilingual(
            ko=f"{korean} 찬성도 반대도 없으므로 부결되었습니다.",
            en=f"{english} no vote for or against: rejected.",
        )
    words = _denominator_in_words(rule, denominator)
    share = share_in_words(rule.fraction, strict=rule.strict)
    article = (
        Bilingual(ko=f"({citation.in_language('ko')})", en=f" ({citation.in_language('en')})")
        if citation is not None
        else Bilingual(ko="", en="")
    )
    ending = _OUTCOME_IN_WORDS[outcome]
    return Bilingual(
        ko=f"{korean} {words['ko']}의 {josa(share['ko'], '은/는')} {needed}표{article['ko']}"
        f"{ending['ko']}",
        en=f"{english} {share['en']} of {words['en']} is {needed}{article['en']}: {ending['en']}",
    )
