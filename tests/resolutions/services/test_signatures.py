"""Signing an edition: by whom, what is kept, what is refused, and how the record proves it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from members.models import ActByLetter, LetterNotice, Mandate
from members.policies import ByLetter, CityAction, city_policy, forget
from members.services.letters import (
    confirm_letter,
    contest_letter,
    describe_letter,
    strike_letter,
)
from resolutions.models import Reservation, Signature, Signing
from resolutions.selectors.signatures import open_for, signatories_of, signed_by
from resolutions.services.signatures import (
    Reserved,
    enter_reservation,
    open_for_signature,
    sign,
    withdraw_from_signature,
    withdraw_reservation,
    withdraw_signature,
)
from resolutions.services.votes import close_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, Refused, WrongState
from secretariat.kernel.models import AuditEntry
from tests.factories import NOW, city_person
from tests.members.papers import recorded
from tests.resolutions.declarations import body, next_edition, opened, public, signed
from tests.resolutions.stage import Stage, at, records, refused

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
CHAIN = "signing:declaration/1"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def behind(edition: Any, on: date = TODAY) -> list[str]:
    found = signatories_of(instrument=edition.instrument, on=on, edition=edition.number)
    assert found is not None
    return [each.city.slug for each in found.behind]


# ── opening ─────────────────────────────────────────────────────────────────────────────────


def test_a_public_declaration_is_opened_for_signature(stage: Stage) -> None:
    edition = public(stage)
    with records(f"{CHAIN} signing.opened"):
        signing = open_for_signature(edition=edition, actor=stage.secretary, now=at(0))
    assert (signing.state, signing.opened_at, signing.ended_at) == ("open", at(0), None)
    assert [each.signing for each in open_for(city=stage.cities["alpha"], on=TODAY)] == [signing]


def test_what_is_not_opened(stage: Stage) -> None:
    doing: dict[str, Any] = {"actor": stage.secretary, "now": at(0)}
    quiet, statute = stage.adopted("quiet", "declaration"), public(stage, "statute", "resolution")
    with refused("edition_not_public", WrongState):
        open_for_signature(edition=quiet, **doing)
    with refused("not_for_signature", WrongState):
        open_for_signature(edition=statute, **doing)
    edition = opened(stage)
    with refused("not_in_this_state", WrongState, where=CHAIN):
        open_for_signature(edition=edition, **doing)
    first = public(stage, "second-thoughts")
    next_edition(stage, first)
    with refused("later_edition_public", WrongState):
        open_for_signature(edition=first, **doing)


@pytest.mark.parametrize("who", ["officer", "registrar", "auditor"])
def test_only_who_adopts_texts_opens_and_withdraws(stage: Stage, who: str) -> None:
    edition = opened(stage)
    actor = getattr(stage, who)
    with pytest.raises(NotAllowed):
        open_for_signature(edition=public(stage, "other"), actor=actor, now=at(0))
    with pytest.raises(NotAllowed):
        withdraw_from_signature(edition=edition, reason="r", basis="b", actor=actor, now=at(0))


# ── signing ─────────────────────────────────────────────────────────────────────────────────


def test_a_city_signs(stage: Stage) -> None:
    edition = opened(stage)
    with records(f"{CHAIN} signature.given"):
        signature = signed(stage, edition)
    assert (signature.kind, signature.signed_on, signature.signed_at) == (
        "signature",
        TODAY,
        at(0),
    )
    assert (signature.language, signature.signed_by, signature.sheet) == ("ko", "Mayor", None)
    assert signature.sha256 == edition.sha256
    assert behind(edition) == ["alpha"]
    entry = AuditEntry.objects.get(chain=CHAIN, action="signature.given")
    assert (entry.person, entry.role, entry.city) == (
        stage.delegates["alpha"].uuid,
        "head",
        "alpha",
    )
    assert audit.verify() == []


@pytest.mark.parametrize("days", [0, 1])
def test_from_the_day_after_the_opening_it_is_an_accession(stage: Stage, days: int) -> None:
    edition = opened(stage)
    signature = signed(stage, edition, now=at(0) + days * DAY)
    assert signature.kind == ["signature", "accession"][days]


def test_a_partner_body_signs_by_its_accredited_people(stage: Stage) -> None:
    edition, ilo = opened(stage), body()
    given = {"language": "en", "sha256": edition.sha256, "signed_by": "Director", "now": at(0)}
    with pytest.raises(NotAllowed):
        sign(
            edition=edition,
            city=ilo,
            actor=city_person("head", city=ilo, accredited_at=None, credential=""),
            **given,
        )
    sign(edition=edition, city=ilo, actor=city_person("head", city=ilo), **given)
    found = signatories_of(instrument=edition.instrument, on=TODAY)
    assert found is not None
    assert ([each.city for each in found.bodies], found.cities) == ([ilo], ())


@pytest.mark.parametrize("role", ["alternate", "editor", "observer"])
def test_other_mandates_do_not_sign(stage: Stage, role: str) -> None:
    edition = opened(stage)
    person = city_person(role, city=stage.cities["alpha"])
    with pytest.raises(NotAllowed):
        signed(stage, edition, actor=person)
    with pytest.raises(NotAllowed):
        signed(stage, edition, actor=stage.delegates["beta"])


def test_what_is_not_signed(stage: Stage) -> None:
    edition = public(stage)
    with refused("not_in_this_state", WrongState, where=CHAIN):
        signed(stage, edition)
    open_for_signature(edition=edition, actor=stage.secretary, now=at(-1))
    with refused("another_text", Conflict, where="sha256"):
        signed(stage, edition, sha256="0" * 64)
    with pytest.raises(InvalidInput) as wrong:
        signed(stage, edition, language="fr")
    assert wrong.value.where == "language"
    with pytest.raises(InvalidInput) as wrong:
        signed(stage, edition, signed_by=" \n ")
    assert wrong.value.where == "signed_by"
    with pytest.raises(NotAllowed):
        signed(stage, edition, signed_on=TODAY - DAY)
    signed(stage, edition)
    with refused("signed_already", WrongState, where=CHAIN):
        signed(stage, edition)
    assert Signature.objects.count() == 1


def test_a_city_signs_again_after_it_withdrew(stage: Stage) -> None:
    edition = opened(stage)
    first = signed(stage, edition)
    with records(f"{CHAIN} signature.withdrawn"):
        withdraw_signature(
            signature=first, reason="Council", actor=stage.delegates["alpha"], now=at(0) + DAY
        )
    assert [behind(edition, TODAY + n * DAY) for n in (0, 1)] == [["alpha"], []]
    with refused("withdrawn_already", WrongState):
        withdraw_signature(signature=first, actor=stage.delegates["alpha"], now=at(0) + DAY)
    again = signed(stage, edition, now=at(0) + 3 * DAY)
    assert (again.ordinal, again.kind) == (2, "accession")
    assert [behind(edition, TODAY + n * DAY) for n in (2, 3)] == [[], ["alpha"]]
    found = signatories_of(instrument=edition.instrument, on=TODAY + 3 * DAY)
    assert found is not None
    assert found.former == (first,)
    assert audit.verify() == []


# ── reservations ────────────────────────────────────────────────────────────────────────────


def test_a_reservation_at_signing_and_one_later(stage: Stage) -> None:
    edition = opened(stage)
    with records(f"{CHAIN} signature.given", f"{CHAIN} reservation.entered"):
        signature = signed(
            stage, edition, reservations=[Reserved("art2.p1", {"ko": "다만.", "en": " "})]
        )
    actor = stage.delegates["alpha"]
    later = enter_reservation(
        signature=signature,
        reserved=Reserved("", {"ko": "전체.", "en": "All."}),
        actor=actor,
        now=at(0) + 2 * DAY,
    )
    first = signature.reservations.get(provision_key="art2.p1")
    assert first.texts == {"ko": "다만."}
    withdraw_reservation(reservation=first, actor=actor, now=at(0) + 4 * DAY)
    held = {
        n: [row.provision_key for row in each.reservations]
        for n in (0, 2, 4)
        for each in signed_by(city=stage.cities["alpha"], on=TODAY + n * DAY)
    }
    assert held == {0: ["art2.p1"], 2: ["art2.p1", ""], 4: [""]}
    with refused("withdrawn_already", WrongState):
        withdraw_reservation(reservation=first, actor=actor, now=at(0) + 4 * DAY)
    assert later.entered_on == TODAY + 2 * DAY
    assert audit.verify() == []


def test_what_is_no_reservation(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition)
    doing: dict[str, Any] = {"signature": signature, "actor": stage.delegates["alpha"]}
    for reserved, where in (
        (Reserved("art99", {"ko": "다만."}), "provision"),
        (Reserved("art1", {"ko": "  "}), "texts"),
        (Reserved("art1", {"xx": "."}), "texts"),
        (Reserved("art1", {"ko": "가" * 5001}), "texts"),
    ):
        with pytest.raises(InvalidInput) as wrong:
            enter_reservation(reserved=reserved, now=at(1), **doing)
        assert wrong.value.where == where
    with pytest.raises(NotAllowed):
        enter_reservation(
            signature=signature,
            reserved=Reserved("", {"ko": "."}),
            actor=stage.delegates["beta"],
            now=at(1),
        )
    withdraw_signature(now=at(2), **doing)
    with refused("withdrawn_already", WrongState):
        enter_reservation(reserved=Reserved("", {"ko": "."}), now=at(3), **doing)
    assert Reservation.objects.count() == 0


# ── a later edition, and the end ────────────────────────────────────────────────────────────


def test_a_later_edition_supersedes_and_asks_to_confirm(stage: Stage) -> None:
    first = opened(stage)
    signed(stage, first, "alpha")
    signed(stage, first, "beta")
    second = next_edition(stage, first)
    with records(f"{CHAIN} signing.superseded", "signing:declaration/2 signing.opened"):
        open_for_signature(edition=second, actor=stage.secretary, now=at(20))
    assert [(row.state, row.ended_at) for row in Signing.objects.order_by("pk")] == [
        ("superseded", at(20)),
        ("open", None),
    ]
    found = signatories_of(instrument=first.instrument, on=TODAY)
    assert found is not None
    assert found.shown.edition == second
    assert [each.city.slug for each in found.unconfirmed] == ["alpha", "beta"]
    asked = {
        city: [(each.signing.edition.number, each.stands_behind) for each in open_for(
            city=stage.cities[city], on=TODAY)]
        for city in ("alpha", "gamma")
    }  # fmt: skip
    assert asked == {"alpha": [(2, first)], "gamma": [(2, None)]}
    with refused("not_in_this_state", WrongState, where=CHAIN):
        signed(stage, first, "gamma", now=at(21))
    assert signed(stage, second, "alpha", now=at(21)).kind == "confirmation"
    assert signed(stage, second, "gamma", now=at(21)).kind == "signature"
    assert (behind(first), behind(second)) == (["alpha", "beta"], ["alpha", "gamma"])
    withdraw_signature(
        signature=Signature.objects.get(edition=first, city__slug="beta"),
        actor=stage.delegates["beta"],
        now=at(22),
    )
    assert signed(stage, second, "beta", now=at(0) + DAY).kind == "accession"
    assert audit.verify() == []


def test_a_declaration_is_withdrawn(stage: Stage) -> None:
    edition = opened(stage)
    signed(stage, edition)
    doing: dict[str, Any] = {"edition": edition, "actor": stage.secretary, "now": at(0) + DAY}
    with refused("withdrawal_without_reason", WrongState):
        withdraw_from_signature(reason=" ", basis="the assembly", **doing)
    with refused("withdrawal_not_decided", WrongState):
        withdraw_from_signature(reason="superseded by law", **doing)
    with records(f"{CHAIN} signing.withdrawn"):
        signing = withdraw_from_signature(reason="By law", basis="Assembly of 2019", **doing)
    assert (signing.state, signing.reason, signing.basis) == (
        "withdrawn",
        "By law",
        "Assembly of 2019",
    )
    assert [behind(edition, TODAY + n * DAY) for n in (0, 1)] == [["alpha"], []]
    assert signed_by(city=stage.cities["alpha"], on=TODAY + DAY) == []
    with refused("not_in_this_state", WrongState):
        signed(stage, edition, "beta", now=at(0) + DAY)
    assert audit.verify() == []


def test_a_declaration_is_withdrawn_by_a_vote_that_adopted_it(stage: Stage) -> None:
    edition = opened(stage)
    vote = stage.open_vote()
    doing: dict[str, Any] = {"edition": edition, "reason": "r", "actor": stage.secretary}
    with refused("withdrawal_not_decided", WrongState):
        withdraw_from_signature(decision=vote, now=at(2), **doing)
    stage.cast(vote, alpha="for", beta="for", gamma="against")
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    vote.refresh_from_db()
    assert withdraw_from_signature(decision=vote, now=at(4), **doing).decision == vote
    assert audit.verify() == []


# ── by letter ───────────────────────────────────────────────────────────────────────────────


def sheet(stage: Stage, edition: Any, city: str = "beta", /, **facts: Any) -> ActByLetter:
    given = {
        "text": edition.instrument.slug,
        "edition": edition.number,
        "language": "en",
        "sha256": edition.sha256[:16].upper(),
        **facts,
    }
    written: dict[str, Any] = {"written_on": TODAY, "received_on": TODAY}
    return recorded(
        "signature", stage.cities[city], given, actor=stage.registrar, now=at(1), **written
    )


def test_a_signed_sheet_is_recorded_by_one_officer_and_confirmed_by_another(stage: Stage) -> None:
    edition = opened(stage)
    reserved = [{"provision": "art1", "texts": {"en": "Except."}}]
    letter = sheet(stage, edition, reservations=reserved)
    assert "declaration" in describe_letter(letter)
    assert Signature.objects.count() == 0
    with records(
        "city:beta letter.confirmed", f"{CHAIN} signature.given", f"{CHAIN} reservation.entered"
    ):
        letter = confirm_letter(letter=letter, actor=stage.officer, now=at(2))
    signature = Signature.objects.get()
    assert (signature.sheet, signature.signed_by, signature.signed_on) == (
        letter.letter,
        "Mayor",
        TODAY,
    )
    assert letter.subject == f"{CHAIN}/beta/1"
    entry = AuditEntry.objects.get(chain=CHAIN, action="signature.given")
    assert (entry.role, entry.city, entry.person) == ("by_letter", "beta", stage.officer.uuid)
    assert LetterNotice.objects.filter(letter=letter).count() == 1
    contest_letter(letter=letter, reason="no", actor=stage.delegates["beta"], now=at(3))
    with records("city:beta letter.struck", f"{CHAIN} signature.withdrawn"):
        strike_letter(letter=letter, answer="right", actor=stage.officer, now=at(0) + DAY)
    assert [behind(edition, TODAY + n * DAY) for n in (0, 1)] == [["beta"], []]
    assert audit.verify() == []


def test_the_day_on_the_sheet_is_the_day_of_the_signature(stage: Stage) -> None:
    edition = opened(stage)
    letter = sheet(stage, edition)
    ActByLetter.objects.filter(pk=letter.pk).update(written_on=edition.adopted_on - DAY)
    with refused("bad_day", InvalidInput, where="signed_on"):
        confirm_letter(letter=letter, actor=stage.officer, now=at(2))
    letter.refresh_from_db()
    assert letter.state == "recorded"


def test_a_sheet_from_before_a_withdrawal_does_not_count(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition, "beta")
    withdraw_signature(signature=signature, actor=stage.delegates["beta"], now=at(0) + 2 * DAY)
    by = ByLetter(stage.cities["beta"], frozenset({CityAction.SIGN}), stage.officer.uuid)
    with refused("before_withdrawal", InvalidInput, where="signed_on"):
        signed(stage, edition, "beta", actor=by, signed_on=TODAY + DAY, now=at(0) + 3 * DAY)


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({"sha256": "0123456789ab"}, "sha256"),
        ({"sha256": ""}, "sha256"),
        ({"language": "fr"}, "language"),
        ({"edition": 2}, "edition"),
        ({"text": "nothing"}, "edition"),
    ],
)
def test_a_sheet_of_another_text_is_not_recorded(
    stage: Stage, facts: dict[str, Any], where: str
) -> None:
    edition = opened(stage)
    with pytest.raises(Refused) as wrong:
        sheet(stage, edition, **facts)
    assert wrong.value.where == where
    assert ActByLetter.objects.count() == 0


def test_a_delegate_whose_mandate_was_ended_meanwhile_signs_and_takes_back_nothing(
    stage: Stage,
) -> None:
    edition = opened(stage)
    signature = signed(stage, edition)
    delegate, city = stage.delegates["alpha"], stage.cities["alpha"]
    doing: dict[str, Any] = {"actor": delegate, "now": at(1)}
    reserved = Reserved("art1", {"ko": "유보", "en": "Except."})
    another = opened(stage, "another")
    reservation = enter_reservation(signature=signature, reserved=reserved, **doing)
    held, before = Mandate.objects.filter(person=delegate), AuditEntry.objects.count()
    for settle in (
        lambda: signed(stage, another, now=at(1)),
        lambda: enter_reservation(signature=signature, reserved=reserved, **doing),
        lambda: withdraw_reservation(reservation=reservation, **doing),
        lambda: withdraw_signature(signature=signature, **doing),
    ):
        held.update(ends_at=None)
        forget(delegate)
        assert city_policy.may(delegate, CityAction.SIGN, city, at(1))
        # The person's page has asked for the right already; another process ends the mandate now.
        held.update(ends_at=at(1))
        with pytest.raises(NotAllowed):
            settle()
    assert AuditEntry.objects.count() == before
