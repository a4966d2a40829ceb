"""Acts by letter: nothing before the second officer, everything by the ordinary services."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from members.models import ActByLetter, City, CityContact, LetterNotice, Mandate
from members.policies import CityAction, city_policy, file_policy
from members.selectors.letters import letters_of_city, letters_on
from members.services.contacts import ContactDetails, set_contacts
from members.services.letters import (
    confirm_letter,
    contest_letter,
    describe_letter,
    forget_in_letters,
    letter_kinds,
    refuse_letter,
    strike_letter,
    uphold_letter,
    withdraw_letter,
)
from secretariat.kernel import audit
from secretariat.kernel.clock import SEOUL
from secretariat.kernel.errors import InvalidInput, Missing, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, User
from tests.factories import (
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    UserFactory,
    city_person,
    office_person,
)
from tests.members.papers import NEW_HEAD, recorded, scan
from tests.resolutions.stage import records, refused

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
MAYOR = ContactDetails(name="Mayor's office", email="mayor@city.example", language="en")
CONTACTS = {
    "contacts": [
        {
            "name": "International desk",
            "email": "desk@city.example",
            "position": "International affairs",
            "phone": "",
            "language": "en",
        }
    ],
    "website": "",
}


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def city() -> City:
    return MembershipFactory(city__slug="vienna").city


@pytest.fixture
def registrar() -> User:
    return office_person("registrar")


@pytest.fixture
def secretary() -> User:
    return office_person("secretary_general")


@pytest.fixture
def officer() -> User:
    return office_person("returning_officer")


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def told(letter: ActByLetter, kind: str = "confirmed") -> set[str]:
    rows = letter.notices.filter(kind=kind).select_related("person", "contact")
    return {(row.person or row.contact).email for row in rows}


def test_a_recorded_letter_does_nothing_yet(city: City, registrar: User, now: datetime) -> None:
    with records("city:vienna letter.recorded"):
        letter = recorded("head", city, NEW_HEAD, actor=registrar, now=now)
    assert (letter.state, letter.subject, letter.notices.count()) == ("recorded", "", 0)
    assert Mandate.objects.count() == 0
    assert not User.objects.filter(email="head@city.example").exists()
    entry = last_entry()
    assert (entry.role, entry.person, entry.city) == ("registrar", registrar.uuid, "")
    assert json.loads(entry.payload) == {
        "letter": str(letter.uuid),
        "kind": "head",
        "form": "letter",
        "written_on": "2018-12-10",
        "received_on": "2018-12-11",
        "sha256": letter.letter.sha256,
    }


def test_the_letter_is_read_by_the_office_and_the_city_alone(
    city: City, registrar: User, now: datetime
) -> None:
    own, other = city_person("observer", city=city), city_person("head")
    letter = recorded("head", city, NEW_HEAD, actor=registrar, now=now)
    readers = [file_policy.may_read(each, letter.letter, now) for each in (registrar, own, other)]
    assert readers == [True, True, False]


def test_the_second_officer_replaces_the_head_of_delegation(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    former = MandateFactory(city=city, role="head")
    letter = recorded("head", city, NEW_HEAD, actor=registrar, now=now)
    with records(
        "city:vienna letter.confirmed",
        "city:vienna mandate.ended",
        "office account.created",
        "city:vienna mandate.granted",
        "city:vienna mandate.accredited",
    ):
        letter = confirm_letter(letter=letter, actor=secretary, now=now)
    former.refresh_from_db()
    mandate = Mandate.objects.get(person__email="head@city.example")
    assert former.ends_at == now
    assert (mandate.role, mandate.accredited_by, mandate.credential) == (
        "head",
        secretary,
        "2018-12-10, VIE-17",
    )
    assert city_policy.may(mandate.person, CityAction.MANAGE_PEOPLE, city, now)
    assert not city_policy.may(former.person, CityAction.SEE_DESK, city, now)
    granted = AuditEntry.objects.get(action="mandate.granted")
    assert (granted.role, granted.city, granted.person) == ("by_letter", "vienna", secretary.uuid)
    assert letters_on(subjects=[f"mandate:{mandate.uuid}"]) == {f"mandate:{mandate.uuid}": letter}
    assert told(letter) == {former.person.email, "head@city.example"}


@pytest.mark.parametrize("role", ["auditor", "librarian"])
def test_officers_without_that_duty_do_not_touch_letters(
    city: City, registrar: User, role: str, now: datetime
) -> None:
    outsider = office_person(role)
    letter = recorded("head", city, NEW_HEAD, actor=registrar, now=now)
    with refused("not_allowed", NotAllowed):
        confirm_letter(letter=letter, actor=outsider, now=now)
    with pytest.raises(NotAllowed):
        recorded("head", city, NEW_HEAD, actor=outsider, now=now)


def test_nobody_confirms_alone_or_for_the_own_city_or_without_the_duty(
    city: City, registrar: User, secretary: User, officer: User, now: datetime
) -> None:
    letter = recorded("head", city, NEW_HEAD, actor=registrar, now=now)
    with refused("same_officer", WrongState):
        confirm_letter(letter=letter, actor=registrar, now=now)
    with refused("not_allowed", NotAllowed):
        confirm_letter(letter=letter, actor=officer, now=now)  # keeps no mandates
    MandateFactory(city=city, person=secretary, role="observer")
    with refused("acts_for_this_city", WrongState):
        confirm_letter(letter=letter, actor=secretary, now=now)
    with refused("not_allowed", NotAllowed):
        recorded("head", city, NEW_HEAD, actor=secretary, now=now)


def test_a_letter_that_names_an_officer_who_handles_it_is_refused(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    for named in (registrar, secretary):
        facts = {**NEW_HEAD, "email": named.email.upper()}
        letter = recorded("head", city, facts, actor=registrar, now=now)
        with refused("not_allowed", NotAllowed, where="email"):
            confirm_letter(letter=letter, actor=secretary, now=now)


def test_refused_by_the_second_or_taken_back_by_the_first(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    first, second = (
        recorded("head", city, NEW_HEAD, actor=registrar, now=now) for _each in range(2)
    )
    with refused("not_the_recording_officer", WrongState):
        withdraw_letter(letter=first, reason="twice", actor=secretary, now=now)
    with refused("same_officer", WrongState):
        refuse_letter(letter=first, reason="unsigned", actor=registrar, now=now)
    with refused("invalid_input", InvalidInput, where="reason"):
        refuse_letter(letter=first, reason=" ", actor=secretary, now=now)
    first = refuse_letter(letter=first, reason="unsigned", actor=secretary, now=now)
    second = withdraw_letter(letter=second, reason="twice", actor=registrar, now=now)
    assert [(each.state, each.closed_reason) for each in (first, second)] == [
        ("refused", "unsigned"),
        ("withdrawn", "twice"),
    ]
    for each in (first, second):
        with refused("not_in_this_state", WrongState):
            confirm_letter(letter=each, actor=secretary, now=now)
    assert list(letters_of_city(city=city)) == []
    assert Mandate.objects.filter(role="head").count() == 0


def test_who_is_head_already_is_not_made_head_again(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    head = MandateFactory(city=city, role="head").person
    facts = {**NEW_HEAD, "email": head.email}
    letter = recorded("head", city, facts, actor=registrar, now=now)
    with refused("head_already", WrongState):
        confirm_letter(letter=letter, actor=secretary, now=now)


def test_an_act_that_its_service_refuses_leaves_the_letter_waiting(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    elsewhere = city_person("head")
    letter = recorded(
        "head", city, {**NEW_HEAD, "email": elsewhere.email}, actor=registrar, now=now
    )
    with refused("votes_for_another_city"):
        confirm_letter(letter=letter, actor=secretary, now=now)
    letter.refresh_from_db()
    assert letter.state == "recorded"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"received_on": date(2018, 12, 13)}, "received_on"),
        ({"written_on": date(2018, 12, 12)}, "written_on"),
        ({"signed_by": " "}, "signed_by"),
        ({"form": "fax"}, "form"),
        ({"upload": scan(content=b"not a letter")}, "upload"),
    ],
)
def test_what_a_record_needs(
    city: City, registrar: User, changes: dict[str, Any], where: str, now: datetime
) -> None:
    with refused("invalid_input", InvalidInput, where=where):
        recorded("head", city, NEW_HEAD, actor=registrar, now=now, **changes)


def test_a_kind_that_nobody_registered_is_missing(
    city: City, registrar: User, now: datetime
) -> None:
    with refused("missing", Missing, where="kind"):
        recorded("telepathy", city, {}, actor=registrar, now=now)
    assert [kind.name for kind in letter_kinds()] == [
        "head",
        "credentials",
        "contacts",
        "nomination",
        "seconding",
        "acceptance",
        "signature",
        "signature_withdrawal",
        "reservation",
        "reservation_withdrawal",
    ]


# credentials


def credentials(person: User, **changes: Any) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.name,
        "language": "ko",
        "role": "voting_delegate",
        "until": date(2019, 1, 1),
        **changes,
    }


def test_credentials_accredit_the_mandate_there_is_or_grant_one(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    waiting = MandateFactory(city=city, accredited_at=None, credential="")
    letter = recorded("credentials", city, credentials(waiting.person), actor=registrar, now=now)
    confirm_letter(letter=letter, actor=secretary, now=now)
    waiting.refresh_from_db()
    assert (waiting.accredited_at, waiting.letter) == (now, letter.letter)

    person = UserFactory()
    letter = recorded(
        "credentials",
        city,
        credentials(person, role="alternate", rank=3),
        actor=registrar,
        now=now,
    )
    assert "2019" in describe_letter(letter)
    confirm_letter(letter=letter, actor=secretary, now=now)
    mandate = Mandate.objects.get(person=person)
    assert (mandate.role, mandate.rank, mandate.accredited_at) == ("alternate", 3, now)
    assert mandate.ends_at == datetime(2019, 1, 2, tzinfo=SEOUL)
    assert city_policy.may(person, CityAction.VOTE, city, now)


def test_a_mandate_ends_with_the_last_day_where_the_network_is(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    NetworkFactory(time_zone="America/Bogota")
    person = UserFactory()
    letter = recorded("credentials", city, credentials(person), actor=registrar, now=now)
    confirm_letter(letter=letter, actor=secretary, now=now)
    ends_at = Mandate.objects.get(person=person).ends_at
    assert ends_at == datetime(2019, 1, 2, tzinfo=ZoneInfo("America/Bogota"))


@pytest.mark.parametrize("kind", ["credentials", "head"])
def test_a_last_day_at_the_end_of_time_is_refused(
    kind: str, city: City, registrar: User, now: datetime
) -> None:
    facts = credentials(UserFactory(), until=date(9999, 12, 31))
    with refused("invalid_input", InvalidInput, where="until"):
        recorded(kind, city, facts, actor=registrar, now=now)
    assert not ActByLetter.objects.exists()


# contacts


def test_contacts_are_dated_rows_and_a_letter_changes_them(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    set_contacts(city=city, contacts=[MAYOR], actor=registrar, now=now - MINUTE)
    facts = {**CONTACTS, "website": "https://city.example/"}
    letter = recorded("contacts", city, facts, actor=registrar, now=now)
    letter = confirm_letter(letter=letter, actor=secretary, now=now)
    rows = CityContact.objects.filter(city=city).order_by("pk")
    assert [(row.email, row.starts_at, row.ends_at) for row in rows] == [
        ("mayor@city.example", now - MINUTE, now),
        ("desk@city.example", now, None),
    ]
    city.refresh_from_db()
    assert city.website == "https://city.example/"
    assert told(letter) == {"mayor@city.example", "desk@city.example"}
    payloads = AuditEntry.objects.values_list("payload", flat=True)
    assert not any("@" in payload for payload in payloads)


def test_contacts_that_stay_as_they_were_keep_their_rows(
    city: City, registrar: User, now: datetime
) -> None:
    other = ContactDetails(name="Desk", email="desk@city.example")
    first = set_contacts(city=city, contacts=[MAYOR, other], actor=registrar, now=now)
    with records():
        again = set_contacts(city=city, contacts=[MAYOR, other], actor=registrar, now=now + MINUTE)
    assert again == first
    head = city_person("head", city=city)
    with records("city:vienna contacts.set"):
        set_contacts(city=city, contacts=[MAYOR], actor=head, now=now + MINUTE)
    assert CityContact.objects.filter(city=city, ends_at=None).count() == 1


def test_contacts_are_kept_by_the_office_and_the_own_city(city: City, now: datetime) -> None:
    for stranger in (city_person("head"), city_person("alternate", city=city)):
        with refused("not_allowed", NotAllowed):
            set_contacts(city=city, contacts=[MAYOR], actor=stranger, now=now)
    registrar = office_person("registrar")
    with refused("invalid_input", InvalidInput, where="email"):
        set_contacts(city=city, contacts=[MAYOR, MAYOR], actor=registrar, now=now)


def test_erasing_a_person_reaches_what_letters_said(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    set_contacts(city=city, contacts=[MAYOR], actor=registrar, now=now - MINUTE)
    letters = [
        confirm_letter(
            letter=recorded(kind, city, facts, actor=registrar, now=now), actor=secretary, now=now
        )
        for kind, facts in (("head", NEW_HEAD), ("contacts", CONTACTS))
    ]
    waiting = recorded("head", city, NEW_HEAD, actor=registrar, now=now)
    for address in ("HEAD@city.example", "desk@city.example", "mayor@city.example"):
        forget_in_letters(email=address)
    for letter in letters:
        letter.refresh_from_db()
        assert "@city.example" not in describe_letter(letter)
    waiting.refresh_from_db()
    assert waiting.facts["email"] == "head@city.example"
    rows = CityContact.objects.filter(city=city).order_by("pk")
    assert [row.email for row in rows] == ["", "desk@city.example"]


# contested


def confirmed_contacts(city: City, first: User, second: User, now: datetime) -> ActByLetter:
    set_contacts(city=city, contacts=[MAYOR], actor=first, now=now - MINUTE)
    letter = recorded("contacts", city, CONTACTS, actor=first, now=now)
    return confirm_letter(letter=letter, actor=second, now=now)


def test_the_city_contests_and_a_third_officer_upholds(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    own, third = city_person("observer", city=city), office_person("registrar")
    stranger = city_person("head")
    letter = confirmed_contacts(city, registrar, secretary, now)
    with refused("not_allowed", NotAllowed):
        contest_letter(letter=letter, reason="not ours", actor=stranger, now=now)
    with refused("invalid_input", InvalidInput, where="reason"):
        contest_letter(letter=letter, reason="", actor=own, now=now)
    with records("city:vienna letter.contested"):
        contest = contest_letter(letter=letter, reason="not ours", actor=own, now=now)
    assert (contest.person, contest.contact, last_entry().role) == (own, None, "observer")
    for officer in (registrar, secretary):
        with refused("judges_own_work", WrongState):
            uphold_letter(letter=letter, answer="It is yours.", actor=officer, now=now)
    with records("city:vienna letter.upheld"):
        contest = uphold_letter(letter=letter, answer="It is yours.", actor=third, now=now)
    letter.refresh_from_db()
    assert (letter.state, contest.answer, contest.answered_by) == ("upheld", "It is yours.", third)
    assert told(letter, "answered") == {own.email, "desk@city.example"}
    with refused("not_in_this_state", WrongState):
        contest_letter(letter=letter, reason="again", actor=own, now=now)


def test_who_left_the_delegation_meanwhile_does_not_contest(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    own = city_person("observer", city=city)
    letter = confirmed_contacts(city, registrar, secretary, now)
    assert city_policy.may(own, CityAction.SEE_DESK, city, now)
    Mandate.objects.filter(person=own).update(ends_at=now)
    with refused("not_allowed", NotAllowed):
        contest_letter(letter=letter, reason="not ours", actor=own, now=now)


def test_a_contact_contests_by_the_link_of_its_notice_and_the_office_strikes(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    letter = confirmed_contacts(city, registrar, secretary, now)
    notice = LetterNotice.objects.get(letter=letter, contact__email="mayor@city.example")
    contest_letter(letter=letter, reason="forged", actor=None, notice=notice, now=now)
    entry = last_entry()
    assert (entry.action, entry.role, entry.person, entry.city) == (
        "letter.contested",
        "notified",
        None,
        "vienna",
    )
    with records("city:vienna letter.struck", "city:vienna contacts.set"):
        strike_letter(letter=letter, answer="Put back.", actor=registrar, now=now + MINUTE)
    current = CityContact.objects.filter(city=city, ends_at=None)
    assert [row.email for row in current] == ["mayor@city.example"]
    assert told(letter, "answered") == {"mayor@city.example", "desk@city.example"}
    assert audit.verify() == []


def test_a_link_is_for_its_own_letter(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    letter = confirmed_contacts(city, registrar, secretary, now)
    other = recorded("head", city, NEW_HEAD, actor=registrar, now=now)
    notice = LetterNotice.objects.filter(letter=letter).first()
    with refused("not_allowed", NotAllowed):
        contest_letter(letter=other, reason="forged", actor=None, notice=notice, now=now)


def test_a_replaced_head_contests_and_is_head_again(
    city: City, registrar: User, secretary: User, now: datetime
) -> None:
    former = MandateFactory(city=city, role="head", ends_at=now + 100 * 24 * 60 * MINUTE)
    letter = recorded("head", city, NEW_HEAD, actor=registrar, now=now)
    letter = confirm_letter(letter=letter, actor=secretary, now=now)
    notice = LetterNotice.objects.get(letter=letter, person=former.person)
    contest_letter(letter=letter, reason="I am here.", actor=None, notice=notice, now=now + MINUTE)
    strike_letter(letter=letter, answer="So you are.", actor=secretary, now=now + 2 * MINUTE)
    later = now + 2 * MINUTE
    heads = Mandate.objects.filter(city=city, role="head").order_by("pk")
    assert [(each.person.email, each.ends_at) for each in heads] == [
        (former.person.email, now),
        ("head@city.example", later),
        (former.person.email, former.ends_at),
    ]
    assert city_policy.may(former.person, CityAction.MANAGE_PEOPLE, city, later)
