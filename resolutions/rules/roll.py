"""The roll: which seats may vote, and through whom, frozen when a vote opens.

A roll never changes. Its canonical form (canonical_json) is hashed when the vote opens and
the hash is published, so that a seat added or taken away afterwards is seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from resolutions.rules.canonical_json import canonical_json, sha256_hex
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Seat:
    """One city's seat.

    `voices` are the mandate roles that may speak for it, first in rank first, such as
    ("head", "voting_delegate", "alternate"); persons are never named on a roll.
    """

    city_slug: str
    city_code: str
    name: Bilingual
    voices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """`{"city", "code", "name": {language: text}, "voices": [role]}`."""
        return {
            "city": self.city_slug,
            "code": self.city_code,
            "name": self.name.as_dict(),
            "voices": list(self.voices),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Seat:
        """The seat that `as_json` wrote."""
        return cls(
            city_slug=raw["city"],
            city_code=raw["code"],
            name=Bilingual(raw["name"]),
            voices=tuple(raw["voices"]),
        )


@dataclass(frozen=True)
class Roll:
    """Seats in the order of their codes. Raises RuleRefused where a city has two seats."""

    seats: tuple[Seat, ...]

    def __init__(self, seats: Sequence[Seat]) -> None:
        ordered = tuple(sorted(seats, key=lambda seat: seat.city_code))
        _refuse_doubles(tuple(seat.city_code for seat in ordered))
        _refuse_doubles(tuple(sorted(seat.city_slug for seat in ordered)))
        object.__setattr__(self, "seats", ordered)

    def __len__(self) -> int:
        return len(self.seats)

    def __iter__(self) -> Iterator[Seat]:
        return iter(self.seats)

    def __contains__(self, city_slug: object) -> bool:
        return city_slug in self._by_slug

    def seat(self, city_slug: str) -> Seat:
        """The seat of a city; raises RuleRefused where the city is not on the roll."""
        if city_slug not in self._by_slug:
            raise RuleRefused(
                "not_on_the_roll",
                Bilingual(
                    ko="이 도시는 이 투표의 의석 명부에 없습니다.",
                    en="This city is not on the roll of this vote.",
                ),
                where=city_slug,
            )
        return self._by_slug[city_slug]

    def as_json(self) -> list[dict[str, object]]:
        """The seats, in order, as `Seat.as_json`."""
        return [seat.as_json() for seat in self.seats]

    @classmethod
    def from_json(cls, raw: Sequence[Mapping[str, Any]]) -> Roll:
        """The roll that `as_json` wrote."""
        return cls([Seat.from_json(seat) for seat in raw])

    def canonical(self) -> str:
        """The text that is hashed."""
        return canonical_json(self.as_json())

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return sha256_hex(self.canonical())

    @cached_property
    def _by_slug(self) -> dict[str, Seat]:
        return {seat.city_slug: seat for seat in self.seats}


def _refuse_doubles(names: tuple[str, ...]) -> None:
    for first, second in itertools.pairwise(names):
        if first == second:
            raise RuleRefused(
                "two_seats_for_one_city",
                Bilingual(
                    ko=f"한 도시에는 한 의석만 있습니다. 중복된 도시: {first}.",
                    en=f'A city has one seat, but "{first}" is listed twice.',
                ),
                where=first,
            )
