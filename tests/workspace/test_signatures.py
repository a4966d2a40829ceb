"""Signing on the desk, by sheet, in the office; who is asked to confirm; corrigenda."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from members.models import ActByLetter
from resolutions.models import Edition, Reservation, Signature, SignatureWithdrawal, Signing
from resolutions.services.signatures import open_for_signature
from secretariat.workspace.signature_letters import ask_to_confirm
from tests.factories import NOW, city_person
from tests.members.papers import scan
from tests.resolutions.declarations import next_edition, opened, public, signed
from tests.resolutions.stage import Stage, at
from tests.workspace.hands import acts_on, confirm, minute, queries, signed_in, url

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def address(city: str = "alpha", number: int = 1) -> str:
    return url("sign", city, "declaration", str(number))


def filled(edition: Edition, **changes: str) -> dict[str, str]:
    return {
        "act": "sign",
        "language": "ko",
        "signed_by": "시장",
        "provision": "none",
        "words_ko": "",
        "words_en": "",
        "read": "on",
        "sha256": edition.sha256,
        **changes,
    }


# ── the desk ────────────────────────────────────────────────────────────────────────────────


def test_a_delegate_reads_signs_reserves_and_withdraws(stage: Stage) -> None:
    edition = opened(stage)
    client = signed_in(stage.delegates["alpha"])
    with minute(0):
        assert address() in client.get(url("city_desk", "alpha")).content.decode()
        page = client.get(address())
        assert edition.sha256 in page.content.decode()
        assert acts_on(page) == ["sign"]
        answer = client.post(address(), filled(edition))
        assert (answer.status_code, answer.headers["Location"]) == (302, address())
        signature = Signature.objects.get()
        assert (signature.city.slug, signature.signed_by, signature.language) == (
            "alpha",
            "시장",
            "ko",
        )
        page = client.get(address())
        assert acts_on(page) == ["reserve", "withdraw"]
        assert address() not in client.get(url("city_desk", "alpha")).content.decode()
        words = {"act": "reserve", "provision": "art2.p1", "words_ko": "다만.", "words_en": ""}
        assert client.post(address(), words).status_code == 302
        reservation = Reservation.objects.get()
        page = client.get(address())
        assert "다만." in page.content.decode()
        back = {"act": "withdraw_reservation", "reservation": str(reservation.uuid)}
        assert client.post(address(), back).status_code == 302
        assert hasattr(Reservation.objects.get(), "withdrawal")
        assert client.post(address(), {"act": "withdraw", "reason": "의결"}).status_code == 302
        assert SignatureWithdrawal.objects.get().reason == "의결"
        assert acts_on(client.get(address())) == ["sign"]


def test_signing_with_a_reservation_to_the_whole(stage: Stage) -> None:
    edition = opened(stage)
    client = signed_in(stage.delegates["alpha"])
    with minute(0):
        given = filled(edition, provision="whole", words_en="As far as our statutes allow.")
        assert client.post(address(), given).status_code == 302
    reservation = Reservation.objects.get()
    assert (reservation.provision_key, reservation.texts) == (
        "",
        {"en": "As far as our statutes allow."},
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"read": ""}, 422),
        ({"signed_by": " "}, 422),
        ({"language": "fr"}, 422),
        ({"provision": "art1"}, 422),
        ({"words_ko": "다만."}, 422),
        ({"provision": "art99", "words_ko": "다만."}, 422),
        ({"sha256": "0" * 64}, 409),
        ({"act": "nothing"}, 400),
    ],
)
def test_what_is_not_signed_says_why(stage: Stage, changes: dict[str, str], status: int) -> None:
    edition = opened(stage)
    client = signed_in(stage.delegates["alpha"])
    with minute(0):
        answer = client.post(address(), filled(edition, **changes))
    assert answer.status_code == status
    assert Signature.objects.count() == 0


def test_signing_asks_whether_it_is_still_you(stage: Stage) -> None:
    edition = opened(stage)
    person = stage.delegates["alpha"]
    client = signed_in(person)
    confirm(client, person, at=0)
    with minute(0):
        answer = client.post(address(), filled(edition))
    assert answer.status_code == 302
    assert "next=" in answer.headers["Location"]
    assert Signature.objects.count() == 0


@pytest.mark.parametrize("role", ["alternate", "editor", "observer"])
def test_others_of_the_city_read_and_do_not_sign(stage: Stage, role: str) -> None:
    edition = opened(stage)
    client = signed_in(city_person(role, city=stage.cities["alpha"]))
    with minute(0):
        page = client.get(address())
        assert (page.status_code, acts_on(page)) == (200, [])
        assert client.post(address(), filled(edition)).status_code == 403
        assert address() not in client.get(url("city_desk", "alpha")).content.decode()
    assert Signature.objects.count() == 0


def test_a_desk_is_the_city_s_own_and_a_declaration_has_to_be_open(stage: Stage) -> None:
    public(stage)
    client = signed_in(stage.delegates["alpha"])
    with minute(0):
        assert client.get(address()).status_code == 404
        assert client.get(address("beta")).status_code == 404
        assert client.get(url("declarations", "beta")).status_code == 404
        assert client.get(url("declarations", "alpha")).status_code == 200


def test_the_list_costs_the_same_with_three_declarations(stage: Stage) -> None:
    def more(slug: str) -> None:
        signed(stage, opened(stage, f"{slug}-signed"))
        opened(stage, f"{slug}-open")

    client = signed_in(stage.delegates["alpha"])
    more("one")
    with minute(0):
        few = queries(client, url("declarations", "alpha"))
        more("two")
        more("three")
        assert queries(client, url("declarations", "alpha")) == few


def test_a_city_prints_its_sheet(stage: Stage) -> None:
    opened(stage)
    client = signed_in(stage.delegates["alpha"])
    with minute(0):
        answer = client.get(url("city_sheet", "alpha", "declaration", "1"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


# ── a new edition ───────────────────────────────────────────────────────────────────────────


def test_those_behind_an_earlier_edition_are_asked_in_their_language(
    stage: Stage, django_capture_on_commit_callbacks: Any
) -> None:
    first = opened(stage)
    signed(stage, first, "alpha")
    signed(stage, first, "beta")
    stage.delegates["beta"].language = "en"
    stage.delegates["beta"].save()
    city_person("editor", city=stage.cities["alpha"])
    second = next_edition(stage, first)
    with minute(20), django_capture_on_commit_callbacks(execute=True):
        open_for_signature(edition=second, actor=stage.secretary, now=at(20))
    letters = {message.to[0]: message for message in mail.outbox}
    assert set(letters) == {stage.delegates[city].email for city in ("alpha", "beta")}
    ours, theirs = (letters[stage.delegates[city].email] for city in ("alpha", "beta"))
    assert address("alpha", 2) in ours.body
    assert "/en/desk/beta/declarations/declaration/2/" in theirs.body
    assert "제2판" in ours.body
    client = signed_in(stage.delegates["alpha"])
    with minute(21):
        assert address("alpha", 2) in client.get(url("city_desk", "alpha")).content.decode()
        assert client.post(address("alpha", 2), filled(second)).status_code == 302
        mail.outbox.clear()
        ask_to_confirm({"instrument": "declaration", "edition": 2})
    assert Signature.objects.get(edition=second).kind == "confirmation"
    assert [message.to[0] for message in mail.outbox] == [stage.delegates["beta"].email]


def test_an_edition_that_is_gone_asks_nobody(stage: Stage) -> None:
    ask_to_confirm({"instrument": "nothing", "edition": 1})
    assert mail.outbox == []


# ── the office ──────────────────────────────────────────────────────────────────────────────


def test_the_office_opens_lists_and_withdraws(stage: Stage) -> None:
    edition = public(stage)
    page = url("signatures", "declaration")
    client = signed_in(stage.secretary)
    with minute(0):
        assert acts_on(client.get(page)) == ["open"]
        assert client.post(page, {"act": "open", "edition": "1"}).status_code == 302
        assert client.post(page, {"act": "open", "edition": "1"}).status_code == 409
        signed(stage, edition)
        shown = client.get(page)
        assert "가람" in shown.content.decode()
        assert acts_on(shown) == ["end"]
        ending = {"act": "end", "edition": "1", "reason": "대체 입법", "basis": "", "decision": ""}
        assert client.post(page, ending).status_code == 409
        assert client.post(page, {**ending, "basis": "2019 총회"}).status_code == 302
        assert client.post(page, {"act": "burn", "edition": "1"}).status_code == 400
        assert client.post(page, {"act": "open", "edition": "7"}).status_code == 404
        assert acts_on(client.get(page)) == []
    signing = Signing.objects.get()
    assert (signing.state, signing.basis) == ("withdrawn", "2019 총회")


@pytest.mark.parametrize("who", ["registrar", "officer", "auditor"])
def test_other_officers_read_and_do_not_open(stage: Stage, who: str) -> None:
    public(stage)
    page = url("signatures", "declaration")
    client = signed_in(getattr(stage, who))
    with minute(0):
        shown = client.get(page)
        assert (shown.status_code, acts_on(shown)) == (200, [])
        assert client.post(page, {"act": "open", "edition": "1"}).status_code == 403
        assert client.get(url("corrigendum", "declaration", "1")).status_code == 404
    assert Signing.objects.count() == 0


def test_the_text_s_page_shows_where_the_declaration_stands(stage: Stage) -> None:
    opened(stage)
    public(stage, "statute", "resolution")
    client = signed_in(stage.secretary)
    with minute(0):
        shown = client.get(url("text", "declaration")).content.decode()
        other = client.get(url("text", "statute")).content.decode()
    assert '<span class="life__step life__step--here" aria-current="step">' in shown
    assert url("signatures", "declaration") in shown
    assert "life__step" not in other
    assert url("corrigendum", "statute", "1") in other


def test_the_office_prints_sheets(stage: Stage) -> None:
    public(stage)
    sheet = url("signing_sheet", "declaration", "1")
    client = signed_in(stage.registrar)
    with minute(0):
        for query in ("", "?city=alpha", "?city="):
            assert client.get(sheet + query).content.startswith(b"%PDF-")
        assert client.get(f"{sheet}?city=nowhere").status_code == 404
        assert client.get(url("signing_sheet", "declaration", "2")).status_code == 404


def test_a_signed_sheet_is_recorded_and_confirmed_on_pages(stage: Stage) -> None:
    edition = opened(stage)
    client = signed_in(stage.registrar)
    given = {
        "edition": "declaration/1",
        "sha256": edition.sha256[:12],
        "language": "en",
        "provision": "declaration/1#art1",
        "words_ko": "",
        "words_en": "Except.",
        "form": "letter",
        "written_on": "2018-12-12",
        "received_on": "2018-12-12",
        "reference": "",
        "signed_by": "Mayor",
    }
    with minute(0):
        record = url("record_letter", "beta", "signature")
        assert client.get(record).status_code == 200
        wrong = client.post(record, {**given, "sha256": "0" * 12, "upload": scan()})
        assert wrong.status_code == 422
        assert client.post(record, {**given, "upload": scan()}).status_code == 302
        letter = ActByLetter.objects.get()
        other = signed_in(stage.officer)
        page = url("letter", str(letter.uuid))
        assert "declaration ko" in other.get(page).content.decode()
        assert other.post(page, {"act": "confirm"}).status_code == 302
    signature = Signature.objects.get()
    assert (signature.city.slug, signature.sheet) == ("beta", letter.letter)
    assert signature.reservations.get().texts == {"en": "Except."}


# ── corrigenda ──────────────────────────────────────────────────────────────────────────────


def test_a_corrigendum_is_seen_before_it_is_issued(stage: Stage) -> None:
    public(stage)
    page = url("corrigendum", "declaration", "1")
    client = signed_in(stage.secretary)
    with minute(0):
        assert acts_on(client.get(page)) == []
        chosen = client.get(f"{page}?key=art1&key=nothing")
        assert "ko art1" in chosen.content.decode()
        given = {
            "key": "art1",
            "heading_0_ko": "ko heading",
            "text_0_ko": "바로잡은 말",
            "heading_0_en": "en heading",
            "text_0_en": "en art1",
            "reason": "A line was lost.",
            "decided": "on",
        }
        shown = client.post(page, {**given, "act": "preview"})
        assert shown.status_code == 200
        assert "바로잡은" in shown.content.decode()
        assert Edition.objects.count() == 1
        assert client.post(page, {**given, "act": "preview", "reason": ""}).status_code == 422
        assert client.post(page, {**given, "act": "burn"}).status_code == 400
        assert client.post(page, {"act": "issue", "reason": "r"}).status_code == 400
        same = {**given, "text_0_ko": "ko art1", "act": "issue"}
        assert client.post(page, same).status_code == 422
        assert client.post(page, {**given, "act": "issue"}).status_code == 302
        assert client.post(page, {**given, "act": "issue"}).status_code == 409
    second = Edition.objects.get(number=2)
    assert second.corrects == Edition.objects.get(number=1)
    assert second.adopted_on == NOW.date()
