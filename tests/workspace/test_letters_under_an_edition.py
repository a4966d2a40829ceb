"""Sheets, reservations and withdrawals by letter on pages: what officers choose, where it shows."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from members.models import ActByLetter
from resolutions.models import Edition, Reservation, Signature
from resolutions.services.signatures import Reserved
from tests.members.papers import scan
from tests.resolutions.declarations import opened, signed
from tests.resolutions.stage import Stage
from tests.workspace.hands import minute, queries, signed_in, url

pytestmark = pytest.mark.django_db

PAPER = {
    "form": "letter",
    "written_on": "2018-12-12",
    "received_on": "2018-12-12",
    "signed_by": "Mayor",
    "reference": "",
}
MARK = "2018. 12. 12.(수) 공문으로"


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


class _Choices(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.inside, self.value = name, False, ""
        self.groups: list[str] = []
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "select":
            self.inside = given.get("name") == self.name
        elif self.inside and tag == "optgroup":
            self.groups.append(given["label"] or "")
        elif self.inside and tag == "option":
            self.value = given.get("value") or ""
            self.found[self.value] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.found[self.value] = data.strip()


def choices(page: HttpResponse, name: str) -> _Choices:
    """What a select of a page offers."""
    parser = _Choices(name)
    parser.feed(page.content.decode())
    return parser


def sheet(edition: Edition, **changes: str) -> dict[str, Any]:
    return {
        "edition": f"{edition.instrument.slug}/1",
        "sha256": edition.sha256[:12],
        "language": "en",
        "provision": "",
        "words_ko": "",
        "words_en": "",
        **PAPER,
        **changes,
        "upload": scan(),
    }


def done(stage: Stage, kind: str, city: str = "beta", /, **given: str) -> None:
    """Recorded by the registrar and confirmed by the returning officer, on pages."""
    answer = signed_in(stage.registrar).post(
        url("record_letter", city, kind), {**PAPER, **given, "upload": scan()}
    )
    assert answer.status_code == 302, answer.content.decode()
    page = answer.headers["Location"]
    assert signed_in(stage.officer).post(page, {"act": "confirm"}).status_code == 302


def test_a_reservation_on_a_sheet_is_chosen_among_the_provisions(stage: Stage) -> None:
    edition = opened(stage)
    client, address = signed_in(stage.registrar), url("record_letter", "beta", "signature")
    with minute(0):
        offered = choices(client.get(address), "provision")
        assert offered.groups == []
        assert offered.found["declaration/1#art1"] == "제1조 ko heading"
        assert list(offered.found)[:2] == ["", "declaration/1#whole"]
        second = opened(stage, "second")
        assert len(choices(client.get(address), "provision").groups) == 2
        words = {"words_en": "Except."}
        for changes, said in (
            ({**words, "provision": "declaration/1#art99"}, "이 판에는 그런 조항이 없습니다."),
            ({**words, "provision": "art1"}, "이 판에는 그런 조항이 없습니다."),
            ({**words, "provision": "second/1#art1"}, "다른 판의 조항입니다."),
            ({"provision": "declaration/1#art1"}, "유보의 내용을 적어 주십시오."),
            (words, "무엇에 대한 유보인지 골라 주십시오."),
        ):
            answer = client.post(address, sheet(edition, **changes))
            assert answer.status_code == 422
            assert said in answer.content.decode()
        whole = sheet(second, provision="second/1#whole", words_en="All.")
        assert client.post(address, whole).status_code == 302
    (reserved,) = ActByLetter.objects.get().facts["reservations"]
    assert reserved == {"provision": "", "to": {}, "texts": {"en": "All."}}


def test_the_second_officer_reads_what_the_letter_asks_for(stage: Stage) -> None:
    edition = opened(stage)
    given = sheet(edition, provision="declaration/1#art1", words_en="Except wages.")
    with minute(0):
        answer = signed_in(stage.registrar).post(url("record_letter", "beta", "signature"), given)
        page = signed_in(stage.officer).get(answer.headers["Location"]).content.decode()
    for words in ("유보: 제1조 ko heading", "Except wages.", edition.sha256):
        assert words in page


def test_a_reservation_and_both_withdrawals_by_letter_show_their_marks(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition, "beta")
    public, own = Client(), signed_in(stage.delegates["beta"])
    pages = {
        "public": "/ko/texts/declaration/signatories/",
        "city": "/ko/cities/beta/",
        "desk": url("sign", "beta", "declaration", "1"),
        "office": url("signatures", "declaration"),
    }

    def shown(mark: str) -> dict[str, int]:
        clients = {"desk": own, "office": signed_in(stage.secretary)}
        return {
            where: clients.get(where, public).get(page).content.decode().count(mark)
            for where, page in pages.items()
        }

    with minute(0):
        done(stage, "reservation", provision=f"{signature.uuid}#art1", words_en="Except.")
        assert shown(f">{MARK}<") == {"public": 1, "city": 1, "desk": 1, "office": 1}
        csv = b"".join(public.get("/ko/texts/declaration/signatories.csv").streaming_content)  # type: ignore[attr-defined]
        assert ",2018-12-12," in csv.decode()
        reservation = Reservation.objects.get()
        address = url("record_letter", "beta", "reservation_withdrawal")
        (_nothing, named) = choices(
            signed_in(stage.registrar).get(address), "reservation"
        ).found.values()
        assert named == "declaration ko 제1판 · 제1조 ko heading: Except."
        done(stage, "reservation_withdrawal", reservation=str(reservation.uuid))
        assert shown(f">{MARK} 철회<") == {"public": 0, "city": 0, "desk": 1, "office": 0}
        done(stage, "signature_withdrawal", signature=str(signature.uuid), reason="의회")
        assert shown(f">{MARK} 철회<") == {"public": 1, "city": 0, "desk": 2, "office": 1}
        letter = ActByLetter.objects.latest("pk")
        own.post(url("city_letter", "beta", str(letter.uuid)), {"reason": "Not ours."})
        assert shown(f">{MARK} 철회, 도시가 이의를 제기함<")["public"] == 1
        office = signed_in(stage.secretary)
        office.post(url("letter", str(letter.uuid)), {"act": "strike", "answer": "Yes."})
        assert shown(f">{MARK} 철회, 취소됨<") == {"public": 2, "city": 1, "desk": 1, "office": 2}
    assert Signature.objects.filter(withdrawal=None).count() == 1


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("signature", "지금 서명을 받는 선언이 없습니다."),
        ("reservation", "이 도시가 서명한 선언이 없습니다."),
        ("signature_withdrawal", "이 도시가 서명한 선언이 없습니다."),
        ("reservation_withdrawal", "이 도시의 유보가 없습니다."),
        ("nomination", "지금 추천을 받는 선거가 없습니다."),
        ("seconding", "재청을 기다리는 다른 도시의 추천이 없습니다."),
        ("acceptance", "수락을 기다리는 이 도시의 추천이 없습니다."),
    ],
)
def test_where_a_letter_can_be_about_nothing_it_is_said(stage: Stage, kind: str, why: str) -> None:
    with minute(0):
        page = signed_in(stage.registrar).get(url("record_letter", "beta", kind)).content.decode()
    assert why in page
    assert 'name="upload"' not in page


def test_choosing_costs_the_same_for_one_declaration_and_for_three(stage: Stage) -> None:
    client = signed_in(stage.registrar)
    kinds = ("signature", "reservation", "reservation_withdrawal", "signature_withdrawal")
    costs = []
    for slugs in (("first",), ("second", "third")):
        for slug in slugs:
            reserved = [Reserved("art1", {"en": "Except."})]
            signed(stage, opened(stage, slug), "beta", reservations=reserved)
        with minute(1):
            costs.append([queries(client, url("record_letter", "beta", kind)) for kind in kinds])
    assert costs[0] == costs[1]


def test_the_lists_cost_the_same_for_one_letter_and_for_three(stage: Stage) -> None:
    signature = signed(stage, opened(stage), "beta")
    client = signed_in(stage.secretary)
    costs = []
    for number in (1, 2):
        for _each in range(number):
            with minute(1):
                done(stage, "reservation", provision=f"{signature.uuid}#art1", words_en="Except.")
        with minute(2):
            costs.append(queries(client, url("letters")))
            costs.append(queries(client, url("signatures", "declaration")))
            costs.append(queries(Client(), "/ko/cities/beta/"))
    assert costs[:3] == costs[3:]
