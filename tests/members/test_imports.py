"""Tables of cities and contacts: previewed, written whole or not at all, exported unchanged."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from openpyxl import Workbook, load_workbook

from members.models import City, CityContact, CityName, ImportRow, MemberImport, Membership
from members.models.imports import ImportState
from members.selectors.imports import rows_as_json
from members.selectors.member_table import member_rows
from members.services.cities import rename_city
from members.services.contacts import ContactDetails, set_contacts
from members.services.imports import apply_import, discard_import, open_import, read_import
from members.tables.writing import csv_lines, write_workbook
from secretariat.kernel.audit import verify
from secretariat.kernel.errors import Conflict, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, OutboxMessage
from secretariat.kernel.policy import SYSTEM
from tests.factories import CityFactory, MembershipFactory, UserFactory, office_person

pytestmark = pytest.mark.django_db

TABLE = """\
주소 이름,약칭 코드,도시 이름,영문명,국가,지역,인구,회원 구분,가입일,담당자,이메일
vienna,VIE,빈,Vienna,AT,유럽,1900000,회원,2018-01-01,국제 담당,international@vienna.example
,,,,,,,,,,
hamburg,HAM,함부르크,Hamburg,DE,유럽,,,,,
vienna,,,,,,,,,공보 담당,press@vienna.example
"""


def brought(table: str | bytes, now: datetime, *, name: str = "members.csv") -> MemberImport:
    """A table that was read."""
    raw = table.encode() if isinstance(table, str) else table
    waiting = open_import(file=io.BytesIO(raw), name=name, actor=SYSTEM, now=now)
    return read_import(member_import=waiting, actor=SYSTEM, now=now)


def fates(found: MemberImport) -> list[tuple[int, str, str]]:
    return [(row["line"], row["city"], row["fate"]) for row in rows_as_json(member_import=found)]


def codes(found: MemberImport) -> list[tuple[int, str, str]]:
    return [
        (row["line"], one["column"], one["code"])
        for row in rows_as_json(member_import=found)
        for one in row["refused"]
    ]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("encrypted", lambda raw: _changed(raw, b"PK\x01\x02", 8, 1)),
        ("packed in an unknown way", lambda raw: _changed(raw, b"PK\x01\x02", 10, 99)),
        ("of a version to come", lambda raw: _changed(raw, b"PK\x01\x02", 6, 99)),
        ("with wrong XML", lambda raw: _respelled(raw, b"ContentType=", b"CoatentType=")),
        ("with damaged bytes", lambda raw: raw[:80] + b"\xff" * 40 + raw[120:]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_damaged_workbook_is_said_to_be_one(name: str, shape: Any, now: datetime) -> None:
    book, made = Workbook(), io.BytesIO()
    book.active.append(["주소 이름", "도시 이름"])
    book.save(made)
    found = brought(shape(made.getvalue()), now, name="members.xlsx")
    assert found.state == ImportState.UNREADABLE, name


def test_a_workbook_that_unpacks_to_words_without_end_is_not_read(now: datetime) -> None:
    book, made = Workbook(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 2_500_000)
    assert len(made.getvalue()) < 200_000
    assert brought(made.getvalue(), now, name="members.xlsx").notes["code"] == "too_large"


def _changed(raw: bytes, mark: bytes, place: int, value: int) -> bytes:
    changed = bytearray(raw)
    changed[raw.find(mark) + place] = value
    return bytes(changed)


def _respelled(raw: bytes, word: bytes, other: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.namelist():
            new.writestr(each, old.read(each).replace(word, other))
    return made.getvalue()


def confirm(found: MemberImport, now: datetime) -> MemberImport:
    return apply_import(member_import=found, digest=found.sha256, actor=SYSTEM, now=now)


def exported(language: str = "ko") -> bytes:
    return "".join(csv_lines(member_rows(), language=language)).encode()


def everything() -> list[Any]:
    return [
        list(City.objects.order_by("slug").values_list("slug", "code", "country", "population")),
        list(CityName.objects.order_by("city__slug", "language").values_list("name")),
        list(Membership.objects.order_by("city__slug").values_list("kind", "starts_on")),
        list(
            CityContact.objects.order_by("city__slug", "place").values_list(
                "city__slug", "name", "email", "language", "ends_at"
            )
        ),
    ]


# reading and showing


def test_new_cities_and_contacts_are_shown_and_then_written(now: datetime) -> None:
    found = brought(TABLE, now)
    assert fates(found) == [(2, "vienna", "new"), (4, "hamburg", "new"), (5, "vienna", "new")]
    assert (found.state, found.to_write, found.refused) == ("ready", 3, 0)
    assert City.objects.count() == CityContact.objects.count() == 0
    done = confirm(found, now)
    assert done.state == ImportState.APPLIED
    assert everything() == [
        [("hamburg", "HAM", "DE", None), ("vienna", "VIE", "AT", 1_900_000)],
        [("Hamburg",), ("함부르크",), ("Vienna",), ("빈",)],
        [("member", date(2018, 1, 1))],
        [
            ("vienna", "국제 담당", "international@vienna.example", "en", None),
            ("vienna", "공보 담당", "press@vienna.example", "en", None),
        ],
    ]
    entry = AuditEntry.objects.get(action="members.imported")
    payload = json.loads(entry.payload)
    assert (entry.chain, payload["file"], payload["rows"]) == ("office", found.sha256, 3)
    assert payload["cities"]["new"] == payload["contacts"]["new"] == 2
    assert "vienna.example" not in entry.payload
    assert verify() == []
    assert OutboxMessage.objects.get(topic="members.imported").payload == {
        "cities": ["hamburg", "vienna"]
    }
    assert (ImportRow.objects.count(), bool(done.stored)) == (0, False)


def test_what_is_there_is_the_same_or_changed_field_by_field(now: datetime) -> None:
    confirm(brought(TABLE, now), now)
    later = now + timedelta(days=1)
    assert {fate for _line, _city, fate in fates(brought(TABLE, later))} == {"same"}
    changed = brought(
        "slug,city,population,phone,contact name,e-mail\n"
        "vienna,Wien,-,+43 1,국제 담당,International@vienna.example\n"
        "hamburg,,,,,\n",
        later,
    )
    first, second = rows_as_json(member_import=changed)
    assert (first["fate"], first["city_fate"], first["contact_fate"]) == ("changed",) * 3
    assert {one["field"]: (one["before"], one["after"]) for one in first["changes"]} == {
        "name_en": ("Vienna", "Wien"),
        "population": (1_900_000, None),
        "contact_phone": ("", "+43 1"),
        "contact_email": ("international@vienna.example", "International@vienna.example"),
    }
    assert second["fate"] == "same"
    confirm(changed, later)
    vienna = City.objects.get(slug="vienna")
    assert (vienna.name_in("en"), vienna.name_in("ko"), vienna.population) == ("Wien", "빈", None)
    assert vienna.code == "VIE"
    contacts = vienna.contacts.order_by("place", "pk")
    assert [(one.place, one.phone, one.ends_at) for one in contacts] == [
        (1, "", later),
        (1, "+43 1", None),
        (2, "", None),
    ]


def test_a_city_is_found_by_its_code_or_its_name(now: datetime) -> None:
    city = CityFactory(slug="vienna", code="VIE", country="AT", names={"ko": "빈", "en": "Vienna"})
    CityFactory(slug="vienna-us", code="VNA", country="US", names={"en": "Vienna"})
    found = brought(
        "code,name in korean,name in english,country,population\n"
        "VIE,,,,1\n"
        ",,Vienna,US,2\n"
        ",빈,,,\n"
        ",,Vienna,,3\n"
        ",,,,4\n",
        now,
    )
    assert fates(found)[:3] == [
        (2, city.slug, "changed"),
        (3, "vienna-us", "changed"),
        (4, city.slug, "same"),
    ]
    assert codes(found) == [(5, "slug", "several_cities"), (6, "", "no_city")]


def test_address_names_and_codes_are_made_where_none_are_given(now: datetime) -> None:
    CityFactory(slug="springfield", code="SPR", country="US", names={"en": "Springfield"})
    found = brought(
        "city,country,region\nSpringfield,CA,americas\nSpringdale,US,americas\nSpringdale,CA,americas\n",
        now,
    )
    assert codes(found) == []
    confirm(found, now)
    assert list(City.objects.order_by("pk").values_list("slug", "code")) == [
        ("springfield", "SPR"),
        ("springfield-ca", "SPI"),
        ("springdale", "SRI"),
        ("springdale-ca", "SPN"),
    ]


def test_refused_rows_say_why_and_nothing_is_written(now: datetime) -> None:
    CityFactory(slug="milan", code="MIL", country="IT", names={"en": "Milan"})
    MembershipFactory(city=City.objects.get(slug="milan"))
    found = brought(
        "slug,code,name in english,country,region,membership,since,contact,e-mail,web\n"
        "rome,MIL,Rome,IT,europe,,,,,\n"
        "turin,TUR,Turin,IT,europe,,,Office,office@turin.example,\n"
        "turin,,Torino,IT,europe,,,,,\n"
        "turin,,,,,,,Again,office@turin.example,\n"
        "milan,,,,,withdrawn,2018-06-01,,,\n"
        "genoa,,Genoa,IT,europe,,,Office,,\n"
        "bari,,Bari,,,,,,,http://\n"
        "rome,,,,,,,Office,office@rome.example,\n"
        "pisa,,Pisa,IT,europe,,,Office,not@usable,\n",
        now,
    )
    assert codes(found) == [
        (2, "code", "code_taken"),
        (4, "", "said_otherwise"),
        (5, "contact_email", "contact_twice"),
        (6, "membership", "membership_differs"),
        (6, "member_since", "membership_differs"),
        (7, "contact_email", "contact_incomplete"),
        (8, "website", "not_a_web_address"),
        (8, "country", "country_missing"),
        (8, "region", "region_missing"),
        (9, "", "city_refused"),
        (10, "contact_email", "not_usable"),
    ]
    before = everything()
    with pytest.raises(WrongState) as refused:
        confirm(found, now)
    assert refused.value.code == "rows_refused"
    assert everything() == before


def test_a_city_has_five_contacts_at_most(now: datetime) -> None:
    rows = "".join(f"vienna,Office {n},office-{n}@vienna.example\n" for n in range(6))
    CityFactory(slug="vienna")
    assert codes(brought("slug,contact,e-mail\n" + rows, now)) == [
        (7, "contact_name", "too_many_contacts")
    ]


# stale, twice, not allowed


def test_a_preview_is_stale_once_a_city_was_changed(now: datetime) -> None:
    city = CityFactory(slug="milan", names={"en": "Milan"})
    found = brought("slug,city\nmilan,Milano\n", now)
    rename_city(city=city, names={"en": "Mailand"}, actor=SYSTEM, now=now)
    with pytest.raises(Conflict) as refused:
        confirm(found, now)
    assert refused.value.code == "stale"
    assert City.objects.get().name_in("en") == "Mailand"
    again = brought("slug,city\nmilan,Milano\n", now)
    set_contacts(
        city=city,
        contacts=[ContactDetails(name="Office", email="office@milan.example")],
        actor=SYSTEM,
        now=now,
    )
    with pytest.raises(Conflict):
        confirm(again, now)


def test_it_is_written_once_and_only_what_was_shown(now: datetime) -> None:
    found, other = brought(TABLE, now), brought(TABLE, now)
    with pytest.raises(Conflict):
        apply_import(member_import=found, digest="0" * 64, actor=SYSTEM, now=now)
    confirm(found, now)
    with pytest.raises(WrongState):
        confirm(found, now)
    with pytest.raises(Conflict):
        confirm(other, now)
    discard_import(member_import=other, actor=SYSTEM, now=now)
    assert (other.state, ImportRow.objects.count()) == ("discarded", 0)
    with pytest.raises(WrongState) as refused:
        confirm(brought(TABLE, now), now)
    assert refused.value.code == "nothing_to_write"


def test_only_those_who_keep_cities_import(now: datetime) -> None:
    for person in (UserFactory(), office_person("librarian"), office_person("auditor")):
        with pytest.raises(NotAllowed):
            open_import(file=io.BytesIO(b"x"), name="x.csv", actor=person, now=now)
    registrar = office_person("registrar")
    found = open_import(file=io.BytesIO(TABLE.encode()), name="x.csv", actor=registrar, now=now)
    read_import(member_import=found, actor=registrar, now=now)
    apply_import(member_import=found, digest=found.sha256, actor=registrar, now=now)
    assert AuditEntry.objects.get().person == registrar.uuid


def test_previews_that_nobody_confirms_are_cleared_away(now: datetime) -> None:
    old = brought(TABLE, now)
    brought("slug,city\nmilan,Milano\n", now + timedelta(days=8))
    old.refresh_from_db()
    assert (old.state, old.rows.count(), MemberImport.objects.count()) == ("discarded", 0, 2)


# forms of files


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TABLE.encode(), ""),
        ("\ufeff" + TABLE, ""),
        (TABLE.encode("cp949"), "cp949"),
        (TABLE.replace(",", "\t").encode("utf-16"), "utf-16"),
        (TABLE.replace(",", ";").replace("\n", "\r\n").encode(), ""),
        ("회원 도시 목록 2018\n\n" + TABLE, ""),
    ],
    ids=["utf-8", "marked", "cp949", "utf-16 tabs", "semicolons", "title above"],
)
def test_tables_as_spreadsheets_write_them(raw: str | bytes, encoding: str, now: datetime) -> None:
    found = brought(raw if isinstance(raw, bytes) else raw.encode(), now)
    assert [fate for _line, _city, fate in fates(found)] == ["new"] * 3
    assert found.notes == {"unknown": [], "encoding": encoding, "sheets": []}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "no_headings"),
        (b"slug,city\n", "no_rows"),
        (b"slug,city,name\nx,y,z\n", "double_heading"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
        (b"PK\x03\x04 and then nothing", "not_a_table"),
        (b'slug,city\n"' + b"x" * 200_000, "not_a_table"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(raw: bytes, code: str, now: datetime) -> None:
    found = brought(raw, now)
    assert (found.state, found.notes["code"], found.rows.count()) == ("unreadable", code, 0)


def test_columns_and_sheets_that_say_nothing_are_named(now: datetime) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["번호", "Address name", "City", "Country", "Region", "Population", "Since"])
    sheet.append([1, "graz", "Graz", "AT", "Europe", 290_000.0, datetime(2018, 1, 1)])  # noqa: DTZ001
    book.create_sheet("2017").append(["x"])
    raw = io.BytesIO()
    book.save(raw)
    found = brought(raw.getvalue(), now, name="회원.xlsx")
    assert found.notes == {"unknown": ["번호"], "encoding": "", "sheets": ["2017"]}
    row = next(iter(rows_as_json(member_import=found)))
    assert (row["fate"], row["line"]) == ("new", 2)
    said = {change["field"]: change["after"] for change in row["changes"]}
    assert (said["population"], said["member_since"]) == (290_000, "2018-01-01")


# exports come back unchanged


@pytest.fixture
def register(now: datetime) -> None:
    """Cities with everything that is hard to write down."""
    confirm(brought(TABLE, now), now)
    plain = CityFactory(slug="plain", code="PLN", names={"ko": "=합계(1)"})
    City.objects.filter(pk=plain.pk).update(
        latitude=None, longitude=None, population=None, website="https://plain.example/?a=1,2"
    )
    CityName.objects.filter(city=plain).update(description='- 하나, "둘"\n\'=셋')
    MembershipFactory(city=plain, kind="withdrawn", starts_on=date(2017, 5, 1), decision="vote:x-1")
    CityFactory(slug="institute", code="INS", body="institute", names={"en": "@institute"})
    set_contacts(
        city=plain,
        contacts=[
            ContactDetails(name="+담당", email="a@plain.example", phone="+82 2 120", language="ko"),
            ContactDetails(name="'=x", email="b@plain.example", position="-"),
        ],
        actor=SYSTEM,
        now=now,
    )


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.usefixtures("register")
def test_an_export_comes_back_unchanged(language: str, kind: str, now: datetime) -> None:
    raw = io.BytesIO(exported(language))
    if kind == "xlsx":
        raw = io.BytesIO()
        write_workbook(member_rows(), raw, language=language)
        sheets = load_workbook(io.BytesIO(raw.getvalue())).worksheets
        assert len(sheets) == 2
    found = brought(raw.getvalue(), now)
    assert codes(found) == []
    assert {fate for _line, _city, fate in fates(found)} == {"same"}
    assert found.counts["rows"]["same"] == 6


@pytest.mark.usefixtures("register")
def test_an_export_fills_an_empty_register_just_so(now: datetime) -> None:
    raw, before = exported(), everything()
    CityContact.objects.all().delete()
    Membership.objects.all().delete()
    City.objects.all().delete()
    confirm(brought(raw, now), now)
    assert [everything()[0], everything()[2]] == [before[0], before[2]]
    assert exported() == raw


@pytest.mark.usefixtures("register")
def test_no_cell_of_an_export_is_a_formula() -> None:
    cells = [cell for row in csv.reader(io.StringIO(exported().decode())) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "@")] == []


# commands


def test_the_commands_write_and_read_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "members.csv"
    table.write_text(TABLE)
    call_command("import_members", str(table), dry_run=True, json=True)
    document = json.loads(capsys.readouterr().out)
    assert (document["dry_run"], document["written"], City.objects.count()) == (True, False, 0)
    assert document["counts"] == {"refused": 0, "new": 3, "changed": 0, "same": 0}
    assert [row["fate"] for row in document["rows"]] == ["new"] * 3
    assert MemberImport.objects.count() == 0
    call_command("import_members", str(table))
    assert "3 new" in capsys.readouterr().out
    assert (City.objects.count(), ImportRow.objects.count()) == (2, 0)
    for name in ("out.csv", "out.xlsx"):
        out = tmp_path / name
        call_command("export_members", str(out), json=True)
        assert json.loads(capsys.readouterr().out)["rows"] == 3
        call_command("import_members", str(out), json=True)
        document = json.loads(capsys.readouterr().out)
        assert (document["counts"]["same"], document["written"]) == (3, False)


def test_the_command_refuses_with_exit_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "members.csv"
    table.write_text(TABLE + "graz,,,,,,,,,,\n")
    with pytest.raises(SystemExit) as ended:
        call_command("import_members", str(table), json=True)
    assert ended.value.code == 1
    document = json.loads(capsys.readouterr().out)
    assert [(one["code"], one["where"]) for one in document["refused"]] == [
        ("name_missing", "line 6, name_ko"),
        ("country_missing", "line 6, country"),
        ("region_missing", "line 6, region"),
    ]
    assert (City.objects.count(), MemberImport.objects.count()) == (0, 0)
    for name, code in (("none.csv", "file_missing"), ("empty.csv", "empty")):
        (tmp_path / "empty.csv").touch()
        with pytest.raises(SystemExit):
            call_command("import_members", str(tmp_path / name), json=True)
        refused = json.loads(capsys.readouterr().out)["refused"]
        assert [one["code"] for one in refused] == [code]
