"""Who is present, derived from a record of acts that is only ever added to.

A seat arrives and leaves; a wrong entry is corrected by a further act, never by an edit:

- an act of kind CORRECTED with `corrects` strikes the earlier act of that number;
- an act of kind ARRIVED or LEFT with `corrects` strikes it and stands in its place.

Both need a reason. What is left standing must make sense for each seat: it arrives, then
leaves, then may arrive again. Presence is half-open: a seat that left at 14:00 is not
present at 14:00. An act without `corrects` continues the record and cannot lie before the
seat's last standing act.

To know what the record said at an earlier moment, give only the acts recorded until then.

Source: the attendance article of the bylaws and founding rules; docs/reference/rules.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


class ActKind(StrEnum):
    ARRIVED = "arrived"
    LEFT = "left"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One entry of the record.

    `number` counts from 1 within the assembly; `seat` is the city's slug; `at` the moment
    the seat arrived or left (for CORRECTED, the moment of the correction); `corrects` the
    number of the act that this one strikes; `mode` how it attends ("in_person", "online").
    """

    number: int
    kind: ActKind
    seat: str
    at: datetime
    corrects: int | None = None
    reason: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """A seat was there from one moment up to, not including, another (None: still there)."""

    starts_at: datetime
    ends_at: datetime | None
    mode: str = ""

    def contains(self, moment: datetime) -> bool:
        """Whether the seat was there at `moment`."""
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


def presences(acts: Sequence[Act]) -> Mapping[str, tuple[Presence, ...]]:
    """The presences of every seat that the record names, in the order of time.

    Raises RuleRefused at the first act that cannot stand; `where` is its number. To check
    a new act before it is recorded, give the record with the act at its end.
    """
    recorded: dict[int, Act] = {}
    struck: set[int] = set()
    standing: dict[str, tuple[Act, ...]] = {}
    for act in acts:
        _check_number(act, expected=len(recorded) + 1)
        mine = standing.get(act.seat, ())
        if act.corrects is None:
            _check_continues(act, mine)
        else:
            _check_correction(act, recorded, struck)
            struck.add(act.corrects)
            mine = tuple(item for item in mine if item.number != act.corrects)
        if act.kind is not ActKind.CORRECTED:
            mine = tuple(sorted((*mine, act), key=lambda item: (item.at, item.number)))
        _check_alternates(mine, because_of=act)
        recorded[act.number] = act
        standing[act.seat] = mine
    return {seat: _paired(mine) for seat, mine in standing.items()}


def present_at(acts: Sequence[Act], moment: datetime) -> frozenset[str]:
    """The seats present at `moment`, as the record stands."""
    return frozenset(
        seat
        for seat, periods in presences(acts).items()
        if any(period.contains(moment) for period in periods)
    )


def count_at(acts: Sequence[Act], moment: datetime) -> int:
    """How many seats are present at `moment`."""
    return len(present_at(acts, moment))


def _paired(standing: tuple[Act, ...]) -> tuple[Presence, ...]:
    arrivals, departures = standing[0::2], standing[1::2]
    ends = [act.at for act in departures]
    open_ended = [None] * (len(arrivals) - len(ends))
    return tuple(
        Presence(starts_at=arrival.at, ends_at=end, mode=arrival.mode)
        for arrival, end in zip(arrivals, [*ends, *open_ended], strict=True)
    )


def _refused(code: str, act: Act, *, ko: str, en: str) -> RuleRefused:
    return RuleRefused(code, Bilingual(ko=ko, en=en), where=str(act.number))


def _check_number(act: Act, *, expected: int) -> None:
    if act.number != expected:
        raise _refused(
            "out_of_order",
            act,
            ko=f"출석 기록의 번호가 이어지지 않습니다. 다음 번호는 {expected}입니다.",
            en=f"The record of attendance is not in order. The next number is {expected}.",
        )


def _check_continues(act: Act, mine: tuple[Act, ...]) -> None:
    if act.kind is ActKind.CORRECTED:
        raise _refused(
            "nothing_corrected",
            act,
            ko="어느 기록을 바로잡는지 번호를 적어 주십시오.",
            en="Say by its number which entry is corrected.",
        )
    if mine and act.at < mine[-1].at:
        raise _refused(
            "out_of_order",
            act,
            ko="이 도시의 마지막 기록보다 앞선 시각입니다. 앞선 기록이 틀렸다면 정정하여 주십시오.",
            en="This is earlier than the city's last entry. If that entry is wrong, correct it.",
        )


def _check_correction(act: Act, recorded: Mapping[int, Act], struck: set[int]) -> None:
    target = recorded.get(act.corrects or 0)
    if target is None:
        raise _refused(
            "corrects_unknown_act",
            act,
            ko="바로잡으려는 번호의 기록이 없습니다.",
            en="There is no entry with the number that is to be corrected.",
        )
    if target.seat != act.seat:
        raise _refused(
            "corrects_another_seat",
            act,
            ko="다른 도시의 기록입니다. "
            "그 도시의 기록을 취소한 뒤 이 도시의 기록을 따로 남겨 주십시오.",
            en="That entry is about another city. "
            "Strike it there, then record this city's own act.",
        )
    if target.number in struck or target.kind is ActKind.CORRECTED:
        raise _refused(
            "corrects_struck_act",
            act,
            ko="이미 취소되었거나 정정 자체인 기록입니다. 지금 유효한 기록을 고르십시오.",
            en="That entry is struck already, or is itself a correction. Choose one that stands.",
        )
    if not act.reason.strip():
        raise _refused(
            "reason_missing",
            act,
            ko="정정하는 까닭을 적어 주십시오.",
            en="Give the reason for the correction.",
        )


def _check_alternates(mine: tuple[Act, ...], *, because_of: Act) -> None:
    for position, act in enumerate(mine):
        expected = ActKind.ARRIVED if position % 2 == 0 else ActKind.LEFT
        if act.kind is expected:
            continue
        if because_of.corrects is not None:
            raise _refused(
                "correction_leaves_a_gap",
                because_of,
                ko="이렇게 정정하면 도착과 퇴장의 순서가 맞지 않습니다. "
                "나중 기록부터 바로잡거나, 같은 종류의 기록으로 대체하여 주십시오.",
                en="So corrected, arrivals and departures would no longer alternate. "
                "Correct the later entry first, or replace the entry by one of its kind.",
            )
        if expected is ActKind.LEFT:
            raise _refused(
                "present_already",
                because_of,
                ko="이미 출석 중인 도시입니다.",
                en="This city is present already.",
            )
        raise _refused(
            "not_present",
            because_of,
            ko="출석하지 않은 도시는 퇴장할 수 없습니다.",
            en="A city that is not present cannot leave.",
        )
