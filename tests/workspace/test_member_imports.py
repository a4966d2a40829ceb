"""Tables of members in the office: upload, preview, confirm, throw away, take out."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from members.models import City, ImportRow, MemberImport
from members.services.contacts import ContactDetails, set_contacts
from secretariat.kernel import clock
from secretariat.kernel.models import AuditEntry, Network
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.views import imports as views
from tests.factories import (
    NOW,
    CityFactory,
    MembershipFactory,
    UserFactory,
    city_person,
    office_person,
)
from tests.workspace.hands import acts_on, queries, signed_in, url

pytestmark = pytest.mark.django_db

HEAD = "주소 이름,영문명,국가,지역,담당자,이메일\n"


@pytest.fixture
def registrar(network: Network) -> Client:
    return signed_in(office_person("registrar"))


def table(rows: str, *, head: str = HEAD) -> SimpleUploadedFile:
    return SimpleUploadedFile("members.csv", (head + rows).encode())


def bring(client: Client, rows: str) -> str:
    """The address of the preview."""
    answer = client.post(url("member_imports"), {"file": table(rows)})
    assert answer.status_code == 302
    return str(answer["Location"])


@pytest.fixture(autouse=True)
def _at_the_time_of_tests() -> object:
    with clock.held_at(NOW):
        yield


def test_a_table_is_previewed_and_then_written(registrar: Client) -> None:
    address = bring(registrar, "graz,Graz,AT,유럽,국제 담당,office@graz.example\n")
    page = registrar.get(address)
    said = page.content.decode()
    assert "office@graz.example" in said
    assert acts_on(page) == []
    assert 'name="act" value="write"' in said
    assert City.objects.count() == 0
    digest = MemberImport.objects.get().sha256
    done = registrar.post(address, {"act": "write", "sha256": digest}, follow=True)
    assert done.status_code == 200
    assert City.objects.get().slug == "graz"
    assert AuditEntry.objects.get(action="members.imported").role == "registrar"
    assert 'name="act"' not in registrar.get(address).content.decode()
    again = registrar.post(address, {"act": "write", "sha256": digest})
    assert again.status_code == 409


def test_a_refused_row_is_shown_with_its_reason_and_cannot_be_written(registrar: Client) -> None:
    address = bring(registrar, "graz,Graz,Austria,유럽,,\nlinz,Linz,AT,유럽,,\n")
    said = registrar.get(address).content.decode()
    assert "로마자 두 글자(ISO 3166)" in said
    assert 'value="write"' not in said
    assert "linz" not in said
    assert "linz" in registrar.get(address + "?fate=all").content.decode()
    digest = MemberImport.objects.get().sha256
    assert registrar.post(address, {"act": "write", "sha256": digest}).status_code == 409
    assert registrar.post(address, {"act": "other"}).status_code == 400
    thrown = registrar.post(address, {"act": "discard"})
    assert thrown["Location"] == url("member_imports")
    assert (City.objects.count(), ImportRow.objects.count()) == (0, 0)


def test_a_preview_begins_with_the_rows_that_would_change(registrar: Client) -> None:
    CityFactory(slug="graz", country="AT", region="europe", names={"ko": "그라츠", "en": "Graz"})
    CityFactory(slug="linz", country="AT", region="europe", names={"ko": "린츠", "en": "Linz"})
    export = registrar.get(url("member_export", "csv"))
    both = b"".join(export.streaming_content).decode()  # type: ignore[attr-defined]
    given = both.replace("Graz", "Graz an der Mur")
    page = registrar.post(
        url("member_imports"),
        {"file": SimpleUploadedFile("x.csv", given.encode())},
        follow=True,
    )
    assert [row.slug for row in page.context["rows"]] == ["graz"]
    assert page.context["fate"] == "changed"


def test_the_sheet_that_explains_the_columns_is_not_called_left_out(registrar: Client) -> None:
    CityFactory(slug="graz", country="AT", region="europe", names={"ko": "그라츠", "en": "Graz"})
    book = registrar.get(url("member_export", "xlsx"))
    raw = b"".join(book.streaming_content)  # type: ignore[attr-defined]
    registrar.post(url("member_imports"), {"file": SimpleUploadedFile("x.xlsx", raw)})
    assert MemberImport.objects.get().notes["sheets"] == []


def test_what_is_no_table_is_said(registrar: Client) -> None:
    answer = registrar.post(
        url("member_imports"), {"file": SimpleUploadedFile("x.csv", b"\x00\x01")}, follow=True
    )
    assert "CSV 파일도 XLSX 파일도 아닙니다" in answer.content.decode()
    assert registrar.post(url("member_imports"), {}).status_code == 422


def test_a_long_file_is_read_by_the_worker(
    registrar: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: object,
) -> None:
    monkeypatch.setattr(views, "READ_AT_ONCE", 10)
    with django_capture_on_commit_callbacks(execute=False) as callbacks:  # type: ignore[operator]
        address = bring(registrar, "graz,Graz,AT,유럽,,\n")
    assert "읽고 있습니다" in registrar.get(address).content.decode()
    for callback in callbacks:
        callback()
    found = MemberImport.objects.get()
    assert (found.state, found.rows_read, bool(found.stored)) == ("ready", 1, False)


def test_a_small_workbook_with_a_long_sheet_is_read_by_the_worker(
    registrar: Client, django_capture_on_commit_callbacks: object
) -> None:
    made = io.BytesIO(b"".join(registrar.get(url("member_template", "xlsx")).streaming_content))  # type: ignore[attr-defined]
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"<row/>" * 400_000)
    small = SimpleUploadedFile("x.xlsx", made.getvalue())
    assert len(made.getvalue()) < views.READ_AT_ONCE
    with django_capture_on_commit_callbacks(execute=False) as callbacks:  # type: ignore[operator]
        registrar.post(url("member_imports"), {"file": small})
    assert MemberImport.objects.get().state == "waiting"
    assert len(callbacks) == 1


def test_the_register_is_taken_out_and_brought_back(registrar: Client) -> None:
    CityFactory(slug="graz", names={"ko": "그라츠", "en": "Graz"})
    for kind in ("csv", "xlsx"):
        answer = registrar.get(url("member_export", kind))
        raw = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        back = registrar.post(
            url("member_imports"), {"file": SimpleUploadedFile(f"x.{kind}", raw)}, follow=True
        )
        assert "저장할 것이 없습니다" in back.content.decode()
    template = registrar.get(url("member_template", "xlsx"))
    book = load_workbook(io.BytesIO(b"".join(template.streaming_content)))  # type: ignore[attr-defined]
    assert [sheet.max_row for sheet in book] == [1, 21]
    assert registrar.get(url("member_export", "pdf")).status_code == 404


def test_only_those_who_keep_cities_find_it(network: Network) -> None:
    registrar = signed_in(office_person("registrar"))
    address = bring(registrar, "graz,Graz,AT,유럽,,\n")
    addresses = (
        url("member_imports"),
        address,
        url("member_export", "csv"),
        url("member_template", "csv"),
    )
    for person in (
        office_person("librarian"),
        office_person("auditor"),
        city_person("head"),
        UserFactory(),
    ):
        client = signed_in(person)
        assert {client.get(each).status_code for each in addresses} == {404}
        assert client.post(address, {"act": "discard"}).status_code == 404
    assert signed_in(office_person("secretary_general")).get(address).status_code == 200


def test_a_preview_costs_the_same_for_one_row_and_for_thirty(registrar: Client) -> None:
    one = bring(registrar, "graz,Graz,AT,유럽,,\n")
    thirty = bring(registrar, "".join(f"city-{n},City {n},AT,유럽,,\n" for n in range(30)))
    assert queries(registrar, one) == queries(registrar, thirty) <= 15
    assert queries(registrar, url("member_imports")) <= 15


def test_signs_that_nobody_sees_break_no_table(registrar: Client) -> None:
    city = MembershipFactory(city=CityFactory(names={"en": "Gr\x0baz"})).city
    said = ContactDetails(name="Anna\x0b \x1bMoser", email="anna@graz.example")
    set_contacts(city=city, contacts=[said], actor=SYSTEM, now=NOW)
    assert city.contacts.get().name == "Anna  Moser"
    city.contacts.update(name="Anna\x0bMoser")
    for address in (url("member_export", "xlsx"), "/ko/office/members/report.xlsx"):
        answer = registrar.get(address)
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        assert "Graz" in {cell.value for row in book.worksheets[0] for cell in row}
