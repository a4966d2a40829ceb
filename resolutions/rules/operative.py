"""Operative rules: what the bylaws fix in figures, typed, and bound to the article that says so.

A rule has a name (RuleName), a typed value and the article it is bound to (BoundRule). The
rules in force on a date are a RuleSet; a vote freezes one at its opening, with its hash, and
every result cites from it.

JSON of a value:

    quorum                {"base": "all_seats", "fraction": "1/2", "strict": true, "at_least": 0}
    majority_…            {"base": "votes_cast", "fraction": "2/3", "strict": false,
                           "abstentions": "left_out"}
    notice_days, chair_term_years, nomination_seconders,
    arrears_limit, amendment_sponsors, amendment_days             a whole number
    tie_break             "repeat_once_then_lot"
    self_nomination       "allowed", "not_allowed"

Source: the bylaws; each rule names its article.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, TypeVar

from resolutions.rules.canonical_json import canonical_json, sha256_hex
from resolutions.rules.korean import josa
from resolutions.rules.majority import Abstentions, MajorityBase, MajorityRule
from resolutions.rules.numerals import HALF, counted
from resolutions.rules.quorum import QuorumBase, QuorumRule
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


class RuleName(StrEnum):
    """Every rule that an article can be bound to, in the order in which tables show them."""

    QUORUM = "quorum"
    MAJORITY_ORDINARY = "majority_ordinary"
    MAJORITY_BYLAWS = "majority_bylaws"
    MAJORITY_ELECTION = "majority_election"
    NOTICE_DAYS = "notice_days"
    CHAIR_TERM_YEARS = "chair_term_years"
    NOMINATION_SECONDERS = "nomination_seconders"
    SELF_NOMINATION = "self_nomination"
    TIE_BREAK = "tie_break"
    ARREARS_LIMIT = "arrears_limit"
    AMENDMENT_SPONSORS = "amendment_sponsors"
    AMENDMENT_DAYS = "amendment_days"

    @property
    def label(self) -> Bilingual:
        """What the rule is called."""
        return _LABELS[self]


class TieBreak(StrEnum):
    """How the exhaustive ballot resolves a shared last place."""

    REPEAT_ONCE_THEN_LOT = "repeat_once_then_lot"


class SelfNomination(StrEnum):
    """Whether a city may nominate itself."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not_allowed"


RuleValue = QuorumRule | MajorityRule | TieBreak | SelfNomination | int

MAJORITIES: Final = (
    RuleName.MAJORITY_ORDINARY,
    RuleName.MAJORITY_BYLAWS,
    RuleName.MAJORITY_ELECTION,
)

_WHOLE_NUMBERS: Final[Mapping[RuleName, tuple[int, int]]] = {
    RuleName.NOTICE_DAYS: (0, 365),
    RuleName.CHAIR_TERM_YEARS: (1, 10),
    RuleName.NOMINATION_SECONDERS: (0, 20),
    RuleName.ARREARS_LIMIT: (1, 10),
    RuleName.AMENDMENT_SPONSORS: (0, 20),
    RuleName.AMENDMENT_DAYS: (0, 365),
}
"""Smallest and largest value that is taken for meant rather than mistyped."""

_CHOICES: Final[Mapping[RuleName, type[TieBreak] | type[SelfNomination]]] = {
    RuleName.TIE_BREAK: TieBreak,
    RuleName.SELF_NOMINATION: SelfNomination,
}

_FRACTION = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")

_LABELS: Final = {
    RuleName.QUORUM: Bilingual(ko="의사정족수", en="Quorum"),
    RuleName.MAJORITY_ORDINARY: Bilingual(ko="일반 의결정족수", en="Ordinary majority"),
    RuleName.MAJORITY_BYLAWS: Bilingual(
        ko="규약 제정·개정 의결정족수", en="Majority for the bylaws"
    ),
    RuleName.MAJORITY_ELECTION: Bilingual(ko="당선 정족수", en="Majority in elections"),
    RuleName.NOTICE_DAYS: Bilingual(ko="소집 통지 기간", en="Notice of an assembly"),
    RuleName.CHAIR_TERM_YEARS: Bilingual(ko="의장도시 임기", en="Term of the chair city"),
    RuleName.NOMINATION_SECONDERS: Bilingual(ko="후보 추천 재청 도시 수", en="Seconders"),
    RuleName.SELF_NOMINATION: Bilingual(ko="자기 추천", en="Nominating oneself"),
    RuleName.TIE_BREAK: Bilingual(ko="동수일 때", en="Ties in elections"),
    RuleName.ARREARS_LIMIT: Bilingual(ko="투표권이 정지되는 미납 회비", en="Unpaid contributions"),
    RuleName.AMENDMENT_SPONSORS: Bilingual(
        ko="수정안 공동발의 도시 수", en="Co-sponsors of an amendment"
    ),
    RuleName.AMENDMENT_DAYS: Bilingual(ko="수정안 제출 기한", en="Time for filing amendments"),
}


def value_as_json(value: RuleValue) -> object:
    """The JSON shape of the module docstring."""
    match value:
        case QuorumRule():
            return {
                "base": str(value.base),
                "fraction": f"{value.fraction.numerator}/{value.fraction.denominator}",
                "strict": value.strict,
                "at_least": value.at_least,
            }
        case MajorityRule():
            return {
                "base": str(value.base),
                "fraction": f"{value.fraction.numerator}/{value.fraction.denominator}",
                "strict": value.strict,
                "abstentions": str(value.abstentions),
            }
        case TieBreak() | SelfNomination():
            return str(value)
        case int():
            return value


def value_from_json(name: RuleName, raw: object) -> RuleValue:
    """The typed value of the rule `name`; raises RuleRefused, `where` naming the field."""
    if name in _WHOLE_NUMBERS:
        return _whole_number(name, raw)
    if name in _CHOICES:
        return _member(_CHOICES[name], raw, where=name)
    fields = _fields(name, raw)
    if name is RuleName.QUORUM:
        at_least = fields.get("at_least", 0)
        if not isinstance(at_least, int) or isinstance(at_least, bool):
            raise _not_a_whole_number("at_least")
        return QuorumRule(
            base=_member(QuorumBase, fields["base"], where="base"),
            fraction=_fraction(fields["fraction"]),
            strict=_truth(fields["strict"], where="strict"),
            at_least=at_least,
        )
    rule = MajorityRule(
        base=_member(MajorityBase, fields["base"], where="base"),
        fraction=_fraction(fields["fraction"]),
        strict=_truth(fields["strict"], where="strict"),
        abstentions=_member(Abstentions, fields["abstentions"], where="abstentions"),
    )
    check_value(name, rule)
    return rule


def check_value(name: RuleName, value: RuleValue) -> None:
    """Raise RuleRefused unless `value` is of the type and range that the rule `name` takes."""
    if name in _WHOLE_NUMBERS:
        _whole_number(name, value)
        return
    expected = QuorumRule if name is RuleName.QUORUM else _CHOICES.get(name, MajorityRule)
    if not isinstance(value, expected):
        raise RuleRefused(
            "wrong_kind_of_value",
            Bilingual(
                ko=f"'{name.label['ko']}' 규칙에 맞지 않는 종류의 값입니다.",
                en=f'This kind of value does not fit the rule "{name.label["en"]}".',
            ),
            where=name,
        )
    if name is RuleName.MAJORITY_ELECTION and value != ELECTION_MAJORITY:
        raise RuleRefused(
            "election_majority_not_supported",
            Bilingual(
                ko="연속 투표 방식의 선거는 후보 득표의 과반수로만 당선을 정합니다. "
                "기준은 투표수, 비율은 1/2 초과, 기권은 제외로 정하십시오.",
                en="An exhaustive ballot elects by more than half of the votes for candidates "
                "and by nothing else. Set votes cast, more than 1/2, abstentions left out.",
            ),
            where=name,
        )


ELECTION_MAJORITY: Final = MajorityRule(
    base=MajorityBase.VOTES_CAST,
    fraction=HALF,
    strict=True,
    abstentions=Abstentions.LEFT_OUT,
)
"""The one majority by which exhaustive rounds elect: any larger one might never end."""


def describe_value(name: RuleName, value: RuleValue) -> Bilingual:
    """The value as a phrase for the table of rules in force."""
    match value:
        case QuorumRule() | MajorityRule():
            return value.describe()
        case TieBreak():
            return Bilingual(
                ko="같은 후보로 한 번 다시 투표하고, 다시 동수이면 추첨으로 정합니다",
                en="the round is repeated once, then a draw by lot decides",
            )
        case SelfNomination.ALLOWED:
            return Bilingual(ko="도시가 스스로를 추천할 수 있음", en="a city may nominate itself")
        case SelfNomination.NOT_ALLOWED:
            return Bilingual(
                ko="도시가 스스로를 추천할 수 없음", en="a city cannot nominate itself"
            )
        case int():
            return _number_in_words(name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRule:
    """A rule and the article it is bound to.

    `instrument` is the slug, `edition` the number, `provision_key` the stable key of the
    provision, `citation` how a sentence cites it: Bilingual(ko="제9조제1항", en="Art. 9(1)").
    """

    name: RuleName
    value: RuleValue
    instrument: str
    edition: int
    provision_key: str
    citation: Bilingual

    def __post_init__(self) -> None:
        check_value(self.name, self.value)

    def as_json(self) -> dict[str, object]:
        """`{"value", "instrument", "edition", "provision", "citation": {language: text}}`."""
        return {
            "value": value_as_json(self.value),
            "instrument": self.instrument,
            "edition": self.edition,
            "provision": self.provision_key,
            "citation": self.citation.as_dict(),
        }

    @classmethod
    def from_json(cls, name: RuleName, raw: Mapping[str, Any]) -> BoundRule:
        """The rule that `as_json` wrote; raises RuleRefused for a value that is not valid."""
        return cls(
            name=name,
            value=value_from_json(name, raw["value"]),
            instrument=raw["instrument"],
            edition=raw["edition"],
            provision_key=raw["provision"],
            citation=Bilingual(raw["citation"]),
        )

    def describe(self) -> Bilingual:
        """The value as a phrase."""
        return describe_value(self.name, self.value)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of the table of rules in force, in one language."""

    name: RuleName
    label: str
    sentence: str
    citation: str


@dataclass(frozen=True)
class RuleSet(Mapping[RuleName, BoundRule]):
    """The rules in force at one moment; at most one for each name, in the order of RuleName."""

    _rules: tuple[BoundRule, ...]

    def __init__(self, rules: Iterable[BoundRule]) -> None:
        order = list(RuleName)
        ordered = tuple(sorted(rules, key=lambda rule: order.index(rule.name)))
        for first, second in itertools.pairwise(ordered):
            if first.name is second.name:
                raise RuleRefused(
                    "rule_bound_twice",
                    Bilingual(
                        ko=f"'{first.name.label['ko']}' 규칙이 두 조항에 연결되어 있습니다. "
                        "한 조항만 남겨 주십시오.",
                        en=f'The rule "{first.name.label["en"]}" is bound to two provisions. '
                        "Leave one of them.",
                    ),
                    where=first.name,
                )
        object.__setattr__(self, "_rules", ordered)

    def __getitem__(self, name: RuleName) -> BoundRule:
        return self._by_name[name]

    def __iter__(self) -> Iterator[RuleName]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._rules)

    def __hash__(self) -> int:
        return hash(self._rules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleSet) and self._rules == other._rules

    def bound(self, name: RuleName) -> BoundRule:
        """The rule `name`; raises RuleRefused where no article in force fixes it."""
        if name not in self._by_name:
            raise RuleRefused(
                "rule_missing",
                Bilingual(
                    ko=f"'{name.label['ko']}' 규칙이 연결된 조항이 없습니다. "
                    "시행 중인 규약의 조항에 규칙을 먼저 연결하여 주십시오.",
                    en=f'No article in force fixes "{name.label["en"]}". '
                    "Bind the rule to an article of the bylaws first.",
                ),
                where=name,
            )
        return self._by_name[name]

    def quorum(self) -> QuorumRule:
        """The quorum rule; raises RuleRefused where there is none."""
        return _of_type(self.bound(RuleName.QUORUM), QuorumRule)

    def majority(self, name: RuleName = RuleName.MAJORITY_ORDINARY) -> MajorityRule:
        """The majority rule `name`; raises RuleRefused where there is none."""
        return _of_type(self.bound(name), MajorityRule)

    def number(self, name: RuleName) -> int:
        """A rule that is a whole number; raises RuleRefused where there is none."""
        return _of_type(self.bound(name), int)

    def tie_break(self) -> TieBreak:
        """The tie-break; raises RuleRefused where there is none."""
        return _of_type(self.bound(RuleName.TIE_BREAK), TieBreak)

    def citation(self, name: RuleName) -> Bilingual | None:
        """How to cite the rule `name`; None where it is not bound."""
        rule = self._by_name.get(name)
        return rule.citation if rule else None

    def as_json(self) -> dict[str, object]:
        """`{name: BoundRule.as_json}`."""
        return {str(rule.name): rule.as_json() for rule in self._rules}

    @classmethod
    def from_json(cls, raw: Mapping[str, Mapping[str, Any]]) -> RuleSet:
        """The set that `as_json` wrote; raises RuleRefused for a name or value not valid."""
        return cls(
            BoundRule.from_json(_member(RuleName, name, where=name), bound)
            for name, bound in raw.items()
        )

    def canonical(self) -> str:
        """The text that is hashed."""
        return canonical_json(self.as_json())

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return sha256_hex(self.canonical())

    def describe(self, language: str) -> tuple[RuleLine, ...]:
        """The lines of the table of rules in force."""
        return tuple(
            RuleLine(
                name=rule.name,
                label=rule.name.label.in_language(language),
                sentence=rule.describe().in_language(language),
                citation=rule.citation.in_language(language),
            )
            for rule in self._rules
        )

    @cached_property
    def _by_name(self) -> dict[RuleName, BoundRule]:
        return {rule.name: rule for rule in self._rules}


_Value = TypeVar("_Value", QuorumRule, MajorityRule, TieBreak, int)
_Choice = TypeVar("_Choice", bound=StrEnum)


def _of_type(rule: BoundRule, kind: type[_Value]) -> _Value:
    if not isinstance(rule.value, kind):
        raise TypeError(f"{rule.name} is not a {kind.__name__}")
    return rule.value


def _number_in_words(name: RuleName, number: int) -> Bilingual:
    match name:
        case RuleName.NOTICE_DAYS:
            return Bilingual(
                ko=f"회의 {number}일 전까지",
                en=f"at least {counted(number, 'day')} before the assembly",
            )
        case RuleName.CHAIR_TERM_YEARS:
            return Bilingual(ko=f"{number}년", en=counted(number, "year"))
        case RuleName.ARREARS_LIMIT:
            return Bilingual(
                ko=f"미납 회비가 {number}건 이상인 동안 투표할 수 없음",
                en=f"no vote while {counted(number, 'contribution')} or more "
                f"{'is' if number == 1 else 'are'} unpaid",
            )
        case RuleName.AMENDMENT_DAYS:
            return Bilingual(
                ko=f"회의 {number}일 전까지 제출" if number else "회의 당일까지 제출",
                en=f"filed at the latest {counted(number, 'day')} before the assembly"
                if number
                else "filed at the latest on the day of the assembly",
            )
    if number == 0:
        needless = "공동발의" if name is RuleName.AMENDMENT_SPONSORS else "재청"
        return Bilingual(ko=josa(needless, "이/가") + " 필요하지 않음", en="none needed")
    cities = "1 city" if number == 1 else f"{number} cities"
    return Bilingual(ko=f"{number}개 도시 이상", en=f"at least {cities}")


def _fields(name: RuleName, raw: object) -> Mapping[str, object]:
    needed = {"base", "fraction", "strict"}
    optional = {"at_least"}
    if name is not RuleName.QUORUM:
        needed, optional = needed | {"abstentions"}, set()
    if not isinstance(raw, Mapping):
        raise RuleRefused(
            "not_an_object",
            Bilingual(
                ko=f"'{name.label['ko']}' 규칙의 값은 JSON 객체여야 합니다.",
                en=f'The value of "{name.label["en"]}" must be a JSON object.',
            ),
            where=name,
        )
    for missing in sorted(needed - set(raw)):
        raise RuleRefused(
            "field_missing",
            Bilingual(ko=f"항목이 빠졌습니다: {missing}", en=f"A field is missing: {missing}."),
            where=missing,
        )
    for unknown in sorted(str(key) for key in set(raw) - needed - optional):
        raise RuleRefused(
            "field_unknown",
            Bilingual(
                ko=f"알 수 없는 항목입니다: {unknown}", en=f"This field is not known: {unknown}."
            ),
            where=unknown,
        )
    return raw


def _fraction(raw: object) -> Fraction:
    match = _FRACTION.fullmatch(raw) if isinstance(raw, str) else None
    if match is None or int(match[2]) == 0:
        raise RuleRefused(
            "fraction_not_exact",
            Bilingual(
                ko="비율은 '2/3'과 같은 분수여야 합니다. 소수로 적지 마십시오.",
                en='A share must be an exact fraction such as "2/3", not a decimal number.',
            ),
            where="fraction",
        )
    return Fraction(int(match[1]), int(match[2]))


def _truth(raw: object, *, where: str) -> bool:
    if not isinstance(raw, bool):
        raise RuleRefused(
            "not_true_or_false",
            Bilingual(
                ko=f"{where} 항목은 true 또는 false여야 합니다.",
                en=f"The field {where} must be true or false.",
            ),
            where=where,
        )
    return raw


def _whole_number(name: RuleName, raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise _not_a_whole_number(name)
    smallest, largest = _WHOLE_NUMBERS[name]
    if not smallest <= raw <= largest:
        raise RuleRefused(
            "number_out_of_range",
            Bilingual(
                ko=f"'{name.label['ko']}'의 값은 {smallest}에서 {largest} 사이여야 합니다.",
                en=f'"{name.label["en"]}" must be from {smallest} to {largest}.',
            ),
            where=name,
        )
    return raw


def _not_a_whole_number(where: str) -> RuleRefused:
    return RuleRefused(
        "not_a_whole_number",
        Bilingual(ko="정수를 적어 주십시오.", en="Give a whole number."),
        where=where,
    )


def _member(choices: type[_Choice], raw: object, *, where: str) -> _Choice:
    for choice in choices:
        if raw == choice.value:
            return choice
    known = ", ".join(choice.value for choice in choices)
    raise RuleRefused(
        "not_a_choice",
        Bilingual(
            ko=f"알 수 없는 값입니다. 쓸 수 있는 값: {known}",
            en=f"This value is not known. Choose one of: {known}.",
        ),
        where=where,
    )
