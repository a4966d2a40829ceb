"""What people type is kept without signs that nobody sees."""

from __future__ import annotations

import unicodedata

import pytest

from secretariat.kernel.typed import typed


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (unicodedata.normalize("NFD", " 서울 "), "서울"),
        ("Se\x0boul\tcity\r\nhall", "Se oul city hall"),
        ("Anna\x00\x1b[31m", "Anna[31m"),
        ("Anna \u202egnirotceles\u202c", "Anna gnirotceles"),
        ("नेपाली \u200dक", "नेपाली \u200dक"),
    ],
)
def test_a_line(given: str, kept: str) -> None:
    assert typed(given) == kept


def test_several_lines() -> None:
    assert typed("One\r\ntwo\x0b \u2066three\n", lines=True) == "One\ntwo  three"
