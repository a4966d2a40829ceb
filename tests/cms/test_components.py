"""The design system: seats, results, the map, legal text, formats, forms, the colours."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from cms import components, land, navigation
from cms.components import (
    CityMap,
    Deadline,
    Place,
    Result,
    ResultPart,
    RoundCandidate,
    RoundResult,
    RoundTable,
    in_words,
    percent,
    state_badge,
)
from cms.legal_layout import lay_out
from cms.seats import Mark, QuorumLine, Seat, SeatField, SeatGroup
from cms.templatetags import formats
from secretariat.kernel.bilingual import Bilingual
from tests.architecture.project import ROOT

SEOUL = zoneinfo.ZoneInfo("Asia/Seoul")
NOW = dt.datetime(2018, 12, 12, 14, 40, tzinfo=SEOUL)
CSS = ROOT / "cms/static/cms"


def render(source: str, **context: Any) -> str:
    """A template with the design system's tags loaded."""
    return Template("{% load components formats %}" + source).render(Context(context))


class Balance(HTMLParser):
    """Fails on a tag that is not closed in its place."""

    VOID = frozenset("br hr img input link meta path rect line circle".split())

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def assert_balanced(html: str) -> None:
    parser = Balance()
    parser.feed(html)
    assert parser.open == []


# ── seats ───────────────────────────────────────────────────────────────────────────────────


def roll_call(**more: Any) -> SeatField:
    marks = [Mark.ABSENT, Mark.FOR, Mark.AGAINST, Mark.FOR, Mark.ABSTAIN, Mark.NOT_VOTED]
    codes = ["SAO", "SEL", "VIE", "HAM", "MIL", "NYC"]
    return SeatField.of(
        [Seat(code, code.title(), mark) for code, mark in zip(codes, marks, strict=True)], **more
    )


def test_a_legend_counts_what_occurs_and_puts_the_present_first() -> None:
    with override("en"):
        entries = [(entry.label, entry.count) for entry in roll_call().legend_entries()]
    assert entries == [
        ("For", 2),
        ("Against", 1),
        ("Abstaining", 1),
        ("Not yet voted", 1),
        ("Absent", 1),
    ]


def test_the_text_alternative_says_the_same_as_the_drawing() -> None:
    field = roll_call(quorum=QuorumLine(needed=4))
    with override("ko"):
        assert field.text_alternative() == (
            "전체 6석: 찬성 2, 반대 1, 기권 1, 아직 투표하지 않음 1, 결석 1. 정족수: 4석."
        )
    with override("en"):
        assert roll_call(summary="Two for.").text_alternative() == "Two for."


@given(st.lists(st.sampled_from(list(Mark))))
def test_sorting_loses_no_seat_and_the_legend_counts_every_one(marks: list[Mark]) -> None:
    field = SeatField.of([Seat(f"C{n}", f"City {n}", mark) for n, mark in enumerate(marks)])
    ordered = field.sorted_by_mark()
    assert sorted(seat.code for seat in ordered.seats) == sorted(s.code for s in field.seats)
    assert sum(entry.count for entry in ordered.legend_entries()) == len(marks) == ordered.total
    kinds = [seat.mark for seat in ordered.seats]
    assert sum(1 for one, other in pairwise(kinds) if one != other) == max(len(set(kinds)) - 1, 0)


def test_the_quorum_line_stands_after_the_seat_that_reaches_it() -> None:
    html = render("{% seat_field field %}", field=roll_call(quorum=QuorumLine(needed=3)))
    seats = re.findall(r'<li class="seat [^"]*"', html)
    assert [position for position, seat in enumerate(seats, 1) if "seat--line" in seat] == [3]
    assert_balanced(html)


def test_squares_that_lead_somewhere_are_read_one_by_one_and_others_are_not() -> None:
    plain = render("{% seat_field field %}", field=roll_call())
    linked = render(
        "{% seat_field field %}",
        field=SeatField.of([Seat("SEL", "Seoul", Mark.MEMBER, url="/en/cities/seoul/")]),
    )
    assert '<ul class="seats__field" aria-hidden="true">' in plain
    assert '<ul class="seats__field">' in linked
    assert '<a href="/en/cities/seoul/"><span class="seat__code">SEL</span>' in linked


def test_a_field_carries_its_table() -> None:
    with override("en"):
        html = render("{% seat_field field %}", field=roll_call())
    rows = re.findall(r'<tr><td>(\w+)</td><th scope="row">(\w+)</th><td>([^<]+)</td></tr>', html)
    assert rows[:2] == [("SAO", "Sao", "Absent"), ("SEL", "Sel", "For")]
    assert len(rows) == 6


def test_candidates_have_letters_colours_and_their_names_in_the_legend() -> None:
    field = SeatField(
        groups=(
            SeatGroup((Seat("SEL", "Seoul", Mark.CANDIDATE, candidate=0),), label="A Seoul"),
            SeatGroup((Seat("MIL", "Milan", Mark.CANDIDATE, candidate=6),), label="G Milan"),
        ),
        candidates=("Seoul", "2", "3", "4", "5", "6", "Milan"),
    )
    assert [seat.letter for seat in field.seats] == ["A", "G"]
    assert [seat.css_class for seat in field.seats] == [
        "seat--candidate seat--c1",
        "seat--candidate seat--c1",
    ]
    assert [entry.label for entry in field.legend_entries()] == ["Seoul", "Milan"]


# ── results ─────────────────────────────────────────────────────────────────────────────────


def result(**more: Any) -> Result:
    parts = (ResultPart(Mark.FOR, 16), ResultPart(Mark.AGAINST, 2), ResultPart(Mark.ABSTAIN, 2))
    return Result(**{"parts": parts, "denominator": 20, "needed": 14, **more})


def test_every_vote_is_a_unit_and_the_mark_stands_at_the_majority() -> None:
    units = result().units
    assert len(units) == 20
    assert [units[0].x, units[16].x, units[19].x] == ["0.000%", "80.000%", "95.000%"]
    assert result().threshold_x == "70.000%"
    assert result().threshold_anchor == "end"


@given(st.lists(st.integers(0, 400), min_size=1, max_size=5), st.integers(0, 900))
def test_the_drawing_fills_no_more_than_its_width(counts: list[int], needed: int) -> None:
    drawn = Result(
        parts=tuple(ResultPart(Mark.FOR, count) for count in counts),
        denominator=sum(counts),
        needed=needed,
    )
    assert all(float(unit.x[:-1]) + float(unit.width[:-1]) <= 100.01 for unit in drawn.units)
    assert 0 <= float(drawn.threshold_x[:-1]) <= 100


def test_a_result_says_its_numbers_in_words() -> None:
    with override("en"):
        assert result().text_alternative == "For 16, Against 2, Abstaining 2. needed: 14 of 20."
        html = render("{% component result %}", result=result(outcome="adopted", sentence="So."))
    assert "Adopted" in html
    assert "So." in html
    assert_balanced(html)


def test_a_hundred_votes_are_drawn_as_one_bar_for_each_answer() -> None:
    many = result(parts=(ResultPart(Mark.FOR, 70), ResultPart(Mark.AGAINST, 30)), denominator=100)
    assert [unit.width for unit in many.units] == ["70.000%", "30.000%"]


def test_rounds_say_who_was_eliminated_and_who_was_not_there() -> None:
    table = RoundTable(
        caption="Votes",
        rounds=("Round 1", "Round 2"),
        candidates=(
            RoundCandidate("Seoul", 0, (RoundResult(9), RoundResult(12, "elected"))),
            RoundCandidate("Hamburg", 2, (RoundResult(5, "eliminated"), RoundResult(None))),
        ),
        needed=(11, None),
    )
    with override("en"):
        html = render("{% component table %}", table=table)
    assert "<small>eliminated</small>" in html
    assert "not on this ballot" in html
    assert_balanced(html)


def test_every_state_has_a_badge_and_an_unknown_one_shows_itself() -> None:
    assert all(
        badge.tone in {"neutral", "open", "waiting", "adopted", "rejected", "tied", "draft"}
        for badge in map(state_badge, components.STATES)
    )
    assert state_badge("under_review").text == "under review"


def test_a_share_is_exact_to_three_places() -> None:
    assert percent(2, 3) == "66.667%"


# ── the map ─────────────────────────────────────────────────────────────────────────────────


def test_the_land_is_a_full_grid_and_seoul_lies_where_it_lies() -> None:
    assert {len(row) for row in land.ROWS} == {land.WIDTH}
    x, y = land.position(37.5, 125.0)
    assert (x, y) == (59.0, 7.5)


def test_squares_of_neighbouring_cities_do_not_overlap_and_keep_their_direction() -> None:
    places = [
        Place("PAR", "Paris", 48.85, 2.35),
        Place("BER", "Berlin", 52.52, 13.4),
        Place("HAM", "Hamburg", 53.55, 9.99),
        Place("VIE", "Vienna", 48.21, 16.37),
        Place("MIL", "Milan", 45.46, 9.19),
        Place("MRS", "Marseille", 43.3, 5.37),
        Place("SEL", "Seoul", 37.57, 126.98),
        Place("SEL", "twin", 37.57, 126.98),
    ]
    drawn = CityMap(places).cities
    corners = [(float(city.x), float(city.y)) for city in drawn]
    assert all(
        max(abs(ax - bx), abs(ay - by)) >= CityMap.SQUARE
        for (ax, ay), (bx, by) in combinations(corners, 2)
    )
    assert float(drawn[0].x) < float(drawn[3].x)
    assert_balanced(render("{% component map %}", map=CityMap(places)))


# ── legal text ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Provision:
    key: str
    kind: str
    number: str
    heading: str
    text: str
    children: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Tree:
    title: str
    provisions: tuple[Provision, ...]


def trees() -> dict[str, Tree]:
    korean = Provision(
        "art1", "article", "1", "목적", "", (
            Provision("art1.p1", "paragraph", "1", "", "하나."),
            Provision("art1.p2", "paragraph", "2", "", "둘.", (
                Provision("art1.p2.i1", "item", "1", "", "가."),
            )),
        ),
    )  # fmt: skip
    english = Provision(
        "art1", "article", "1", "Purpose", "", (
            Provision("art1.p1", "paragraph", "1", "", "One."),
            Provision("art1.p3", "paragraph", "3", "", "Only here."),
        ),
    )  # fmt: skip
    return {"ko": Tree("규약", (korean,)), "en": Tree("Bylaws", (english,))}


def test_provisions_stand_side_by_side_and_a_gap_keeps_its_place() -> None:
    legal = lay_out(
        trees(),
        languages=("ko", "en"),
        address=lambda key: f"/{key}/",
        number=lambda kind, number, lang: f"{kind} {number} {lang}",
    )
    assert [(row.key, *(cell.missing for cell in row.cells)) for row in legal.rows] == [
        ("art1", False, False),
        ("art1.p1", False, False),
        ("art1.p3", True, False),
        ("art1.p2", False, True),
        ("art1.p2.i1", False, True),
    ]
    assert [cell.anchor for cell in legal.rows[0].cells] == ["art1", "art1.en"]
    assert legal.rows[0].heading_level == 2
    assert legal.rows[4].depth == 1
    with override("en"):
        html = render("{% component legal %}{% component legal.contents %}", legal=legal)
    assert 'id="art1.p3"' in html
    assert html.count("Not yet in this language") == 3
    assert '<a class="legal__number" href="/art1/">article 1 ko</a>' in html
    assert_balanced(html)


# ── formats ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("ko", "{{ m|day }}", "2018. 12. 12.(수)"),
        ("en", "{{ m|day }}", "12 December 2018"),
        ("en", '{{ m|day:"weekday" }}', "Wednesday 12 December 2018"),
        ("ko", "{{ m|clock }}", "14:40 (서울)"),
        ("en", "{{ m|clock }}", "14:40 Seoul"),
        (
            "ko",
            "{% date_with_zone m %}",
            '<time datetime="2018-12-12T14:40:00+09:00">2018. 12. 12.(수) 14:40 (서울)</time>',
        ),
        (
            "en",
            '{% date_with_zone m zone="Europe/Vienna" %}',
            '<time datetime="2018-12-12T06:40:00+01:00">12 December 2018, 06:40 Vienna</time>',
        ),
        ("ko", "{% day_range a b %}", "2018. 12. 11.(화)–12.(수)"),
        ("en", "{% day_range a b %}", "11–12 December 2018"),
        ("en", "{% day_range a c %}", "11 December 2018 – 2 January 2019"),
        ("ko", "{% day_range a c %}", "2018. 12. 11.(화)–2019. 1. 2.(수)"),
        ("en", "{% day_range a %}", "11 December 2018"),
        ("ko", '{{ "AT"|country }}', "오스트리아"),
        ("en", '{{ "XX"|country }}', "XX"),
    ],
)
def test_dates_times_and_countries(language: str, source: str, expected: str) -> None:
    context = {
        "m": NOW.astimezone(dt.UTC),
        "a": dt.date(2018, 12, 11),
        "b": dt.date(2018, 12, 12),
        "c": dt.date(2019, 1, 2),
    }
    with override(language):
        assert render(source, **context) == expected


def test_a_moment_late_in_the_day_elsewhere_has_the_date_of_seoul() -> None:
    late = dt.datetime(2018, 12, 11, 20, 0, tzinfo=dt.UTC)
    assert formats.format_day(late, "en") == "12 December 2018"


class Manager(list[Any]):
    def all(self) -> list[Any]:
        return list(self)


@dataclass
class Row:
    language: str
    name: str


class City:
    names = Manager([Row("ko", "빈"), Row("en", "Vienna")])


class Network:
    demonstration = True

    def name_in(self, language: str) -> str:
        return {"ko": "네트워크", "en": "Network"}[language]


def test_names_of_things_in_the_readers_language() -> None:
    with override("ko"):
        assert formats.name(City()) == "빈"
        assert formats.name(Network()) == "네트워크"
        assert formats.name(Bilingual(ko="규약", en="Bylaws")) == "규약"
        assert formats.name({"en": "only"}) == "only"
        assert formats.text_of(Bilingual(en="only")) == '<span lang="en">only</span>'
    with override("en"):
        assert formats.name(City()) == "Vienna"
        assert formats.name(None) == ""
        assert formats.text_of(Bilingual(ko="규약", en="Bylaws")) == "Bylaws"


@pytest.mark.parametrize(
    ("length", "ko", "en"),
    [
        (dt.timedelta(hours=2, minutes=10), "2시간 10분", "2 h 10 min"),
        (dt.timedelta(days=1, hours=3, minutes=5), "1일 3시간", "1 day 3 h"),
        (dt.timedelta(seconds=30), "1분 이내", "under a minute"),
    ],
)
def test_lengths_of_time_in_words(length: dt.timedelta, ko: str, en: str) -> None:
    with override("ko"):
        assert in_words(length) == ko
    with override("en"):
        assert in_words(length) == en


def test_a_deadline_is_past_the_moment_it_is_reached() -> None:
    assert Deadline(closes_at=NOW, now=NOW).past
    ahead = Deadline(closes_at=NOW + dt.timedelta(minutes=50), now=NOW)
    assert not ahead.past
    with override("en"):
        assert ahead.words == "closes in 50 min"
        html = render(
            '{% deadline closes now "Europe/Vienna" %}',
            closes=NOW + dt.timedelta(minutes=50),
            now=NOW,
        )
    assert "07:30 Vienna" in html


# ── the frame ───────────────────────────────────────────────────────────────────────────────


def test_addresses_of_sections_and_what_lies_in_them() -> None:
    assert navigation.site_address("cities", "ko") == "/ko/cities/"
    assert navigation.site_address("demo", "ko") == "/demo/"
    assert navigation.section_of("/en/forums/2018/") == "assemblies"
    assert navigation.section_of("/en/") == ""
    with pytest.raises(KeyError):
        navigation.site_address("nowhere", "ko")


def test_the_language_switch_stays_on_the_same_thing() -> None:
    request = RequestFactory().get("/ko/cities/?page=2")
    with override("ko"):
        switch = '{% language_url "en" %}'
        assert render(switch, request=request, translations={"en": "/en/x/"}) == "/en/x/"
        assert render(switch, language_links=[("en", "English", "/en/y/")]) == "/en/y/"
        assert render(switch) == "/en/"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.django_db
def test_the_frame_stands_without_any_context_and_says_that_it_is_a_demonstration(
    language: str,
) -> None:
    with override(language):
        bare = render('{% include "404.html" %}')
        shown = render('{% include "404.html" %}', network=Network(), demonstration_now=NOW)
    assert_balanced(bare)
    assert_balanced(shown)
    words = {
        "ko": "시연용 자료이며 실제 결정이 아닙니다",
        "en": "Demonstration data, not a real decision",
    }
    assert words[language] in shown
    assert words[language] not in bare
    assert '<meta name="robots" content="noindex, nofollow">' in shown
    assert f'<html lang="{language}">' in shown


def test_pages_keep_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/en/library/?q=wage&page=2")
    html = render(
        "{% pagination page %}", request=request, page=Paginator(range(100), 10).get_page(2)
    )
    assert '<a href="?q=wage&amp;page=3" rel="next">' in html
    assert '<b aria-current="page">2</b>' in html
    assert render("{% pagination page %}", page=Paginator(range(3), 10).get_page(1)).strip() == ""


def test_a_hash_is_shown_in_groups() -> None:
    value = "9f86d081884c7d65" * 4
    assert render("{% hash value %}", value=value).count("<span>") == 8
    assert render('{% hash value "short" %}', value=value).count("<span>") == 1


# ── forms ───────────────────────────────────────────────────────────────────────────────────


class Form(forms.Form):
    email = forms.EmailField(label="Address", help_text="Yours.")
    choice = forms.ChoiceField(choices=[("a", "Seoul")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_ties_hint_and_error_to_its_input() -> None:
    with override("en"):
        html = render("{% error_summary form %}{% form_fields form %}", form=Form({"email": "x"}))
    assert 'aria-describedby="id_email_hint id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<a href="#id_email">Address: Enter a valid email address.</a>' in html
    assert 'type="hidden"' in html
    assert_balanced(html)


def test_choices_are_a_group_with_a_legend() -> None:
    html = render('{% field form.choice "ballot" %}', form=Form())
    assert '<fieldset class="field" id="id_choice">' in html
    assert 'class="choices choices--ballot"' in html
    assert render("{% error_summary form %}", form=Form()) == ""


# ── colours and weight ──────────────────────────────────────────────────────────────────────


def themes() -> dict[str, dict[str, str]]:
    """Colours by theme, as the browser would have them."""
    text = (CSS / "tokens.css").read_text()
    light, _, dark = text.partition("prefers-color-scheme: dark")
    found = {
        theme: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        for theme, part in (("light", light), ("dark", dark))
    }
    return {"light": found["light"], "dark": found["light"] | found["dark"]}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_a_contrast_of_seven_to_one(theme: str) -> None:
    colour = themes()[theme]
    pairs = [
        *((ink, paper) for ink in ("ink", "ink-soft") for paper in ("paper", "raised", "sunk")),
        *((ink, "paper") for ink in ("green", "green-strong", "open-ink", "danger")),
        ("open-ink", "open-wash"),
        ("green-strong", "green-wash"),
        *(("ink", f"{tone}-wash") for tone in ("info", "danger", "warn", "open", "green")),
        *((f"on-{mark}", mark) for mark in ("green", "for", "against", "abstain", "danger")),
        *(("on-cand", f"cand-{number}") for number in range(1, 7)),
        ("on-strip", "strip"),
    ]
    assert {
        pair: round(contrast(colour[pair[0]], colour[pair[1]]), 2)
        for pair in pairs
        if contrast(colour[pair[0]], colour[pair[1]]) < 7
    } == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_fields_and_the_large_persimmon_button_can_be_seen(theme: str) -> None:
    colour = themes()[theme]
    assert contrast(colour["rule-strong"], colour["paper"]) >= 3
    assert contrast(colour["abstain-edge"], colour["paper"]) >= 3
    assert contrast(colour["on-open"], colour["open"]) >= 4.5


def test_the_styles_are_light_and_name_no_colour_outside_the_tokens() -> None:
    files = sorted(CSS.glob("*.css"))
    assert sum(path.stat().st_size for path in files) < 75_000
    loose = {
        path.name: found
        for path in files
        if path.name not in ("tokens.css", "print.css")
        and (found := re.findall(r"(?<![\w&])#(?:[0-9a-f]{6}|[0-9a-f]{3})\b", path.read_text()))
    }
    assert loose == {"forms.css": ["#fff"]}  # a QR code needs white paper in the dark, too


def test_every_class_that_templates_use_is_styled() -> None:
    styles = "".join(path.read_text() for path in CSS.glob("*.css"))
    known = set(re.findall(r"\.([a-z][\w-]*)", styles))
    used: set[str] = set()
    for path in Path(ROOT / "cms/templates/cms/components").glob("*.html"):
        for value in re.findall(r'class="([^"{}]*)"', path.read_text()):
            used.update(value.split())
    assert used - known == set()


# ── sign-in ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "heading"), [("ko", "<h1>로그인</h1>"), ("en", "<h1>Sign in</h1>")]
)
@pytest.mark.django_db
def test_the_sign_in_page_is_ours(client: Client, language: str, heading: str) -> None:
    html = client.get(f"/{language}/accounts/login/").content.decode()
    assert heading in html
    assert 'class="masthead"' in html
    assert f'href="/{"en" if language == "ko" else "ko"}/accounts/login/"' in html
    assert_balanced(html)


@pytest.mark.django_db
def test_a_refused_sign_in_says_so_at_the_top(client: Client) -> None:
    html = client.post(
        "/en/accounts/login/", {"login": "nobody@city.example", "password": "wrong"}
    ).content.decode()
    assert '<div class="error-summary" role="alert">' in html
