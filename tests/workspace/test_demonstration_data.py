"""The demonstration's data: whole in both languages, consistent, and adding up."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import secretariat.workspace.demonstration as demonstration
from resolutions.rules.operative import RuleName, value_from_json
from resolutions.rules.parse import parse_text

DATA = Path(demonstration.__file__).parent / "data"
TEXTS = ("bylaws", "founding-rules", "seoul-declaration", "joint-statement-2018", "seoul-office")
PILLARS = {"quality", "rights", "protection", "dialogue"}
INSTRUMENTS = {
    "ordinance",
    "procurement",
    "programme",
    "agreement",
    "service",
    "standard",
    "pilot",
    "institution",
}
PRACTICE_FIELDS = {
    "id",
    "lang",
    "title",
    "summary",
    "body",
    "city",
    "country",
    "pillars",
    "instrument",
    "year",
    "tags",
}


def load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def practices() -> list[dict[str, Any]]:
    lines = (DATA / "practices.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def text(slug: str, lang: str) -> str:
    return (DATA / "texts" / f"{slug}.{lang}.txt").read_text(encoding="utf-8")


def wordings(value: Any) -> Iterator[dict[str, str]]:
    """Every {"ko", "en"} in a tree of JSON."""
    if isinstance(value, dict):
        if set(value) & {"ko", "en"}:
            yield value
        else:
            for child in value.values():
                yield from wordings(child)
    elif isinstance(value, list):
        for child in value:
            yield from wordings(child)


def moments(value: Any) -> Iterator[str]:
    """Every date with a time in a tree of JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from moments(child)
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\S+", value):
        yield value


def city_slugs() -> set[str]:
    return {city["slug"] for city in load("cities.json")}


def present() -> set[str]:
    return {city["slug"] for city in load("cities.json") if city["present"]}


def outline(slug: str, lang: str) -> list[tuple[str, str]]:
    """The numbers of chapters, articles, paragraphs and items, in order, without their look."""
    circled = "①②③④⑤⑥⑦⑧⑨⑩"
    patterns = {
        "ko": (r"제(\d+)장 ", r"제(\d+)조\(", rf"([{circled}]) ", r"(\d+)\. ", r"(부칙)$"),
        "en": (
            r"Chapter (\d+) ",
            r"Article (\d+) \(",
            r"(\d+)\. ",
            r"\(([a-z])\) ",
            r"(Supplementary Provisions)$",
        ),
    }[lang]
    found = []
    in_articles = False
    for line in text(slug, lang).splitlines():
        for kind, pattern in zip(
            ("chapter", "article", "paragraph", "item", "supp"), patterns, strict=True
        ):
            if match := re.match(pattern, line):
                number = match[1]
                in_articles = in_articles or kind == "article"
                if kind == "item" and lang == "ko" and not in_articles:
                    kind = "paragraph"
                if kind == "supp":
                    number = ""
                elif number in circled:
                    number = str(circled.index(number) + 1)
                elif number.isalpha():
                    number = str(ord(number) - ord("a") + 1)
                found.append((kind, number))
    return found


@pytest.mark.parametrize(
    "path", sorted(p for p in DATA.rglob("*") if p.is_file()), ids=lambda p: p.name
)
def test_every_file_is_nfc_and_ends_with_one_line_break(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert content == unicodedata.normalize("NFC", content)
    assert content.endswith("\n")
    assert not content.endswith("\n\n")
    assert "\r" not in content


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.json")), ids=lambda p: p.name)
def test_every_wording_is_complete_in_both_languages(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    for wording in wordings(data):
        assert set(wording) == {"ko", "en"}
        assert all(value.strip() for value in wording.values())
    for moment in moments(data):
        assert datetime.fromisoformat(moment).utcoffset() is not None


def test_there_are_22_cities_of_which_20_are_present() -> None:
    cities = load("cities.json")
    assert len(cities) == 22
    assert len({city["code"] for city in cities}) == 22
    assert len(city_slugs()) == 22
    assert len(present()) == 20
    for city in cities:
        assert re.fullmatch(r"[A-Z]{3}", city["code"])
        assert re.fullmatch(r"[A-Z]{2}", city["country"])
        assert city["region"] in {"asia", "europe", "africa", "americas"}
        assert city["mode"] in ({"in_person", "online"} if city["present"] else {None})
        assert -90 <= float(city["latitude"]) <= 90
        assert -180 <= float(city["longitude"]) <= 180
    absent = [city for city in cities if not city["present"]]
    assert [city["country"] for city in absent] == ["KR", "KR"]


@pytest.mark.parametrize("slug", TEXTS)
def test_the_languages_of_a_text_have_the_same_numbers(slug: str) -> None:
    korean = outline(slug, "ko")
    assert korean == outline(slug, "en")
    assert korean
    assert text(slug, "ko").count("\n\n") == text(slug, "en").count("\n\n")


def test_the_bylaws_have_25_articles_and_four_supplementary_ones() -> None:
    found = outline("bylaws", "ko")
    split = found.index(("supp", ""))
    articles = [number for kind, number in found[:split] if kind == "article"]
    supplementary = [number for kind, number in found[split:] if kind == "article"]
    assert articles == [str(number) for number in range(1, 26)]
    assert supplementary == ["1", "2", "3", "4"]


def test_a_declaration_has_eight_articles() -> None:
    assert outline("seoul-declaration", "ko") == [("paragraph", str(n)) for n in range(1, 9)]


def test_practices_come_in_pairs_that_agree_in_everything_but_words() -> None:
    rows = practices()
    pairs = Counter((row["id"], row["lang"]) for row in rows)
    ids = {row["id"] for row in rows}
    assert pairs == Counter({(id_, lang): 1 for id_ in ids for lang in ("ko", "en")})
    assert len(ids) == 30
    shared = ("city", "country", "pillars", "instrument", "year")
    by_id: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        assert set(row) == PRACTICE_FIELDS
        assert set(row["pillars"]) <= PILLARS
        assert row["pillars"]
        assert row["instrument"] in INSTRUMENTS
        assert row["city"] is None or row["city"] in city_slugs()
        assert all(row[field] for field in ("title", "summary", "tags"))
        assert 3 <= len(row["body"].split("\n\n")) <= 5
        by_id.setdefault(row["id"], {})[row["lang"]] = row
    for pair in by_id.values():
        assert [pair["ko"][field] for field in shared] == [pair["en"][field] for field in shared]
        assert len(pair["ko"]["tags"]) == len(pair["en"]["tags"])
        assert pair["ko"]["body"].count("\n\n") == pair["en"]["body"].count("\n\n")


def test_a_korean_practice_says_living_wage_with_a_particle() -> None:
    assert any("생활임금을" in row["body"] for row in practices())


def test_every_english_practice_is_without_hangul() -> None:
    for row in practices():
        if row["lang"] == "en":
            assert not re.search("[가-힣]", json.dumps(row, ensure_ascii=False))


def test_those_who_arrive_are_those_who_are_present() -> None:
    attendance = load("assembly.json")["attendance"]
    assert {act["city"] for act in attendance} == present()
    assert len(attendance) == 20
    modes = {city["slug"]: city["mode"] for city in load("cities.json")}
    assert all(act["mode"] == modes[act["city"]] for act in attendance)


def test_each_vote_has_one_cast_of_each_present_city_and_the_expected_tally() -> None:
    for vote in load("assembly.json")["votes"]:
        assert Counter(cast["city"] for cast in vote["casts"]) == Counter(present())
        tally = Counter(cast["choice"] for cast in vote["casts"])
        assert dict(tally) == {k: v for k, v in vote["expected"].items() if k != "outcome"}
        assert all(vote["opened_at"] < cast["at"] < vote["closed_at"] for cast in vote["casts"])


def test_the_rounds_repeat_eliminate_and_elect() -> None:
    election = load("assembly.json")["election"]
    outcomes = []
    for round_ in election["rounds"]:
        assert Counter(cast["city"] for cast in round_["casts"]) == Counter(present())
        votes = Counter(cast["choice"] for cast in round_["casts"])
        assert dict(votes) == round_["expected"]["votes"]
        assert set(votes) == set(round_["candidates"])
        assert all(
            round_["opened_at"] < cast["at"] < round_["closed_at"] for cast in round_["casts"]
        )
        fewest = [city for city in votes if votes[city] == min(votes.values())]
        if max(votes.values()) * 2 > votes.total():
            outcomes.append("elected")
        else:
            outcomes.append("eliminated" if len(fewest) == 1 else "repeat")
        assert outcomes[-1] == round_["expected"]["outcome"]
    assert outcomes == ["repeat", "eliminated", "elected"]


def test_whatever_the_last_three_choose_hamburg_alone_is_eliminated() -> None:
    """The visitor of the demonstration may vote as they like."""
    data = load("assembly.json")
    round_ = data["election"]["rounds"][1]
    starts = data["demonstration_clock_starts_at"]
    early = Counter(cast["choice"] for cast in round_["casts"] if cast["at"] < starts)
    late = [cast["city"] for cast in round_["casts"] if cast["at"] >= starts]
    assert early == Counter(round_["votes_at_demonstration_start"])
    assert late == round_["pending_at_demonstration_start"]
    options = [*round_["candidates"], "abstain"]
    for choices in ((a, b, c) for a in options for b in options for c in options):
        votes = early + Counter(choice for choice in choices if choice != "abstain")
        assert max(votes.values()) * 2 <= votes.total()
        assert [city for city in votes if votes[city] == min(votes.values())] == ["hamburg"]


def test_candidates_are_nominated_and_seconded_by_others_who_are_present() -> None:
    for candidate in load("assembly.json")["election"]["candidates"]:
        supporters = [candidate["nominated_by"], *candidate["seconded_by"]]
        assert len({candidate["city"], *supporters}) == 4
        assert {candidate["city"], *supporters} <= present()
        assert candidate["invented"] is True
        assert candidate["nominated_at"] < candidate["seconded_at"][0]
        assert candidate["seconded_at"][-1] < candidate["accepted_at"]


def test_the_timeline_is_in_order() -> None:
    times = [act["at"] for act in load("assembly.json")["timeline"]]
    assert times == sorted(times)


def test_the_forums_name_known_cities_and_venues() -> None:
    for forum in load("forums.json"):
        venues = {venue["slug"] for venue in forum["venues"]}
        slugs = []
        assert set(forum["cities"]) <= city_slugs()
        for day in forum["days"]:
            assert forum["starts_on"] <= day["date"] <= forum["ends_on"]
            for slot in day["slots"]:
                assert slot["parallel"] is False or len(slot["sessions"]) > 1
                for session in slot["sessions"]:
                    slugs.append(session["slug"])
                    assert session["room"] is None or session["room"] in venues
                    for person in [*session["chairs"], *session["speakers"]]:
                        assert person["city"] is None or person["city"] in city_slugs()
                        assert person["name"] or person["affiliation"] or person["city"]
        assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize("slug", TEXTS)
def test_the_texts_import_without_a_warning_and_pair_by_their_keys(slug: str) -> None:
    results = {lang: parse_text(text(slug, lang).encode(), lang=lang) for lang in ("ko", "en")}
    for result in results.values():
        assert result.normalised == ()
        assert result.warnings == ()
        assert result.not_understood == ()
    korean, english = (
        [(node.key, node.kind, node.number) for node in result.tree.walk()]
        for result in results.values()
    )
    assert korean == english
    assert korean[-1][0] == "closing"


@pytest.mark.parametrize("slug", ["bylaws", "founding-rules"])
def test_rules_have_valid_values_and_are_bound_to_provisions_that_exist(slug: str) -> None:
    tree = parse_text(text(slug, "en").encode(), lang="en").tree
    keys = {node.key for node in tree.walk()}
    rules = load(f"texts/{slug}.rules.json")
    for rule in rules:
        assert rule["provision_key"] in keys
        value_from_json(RuleName(rule["name"]), rule["value"])
    if slug == "bylaws":
        # The bylaws of 2018 say nothing of contributions.
        expected = set(RuleName) - {RuleName.ARREARS_LIMIT, RuleName.AMENDMENT_DAYS}
        assert {rule["name"] for rule in rules} == {str(name) for name in expected}
