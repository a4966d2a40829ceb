"""Applying in public: the form, its limits, and the applicant's own page."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from members.models import Application
from members.services.applications import return_application, status_key
from secretariat.kernel.policy import SYSTEM
from tests.factories import NOW, NetworkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clean(settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    caches["shared"].clear()
    NetworkFactory()


def given(**changes: str) -> dict[str, object]:
    return {
        "sought": "member",
        "body": "city",
        "name_en": "Graz",
        "name_ko": "",
        "country": "AT",
        "region": "europe",
        "population": "280000",
        "website": "",
        "languages": "German",
        "contact_name": "International office",
        "contact_office": "",
        "contact_email": "international@graz.example.org",
        "contact_phone": "",
        "language": "en",
        "message": "",
        "letter": SimpleUploadedFile("letter.pdf", b"%PDF-1.7 letter"),
        "subject": "",
    } | changes


def address(name: str, *args: object) -> str:
    with translation.override("en"):
        return reverse(f"cms:{name}", args=args)


def own_page(application: Application) -> str:
    return address("application", application.uuid, status_key(application))


def test_an_application_arrives_and_its_link_goes_out(
    client: Client, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address("apply"), given())
    assert (answer.status_code, answer.url) == (302, address("applied"))
    application = Application.objects.get()
    assert application.names == {"en": "Graz"}
    assert [(letter.to, own_page(application) in letter.body) for letter in mail.outbox] == [
        (["international@graz.example.org"], True)
    ]
    page = client.get(own_page(application))
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "strict-origin"
    wrong = address("application", application.uuid, "0" * 64)
    assert client.get(wrong).status_code == 404
    assert client.get(f"/en/files/{application.letter.uuid}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contact_email": "nobody"}, "E-mail address"),
        ({"country": "XX"}, "Country"),
        ({"body": "union"}, "Apply as observer or partner"),
        ({"letter": SimpleUploadedFile("letter.exe", b"MZ")}, "Choose a PDF"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: Client, changes: dict, words: str) -> None:
    answer = client.post(address("apply"), given(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Application.objects.exists()


def test_a_letter_that_the_browser_forgets_is_asked_for_again(client: Client) -> None:
    answer = client.post(address("apply"), given(contact_email="nobody"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"contact_email", "letter"}
    without = given(contact_email="nobody")
    del without["letter"]
    again = client.post(address("apply"), without)
    assert again.context["form"].errors["letter"] == ["This field is required."]


def test_a_robot_is_thanked_and_forgotten(client: Client) -> None:
    assert client.post(address("apply"), given(subject="Buy")).status_code == 302
    assert not Application.objects.exists()


def test_one_network_sends_five_an_hour(client: Client) -> None:
    answers = [client.post(address("apply"), given()).status_code for _each in range(6)]
    assert answers == [302] * 5 + [429]
    elsewhere = client.post(address("apply"), given(), REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_what_was_missing_is_completed_by_the_link_and_withdrawn_by_it(client: Client) -> None:
    client.post(address("apply"), given())
    application = Application.objects.get()
    own = own_page(application)
    assert client.post(own, {"act": "send_again", **given()}).status_code == 400
    return_application(application=application, missing="The seal.", actor=SYSTEM, now=NOW)
    assert "The seal." in client.get(own).content.decode()
    again = {"act": "send_again", **given(name_ko="그라츠")}
    del again["letter"]
    assert "Sent again." in client.post(own, again, follow=True).content.decode()
    application.refresh_from_db()
    assert (application.state, application.names) == ("received", {"en": "Graz", "ko": "그라츠"})
    assert client.post(own, {"act": "withdraw"}).status_code == 302
    assert client.post(own, {"act": "withdraw"}).status_code == 409
    application.refresh_from_db()
    assert application.state == "withdrawn"
