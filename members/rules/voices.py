"""Voices: who may speak and vote for a city's seat at a moment.

The head of delegation comes first, then the voting delegate, then the alternates by rank.
Each of them may cast the city's one vote; the order says who is meant where several are
there. Only an accredited mandate gives a voice. Editors and observers have none.

Pure. Source: the articles of the bylaws on delegations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """Roles of a mandate; the values are those of `members.models.Mandate`."""

    HEAD = "head"
    VOTING_DELEGATE = "voting_delegate"
    ALTERNATE = "alternate"
    EDITOR = "editor"
    OBSERVER = "observer"


class OfficeRole(StrEnum):
    """Roles of the office; the values are those of `members.models.OfficeRole`."""

    SECRETARY_GENERAL = "secretary_general"
    RETURNING_OFFICER = "returning_officer"
    REGISTRAR = "registrar"
    LIBRARIAN = "librarian"
    AUDITOR = "auditor"


VOTING_ROLES: Final = (Role.HEAD, Role.VOTING_DELEGATE, Role.ALTERNATE)
"""The roles that have a voice, first in precedence first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRow:
    """A person holds a mandate of a city; `person` is a UUID as text, `city` a slug."""

    person: str
    city: str
    role: Role
    starts_at: datetime
    ends_at: datetime | None = None
    rank: int = 0
    accredited_at: datetime | None = None

    def in_force(self, moment: datetime) -> bool:
        """Whether the mandate holds at `moment`; a mandate revoked as it began never holds."""
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)

    def has_voice(self, moment: datetime) -> bool:
        """Whether it lets the person speak and vote for the city at `moment`."""
        return (
            self.role in VOTING_ROLES
            and self.in_force(moment)
            and self.accredited_at is not None
            and self.accredited_at <= moment
        )


@dataclass(frozen=True, slots=True)
class Voice:
    """A person who may speak for the seat; `place` counts from 1, first in precedence."""

    person: str
    role: Role
    place: int


def voices(mandates: Iterable[MandateRow], *, city: str, moment: datetime) -> tuple[Voice, ...]:
    """Who may speak for the city at `moment`, in order of precedence, each person once."""
    speaking = sorted(
        (row for row in mandates if row.city == city and row.has_voice(moment)),
        key=lambda row: (VOTING_ROLES.index(row.role), row.rank, row.starts_at, row.person),
    )
    first_role: dict[str, Role] = {}
    for row in speaking:
        first_role.setdefault(row.person, row.role)
    return tuple(
        Voice(person=person, role=role, place=place)
        for place, (person, role) in enumerate(first_role.items(), start=1)
    )


def voice_roles(mandates: Iterable[MandateRow], *, city: str, moment: datetime) -> tuple[str, ...]:
    """The roles through which the city can speak, for its seat on a roll; no persons."""
    return tuple(str(voice.role) for voice in voices(mandates, city=city, moment=moment))


def may_speak(mandates: Iterable[MandateRow], *, person: str, city: str, moment: datetime) -> bool:
    """Whether the person may speak and vote for the city at `moment`."""
    return any(voice.person == person for voice in voices(mandates, city=city, moment=moment))
