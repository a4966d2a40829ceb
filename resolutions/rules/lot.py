"""Drawing by lot so that anyone can redo the draw.

Before a round opens its secret seed is fixed and only the commitment is published:

    commitment = SHA-256 of the seed, written as 64 lower-case hexadecimal characters

After the draw that seed is published. For each candidate that takes part,

    ticket = SHA-256 of "seed|round|key"

and the smallest ticket, compared as hexadecimal text, is drawn. Nobody who knows only the
commitment can foresee the draw, nobody who knows the seed can change it, and a shell with
`sha256sum` is enough to check it: printf '%s' "$seed" | sha256sum.

Source: commit and reveal as in public lotteries (RFC 3797 argues for the verifiable kind).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from resolutions.rules.canonical_json import sha256_hex
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual

_SEED = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One candidate's place in the draw."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw: its seed, its round and the tickets, smallest first."""

    seed: str
    round_number: int
    tickets: tuple[Ticket, ...]

    @property
    def drawn(self) -> str:
        """The key whose ticket is the smallest."""
        return self.tickets[0].key

    def as_json(self) -> dict[str, object]:
        """`{"seed", "round", "drawn", "tickets": [{"key", "digest"}]}`."""
        return {
            "seed": self.seed,
            "round": self.round_number,
            "drawn": self.drawn,
            "tickets": [{"key": ticket.key, "digest": ticket.digest} for ticket in self.tickets],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Draw:
        """The draw that `as_json` wrote."""
        return cls(
            seed=raw["seed"],
            round_number=raw["round"],
            tickets=tuple(Ticket(ticket["key"], ticket["digest"]) for ticket in raw["tickets"]),
        )


def commit(seed: str) -> str:
    """The commitment to publish before anything is known. Raises RuleRefused for a bad seed."""
    return sha256_hex(_checked(seed))


def verify(commitment: str, seed: str) -> bool:
    """Whether `seed` is the one that was committed to."""
    return _SEED.fullmatch(seed) is not None and hmac.compare_digest(
        sha256_hex(seed), commitment.strip().lower()
    )


def draw(seed: str, *, round_number: int, keys: Iterable[str]) -> Draw:
    """Draw among `keys`, whatever order they come in.

    Raises RuleRefused for a malformed seed, or where fewer than two different keys are given.
    """
    names = set(keys)
    if len(names) < 2:
        raise RuleRefused(
            "nothing_to_draw",
            Bilingual(
                ko="추첨에는 둘 이상의 후보가 필요합니다.",
                en="A draw by lot needs at least two candidates.",
            ),
            where="keys",
        )
    _checked(seed)
    tickets = (Ticket(key, sha256_hex(f"{seed}|{round_number}|{key}")) for key in names)
    return Draw(
        seed=seed,
        round_number=round_number,
        tickets=tuple(sorted(tickets, key=lambda ticket: (ticket.digest, ticket.key))),
    )


def _checked(seed: str) -> str:
    if _SEED.fullmatch(seed) is None:
        raise RuleRefused(
            "bad_seed",
            Bilingual(
                ko="추첨 시드는 소문자 16진수 64자여야 합니다.",
                en="The seed of a draw must be 64 lower-case hexadecimal characters.",
            ),
            where="seed",
        )
    return seed
