"""Reservations and withdrawals by letter: done once confirmed, and taken back when struck."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from members.models import ActByLetter, LetterNotice
from members.selectors.letters import letters_under
from members.services.letters import (
    confirm_letter,
    contest_letter,
    describe_letter,
    details_of_letter,
    strike_letter,
)
from resolutions.models import Reservation, Signature
from resolutions.selectors.signatures import signatories_of
from resolutions.services.signatures import (
    Reserved,
    enter_reservation,
    restore_signature,
    strike_reservation,
    strike_signature,
    withdraw_from_signature,
    withdraw_reservation,
    withdraw_signature,
)
from secretariat.kernel import audit
from secretariat.kernel.errors import Missing, NotAllowed
from secretariat.kernel.models import AuditEntry
from tests.factories import NOW
from tests.members.papers import recorded
from tests.resolutions.declarations import opened, signed
from tests.resolutions.stage import Stage, at, records, refused

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
DAY = timedelta(days=1)
CHAIN = "signing:declaration/1"
EXCEPT = {"provision": "art1", "texts": {"ko": "다만.", "en": "Except."}}


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def written(stage: Stage, kind: str, /, *, now: Any, **facts: Any) -> ActByLetter:
    """A letter of beta, recorded by the registrar."""
    return recorded(kind, stage.cities["beta"], facts, actor=stage.registrar, now=now)


def done(stage: Stage, kind: str, /, *, now: Any, **facts: Any) -> ActByLetter:
    letter = written(stage, kind, now=now, **facts)
    return confirm_letter(letter=letter, actor=stage.officer, now=now)


def struck(stage: Stage, letter: ActByLetter, *, now: Any) -> None:
    """Contested by the city, and struck by the registrar."""
    contest_letter(letter=letter, reason="not ours", actor=stage.delegates["beta"], now=now)
    strike_letter(letter=letter, answer="right", actor=stage.registrar, now=now)


def behind(edition: Any, on: date) -> list[list[str]]:
    """The provisions that each city behind it reserves."""
    found = signatories_of(instrument=edition.instrument, on=on, edition=edition.number)
    assert found is not None
    return [[row.provision_key for row in each.reservations] for each in found.behind]


# ── a reservation ───────────────────────────────────────────────────────────────────────────


def test_a_reservation_by_letter(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition, "beta")
    letter = written(stage, "reservation", signature=signature.uuid, now=at(1), **EXCEPT)
    assert Reservation.objects.count() == 0
    with translation.override("en"):
        said = "Beta enters a reservation (Article 1 en heading): declaration en, edition 1"
        assert describe_letter(letter) == said
        (detail,) = details_of_letter(letter)
        assert (detail.label, detail.texts) == (
            "Reservation: Article 1 en heading",
            EXCEPT["texts"],
        )
    with translation.override("ko"):
        assert describe_letter(letter) == "나래의 유보(제1조 ko heading): declaration ko 제1판"
    with records("city:beta letter.confirmed", f"{CHAIN} reservation.entered"):
        confirm_letter(letter=letter, actor=stage.officer, now=at(2) + DAY)
    reservation = Reservation.objects.get()
    assert (reservation.provision_key, reservation.entered_on) == ("art1", TODAY + DAY)
    assert reservation.texts == EXCEPT["texts"]
    assert set(letters_under(prefix=f"{CHAIN}/beta/1/")) == {
        f"{CHAIN}/beta/1/reserved/{reservation.uuid}"
    }
    entry = AuditEntry.objects.get(chain=CHAIN, action="reservation.entered")
    assert (entry.role, entry.city, entry.person) == ("by_letter", "beta", stage.officer.uuid)
    assert LetterNotice.objects.filter(letter=letter).count() == 1


def test_a_struck_reservation_holds_until_that_day(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition, "beta")
    letter = done(stage, "reservation", signature=signature.uuid, now=at(1), **EXCEPT)
    contest_letter(letter=letter, reason="no", actor=stage.delegates["beta"], now=at(2))
    with records("city:beta letter.struck", f"{CHAIN} reservation.withdrawn"):
        strike_letter(letter=letter, answer="yes", actor=stage.officer, now=at(0) + DAY)
    assert [behind(edition, TODAY + n * DAY) for n in (0, 1)] == [[["art1"]], [[]]]
    entry = AuditEntry.objects.get(chain=CHAIN, action="reservation.withdrawn")
    assert json.loads(entry.payload)["ground"] == f"letter:{letter.uuid}"
    assert audit.verify() == []


def test_striking_what_the_city_took_back_itself_changes_nothing_more(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition, "beta")
    first = done(stage, "reservation", signature=signature.uuid, now=at(1), **EXCEPT)
    second = done(stage, "reservation", signature=signature.uuid, now=at(1), **EXCEPT)
    own = {"actor": stage.delegates["beta"], "now": at(2)}
    withdraw_reservation(reservation=Reservation.objects.earliest("pk"), **own)
    struck(stage, first, now=at(3))
    withdraw_signature(signature=signature, **own)
    struck(stage, second, now=at(3))
    ends = AuditEntry.objects.filter(chain=CHAIN, action="reservation.withdrawn")
    assert ends.count() == 1
    assert {row.state for row in ActByLetter.objects.all()} == {"struck"}


def test_a_reservation_is_withdrawn_by_letter_and_holds_again_once_struck(stage: Stage) -> None:
    edition = opened(stage)
    reserved = [Reserved("art1", EXCEPT["texts"])]
    signature = signed(stage, edition, "beta", reservations=reserved)
    asked = {"reservation": signature.reservations.get().uuid}
    letter = written(stage, "reservation_withdrawal", now=at(0), **asked)
    again = written(stage, "reservation_withdrawal", now=at(0), **asked)
    with translation.override("en"):
        said = "Beta withdraws its reservation (Article 1 en heading): declaration en, edition 1"
        assert describe_letter(letter) == said
    with records("city:beta letter.confirmed", f"{CHAIN} reservation.withdrawn"):
        letter = confirm_letter(letter=letter, actor=stage.officer, now=at(0) + DAY)
    assert letter.subject.endswith("/withdrawn")
    with refused("missing", Missing, where="reservation"):
        confirm_letter(letter=again, actor=stage.officer, now=at(0) + DAY)
    struck(stage, letter, now=at(0) + 2 * DAY)
    days = [behind(edition, TODAY + n * DAY) for n in range(3)]
    assert days == [[["art1"]], [[]], [["art1"]]]
    anew = Reservation.objects.latest("pk")
    assert (anew.texts, anew.entered_on) == (EXCEPT["texts"], TODAY + 2 * DAY)
    entry = AuditEntry.objects.filter(chain=CHAIN, action="reservation.entered").latest("sequence")
    assert json.loads(entry.payload)["restores"] == str(asked["reservation"])
    assert audit.verify() == []


# ── withdrawing the signature ───────────────────────────────────────────────────────────────


def test_a_signature_is_withdrawn_by_letter(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition, "beta")
    letter = written(
        stage, "signature_withdrawal", signature=signature.uuid, reason=" Council. ", now=at(1)
    )
    with translation.override("en"):
        assert describe_letter(letter) == "Beta withdraws its signature: declaration en, edition 1"
        assert [detail.texts for detail in details_of_letter(letter)] == [{"": "Council."}]
    with records("city:beta letter.confirmed", f"{CHAIN} signature.withdrawn"):
        letter = confirm_letter(letter=letter, actor=stage.officer, now=at(2) + DAY)
    signature.refresh_from_db()
    withdrawal = Signature.objects.get().withdrawal
    assert (withdrawal.withdrawn_on, withdrawal.reason) == (TODAY + DAY, "Council.")
    assert letter.subject == f"{CHAIN}/beta/1/withdrawn"


def test_a_struck_withdrawal_puts_the_city_back_as_it_stood(stage: Stage) -> None:
    edition = opened(stage)
    reserved = [Reserved("art1", EXCEPT["texts"]), Reserved("", {"en": "All."})]
    signature = signed(stage, edition, "beta", reservations=reserved)
    own = {"actor": stage.delegates["beta"]}
    withdraw_reservation(reservation=signature.reservations.get(provision_key=""), now=at(1), **own)
    letter = done(
        stage, "signature_withdrawal", signature=signature.uuid, now=at(0) + DAY, reason=""
    )
    contest_letter(letter=letter, reason="no", now=at(0) + 2 * DAY, **own)
    with records(
        "city:beta letter.struck", f"{CHAIN} signature.given", f"{CHAIN} reservation.entered"
    ):
        strike_letter(letter=letter, answer="yes", actor=stage.registrar, now=at(0) + 3 * DAY)
    days = [behind(edition, TODAY + n * DAY) for n in range(4)]
    assert days == [[["art1"]], [], [], [["art1"]]]
    restored = Signature.objects.latest("pk")
    same = ("kind", "language", "signed_by", "sha256", "sheet")
    assert [getattr(restored, name) for name in same] == [getattr(signature, name) for name in same]
    assert (restored.ordinal, restored.signed_on) == (2, TODAY + 3 * DAY)
    entry = AuditEntry.objects.filter(chain=CHAIN, action="signature.given").latest("sequence")
    assert json.loads(entry.payload)["restores"] == str(signature.uuid)
    assert entry.person == stage.registrar.uuid
    assert audit.verify() == []


def test_nothing_is_put_back_where_that_would_change_nothing(stage: Stage) -> None:
    edition, own = opened(stage), {"actor": stage.delegates["beta"]}
    first = signed(stage, edition, "beta")
    letter = done(stage, "signature_withdrawal", signature=first.uuid, now=at(1), reason="")
    signed(stage, edition, "beta", now=at(2))
    struck(stage, letter, now=at(3))
    assert Signature.objects.count() == 2
    withdraw_signature(signature=Signature.objects.latest("pk"), now=at(4), **own)
    doing: dict[str, Any] = {"ground": "letter:x", "now": at(5)}
    assert restore_signature(signature=first, actor=stage.officer, **doing) is None
    withdraw_from_signature(
        edition=edition, reason="r", basis="b", actor=stage.secretary, now=at(6)
    )
    latest = Signature.objects.latest("pk")
    assert restore_signature(signature=latest, actor=stage.officer, **doing) is None
    assert Signature.objects.count() == 2


# ── what is refused ─────────────────────────────────────────────────────────────────────────


def test_a_letter_is_about_what_stands_for_its_own_city(stage: Stage) -> None:
    edition = opened(stage)
    other = signed(stage, edition, "alpha", reservations=[Reserved("", {"en": "All."})])
    for kind, facts, where in (
        ("reservation", {"signature": other.uuid, **EXCEPT}, "signature"),
        ("reservation", EXCEPT, "signature"),
        ("reservation_withdrawal", {"reservation": other.reservations.get().uuid}, "reservation"),
        ("reservation_withdrawal", {"reservation": "nonsense"}, "reservation"),
        ("signature_withdrawal", {"signature": other.uuid}, "signature"),
    ):
        with refused("missing", Missing, where=where):
            written(stage, kind, now=at(1), **facts)
    own = signed(stage, edition, "beta")
    with refused("invalid_input", where="provision"):
        written(stage, "reservation", signature=own.uuid, now=at(1), **EXCEPT | {"provision": "x"})
    with refused("invalid_input", where="reason"):
        written(stage, "signature_withdrawal", signature=own.uuid, reason="r" * 501, now=at(1))


def test_a_letter_waits_where_the_city_withdrew_meanwhile(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition, "beta")
    letter = written(stage, "reservation", signature=signature.uuid, now=at(1), **EXCEPT)
    withdraw_signature(signature=signature, actor=stage.delegates["beta"], now=at(2))
    signed(stage, edition, "beta", now=at(3))
    with refused("missing", Missing, where="signature"):
        confirm_letter(letter=letter, actor=stage.officer, now=at(4))


def test_only_who_acts_on_letters_strikes_and_puts_back(stage: Stage) -> None:
    edition, own = opened(stage), stage.delegates["beta"]
    signature = signed(stage, edition, "beta")
    reserved = Reserved("", {"en": "All."})
    reservation = enter_reservation(signature=signature, reserved=reserved, actor=own, now=at(1))
    doing: dict[str, Any] = {"ground": "letter:x", "now": at(2)}
    for actor in (own, stage.auditor):
        with pytest.raises(NotAllowed):
            strike_reservation(reservation=reservation, actor=actor, **doing)
        with pytest.raises(NotAllowed):
            restore_signature(signature=signature, actor=actor, **doing)


# ── the sheet itself ────────────────────────────────────────────────────────────────────────


def test_striking_a_sheet_ends_what_stands_by_it_and_nothing_else(stage: Stage) -> None:
    edition = opened(stage)
    facts = {"text": "declaration", "edition": 1, "language": "en", "sha256": edition.sha256}
    day: dict[str, Any] = {"written_on": TODAY, "received_on": TODAY}
    sheet = recorded(
        "signature", stage.cities["beta"], facts, actor=stage.registrar, now=at(0), **day
    )
    sheet = confirm_letter(letter=sheet, actor=stage.officer, now=at(0))
    first = Signature.objects.get()
    away = done(stage, "signature_withdrawal", signature=first.uuid, now=at(1), reason="")
    struck(stage, away, now=at(2))
    struck(stage, sheet, now=at(3))
    assert Signature.objects.filter(withdrawal=None).count() == 0
    signed(stage, edition, "beta", now=at(4))
    doing: dict[str, Any] = {"ground": "letter:x", "actor": stage.officer, "now": at(5)}
    assert strike_signature(signature=first, **doing) is None
    assert Signature.objects.filter(withdrawal=None).count() == 1
    assert audit.verify() == []
