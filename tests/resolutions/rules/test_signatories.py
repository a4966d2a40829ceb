"""Who stands behind an edition on a day depends on what happened by that day, and on no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.rules.signatories import (
    EditionRow,
    ReservationRow,
    SignatureKind,
    SignatureRow,
    kind_of_signature,
    standing_behind,
    yet_to_confirm,
)

FIRST = date(2018, 12, 1)
ED1, ED2 = (
    EditionRow(number=1, opened_on=FIRST),
    EditionRow(number=2, opened_on=FIRST + timedelta(10)),
)


def day(number: int) -> date:
    return FIRST + timedelta(number)


def signature(city: str = "alpha", edition: int = 1, on: int = 0, **more) -> SignatureRow:
    until = more.pop("until", None)
    return SignatureRow(
        uuid=f"{city}-{edition}-{on}",
        city=city,
        edition=edition,
        kind=SignatureKind.SIGNATURE,
        signed_on=day(on),
        withdrawn_on=None if until is None else day(until),
        **more,
    )


def reservation(on: int, until: int | None = None, key: str = "art1") -> ReservationRow:
    return ReservationRow(
        uuid=f"{key}-{on}",
        provision_key=key,
        entered_on=day(on),
        withdrawn_on=None if until is None else day(until),
    )


def cities(found) -> list[str]:
    return [each.city for each in found]


def behind(number: int, *rows: SignatureRow, edition: EditionRow = ED1) -> list[str]:
    return cities(standing_behind(day(number), edition=edition, signatures=rows))


def test_from_the_day_of_signing_to_the_day_of_withdrawal():
    row = signature(on=2, until=5)
    assert [bool(behind(n, row)) for n in (1, 2, 4, 5)] == [False, True, True, False]


def test_withdrawn_on_the_day_of_signing_it_never_stood():
    assert [behind(n, signature(on=2, until=2)) for n in (1, 2, 3)] == [[], [], []]


def test_a_city_may_sign_again_after_it_withdrew():
    rows = (signature(on=1, until=3), signature(on=6))
    assert [bool(behind(n, *rows)) for n in (1, 3, 5, 6)] == [True, False, False, True]


def test_a_withdrawn_edition_has_nobody_behind_it_from_that_day():
    ended = replace(ED1, ended_on=day(4))
    assert [behind(n, signature(), edition=ended) for n in (3, 4)] == [["alpha"], []]


def test_a_signature_is_bound_to_its_edition():
    rows = (signature("alpha", 1), signature("beta", 2, on=12))
    assert behind(20, *rows) == ["alpha"]
    assert behind(20, *rows, edition=ED2) == ["beta"]


def test_reservations_hold_half_open():
    row = signature(reservations=(reservation(3, 6), reservation(4, key="")))
    held = {
        n: [each.provision_key for each in found.reservations]
        for n in (2, 3, 4, 6)
        for found in standing_behind(day(n), edition=ED1, signatures=[row])
    }
    assert held == {2: [], 3: ["art1"], 4: ["art1", ""], 6: [""]}


def test_who_is_asked_to_confirm():
    rows = (
        signature("alpha", 1),
        signature("beta", 1, until=11),
        signature("gamma", 1),
        signature("gamma", 2, on=12),
        signature("delta", 2, on=12),
    )

    def asked(number: int, edition: EditionRow = ED2) -> list[str]:
        found = yet_to_confirm(day(number), edition=edition, earlier=[ED1, ED2], signatures=rows)
        return cities(found)

    assert asked(9) == []
    assert asked(10) == ["alpha", "beta", "gamma"]
    assert asked(11) == ["alpha", "gamma"]
    assert asked(12) == ["alpha"]
    assert asked(12, replace(ED2, ended_on=day(12))) == []
    assert asked(12, ED1) == []


def test_of_several_earlier_editions_the_latest_counts():
    third = EditionRow(number=3, opened_on=day(20))
    rows = (signature("alpha", 1), signature("alpha", 2, on=12))
    found = yet_to_confirm(day(20), edition=third, earlier=[ED1, ED2], signatures=rows)
    assert [(each.city, each.signature.edition) for each in found] == [("alpha", 2)]


def test_kinds():
    def kind(on: int, *, before: bool = False) -> str:
        return kind_of_signature(day(on), opened_on=day(3), stood_behind_earlier=before)

    assert [kind(2), kind(3), kind(4)] == ["signature", "signature", "accession"]
    assert [kind(3, before=True), kind(4, before=True)] == ["confirmation", "confirmation"]


NUMBERS = st.integers(0, 30)


@st.composite
def rows(draw):
    found = []
    for number in range(draw(st.integers(0, 8))):
        on = draw(NUMBERS)
        until = draw(st.none() | st.integers(on, 40))
        reserved = []
        for place in range(draw(st.integers(0, 2))):
            entered = draw(st.integers(on, 40))
            reserved.append(
                reservation(entered, draw(st.none() | st.integers(entered, 45)), key=f"art{place}")
            )
        row = signature(
            draw(st.sampled_from("abcdef")),
            draw(st.sampled_from([1, 2])),
            on=on,
            until=until,
            reservations=tuple(reserved),
        )
        found.append(replace(row, uuid=f"{number}"))
    return found


def known_by(row: SignatureRow, on: date) -> SignatureRow | None:
    """The row as it was known on a day: nothing that was done later."""
    if row.signed_on > on:
        return None
    later = row.withdrawn_on is not None and row.withdrawn_on > on
    return replace(
        row,
        withdrawn_on=None if later else row.withdrawn_on,
        reservations=tuple(
            replace(
                each,
                withdrawn_on=each.withdrawn_on
                if each.withdrawn_on is not None and each.withdrawn_on <= on
                else None,
            )
            for each in row.reservations
            if each.entered_on <= on
        ),
    )


@settings(max_examples=100)
@given(rows(), st.integers(0, 45), st.none() | st.integers(0, 45))
def test_what_happens_later_changes_no_answer(found, number, ended):
    on = day(number)
    known = [row for row in (known_by(each, on) for each in found) if row is not None]
    edition = replace(ED1, ended_on=None if ended is None else day(ended))
    known_edition = edition if ended is None or ended <= number else replace(ED1, ended_on=None)

    def said(rows, edition):
        return [
            (each.signature.uuid, tuple(r.uuid for r in each.reservations))
            for each in standing_behind(on, edition=edition, signatures=rows)
        ]

    assert said(found, edition) == said(known, known_edition)
    asked = yet_to_confirm(on, edition=ED2, earlier=[edition], signatures=found)
    asked_then = yet_to_confirm(on, edition=ED2, earlier=[known_edition], signatures=known)
    assert cities(asked) == cities(asked_then)


@settings(max_examples=60)
@given(rows(), st.integers(0, 45), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(found, number, random):
    mixed = list(found)
    random.shuffle(mixed)
    on = day(number)
    one = standing_behind(on, edition=ED1, signatures=found)
    assert one == standing_behind(on, edition=ED1, signatures=mixed)
    both = {each.city for each in yet_to_confirm(on, edition=ED2, earlier=[ED1], signatures=found)}
    assert both.isdisjoint(cities(standing_behind(on, edition=ED2, signatures=found)))
    assert both <= set(cities(one))
