"""The roll: ordered, canonical, hashed, and without doubles."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest

from resolutions.rules.refusal import RuleRefused
from resolutions.rules.roll import Roll, Seat
from secretariat.kernel.bilingual import Bilingual

SEOUL = Seat("seoul", "SEL", Bilingual(ko="서울", en="Seoul"), ("head", "alternate"))
VIENNA = Seat("vienna", "VIE", Bilingual(ko="빈", en="Vienna"), ("voting_delegate",))
HAMBURG = Seat("hamburg", "HAM", Bilingual(ko="함부르크", en="Hamburg"))


def test_seats_stand_in_the_order_of_their_codes():
    roll = Roll([VIENNA, SEOUL, HAMBURG])
    assert [seat.city_code for seat in roll] == ["HAM", "SEL", "VIE"]
    assert roll == Roll([HAMBURG, VIENNA, SEOUL])
    assert len(roll) == 3
    assert "seoul" in roll
    assert "milan" not in roll
    assert roll.seat("vienna") == VIENNA


def test_the_canonical_form_and_its_hash():
    roll = Roll([VIENNA, SEOUL])
    assert roll.canonical() == (
        '[{"city":"seoul","code":"SEL","name":{"en":"Seoul","ko":"서울"},'
        '"voices":["head","alternate"]},'
        '{"city":"vienna","code":"VIE","name":{"en":"Vienna","ko":"빈"},'
        '"voices":["voting_delegate"]}]'
    )
    assert roll.hash == hashlib.sha256(roll.canonical().encode()).hexdigest()
    assert Roll.from_json(roll.as_json()) == roll


def test_the_hash_is_the_same_for_decomposed_names():
    decomposed = Seat(
        "seoul", "SEL", Bilingual(ko=unicodedata.normalize("NFD", "서울"), en="Seoul")
    )
    composed = Seat("seoul", "SEL", Bilingual(ko="서울", en="Seoul"))
    assert Roll([decomposed]).hash == Roll([composed]).hash


def test_any_change_changes_the_hash():
    roll = Roll([SEOUL, VIENNA])
    assert roll.hash not in {
        Roll([SEOUL]).hash,
        Roll([SEOUL, VIENNA, HAMBURG]).hash,
        Roll([SEOUL, Seat("vienna", "VIE", VIENNA.name)]).hash,
    }


@pytest.mark.parametrize(
    "double", [Seat("seoul-2", "SEL", SEOUL.name), Seat("seoul", "SE2", SEOUL.name)]
)
def test_a_city_has_one_seat(double):
    with pytest.raises(RuleRefused) as refused:
        Roll([SEOUL, double])
    assert refused.value.code == "two_seats_for_one_city"


def test_a_city_that_is_not_on_the_roll():
    with pytest.raises(RuleRefused) as refused:
        Roll([SEOUL]).seat("milan")
    assert (refused.value.code, refused.value.where) == ("not_on_the_roll", "milan")
