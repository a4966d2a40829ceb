"""Draws by lot: committed to, reproducible, independent of the order of names."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.lot import Draw, commit, draw, verify
from resolutions.rules.refusal import RuleRefused

SEED = "0123456789abcdef" * 4

seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
names = st.lists(st.sampled_from("abcdefghij"), min_size=2, max_size=8, unique=True)


def test_the_commitment_is_the_hash_of_the_written_seed():
    assert commit(SEED) == hashlib.sha256(SEED.encode()).hexdigest()
    assert verify(commit(SEED), SEED)
    assert not verify(commit(SEED), "f" * 64)
    assert not verify(commit(SEED), SEED.upper())


@given(seeds, st.integers(1, 20), names, st.randoms(use_true_random=False))
def test_a_draw_does_not_depend_on_the_order_of_names(seed, number, keys, random):
    shuffled = keys[:]
    random.shuffle(shuffled)
    assert draw(seed, round_number=number, keys=keys) == draw(
        seed, round_number=number, keys=shuffled
    )


@given(seeds, st.integers(1, 20), names)
def test_a_draw_can_be_redone_by_hand(seed, number, keys):
    by_hand = min(keys, key=lambda key: hashlib.sha256(f"{seed}|{number}|{key}".encode()).digest())
    drawn = draw(seed, round_number=number, keys=keys)
    assert drawn.drawn == by_hand
    assert Draw.from_json(drawn.as_json()) == drawn
    assert {ticket.key for ticket in drawn.tickets} == set(keys)


def test_the_round_is_part_of_the_draw():
    winners = {draw(SEED, round_number=n, keys=["seoul", "vienna"]).drawn for n in range(1, 20)}
    assert winners == {"seoul", "vienna"}


def test_every_name_is_drawn_about_as_often():
    seen = Counter(
        draw(hashlib.sha256(str(n).encode()).hexdigest(), round_number=1, keys="abc").drawn
        for n in range(3000)
    )
    assert sorted(seen) == ["a", "b", "c"]
    assert min(seen.values()) > 900


@pytest.mark.parametrize("seed", ["", "abc", "g" * 64, SEED.upper(), SEED + "0"])
def test_malformed_seeds_are_refused(seed):
    with pytest.raises(RuleRefused) as refused:
        commit(seed)
    assert refused.value.code == "bad_seed"


def test_a_draw_among_one_is_refused():
    with pytest.raises(RuleRefused) as refused:
        draw(SEED, round_number=1, keys=["seoul", "seoul"])
    assert refused.value.code == "nothing_to_draw"
