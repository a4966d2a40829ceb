"""A city's people on the desk and in the office: who sees, who does, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from members.models import City, Invitation, Mandate, OfficeRole
from members.selectors.people import mandates_of_city
from members.services.invitations import invite, invite_to_office
from members.services.mandates import attach_letter
from secretariat.kernel import clock
from secretariat.kernel.models import User
from secretariat.workspace.selectors.people import mandates_for_office
from tests.factories import (
    NOW,
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    UserFactory,
    city_person,
    office_person,
)
from tests.workspace.hands import confirm, queries, signed_in, url

pytestmark = pytest.mark.django_db

ADDRESS = "delegate@wien.example"


@pytest.fixture(autouse=True)
def _noon(db: None) -> Iterator[None]:
    NetworkFactory()
    with clock.held_at(NOW):
        yield


@pytest.fixture
def city() -> City:
    return MembershipFactory(city__slug="vienna").city


@pytest.fixture
def head(city: City) -> User:
    return city_person("head", city=city)


def letter() -> SimpleUploadedFile:
    return SimpleUploadedFile("letter.pdf", b"%PDF-1.7 VIE-17", "application/pdf")


# the desk


def test_a_head_invites_sends_again_and_takes_back(city: City, head: User) -> None:
    client = signed_in(head)
    form = {"email": ADDRESS, "role": "editor", "language": "en", "ends_at": "2019-12-31"}
    answer = client.post(url("invite", "vienna"), form)
    assert answer["Location"] == url("people", "vienna")
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.language) == ("editor", "en")
    assert invitation.ends_at is not None
    assert invitation.ends_at.isoformat() == "2019-12-31T15:00:00+00:00"
    assert client.post(url("invite", "vienna"), form).status_code == 409
    page = client.get(url("people", "vienna"))
    assert [each.invitation for each in page.context["delegation"].waiting] == [invitation]
    given = {"invitation": str(invitation.uuid)}
    client.post(url("people", "vienna"), {"act": "renew", **given})
    invitation.refresh_from_db()
    assert invitation.link_number == 2
    client.post(url("people", "vienna"), {"act": "revoke", **given})
    invitation.refresh_from_db()
    assert invitation.state == "revoked"


def test_others_of_the_city_read_and_do_nothing(city: City, head: User) -> None:
    invitation = invite(city=city, email=ADDRESS, role="editor", actor=head, now=NOW)
    mandate = MandateFactory(city=city, role="alternate", accredited_at=None)
    for role in ("voting_delegate", "editor", "observer"):
        client = signed_in(city_person(role, city=city))
        assert client.get(url("people", "vienna")).status_code == 200
        assert client.get(url("person", "vienna", str(mandate.uuid))).status_code == 200
        assert client.get(url("invite", "vienna")).status_code == 404
        posts = [
            client.post(
                url("people", "vienna"), {"act": "revoke", "invitation": str(invitation.uuid)}
            ),
            client.post(
                url("person", "vienna", str(mandate.uuid)),
                {"act": "end", "e-reason": "no", "e-ends_at": ""},
            ),
            client.post(
                url("person", "vienna", str(mandate.uuid)), {"act": "letter", "l-letter": letter()}
            ),
        ]
        assert [post.status_code for post in posts] == [403, 403, 403]
    invitation.refresh_from_db()
    mandate.refresh_from_db()
    assert (invitation.state, mandate.ends_at, mandate.letter) == ("waiting", None, None)


def test_another_citys_people_are_not_there(city: City, head: User) -> None:
    other = MembershipFactory(city__slug="milan").city
    mandate = MandateFactory(city=other, role="editor")
    asked = invite(
        city=other, email=ADDRESS, role="editor", actor=office_person("registrar"), now=NOW
    )
    client = signed_in(head)
    pages = [
        client.get(url("people", "milan")),
        client.get(url("invite", "milan")),
        client.get(url("ready", "milan")),
        client.get(url("person", "milan", str(mandate.uuid))),
        client.get(url("person", "vienna", str(mandate.uuid))),
        client.post(url("people", "vienna"), {"act": "revoke", "invitation": str(asked.uuid)}),
    ]
    assert [page.status_code for page in pages] == [404] * 6


def test_an_alternate_moves_up(city: City, head: User) -> None:
    first, second = (MandateFactory(city=city, role="alternate", rank=rank) for rank in (1, 2))
    seen = [str(first.uuid), str(second.uuid)]
    posted = {"act": "rank", "seen": seen, "up": str(second.uuid)}
    client = signed_in(head)
    assert client.post(url("people", "vienna"), posted).status_code == 302
    ranks = dict(Mandate.objects.filter(role="alternate").values_list("pk", "rank"))
    assert ranks == {second.pk: 1, first.pk: 2}
    assert client.post(url("people", "vienna"), posted).status_code == 409


def test_a_letter_is_uploaded_and_a_mandate_ended(city: City, head: User) -> None:
    mandate = MandateFactory(city=city, accredited_at=None, credential="")
    client = signed_in(head)
    address = url("person", "vienna", str(mandate.uuid))
    wrong = SimpleUploadedFile("letter.pdf", b"words", "application/pdf")
    refused = client.post(address, {"act": "letter", "l-letter": wrong})
    assert refused.status_code == 422
    assert "letter" in refused.context["forms"].letter.errors
    assert client.post(address, {"act": "letter", "l-letter": letter()}).status_code == 302
    mandate.refresh_from_db()
    assert mandate.letter is not None
    later = {"act": "end", "e-reason": "moves on", "e-ends_at": "2018-12-20"}
    assert client.post(address, later).status_code == 302
    mandate.refresh_from_db()
    assert mandate.ends_at is not None
    assert mandate.ends_at.isoformat() == "2018-12-20T15:00:00+00:00"


def test_the_desk_asks_for_the_letters_that_are_not_there(city: City, head: User) -> None:
    without = MandateFactory(
        city=city, role="alternate", rank=1, accredited_at=None, credential="", person__name="하나"
    )
    MandateFactory(city=city, role="editor", accredited_at=None, person__name="둘")
    MandateFactory(
        city=city, ends_at=NOW + timedelta(days=1, hours=9), person__name="셋"
    )  # the first moment of 14 December, in Seoul
    asked = signed_in(head).get(url("city_desk", "vienna"))
    assert [each["title"] for each in asked.context["waiting"]] == ["신임장 1건 올리기"]
    assert asked.context["unaccredited"] == [without]
    page = asked.content.decode()
    assert page.count("신임장 없음") == 1
    assert "2018. 12. 13.(목)까지" in page
    own = signed_in(without.person).get(url("city_desk", "vienna")).context["waiting"]
    assert [each["title"] for each in own] == ["신임장이 아직 없습니다"]


def test_people_stand_in_the_order_of_precedence(city: City, head: User) -> None:
    for role, rank in (("observer", 0), ("alternate", 2), ("editor", 0), ("alternate", 1)):
        MandateFactory(city=city, role=role, rank=rank)
    MandateFactory(city=city, role="voting_delegate")
    expected = [
        ("head", 0),
        ("voting_delegate", 0),
        ("alternate", 1),
        ("alternate", 2),
        ("editor", 0),
        ("observer", 0),
    ]
    of_city = mandates_of_city(city=city, now=NOW)
    for_office = mandates_for_office(now=NOW)
    desk = signed_in(head).get(url("city_desk", "vienna")).context["desk"].people
    for rows in (of_city, for_office, desk):
        assert [(each.role, each.rank) for each in rows] == expected


def test_a_letter_to_be_read_comes_before_those_that_are_not_there(city: City, head: User) -> None:
    rows = [MandateFactory(city=city, accredited_at=None, credential="") for _each in range(3)]
    signed_in(head).post(
        url("person", "vienna", str(rows[1].uuid)), {"act": "letter", "l-letter": letter()}
    )
    listed = mandates_for_office(now=NOW, only_unaccredited=True)
    assert next(iter(listed)) == rows[1]


def test_an_invitation_whose_inviter_left_says_so(city: City, head: User) -> None:
    invite(city=city, email=ADDRESS, role="editor", actor=head, now=NOW)
    head.mandates.update(ends_at=NOW)
    follower = city_person("head", city=city)
    page = signed_in(follower).get(url("people", "vienna"))
    assert [each.orphaned for each in page.context["delegation"].waiting] == [True]


def test_thirty_people_cost_no_more_queries_than_one(city: City, head: User) -> None:
    client = signed_in(head)
    one = queries(client, url("people", "vienna"))
    for rank in range(1, 12):
        MandateFactory(city=city, role="alternate", rank=rank)
        invite(city=city, email=f"{rank}{ADDRESS}", role="editor", actor=head, now=NOW)
    assert queries(client, url("people", "vienna")) == one
    assert one <= 15


# the office


def test_the_office_accredits_beside_the_letter(city: City, head: User) -> None:
    mandate = MandateFactory(city=city, accredited_at=None, credential="")
    attach_letter(mandate=mandate, upload=letter(), actor=head, now=NOW)
    mandate.refresh_from_db()
    registrar = office_person("registrar")
    client = signed_in(registrar)
    page = client.get(url("mandates"))
    assert list(page.context["page"]) == [mandate]
    address = url("office_mandate", str(mandate.uuid))
    assert url("file", str(mandate.letter.uuid)) in client.get(address).content.decode()
    posted = {"act": "accredit", "credential": "VIE-17", "letter": str(mandate.letter.uuid)}
    assert client.post(address, posted).status_code == 422
    posted["checked"] = "on"
    confirm(client, registrar, at=0.0)
    assert "reauthenticate" in client.post(address, posted)["Location"]
    mandate.refresh_from_db()
    assert mandate.accredited_at is None
    confirm(client, registrar)
    assert client.post(address, posted).status_code == 302
    mandate.refresh_from_db()
    assert (mandate.accredited_at, mandate.accredited_by) == (NOW, registrar)


def test_a_letter_that_came_meanwhile_is_read_first(city: City, head: User) -> None:
    mandate = MandateFactory(city=city, accredited_at=None, credential="")
    first = attach_letter(mandate=mandate, upload=letter(), actor=head, now=NOW).letter
    attach_letter(mandate=mandate, upload=letter(), actor=head, now=NOW)
    posted = {
        "act": "accredit",
        "credential": "VIE-17",
        "letter": str(first.uuid),
        "checked": "on",
    }
    client = signed_in(office_person("registrar"))
    page = client.post(url("office_mandate", str(mandate.uuid)), posted)
    assert page.status_code == 409


def test_the_office_invites_a_first_head(city: City) -> None:
    client = signed_in(office_person("registrar"))
    found = client.get(url("mandates"), {"q": "vienna"})
    assert found.context["cities"] == [city]
    posted = {"act": "invite", "email": ADDRESS, "role": "head", "language": "en", "ends_at": ""}
    answer = client.post(url("office_people", "vienna"), posted)
    assert answer["Location"] == url("office_people", "vienna")
    assert Invitation.objects.get().role == "head"


def test_who_of_the_office_keeps_mandates_and_roles(city: City, head: User) -> None:
    mandate = MandateFactory(city=city, role="editor")
    addresses = [
        url("mandates"),
        url("office_mandate", str(mandate.uuid)),
        url("office_people", "vienna"),
        url("office_roles"),
    ]
    expected = {
        "secretary_general": [200, 200, 200, 200],
        "registrar": [200, 200, 200, 404],
        "auditor": [200, 200, 200, 200],
        "returning_officer": [404] * 4,
        "librarian": [404] * 4,
    }
    for role, statuses in expected.items():
        client = signed_in(office_person(role))
        assert [client.get(address).status_code for address in addresses] == statuses
    assert [signed_in(head).get(address).status_code for address in addresses] == [404] * 4
    reading = signed_in(office_person("auditor"))
    assert [reading.post(a, {"act": "x"}).status_code for a in addresses[1:]] == [404] * 3
    assert Client().get(addresses[0]).status_code == 302


def test_office_roles_are_given_by_invitation_and_ended() -> None:
    secretary = office_person("secretary_general")
    client = signed_in(secretary)
    posted = {"act": "invite", "email": ADDRESS, "role": "auditor", "language": "ko", "ends_at": ""}
    assert client.post(url("office_roles"), posted).status_code == 302
    invitation = Invitation.objects.get()
    page = client.get(url("office_roles"))
    assert [each.invitation for each in page.context["waiting"]] == [invitation]
    assert len(page.context["apart"]) == 10
    client.post(url("office_roles"), {"act": "revoke", "invitation": str(invitation.uuid)})
    invitation.refresh_from_db()
    assert invitation.state == "revoked"
    librarian = OfficeRole.objects.get(person=office_person("librarian"))
    given = {"act": "end", "role": str(librarian.pk)}
    assert client.post(url("office_roles"), {**given, "reason": ""}).status_code == 422
    assert client.post(url("office_roles"), {**given, "reason": "moved on"}).status_code == 302
    librarian.refresh_from_db()
    assert librarian.ends_at == NOW


def test_another_citys_invitation_is_no_invitation_of_the_office(city: City, head: User) -> None:
    asked = invite(city=city, email=ADDRESS, role="editor", actor=head, now=NOW)
    client = signed_in(office_person("secretary_general"))
    posted = {"act": "revoke", "invitation": str(asked.uuid)}
    assert client.post(url("office_roles"), posted).status_code == 404
    assert invite_to_office(
        email=ADDRESS, role="auditor", actor=office_person("secretary_general"), now=NOW
    ).pk


def test_many_mandates_cost_no_more_queries_than_one() -> None:
    client = signed_in(office_person("registrar"))
    MandateFactory(role="editor")
    one = queries(client, url("mandates") + "?all")
    for _number in range(10):
        MandateFactory(role="editor", person=UserFactory(), ends_at=NOW + timedelta(days=9))
    assert queries(client, url("mandates") + "?all") == one
    assert one <= 15
