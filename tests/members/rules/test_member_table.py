"""What a table of members says: headings, cells, rows, and what would change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models.cities import BodyKind, MembershipKind, Region
from members.rules.import_lifecycle import (
    IMPORT_LIFECYCLE,
    ImportAction,
    ImportState,
    Preview,
)
from members.rules.member_table import (
    BODIES,
    BY_NAME,
    COLUMNS,
    MEMBERSHIPS,
    REGIONS,
    SPOKEN,
    Change,
    Value,
    address_name,
    cell_text,
    changes,
    guarded,
    headings_of,
    lacking,
    read_row,
    short_codes,
)
from secretariat.kernel.models import LANGUAGES
from secretariat.kernel.transitions import TransitionRefused
from tests.architecture.project import ROOT


def test_the_words_are_those_of_the_register() -> None:
    assert list(REGIONS) == Region.values
    assert list(BODIES) == BodyKind.values
    assert list(MEMBERSHIPS) == MembershipKind.values
    assert list(SPOKEN) == [code for code, _name in LANGUAGES]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_headings_of_the_template_are_understood(language: str) -> None:
    headings = [column.heading(language) for column in COLUMNS]
    assert headings_of(headings) == {place: column.name for place, column in enumerate(COLUMNS)}


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("도시명", "name_ko"),
        ("  도시 이름 ( 한국어 ) ", "name_ko"),
        ("CITY", "name_en"),
        ("E-Mail", "contact_email"),
        ("이메일", "contact_email"),
        ("Contact_Name", "contact_name"),
        ("contact_phone", "contact_phone"),
        ("나라", "country"),
        ("Member since", "member_since"),
    ],
)
def test_usual_headings_are_understood(heading: str, name: str) -> None:
    assert headings_of(["번호", heading]) == {1: name}


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("slug", "new-york", "new-york"),
        ("code", "sel", "SEL"),
        ("country", "kr", "KR"),
        ("region", "유럽", "europe"),
        ("region", "ASIA AND THE PACIFIC", "asia"),
        ("body", "Trade union", "union"),
        ("membership", "회원", "member"),
        ("contact_language", "Korean", "ko"),
        ("latitude", 37.5665, "37.56650"),
        ("longitude", "-73.98", "-73.98000"),
        ("latitude", "-0", "0.00000"),
        ("population", "9,800,000", 9_800_000),
        ("population", 9800000.0, 9_800_000),
        ("member_since", datetime(2018, 12, 12), "2018-12-12"),  # noqa: DTZ001 (a cell has none)
        ("member_since", date(2018, 12, 12), "2018-12-12"),
        ("member_since", "2018. 12. 2.", "2018-12-02"),
        ("member_since", "2018년 12월 2일", "2018-12-02"),
        ("name_ko", "  가  ", "가"),
        ("website", "-", None),
        ("population", "-", None),
        ("contact_phone", "'+82 2 120", "+82 2 120"),
        ("description_en", "'-", "-"),
    ],
)
def test_a_cell_is_read(name: str, cell: object, value: Value) -> None:
    row = read_row(2, {name: cell})
    assert (dict(row.said), [p for p in row.problems if p.column == name]) == ({name: value}, [])


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("slug", "New York", "bad_slug"),
        ("slug", "a" * 101, "bad_slug"),
        ("code", "SEOUL", "bad_code"),
        ("code", "-", "cannot_be_empty"),
        ("country", "Korea", "bad_country"),
        ("region", "Atlantis", "not_among_the_words"),
        ("latitude", "91", "not_degrees"),
        ("latitude", "NaN", "not_degrees"),
        ("longitude", "37°33′", "not_degrees"),
        ("population", "-5", "not_a_whole_number"),
        ("population", 1.5, "not_a_whole_number"),
        ("member_since", "2018-02-30", "not_a_day"),
        ("member_since", "12/2018", "not_a_day"),
        ("website", "javascript:alert(1)", "not_a_web_address"),
        ("contact_email", "a@b, c@d", "not_an_address"),
        ("name_ko", "가\x00나", "control_character"),
        ("name_ko", "가" * 201, "too_long"),
    ],
)
def test_a_cell_that_is_not_understood_refuses_its_row(name: str, cell: object, code: str) -> None:
    row = read_row(2, {name: cell})
    assert (name in row.said, [p.code for p in row.problems if p.column == name]) == (False, [code])
    for problem in row.problems:
        assert problem.message["ko"]
        assert problem.message["en"]


def test_a_contact_needs_a_name_and_an_address() -> None:
    row = read_row(2, {"slug": "vienna", "contact_phone": "1"})
    assert [(p.column, p.code) for p in row.problems] == [
        ("contact_name", "contact_incomplete"),
        ("contact_email", "contact_incomplete"),
    ]
    assert read_row(2, {"slug": "vienna", "contact_name": " "}).problems == ()


@given(st.text())
def test_what_is_guarded_is_read_back(text: str) -> None:
    clean = cell_text("x" + text + "x")[1:-1].strip()
    once = cell_text(guarded(clean))
    assert cell_text(guarded(once)) == once
    assert not guarded(once)[:1] or guarded(once)[0] not in "=@\t\r"


def test_a_formula_is_guarded_and_a_number_is_not() -> None:
    assert [
        guarded(text) for text in ("=1+1", "@a", "+82 2 120", "-73.98", "-", "-x", "'=1", "가")
    ] == [
        "'=1+1",
        "'@a",
        "+82 2 120",
        "-73.98",
        "'-",
        "'-x",
        "''=1",
        "가",
    ]


def test_an_empty_cell_changes_nothing_and_a_hyphen_empties() -> None:
    now: dict[str, Value] = {"website": "https://a.example/", "population": 5, "name_ko": "가"}
    assert changes(read_row(2, {"website": "", "name_ko": "가 "}).said, now) == ()
    assert changes(read_row(2, {"website": "-", "population": 6}).said, now) == (
        Change("website", "https://a.example/", None),
        Change("population", 5, 6),
    )
    assert changes({"website": None}, {}) == ()
    assert changes({"population": 0}, {}) == (Change("population", None, 0),)


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"name_ko": "가", "country": "KR", "region": "asia"}, []),
        ({"name_ko": "가"}, ["country_missing", "region_missing"]),
        ({"country": "KR", "region": "asia"}, ["name_missing"]),
        (
            {"name_en": "A", "country": "KR", "region": "asia", "membership": "member"},
            ["member_since_missing"],
        ),
        (
            {
                "name_en": "A",
                "country": "KR",
                "region": "asia",
                "body": "union",
                "membership": "member",
                "member_since": "2018-01-01",
            },
            ["only_beside_cities"],
        ),
    ],
)
def test_what_a_new_city_lacks(said: dict[str, Value], codes: list[str]) -> None:
    assert [problem.code for problem in lacking(said)] == codes


def test_names_give_addresses_and_codes() -> None:
    assert address_name({"name_en": "São Paulo (city)"}) == "sao-paulo-city"
    assert address_name({"name_ko": "서울"}) == ""
    assert short_codes("Seoul")[:3] == ["SEO", "SEU", "SOU"]
    assert short_codes("서울") == short_codes("Ab") == []
    assert all(len(code) == 3 for code in short_codes("Frankfurt am Main"))


def test_every_column_says_what_it_takes_in_both_languages() -> None:
    for column in BY_NAME.values():
        assert column.takes["ko"]
        assert column.takes["en"]
        assert column.heading("ko") != column.heading("en")


def test_the_reference_page_names_every_column() -> None:
    page = (ROOT / "docs/reference/member-table.md").read_text()
    for column in COLUMNS:
        assert f"| {column.ko} | {column.en} |" in page


def allowed(state: ImportState, facts: Any = None) -> set[str]:
    return {str(act) for act in ImportAction if IMPORT_LIFECYCLE.allows(state, act, facts)}


def test_an_import_is_written_whole_or_not_at_all() -> None:
    assert allowed(ImportState.READY, Preview(refused=0, to_write=1)) == {"apply", "discard"}
    assert allowed(ImportState.READY, Preview(refused=1, to_write=9)) == {"discard"}
    assert allowed(ImportState.WAITING) == {"read", "give_up", "discard"}
    assert allowed(ImportState.APPLIED) == allowed(ImportState.DISCARDED) == set()
    with pytest.raises(TransitionRefused) as refused:
        IMPORT_LIFECYCLE.step(ImportState.READY, ImportAction.APPLY, Preview(0, 0))
    assert refused.value.code == "nothing_to_write"
