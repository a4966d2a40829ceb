"""Who stands behind a declaration, in public: on a day, by edition, as CSV, on other pages."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.services.letters import confirm_letter
from resolutions.services.signatures import (
    Reserved,
    open_for_signature,
    sign,
    withdraw_from_signature,
    withdraw_signature,
)
from secretariat.kernel import clock
from secretariat.kernel.models import Network
from tests.factories import NOW, city_person
from tests.members.papers import recorded
from tests.resolutions.declarations import body, next_edition, opened, public, signed
from tests.resolutions.stage import Stage, at

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PAGE = "/en/texts/declaration/signatories/"
CSV = "/en/texts/declaration/signatories.csv"


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def stage(network: Network) -> Stage:
    return Stage()


def read(address: str, *, now: Any = NOW) -> str:
    with clock.held_at(now):
        response = Client().get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def rows(address: str, *, now: Any = NOW) -> list[dict[str, str]]:
    with clock.held_at(now):
        response = Client().get(address)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert content.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))


def test_a_declaration_that_is_not_open_says_so(stage: Stage) -> None:
    public(stage)
    assert "Not open for signature yet" in read(PAGE)
    with clock.held_at(NOW):
        assert Client().get(CSV).status_code == 404
        assert Client().get(f"{PAGE}?edition=1").status_code == 404


def test_only_texts_that_are_signed_have_the_page(stage: Stage) -> None:
    public(stage, "statute", "resolution")
    stage.adopted("quiet", "declaration")
    with clock.held_at(NOW):
        for slug in ("statute", "quiet", "nothing"):
            assert Client().get(f"/en/texts/{slug}/signatories/").status_code == 404


def test_seats_map_and_list_on_a_day(stage: Stage) -> None:
    edition = opened(stage)
    signed(stage, edition, "alpha", reservations=[Reserved("art2.p1", {"en": "Except for this."})])
    beta = signed(stage, edition, "beta")
    withdraw_signature(
        signature=beta, reason="Council", actor=stage.delegates["beta"], now=at(0) + 2 * DAY
    )
    signed(stage, edition, "gamma", now=at(0) + 2 * DAY)
    today = read(PAGE, now=at(0) + 2 * DAY)
    assert "On 14 December 2018, 2 cities stand behind it" in today
    assert "Except for this." in today
    assert "Article 2(1)" in today
    assert "/en/texts/declaration/editions/1/art2.p1/" in today
    assert "Signed on 12 December 2018, withdrawn on 14 December 2018. Council" in today
    assert 'class="map__city map__city--signed"' in today
    assert edition.sha256 in today
    before = read(f"{PAGE}?on=2018-12-13", now=at(0) + 2 * DAY)
    assert "On 13 December 2018, 2 cities stand behind it" in before
    assert "/en/cities/beta/" in before
    assert "/en/cities/gamma/" not in before
    nobody = read(f"{PAGE}?on=2018-12-11")
    assert "Nobody stands behind this edition on that day" in nobody


def test_a_body_is_counted_apart(stage: Stage) -> None:
    edition, ilo = opened(stage), body()
    sign(
        edition=edition,
        city=ilo,
        language="en",
        sha256=edition.sha256,
        signed_by="Director",
        actor=city_person("head", city=ilo),
        now=at(0),
    )
    signed(stage, edition, "alpha")
    page = read(PAGE)
    assert "1 city and 1 partner body stand behind it" in page
    assert "1 city and 1 partner body stand behind it" in read("/en/texts/declaration/")
    assert f"{PAGE}?on=2018-12-12&amp;edition=1" in read("/en/texts/declaration/")


@pytest.mark.parametrize("query", ["?on=yesterday", "?edition=x", "?edition=&on="])
def test_what_cannot_be_read_is_said_or_left_out(stage: Stage, query: str) -> None:
    opened(stage)
    page = read(PAGE + query)
    assert ("is not a date" in page) == ("yesterday" in query)


def test_a_later_edition_shows_who_has_not_confirmed(stage: Stage) -> None:
    first = opened(stage)
    signed(stage, first, "alpha")
    signed(stage, first, "beta")
    second = next_edition(stage, first)
    open_for_signature(edition=second, actor=stage.secretary, now=at(20))
    signed(stage, second, "beta", now=at(21))
    page = read(PAGE, now=at(22))
    assert "1 city stands behind it" in page
    assert "Not yet confirmed" in page
    assert "Edition 1, since 12 December 2018" in page
    assert "seat--asked" in page
    earlier = read(f"{PAGE}?edition=1", now=at(22))
    assert "2 cities stand behind it" in earlier
    assert "Superseded" in earlier
    with clock.held_at(at(22)):
        assert Client().get(f"{PAGE}?edition=3").status_code == 404


def test_a_withdrawn_declaration_says_why(stage: Stage) -> None:
    edition = opened(stage)
    signed(stage, edition)
    withdraw_from_signature(
        edition=edition,
        reason="A law took its place",
        basis="Assembly of 2019",
        actor=stage.secretary,
        now=at(0) + DAY,
    )
    page = read(PAGE, now=at(0) + DAY)
    assert "A law took its place" in page
    assert "Assembly of 2019" in page
    assert "Nobody stands behind this edition on that day" in page
    assert "1 city" in read(f"{PAGE}?on=2018-12-12", now=at(0) + DAY)


def test_the_table_to_download(stage: Stage) -> None:
    edition = opened(stage)
    signed(
        stage,
        edition,
        signed_by="=Mayor",
        reservations=[
            Reserved("art1", {"ko": "다만.", "en": "But."}),
            Reserved("", {"en": "All."}),
        ],
    )
    facts = {"text": "declaration", "edition": 1, "language": "en", "sha256": edition.sha256}
    letter = recorded(
        "signature",
        stage.cities["beta"],
        facts,
        written_on=NOW.date(),
        received_on=NOW.date(),
        actor=stage.registrar,
        now=at(1),
    )
    confirm_letter(letter=letter, actor=stage.officer, now=at(2))
    first, second = rows(CSV)
    assert first == {
        "Code": "AAA",
        "Name": "Alpha",
        "City or body": "City or local government",
        "Text": "declaration en",
        "Edition": "1",
        "On the day": "2018-12-12",
        "How": "Signed",
        "Signed on": "2018-12-12",
        "Language version": "ko",
        "Office held": "'=Mayor",
        "By letter of": "",
        "Reservations by letter of": "",
        "SHA-256 of the edition": edition.sha256,
        "Reservations (ko)": "art1 다만.",
        "Reservations (en)": "art1 But.\n\nAll.",
    }
    assert (second["Name"], second["By letter of"]) == ("Beta", "2018-12-12")
    assert rows(f"{CSV}?on=2018-12-11") == []
    with clock.held_at(NOW):
        korean = Client().get("/ko/texts/declaration/signatories.csv")
    assert "declaration-1-2018-12-12.csv" in korean.headers["Content-Disposition"]


def test_a_signature_by_letter_carries_its_mark_everywhere(stage: Stage) -> None:
    edition = opened(stage)
    facts = {"text": "declaration", "edition": 1, "language": "en", "sha256": edition.sha256}
    written = {"written_on": date(2018, 12, 12), "received_on": date(2018, 12, 12)}
    letter = recorded(
        "signature", stage.cities["beta"], facts, actor=stage.registrar, now=at(1), **written
    )
    confirm_letter(letter=letter, actor=stage.officer, now=at(2))
    for page in (PAGE, "/en/cities/beta/"):
        assert "by letter of 12 December 2018" in read(page)


def test_a_city_s_page_lists_what_it_stands_behind(stage: Stage) -> None:
    edition = opened(stage)
    signature = signed(stage, edition)
    assert "Declarations it stands behind" in read("/en/cities/alpha/")
    assert "Declarations it stands behind" not in read("/en/cities/beta/")
    withdraw_signature(signature=signature, actor=stage.delegates["alpha"], now=at(0) + DAY)
    later = read("/en/cities/alpha/", now=at(0) + DAY)
    assert "Declarations it stands behind" not in later


def test_the_page_costs_the_same_with_six_signatories(stage: Stage) -> None:
    edition = opened(stage)

    def cost() -> int:
        with clock.held_at(NOW):
            Client().get(PAGE)
            with CaptureQueriesContext(connection) as captured:
                assert Client().get(PAGE).status_code == 200
        return len(captured)

    reserved = [Reserved("art1", {"en": "But."})]
    signed(stage, edition, "alpha", reservations=reserved)
    few = cost()
    for city in ("beta", "gamma", "delta", "epsilon", "zeta"):
        signed(stage, edition, city, reservations=reserved)
    assert cost() == few
