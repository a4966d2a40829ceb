"""The table of the access matrix: one line for each address, one sign for each kind of person.

    s ----- ----- ++++! ---- -2 | s ----- ----- xxxxx ---- -2 | s - xx  admin/office-city/

Three blocks: GET (and HEAD), POST, every other method. In each block the groups of kinds of
person, `BLOCKS`, in their order. The signs are those of `Outcome`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.security.matrix_people import GROUPS, SOME

TABLE: Final = Path(__file__).with_name("access_matrix.txt")
BLOCKS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "GET": GROUPS,
    "POST": GROUPS,
    "other": SOME,
}
"""Method → the groups of people who ask by it."""


class Outcome(StrEnum):
    """What a person is answered."""

    REACHED = "+"
    REFUSED = "e"  # the view was reached and says why not: 400, 409, 410, 422
    ELSEWHERE = ">"  # the view was reached and leads on
    SIGN_IN = "s"
    NOT_FOUND = "-"
    FORBIDDEN = "!"  # refused for lack of a right: 403, or Wagtail's way back to its home
    NO_SUCH_METHOD = "x"
    SECOND_FACTOR = "2"
    AGAIN = "r"  # asked to show who is there once more
    BROKEN = "E"  # 500: only over empty forms, and only of other people's apps


SHAPE: Final = [[len(group) for group in groups] for groups in BLOCKS.values()]

Row = Mapping[str, Mapping[str, Outcome]]
"""Block → kind of person → outcome."""


def write_row(row: Row, route: str) -> str:
    """The line of the table for an address."""
    blocks = (
        " ".join("".join(row[block][person] for person in group) for group in groups)
        for block, groups in BLOCKS.items()
    )
    return f"{' | '.join(blocks)}  {route}"


def read_row(line: str) -> Row:
    """What a line of the table says."""
    signs, _space, _route = line.partition("  ")
    return {
        block: {
            person: Outcome(sign)
            for group, letters in zip(groups, part.split(), strict=True)
            for person, sign in zip(group, letters, strict=True)
        }
        for (block, groups), part in zip(BLOCKS.items(), signs.split(" | "), strict=True)
    }


def read_table(table: Path = TABLE) -> dict[str, str]:
    """Route → its line. Raises ValueError where an address stands twice or a line is malformed."""
    found: dict[str, str] = {}
    for line in _lines(table):
        signs, _space, route = line.partition("  ")
        if route in found:
            raise ValueError(f"{route} stands twice in {table.name}")
        if [[len(group) for group in block.split()] for block in signs.split("|")] != SHAPE:
            raise ValueError(f"{table.name}: {line}")
        found[route] = line
    return found


def _lines(table: Path) -> Iterator[str]:
    for line in table.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line
