"""Applications: sent in public, examined, decided, and what a membership comes of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members.models import Application, City, Membership, PrivateFile
from members.selectors.applications import application_by_uuid, applications
from members.services.applications import (
    Applicant,
    Entry,
    admit_applicant,
    apply_to_join,
    decline_application,
    find_complete,
    forget_contact,
    is_status_key,
    refuse_application,
    return_application,
    send_again,
    status_key,
    withdraw_application,
)
from secretariat.kernel.audit import act, verify
from secretariat.kernel.errors import InvalidInput, Missing, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, OutboxMessage
from secretariat.kernel.policy import SYSTEM
from tests.factories import CityFactory, office_person

pytestmark = pytest.mark.django_db

TODAY = date(2018, 12, 12)
GRAZ = Applicant(
    sought="member",
    body="city",
    names={"ko": "그라츠", "en": "Graz"},
    country="AT",
    region="europe",
    population=280_000,
    website="https://example.org",
    languages="German",
    language="en",
    contact_name="International office",
    contact_email="international@graz.example.org",
    message="We wish to join.",
)


@pytest.fixture(autouse=True)
def _private(settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def letter(content: bytes = b"%PDF-1.7 letter") -> SimpleUploadedFile:
    return SimpleUploadedFile("letter.pdf", content)


def sent(now: datetime, **changes) -> Application:
    return apply_to_join(applicant=replace(GRAZ, **changes), letter=letter(), now=now)


def decided(now: datetime) -> str:
    with act(SYSTEM.authority, now) as record:
        record("network:2018-admission", "vote.closed", {})
    return "network:2018-admission#1"


def steps(application: Application) -> list[str]:
    return list(application.steps.order_by("number").values_list("kind", flat=True))


def test_an_application_becomes_a_membership_by_an_assembly_s_decision(now: datetime) -> None:
    registrar = office_person("registrar")
    application = sent(now)
    find_complete(application=application, actor=registrar, now=now)
    entry = Entry(slug="graz", code="GRZ")
    with pytest.raises(WrongState) as refusal:
        admit_applicant(
            application=application, entry=entry, starts_on=TODAY, actor=registrar, now=now
        )
    assert refusal.value.code == "admission_not_decided"
    assert not City.objects.exists()
    decision = decided(now)
    membership = admit_applicant(
        application=application,
        entry=entry,
        starts_on=TODAY,
        decision=decision,
        actor=registrar,
        now=now,
    )
    assert (membership.kind, membership.decision, membership.city.slug) == (
        "member",
        decision,
        "graz",
    )
    city = membership.city
    assert (city.names.as_dict(), city.population) == ({"ko": "그라츠", "en": "Graz"}, 280_000)
    assert list(city.contacts.values_list("email", flat=True)) == [GRAZ.contact_email]
    application.refresh_from_db()
    assert (application.state, application.city, application.letter.city) == (
        "admitted",
        city,
        city,
    )
    assert steps(application) == ["received", "find_complete", "admit"]
    assert verify() == []
    chains = "".join(AuditEntry.objects.values_list("payload", flat=True))
    assert GRAZ.contact_email not in chains
    assert GRAZ.contact_name not in chains


def test_what_is_missing_is_said_and_sent_again(now: datetime) -> None:
    registrar = office_person("registrar")
    application = sent(now)
    first = application.letter
    with pytest.raises(InvalidInput):
        return_application(application=application, missing=" ", actor=registrar, now=now)
    return_application(application=application, missing="The seal.", actor=registrar, now=now)
    send_again(
        application=application,
        applicant=replace(GRAZ, population=290_000),
        letter=letter(b"%PDF-1.7 sealed"),
        now=now,
    )
    found = application_by_uuid(uuid=application.uuid)
    assert found is not None
    assert (found.state, found.population) == ("received", 290_000)
    assert found.letter != first
    assert PrivateFile.objects.filter(pk=first.pk).exists()
    assert [(row.kind, row.words) for row in found.steps.order_by("number")] == [
        ("received", ""),
        ("return", "The seal."),
        ("send_again", ""),
    ]
    assert OutboxMessage.objects.filter(topic="application.changed").count() == 3


def test_a_partner_is_admitted_by_the_office_alone(now: datetime) -> None:
    registrar = office_person("registrar")
    application = sent(now, sought="partner", body="institute")
    find_complete(application=application, actor=registrar, now=now)
    membership = admit_applicant(
        application=application,
        entry=Entry(slug="institute-of-work", code="IOW"),
        starts_on=TODAY,
        actor=registrar,
        now=now,
    )
    assert (membership.kind, membership.city.body) == ("partner", "institute")
    payload = json.loads(AuditEntry.objects.get(action="city.registered").payload)
    assert payload["body"] == "institute"


def test_a_city_that_left_comes_back_as_itself(now: datetime) -> None:
    registrar = office_person("registrar")
    city = CityFactory(slug="graz")
    Membership.objects.create(city=city, kind="withdrawn", starts_on=date(2018, 2, 1))
    application = find_complete(application=sent(now), actor=registrar, now=now)
    admit_applicant(
        application=application,
        entry=Entry(city=city),
        starts_on=TODAY,
        decision=decided(now),
        actor=registrar,
        now=now,
    )
    assert list(city.memberships.order_by("starts_on").values_list("kind", "ends_on")) == [
        ("withdrawn", TODAY),
        ("member", None),
    ]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"body": "union"}, "sought"),
        ({"names": {"en": " "}}, "names"),
        ({"country": "Austria"}, "country"),
        ({"region": "moon"}, "region"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"contact_name": ""}, "contact_name"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"language": "tlh"}, "language"),
        ({"message": "x" * 5001}, "message"),
    ],
)
def test_unusable_applications_are_refused(changes: dict, where: str, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refusal:
        sent(now, **changes)
    assert refusal.value.where == where
    assert not Application.objects.exists()
    assert not PrivateFile.objects.exists()


def test_a_letter_is_a_letter(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refusal:
        apply_to_join(applicant=GRAZ, letter=letter(b"MZ"), now=now)
    assert refusal.value.where == "letter"


def test_only_the_register_s_keepers_examine(now: datetime) -> None:
    application = sent(now)
    for role in ("librarian", "auditor", "returning_officer"):
        with pytest.raises(NotAllowed):
            find_complete(application=application, actor=office_person(role), now=now)


def test_ends_are_ends(now: datetime) -> None:
    registrar = office_person("registrar")
    refused = refuse_application(
        application=sent(now), reason="No local government.", actor=registrar, now=now
    )
    withdrawn = withdraw_application(application=sent(now), now=now)
    complete = find_complete(application=sent(now), actor=registrar, now=now)
    declined = decline_application(
        application=complete, decision=decided(now), actor=registrar, now=now
    )
    for application, state in (
        (refused, "refused"),
        (withdrawn, "withdrawn"),
        (declined, "declined"),
    ):
        assert application.state == state
        with pytest.raises(WrongState):
            find_complete(application=application, actor=registrar, now=now)
    assert list(applications(waiting=True)) == []
    assert applications(waiting=False).count() == 3


def test_the_contact_of_a_decided_application_is_forgotten(now: datetime) -> None:
    registrar = office_person("registrar")
    application = sent(now)
    with pytest.raises(WrongState):
        forget_contact(application=application, actor=registrar, now=now)
    key = status_key(application)
    refuse_application(application=application, reason="No city.", actor=registrar, now=now)
    forgotten = forget_contact(application=application, actor=registrar, now=now)
    assert (forgotten.contact_name, forgotten.contact_email) == ("", "")
    assert not is_status_key(forgotten, key)
    assert steps(forgotten) == ["received", "refuse"]


def test_a_decision_that_nobody_took_is_not_named(now: datetime) -> None:
    registrar = office_person("registrar")
    application = find_complete(application=sent(now), actor=registrar, now=now)
    for decision, error in (("vote:never", Missing), ("by acclamation", InvalidInput)):
        with pytest.raises(error):
            decline_application(
                application=application, decision=decision, actor=registrar, now=now
            )


def test_the_link_is_the_application_s_own_and_its_address_s(now: datetime) -> None:
    application, other = sent(now), sent(now)
    key = status_key(application)
    assert is_status_key(application, key)
    assert not is_status_key(other, key)
    application.contact_email = "another@example.org"
    assert not is_status_key(application, key)
