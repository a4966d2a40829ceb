"""Letters of cities: from the officer's form to the e-mail, the contest and the answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from members.models import ActByLetter, City, LetterNotice, Mandate
from members.services.contacts import ContactDetails, set_contacts
from members.services.letters import confirm_letter
from secretariat.kernel.models import User
from secretariat.workspace.letter_notices import link_token, tell_of_act
from tests.factories import city_person
from tests.members.papers import recorded, scan
from tests.resolutions.stage import Stage, at
from tests.workspace.hands import acts_on, minute, queries, signed_in, url

pytestmark = pytest.mark.django_db(transaction=False)

MAYOR = ContactDetails(name="Mayor's office", email="mayor@beta.example", language="en")
FACTS = {
    "name_1": "International desk",
    "email_1": "desk@beta.example",
    "language_1": "en",
    "language_2": "ko",
    "language_3": "ko",
}


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def beta(stage: Stage) -> City:
    city = stage.cities["beta"]
    set_contacts(city=city, contacts=[MAYOR], actor=stage.registrar, now=at(-5))
    return city


def paper(**changes: Any) -> dict[str, Any]:
    return {
        "form": "letter",
        "written_on": "2018-12-10",
        "received_on": "2018-12-11",
        "signed_by": "Mayor",
        "reference": "B-7",
        "upload": scan(),
        **changes,
    }


def recorded_letter(stage: Stage, city: City) -> ActByLetter:
    facts = {
        "contacts": [
            {
                "name": "International desk",
                "email": "desk@beta.example",
                "position": "",
                "phone": "",
                "language": "en",
            }
        ],
        "website": "",
    }
    return recorded("contacts", city, facts, actor=stage.registrar, now=at(0))


def confirmed(
    stage: Stage, city: City, client: Client, capture: Any
) -> tuple[ActByLetter, LetterNotice]:
    letter = recorded_letter(stage, city)
    with minute(1), capture(execute=True):
        answer = client.post(url("letter", str(letter.uuid)), {"act": "confirm"})
    assert answer.status_code == 302
    return letter, LetterNotice.objects.get(letter=letter, contact__email="mayor@beta.example")


def test_an_officer_finds_the_city_and_records_its_letter(stage: Stage, beta: City) -> None:
    client = signed_in(stage.registrar)
    with minute(0):
        found = client.get(url("choose_letter"), {"kind": "contacts", "q": "나래"})
        address = url("record_letter", "beta", "contacts")
        assert address in found.content.decode()
        assert client.get(url("record_letter", "beta", "unheard-of")).status_code == 404
        answer = client.post(address, {**FACTS, **paper()})
    letter = ActByLetter.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == url("letter", str(letter.uuid))
    assert (letter.written_on, letter.state) == (date(2018, 12, 10), "recorded")
    assert [each["email"] for each in letter.facts["contacts"]] == ["desk@beta.example"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"upload": scan(content=b"words")}, "upload"),
        ({"received_on": "2018-12-13"}, "received_on"),
        ({"email_1": ""}, "email_1"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    stage: Stage, beta: City, changes: dict[str, Any], field: str
) -> None:
    client = signed_in(stage.registrar)
    with minute(0):
        address = url("record_letter", "beta", "contacts")
        answer = client.post(address, {**FACTS, **paper(), **changes})
    assert answer.status_code == 422
    forms = (answer.context["paper"], answer.context["facts"])
    assert [name for form in forms for name in form.errors] == [field]
    assert 'value="B-7"' in answer.content.decode()
    assert ActByLetter.objects.count() == 0


def test_every_kind_of_letter_has_its_form(stage: Stage) -> None:
    election = stage.nominating()
    stage.nomination(election, "beta", by="alpha")
    client = signed_in(stage.officer)
    with minute(3):
        for city, kind, facts in (
            ("gamma", "nomination", {"election": election.slug, "city_named": "gamma"}),
            ("gamma", "seconding", {"nomination": f"{election.slug}/beta"}),
            ("beta", "acceptance", {"election": election.slug}),
            ("gamma", "head", {"name": "A", "email": "a@gamma.example", "language": "en"}),
            (
                "gamma",
                "credentials",
                {"name": "A", "email": "a@gamma.example", "language": "en", "role": "alternate"},
            ),
        ):
            answer = client.post(url("record_letter", city, kind), {**facts, **paper()})
            assert answer.status_code == 302, answer.content.decode()
        assert client.get(url("letters")).status_code == 200
    assert ActByLetter.objects.filter(state="recorded").count() == 5


def test_the_recording_officer_sees_who_confirms_and_another_officer_confirms(
    stage: Stage, beta: City, django_capture_on_commit_callbacks: Any
) -> None:
    letter = recorded_letter(stage, beta)
    address = url("letter", str(letter.uuid))
    own, other = signed_in(stage.registrar), signed_in(stage.secretary)
    with minute(1):
        assert acts_on(own.get(address)) == ["withdraw"]
        assert own.post(address, {"act": "confirm"}).status_code == 409
        assert acts_on(signed_in(stage.officer).get(address)) == ["refuse"]
        assert signed_in(stage.auditor).get(address).status_code == 404
        assert acts_on(other.get(address)) == ["confirm", "refuse"]
        with django_capture_on_commit_callbacks(execute=True):
            assert other.post(address, {"act": "confirm"}).status_code == 302
        assert acts_on(other.get(address)) == []
    letter.refresh_from_db()
    assert letter.state == "confirmed"
    people = {message.to[0]: message for message in mail.outbox}
    head = stage.delegates["beta"].email
    assert set(people) == {head, "mayor@beta.example", "desk@beta.example"}
    notice = LetterNotice.objects.get(letter=letter, contact__email="mayor@beta.example")
    assert link_token(notice).split(":")[0] in people["mayor@beta.example"].body
    assert "/en/letters/" in people["mayor@beta.example"].body
    assert "/ko/letters/" in people[head].body
    tell_of_act({"letter": str(letter.uuid)})
    assert len(mail.outbox) == 3


def test_the_mark_stands_wherever_the_act_is_shown(stage: Stage, beta: City) -> None:
    election = stage.nominating()
    stage.nomination(election, "alpha", by="gamma")
    for kind, city, facts in (
        ("seconding", "beta", {"election": election.slug, "city": "alpha"}),
        ("nomination", "beta", {"election": election.slug, "city": "beta", "statements": {}}),
        ("head", "delta", {"email": "d@delta.example", "name": "D", "language": "ko"}),
    ):
        letter = recorded(kind, stage.cities[city], facts, actor=stage.registrar, now=at(3))
        confirm_letter(letter=letter, actor=stage.secretary, now=at(3))
    mark = "2018. 12. 10.(월) 공문으로"
    head = User.objects.get(email="d@delta.example")
    Authenticator.objects.create(user=head, type=Authenticator.Type.TOTP, data={})
    with minute(4):
        shown = {
            "public": Client().get(f"/ko/elections/{election.slug}/"),
            "desk": signed_in(stage.delegates["gamma"]).get(
                url("nominations", "gamma", election.slug)
            ),
            "office": signed_in(stage.officer).get(url("election", election.slug)),
            "people": signed_in(head).get(url("city_desk", "delta")),
        }
    counts = {where: page.content.decode().count(mark) for where, page in shown.items()}
    assert counts == {"public": 2, "desk": 2, "office": 2, "people": 1}


def test_a_new_head_is_let_in_by_the_same_letter(
    stage: Stage, beta: City, django_capture_on_commit_callbacks: Any
) -> None:
    facts = {"email": "new@beta.example", "name": "New head", "language": "en", "until": None}
    letter = recorded("head", beta, facts, actor=stage.registrar, now=at(0))
    client = signed_in(stage.secretary)
    with minute(1), django_capture_on_commit_callbacks(execute=True):
        assert client.post(url("letter", str(letter.uuid)), {"act": "confirm"}).status_code == 302
    (to_new,) = [message for message in mail.outbox if message.to == ["new@beta.example"]]
    assert "/en/accounts/link/" in to_new.body
    assert sum("/accounts/link/" in message.body for message in mail.outbox) == 1
    assert Mandate.objects.get(person__email="new@beta.example").accredited_at == at(1)


def test_the_desk_shows_it_and_contests_it(
    stage: Stage, beta: City, django_capture_on_commit_callbacks: Any
) -> None:
    letter, _notice = confirmed(
        stage, beta, signed_in(stage.secretary), django_capture_on_commit_callbacks
    )
    address = url("city_letter", "beta", str(letter.uuid))
    own, stranger = signed_in(stage.delegates["beta"]), signed_in(stage.delegates["gamma"])
    with minute(2):
        assert address in own.get(url("city_letters", "beta")).content.decode()
        assert stranger.get(address).status_code == 404
        assert stranger.get(url("city_letter", "gamma", str(letter.uuid))).status_code == 404
        assert own.post(address, {"reason": ""}).status_code == 422
        assert own.post(address, {"reason": "Not ours."}).status_code == 302
        assert own.post(address, {"reason": "Not ours."}).status_code == 409
    letter.refresh_from_db()
    assert letter.state == "contested"


def test_the_link_of_a_notice_contests_and_the_answer_comes_back(
    stage: Stage, beta: City, django_capture_on_commit_callbacks: Any
) -> None:
    letter, notice = confirmed(
        stage, beta, signed_in(stage.secretary), django_capture_on_commit_callbacks
    )
    address = url("told", link_token(notice))
    public, officer = Client(), signed_in(stage.registrar)
    with minute(2):
        for _scanner in range(3):
            assert public.get(address).status_code == 200
        assert public.head(address).status_code == 200
        letter.refresh_from_db()
        assert letter.state == "confirmed"
        assert public.get(url("told", "nonsense")).status_code == 404
        assert public.get(url("file", str(letter.letter.uuid))).status_code == 404
        assert public.post(address, {"reason": "Forged."}).status_code == 302
    mail.outbox.clear()
    page = url("letter", str(letter.uuid))
    with minute(3):
        assert acts_on(officer.get(page)) == ["strike"]  # it recorded it: others uphold
        assert officer.post(page, {"act": "uphold", "answer": "No."}).status_code == 409
        with django_capture_on_commit_callbacks(execute=True):
            assert officer.post(page, {"act": "strike", "answer": "Yes."}).status_code == 302
    assert {message.to[0] for message in mail.outbox} == {
        stage.delegates["beta"].email,
        "mayor@beta.example",
        "desk@beta.example",
    }
    assert "Yes." in mail.outbox[0].body
    with minute(4):
        assert "Yes." in public.get(address).content.decode()


def test_the_lists_cost_the_same_for_one_and_for_three(
    stage: Stage, beta: City, django_capture_on_commit_callbacks: Any
) -> None:
    officer, own = signed_in(stage.secretary), signed_in(city_person("observer", city=beta))
    costs = []
    for number in (1, 2):
        for _each in range(number):
            confirmed_by = signed_in(stage.secretary)
            letter = recorded_letter(stage, beta)
            with minute(1):
                confirmed_by.post(url("letter", str(letter.uuid)), {"act": "confirm"})
        with minute(2):
            costs.append(
                (queries(officer, url("letters")), queries(own, url("city_letters", "beta")))
            )
    assert costs[0] == costs[1]
