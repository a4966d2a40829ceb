"""Loading practices from lines: what is taken, what is not, and that it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cms.models import Practice
from cms.practice_guide import questions
from cms.services.practice_loading import load_practices
from cms.services.practice_rows import FIELDS
from cms.services.practice_words import words_of
from cms.services.practices import PracticeWords, publish_practice, save_practice
from secretariat.kernel.errors import NotAllowed
from secretariat.kernel.models import AuditEntry, OutboxMessage
from secretariat.kernel.policy import SYSTEM
from tests.factories import NOW, CityFactory, city_person, office_person

pytestmark = pytest.mark.django_db

ROW: dict[str, Any] = {
    "id": "seoul-wage",
    "lang": "ko",
    "title": "생활임금",
    "summary": "요약",
    "body": "첫 문단\n\n둘째 문단",
    "city": "seoul",
    "country": "KR",
    "pillars": ["quality"],
    "instrument": "ordinance",
    "year": 2015,
    "tags": ["임금"],
}


FULL: dict[str, Any] = {
    **ROW,
    "status": "시행 중",
    "year_to": 2020,
    "target_groups": ["Low-paid workers", "young"],
    "sectors": ["public"],
    "sdg_targets": ["8.5", "8.B"],
    "legal_basis": "서울특별시 생활임금 조례",
    "problem": "임금이 낮다.\n\n그래서:\n- 하나\n- 둘",
    "action": "<p>시가 <b>정한다</b>.</p><script>x</script>",
    "results": "올랐다 & 남았다",
    "figures": [
        {"indicator": "시급", "before": 6687, "after": "7,145", "unit": "원", "year": 2016},
        {"indicator": "비율", "after": 3.50, "year": "2016", "source": "서울시", "colour": "red"},
        {},
    ],
    "cost": "연 10억 원",
    "funding": "시",
    "adaptation": "조례",
    "adapted_from": "london-wage",
    "contacts": [{"office": "노동정책과", "email": "labour@seoul.example", "phone": "02-120"}],
    "sources": [{"title": "조례", "url": "https://seoul.example/"}, {"title": "보고서"}],
}


def load(*rows: Any, **more: Any) -> Any:
    lines = [row if isinstance(row, bytes | str) else json.dumps(row) for row in rows]
    return load_practices(lines=lines, actor=SYSTEM, now=NOW, **more)


@pytest.fixture
def seoul() -> Any:
    return CityFactory(slug="seoul", names={"ko": "서울", "en": "Seoul"})


def test_a_row_becomes_a_public_practice(seoul: Any) -> None:
    report = load(ROW, {**ROW, "lang": "en", "title": "Living wage"})
    assert report.as_json() == {
        "new": 2,
        "changed": 0,
        "same": 0,
        "rejected": [],
        "unknown_fields": {},
        "unknown_cities": {},
        "dry_run": False,
    }
    korean, english = Practice.objects.order_by("-locale__language_code")
    assert (korean.title, korean.city, korean.live, korean.slug) == (
        "생활임금",
        seoul,
        True,
        "seoul-wage",
    )
    assert korean.paragraphs == ["첫 문단", "둘째 문단"]
    assert (english.slug, english.translation_key) == (korean.slug, korean.translation_key)


@pytest.mark.usefixtures("seoul")
def test_the_same_again_changes_nothing() -> None:
    load(ROW)
    report = load(ROW)
    assert (report.new, report.changed, report.same) == (0, 0, 1)


@pytest.mark.usefixtures("seoul")
def test_a_known_id_and_language_is_changed() -> None:
    load(ROW)
    report = load({**ROW, "title": "서울형 생활임금"})
    assert (report.new, report.changed) == (0, 1)
    assert Practice.objects.get().title == "서울형 생활임금"


@pytest.mark.usefixtures("seoul")
def test_a_row_twice_in_a_file_ends_as_the_last_says() -> None:
    report = load(ROW, {**ROW, "title": "둘째"})
    assert (report.new, report.changed) == (1, 1)
    assert Practice.objects.get().title == "둘째"


@pytest.mark.usefixtures("seoul")
def test_a_dry_run_finds_the_same_and_writes_nothing() -> None:
    rows = [ROW, {**ROW, "title": "둘째"}, ROW | {"id": "b"}, {"id": "c"}]
    dry = load(*rows, dry_run=True)
    assert Practice.objects.count() == 0
    assert AuditEntry.objects.count() == 0
    wet = load(*rows)
    assert (dry.new, dry.changed, dry.same) == (wet.new, wet.changed, wet.same) == (2, 1, 0)
    assert dry.rejected == wet.rejected


@pytest.mark.usefixtures("seoul")
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[1]", "not_an_object"),
        (b"\xff\xfe{}", "not_utf8"),
        ({**ROW, "id": ""}, "field_missing"),
        ({**ROW, "title": None}, "field_missing"),
        ({**ROW, "title": "가" * 301}, "too_long"),
        ({**ROW, "id": "x" * 101}, "too_long"),
        ({**ROW, "lang": "fr"}, "unknown_language"),
        ({**ROW, "pillars": ["wages"]}, "unknown_pillar"),
        ({**ROW, "pillars": "quality"}, "wrong_kind"),
        ({**ROW, "tags": [1]}, "wrong_kind"),
        ({**ROW, "year": "soon"}, "wrong_kind"),
        ({**ROW, "year": True}, "wrong_kind"),
        ({**ROW, "year": 12}, "year_out_of_range"),
        ({**ROW, "country": "Korea"}, "bad_country"),
        ({**ROW, "status": "soon"}, "unknown_choice"),
        ({**ROW, "target_groups": ["nobody"]}, "unknown_choice"),
        ({**ROW, "sectors": "care"}, "wrong_kind"),
        ({**ROW, "sdg_targets": ["18.1"]}, "not_usable"),
        ({**ROW, "sdg_targets": [8.5]}, "wrong_kind"),
        ({**ROW, "year_to": 2014}, "not_usable"),
        ({**ROW, "year_to": 12}, "year_out_of_range"),
        ({**ROW, "problem": ["a"]}, "wrong_kind"),
        ({**ROW, "problem": "가" * 100_001}, "too_long"),
        ({**ROW, "cost": "a\u0000b"}, "not_text"),
        ({**ROW, "figures": {"indicator": "x"}}, "wrong_kind"),
        ({**ROW, "figures": ["x"]}, "wrong_kind"),
        ({**ROW, "figures": [{"after": 3}]}, "not_usable"),
        ({**ROW, "figures": [{"indicator": "x", "after": "many"}]}, "not_usable"),
        ({**ROW, "figures": [{"indicator": "x", "after": True}]}, "wrong_kind"),
        ({**ROW, "figures": [{"indicator": "x", "year": 2016.5}]}, "not_usable"),
        ({**ROW, "figures": [{"indicator": "x"}] * 2 + [{"indicator": 3}]}, "wrong_kind"),
        ({**ROW, "figures": [{"indicator": str(n)} for n in range(51)]}, "not_usable"),
        ({**ROW, "contacts": [{"email": "a@b.example"}]}, "not_usable"),
        ({**ROW, "contacts": [{"office": "x", "email": "nobody"}]}, "not_usable"),
        ({**ROW, "sources": [{"title": "x", "url": "javascript:1"}]}, "not_usable"),
        ({**ROW, "adapted_from": "x" * 101}, "too_long"),
        ({**ROW, "body": "a\u0000b"}, "not_text"),
        ({**ROW, "summary": "\ud800"}, "not_text"),
    ],
)
def test_a_row_is_rejected_whole_and_the_others_are_taken(row: Any, code: str) -> None:
    report = load(row, {**ROW, "id": "good"})
    assert [(each["line"], each["code"]) for each in report.rejected] == [(1, code)]
    assert report.rejected[0]["message"]
    assert list(Practice.objects.values_list("external_id", flat=True)) == ["good"]


@pytest.mark.usefixtures("seoul")
def test_every_field_is_taken_in_the_form_in_which_the_desk_keeps_it() -> None:
    report = load(FULL)
    assert (report.new, report.rejected) == (1, [])
    assert report.unknown_fields == {"figures.colour": 1}
    row = Practice.objects.get()
    assert {name: getattr(row, name) for name in FULL if name not in ("id", "lang", "city")} == {
        **{name: FULL[name] for name in FULL if name not in ("id", "lang", "city")},
        "body": "시가 정한다.",
        "status": "running",
        "target_groups": ["young", "low_paid"],
        "sdg_targets": ["8.5", "8.b"],
        "problem": "<p>임금이 낮다.</p><p>그래서:</p><ul><li>하나</li><li>둘</li></ul>",
        "action": "<p>시가 <strong>정한다</strong>.</p>",
        "results": "<p>올랐다 &amp; 남았다</p>",
        "figures": [
            {
                "indicator": "시급",
                "before": "6687",
                "after": "7145",
                "unit": "원",
                "year": 2016,
                "source": "",
            },
            {
                "indicator": "비율",
                "before": "",
                "after": "3.5",
                "unit": "",
                "year": 2016,
                "source": "서울시",
            },
        ],
        "adaptation": "<p>조례</p>",
        "sources": [
            {"title": "조례", "url": "https://seoul.example/"},
            {"title": "보고서", "url": ""},
        ],
    }
    assert words_of(row).as_fields()["action"] == row.action


@pytest.mark.usefixtures("seoul")
def test_every_question_of_the_desk_but_files_has_a_field() -> None:
    files = {"images", "attachments"}
    assert {each.name for each in questions()} - files <= set(FIELDS)
    report = load({**ROW, "images": [{"file": "x"}]})
    assert (report.new, report.unknown_fields) == (1, {"images": 1})


@pytest.mark.usefixtures("seoul")
def test_a_further_field_that_a_row_does_not_have_stays_and_an_empty_one_is_emptied() -> None:
    load(FULL)
    assert (load(FULL).same, load({**ROW, "body": "시가 정한다."}).same) == (1, 1)
    row = Practice.objects.get()
    assert (row.cost, row.action != "", len(row.figures)) == ("연 10억 원", True, 2)
    report = load({**ROW, "body": "시가 정한다.", "cost": None, "figures": [], "year_to": ""})
    assert report.changed == 1
    row.refresh_from_db()
    assert (row.cost, row.figures, row.year_to, row.funding) == ("", [], None, "시")
    load(ROW)
    row.refresh_from_db()
    assert (row.body, row.action, row.funding) == (ROW["body"], "", "시")


@pytest.mark.usefixtures("seoul")
def test_a_dry_run_knows_what_earlier_lines_leave() -> None:
    load({**FULL, "id": "there"})
    taken = {**FULL, "body": "시가 정한다."}
    rows = [
        FULL,
        {**ROW, "body": "시가 정한다."},
        {**taken, "cost": "0"},
        {**ROW, "body": "시가 정한다.", "cost": "0"},
        {**ROW, "id": "there", "body": "시가 정한다."},
        {**ROW, "id": "there"},
        {**ROW, "id": "there", "action": ""},
    ]
    dry = load(*rows, dry_run=True)
    wet = load(*rows)
    assert (dry.new, dry.changed, dry.same) == (wet.new, wet.changed, wet.same) == (1, 2, 4)


@pytest.mark.usefixtures("seoul")
def test_a_refusal_names_the_field_and_says_what_is_wrong() -> None:
    report = load({**ROW, "figures": [{"after": 3}]}, {**ROW, "status": "soon"})
    with_row, with_choice = (each["message"] for each in report.rejected)
    assert with_row.startswith("figures: ")
    assert "'soon'" in with_choice
    assert "pilot, planned, running" in with_choice


@pytest.mark.usefixtures("seoul")
def test_names_are_understood_in_both_languages() -> None:
    load(
        {**ROW, "city": "서울", "pillars": ["사회적 대화", "Rights at work"], "instrument": "조례"},
        {**ROW, "id": "b", "city": "SEOUL", "country": "", "year": "２０１５"},
    )
    first, second = Practice.objects.order_by("pk")
    assert first.city.slug == second.city.slug == "seoul"
    assert (first.pillars, first.instrument) == (["rights", "dialogue"], "ordinance")
    assert (second.country, second.year) == ("KR", 2015)


def test_an_unknown_city_is_kept_as_a_place() -> None:
    report = load({**ROW, "city": "Atlantis"})
    assert report.unknown_cities == {"Atlantis": 1}
    row = Practice.objects.get()
    assert (row.city, row.place) == (None, "Atlantis")


@pytest.mark.usefixtures("seoul")
def test_unknown_fields_are_counted_and_left_out() -> None:
    report = load({**ROW, "colour": "red"}, {**ROW, "id": "b", "colour": "blue", "x": 1})
    assert report.unknown_fields == {"colour": 2, "x": 1}
    assert report.new == 2


@pytest.mark.usefixtures("seoul")
def test_texts_are_brought_to_nfc() -> None:
    load({**ROW, "title": "\u1109\u1162\u11bc\u1112\u116a\u11af"})
    assert Practice.objects.get().title == "생활"


@pytest.mark.usefixtures("seoul")
def test_identifiers_with_one_address_name_get_two() -> None:
    load({**ROW, "id": "A 1"}, {**ROW, "id": "a-1"}, {**ROW, "id": "a-1", "lang": "en"})
    slugs = dict(Practice.objects.values_list("external_id", "slug"))
    assert slugs["A 1"] == "a-1"
    assert slugs["a-1"].startswith("a-1-")
    assert Practice.objects.filter(slug=slugs["a-1"]).count() == 2


@pytest.mark.usefixtures("seoul")
def test_one_entry_and_one_announcement_for_a_batch() -> None:
    load(ROW, {**ROW, "id": "b"}, digest="f" * 64)
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action) == ("office", "practices.loaded")
    payload = json.loads(entry.payload)
    assert (payload["file"], payload["lines"], payload["new"]) == ("f" * 64, [1, 2], 2)
    assert OutboxMessage.objects.get().payload == {"external_ids": ["b", "seoul-wage"]}


def test_a_practice_with_a_history_gets_a_further_revision(seoul: Any) -> None:
    load(ROW)
    practice = Practice.objects.get()
    editor = city_person("editor", city=seoul)
    save_practice(
        practice=practice,
        city=seoul,
        language="ko",
        words=PracticeWords(title="초안"),
        actor=editor,
        now=NOW,
    )
    load({**ROW, "title": "새 제목"})
    practice.refresh_from_db()
    assert (practice.title, practice.revisions.count()) == ("새 제목", 2)
    assert practice.has_unpublished_changes is False


def test_only_the_librarian_loads() -> None:
    with pytest.raises(NotAllowed):
        load_practices(lines=[], actor=office_person("registrar"), now=NOW)
    load_practices(lines=[], actor=office_person("librarian"), now=NOW)


def test_a_draft_is_not_public_until_the_librarian_publishes(seoul: Any) -> None:
    editor = city_person("editor", city=seoul)
    draft = save_practice(
        practice=None,
        city=seoul,
        language="ko",
        words=PracticeWords(title="새 사례", pillars=("quality",)),
        actor=editor,
        now=NOW,
    )
    assert (draft.live, draft.country) == (False, seoul.country)
    with pytest.raises(NotAllowed):
        publish_practice(practice=draft, actor=editor, now=NOW)
    publish_practice(practice=draft, actor=office_person("librarian"), now=NOW)
    draft.refresh_from_db()
    assert draft.live is True
    assert list(AuditEntry.objects.order_by("pk").values_list("chain", "action", "role")) == [
        ("city:seoul", "practice.drafted", "editor"),
        ("city:seoul", "practice.published", "librarian"),
    ]


def test_nobody_writes_another_citys_practice(seoul: Any) -> None:
    load(ROW)
    with pytest.raises(NotAllowed):
        save_practice(
            practice=Practice.objects.get(),
            city=seoul,
            language="ko",
            words=PracticeWords(title="남의 것"),
            actor=city_person("editor"),
            now=NOW,
        )
