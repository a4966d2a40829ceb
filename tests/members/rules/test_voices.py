"""Who may speak for a seat, and duties kept apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from members.rules.voices import (
    MandateRow,
    Role,
    Voice,
    may_speak,
    voice_roles,
    voices,
)

NOON = datetime(2018, 12, 12, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def mandate(person: str, role: str, *, city="seoul", rank=0, starts=-5, ends=None, accredited=-4):
    return MandateRow(
        person=person,
        city=city,
        role=Role(role),
        rank=rank,
        starts_at=NOON + starts * HOUR,
        ends_at=None if ends is None else NOON + ends * HOUR,
        accredited_at=None if accredited is None else NOON + accredited * HOUR,
    )


def test_precedence_is_head_then_delegate_then_alternates_by_rank():
    mandates = [
        mandate("p4", "alternate", rank=2),
        mandate("p3", "alternate", rank=1),
        mandate("p2", "voting_delegate"),
        mandate("p1", "head"),
        mandate("p5", "editor"),
        mandate("p6", "observer"),
        mandate("p7", "head", city="vienna"),
    ]
    assert voices(mandates, city="seoul", moment=NOON) == (
        Voice("p1", Role.HEAD, 1),
        Voice("p2", Role.VOTING_DELEGATE, 2),
        Voice("p3", Role.ALTERNATE, 3),
        Voice("p4", Role.ALTERNATE, 4),
    )
    assert voice_roles(mandates, city="seoul", moment=NOON) == (
        "head",
        "voting_delegate",
        "alternate",
        "alternate",
    )


@pytest.mark.parametrize(
    ("row", "speaks"),
    [
        (mandate("p", "head"), True),
        (mandate("p", "head", starts=0, accredited=0), True),
        (mandate("p", "head", starts=1), False),
        (mandate("p", "head", ends=0), False),
        (mandate("p", "head", ends=1), True),
        (mandate("p", "head", accredited=None), False),
        (mandate("p", "head", accredited=1), False),
        (mandate("p", "editor"), False),
        (mandate("p", "observer"), False),
        (mandate("p", "head", starts=-1, ends=-1), False),
    ],
)
def test_a_voice_needs_an_accredited_mandate_in_force(row, speaks):
    assert may_speak([row], person="p", city="seoul", moment=NOON) is speaks
    assert not may_speak([row], person="p", city="vienna", moment=NOON)
    assert not may_speak([row], person="q", city="seoul", moment=NOON)


def test_a_person_with_two_roles_has_one_voice():
    mandates = [mandate("p1", "alternate"), mandate("p1", "head"), mandate("p2", "alternate")]
    assert voices(mandates, city="seoul", moment=NOON) == (
        Voice("p1", Role.HEAD, 1),
        Voice("p2", Role.ALTERNATE, 2),
    )


def test_the_order_of_rows_does_not_matter():
    mandates = [mandate("p2", "alternate"), mandate("p1", "alternate"), mandate("p3", "head")]
    assert voices(mandates, city="seoul", moment=NOON) == voices(
        mandates[::-1], city="seoul", moment=NOON
    )
