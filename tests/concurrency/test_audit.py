"""The audit chain under load: no gap, no double, whatever happens at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from secretariat.kernel import audit
from secretariat.kernel.models import AuditEntry, ChainHead, LedgerLine
from secretariat.kernel.policy import SYSTEM
from tests.concurrency.races import TwentySeats, at_once, goes_wrong
from tests.factories import NOW

pytestmark = pytest.mark.postgres

Unlock = Callable[..., None]
ACTS = 8


def acts_on_one_chain(chain: str) -> list[Any]:
    def act(number: int) -> Callable[[], None]:
        def do() -> None:
            with audit.act(SYSTEM.authority, NOW) as record:
                record(chain, "thing.done", {"number": number})
                record(f"{chain}-other", "thing.seen", {"number": number})

        return do

    return at_once(*(act(number) for number in range(ACTS)))


def is_whole(chain: str, answers: list[Any]) -> bool:
    sequences = AuditEntry.objects.filter(chain=chain).order_by("sequence")
    return (
        answers == [None] * ACTS
        and list(sequences.values_list("sequence", flat=True)) == list(range(1, ACTS + 1))
        and audit.verify() == []
    )


def test_acts_on_one_chain_leave_no_gap_and_no_double(stage: TwentySeats) -> None:
    for number in range(5):
        chain = f"thing:{number}"
        assert is_whole(chain, acts_on_one_chain(chain))
    numbers = LedgerLine.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))


def test_control_without_the_lock_on_the_heads_the_chain_breaks(
    stage: TwentySeats, unlock: Unlock
) -> None:
    unlock(ChainHead)
    assert goes_wrong(lambda: not is_whole("thing:x", acts_on_one_chain("thing:x")))
