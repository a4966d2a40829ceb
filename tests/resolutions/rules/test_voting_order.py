"""Furthest from the text first."""

from __future__ import annotations

from fractions import Fraction

from resolutions.rules.amending import derive
from resolutions.rules.structure import Kind
from resolutions.rules.voting_order import suggested_order
from tests.resolutions.rules.amended_texts import reworded, statute, with_inserted, without

BASE = statute("one two three four", ("first", "second"), "end of it all")


def test_what_strikes_comes_before_what_rewords_and_that_by_how_much():
    amendments = {
        1: derive(BASE, reworded(BASE, "art1", "one", "1", "en")),
        2: derive(BASE, without(BASE, "art1")),
        3: derive(BASE, reworded(BASE, "art1", "one two three", "eins zwei drei", "en")),
        4: derive(BASE, without(BASE, "art2", "art2.p1", "art2.p2")),
        5: derive(
            BASE, with_inserted(BASE, "art2", "art2.p2", "art2.p3", "3", "new", Kind.PARAGRAPH)
        ),
    }
    order = suggested_order(BASE, amendments)
    assert [place.number for place in order] == [4, 2, 5, 3, 1]
    assert [place.distance for place in order] == [
        Fraction(3),
        Fraction(1),
        Fraction(1),
        Fraction(3, 4) / 2,
        Fraction(1, 4) / 2,
    ]
    assert [place.falls for place in order] == [(5,), (1, 3), (4,), (1, 2), (2, 3)]


def test_equally_far_ones_come_in_the_order_of_the_text_then_of_their_numbers():
    amendments = {
        1: derive(BASE, without(BASE, "art3")),
        2: derive(BASE, without(BASE, "art1")),
        3: derive(BASE, without(BASE, "art1")),
    }
    assert [place.number for place in suggested_order(BASE, amendments)] == [2, 3, 1]


def test_the_reason_says_what_was_counted():
    both = reworded(without(BASE, "art3"), "art1", "one", "1")
    (place,) = suggested_order(BASE, {7: derive(BASE, both)})
    assert place.reason["en"] == "strikes 1 provision, rewords 1 provision"
    assert place.reason["ko"] == "1개 조항 삭제, 1개 조항 수정"
    assert place.as_json() == {
        "number": 7,
        "distance": "19/16",
        "reason": place.reason.as_dict(),
        "falls": [],
    }


def test_nothing_at_all_is_next_to_the_text():
    (place,) = suggested_order(BASE, {1: ()})
    assert (place.distance, place.reason["en"]) == (0, "changes nothing")
