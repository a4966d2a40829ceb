"""The demonstration's public site: pages, news, the two forums, the library's practices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from html import escape
from typing import Any

from cms.services.practice_loading import load_practices
from cms.services.site import (
    publish_forum,
    publish_news,
    publish_standard_page,
    rewrite_home,
)
from members.models import City
from secretariat.workspace.demonstration.source import DATA, moment_of, read_json

LANGUAGES = ("ko", "en")
ROLES = {"welcome": "speaker", "address": "speaker", "panellist": "panel"}
SECTION_OF_LINK = {
    "text": "texts",
    "forum": "forums",
    "assembly": "assemblies",
    "election": "elections",
}
Texts = Mapping[str, str]


def publish_content(*, librarian: Any, editor: Any, now: datetime) -> None:
    """Publish everything that is not the assembly itself, as the people whose work it is."""
    _pages(editor, now)
    _news(editor, now)
    _forums(editor, now)
    with (DATA / "practices.jsonl").open("rb") as lines:
        load_practices(lines=lines, actor=librarian, now=now)


def _pages(editor: Any, now: datetime) -> None:
    pages = read_json("about")
    for slug in ("about", "accessibility"):
        page = pages[slug]
        words = {
            language: {
                "title": page["title"][language],
                "introduction": page["intro"][language],
                "body": _sections(page["sections"], language),
            }
            for language in LANGUAGES
        }
        publish_standard_page(slug=slug, words=words, actor=editor, now=now)
    home = pages["home"]
    rewrite_home(
        words={language: {"lead": home["sentence"][language]} for language in LANGUAGES},
        actor=editor,
        now=now,
    )


def _news(editor: Any, now: datetime) -> None:
    for item in read_json("news"):
        words = {
            language: {
                "title": item["title"][language],
                "introduction": item["summary"][language],
                "body": _paragraphs(item["body"][language]),
                "link": _link(item["links_to"]),
            }
            for language in LANGUAGES
        }
        publish_news(
            slug=item["slug"],
            published_at=moment_of(item["published_at"]),
            words=words,
            actor=editor,
            now=now,
        )


def _forums(editor: Any, now: datetime) -> None:
    cities = {city.slug: city for city in City.objects.prefetch_related("name_rows")}
    for forum in read_json("forums"):
        venues = {venue["slug"]: venue["name"] for venue in forum["venues"]}
        words = {
            language: {
                "title": forum["title"][language],
                "theme": forum["theme"][language],
                "introduction": forum["summary"][language],
                "note": forum["note"][language],
                "place": ", ".join(name[language] for name in venues.values()),
            }
            for language in LANGUAGES
        }
        publish_forum(
            slug=forum["slug"],
            starts_on=date.fromisoformat(forum["starts_on"]),
            ends_on=date.fromisoformat(forum["ends_on"]),
            words=words,
            programme=[_day(day, venues, cities) for day in forum["days"]],
            actor=editor,
            now=now,
        )


def _day(
    day: Mapping[str, Any], venues: Mapping[str, Texts], cities: Mapping[str, City]
) -> dict[str, Any]:
    return {
        "date": date.fromisoformat(day["date"]),
        "title": day.get("title") or "",
        "slots": [
            {
                "starts": time.fromisoformat(slot["starts"]) if slot["starts"] else None,
                "minutes": slot["minutes"],
                "note": slot["note"] or "",
                "parallel": slot["parallel"],
                "sessions": [
                    _session(session, slot["kind"], venues, cities) for session in slot["sessions"]
                ],
            }
            for slot in day["slots"]
        ],
    }


def _session(
    session: Mapping[str, Any],
    kind: str,
    venues: Mapping[str, Texts],
    cities: Mapping[str, City],
) -> dict[str, Any]:
    people = [_person(person, cities) for person in (*session["chairs"], *session["speakers"])]
    return {
        "kind": kind,
        "title": session["title"],
        "room": venues.get(session["room"], "") if session["room"] else "",
        "text": session["description"] or "",
        "decision": bool(session.get("assembly")),
        "link": f"assemblies/{session['assembly']}/" if session.get("assembly") else "",
        "people": people,
    }


def _person(person: Mapping[str, Any], cities: Mapping[str, City]) -> dict[str, Any]:
    city = cities.get(person["city"] or "")
    affiliation = person["affiliation"] or (city.names.as_dict() if city else "")
    return {
        "role": ROLES.get(person["role"], person["role"]),
        "name": person["name"] or "",
        "affiliation": affiliation,
        "topic": person["topic"] or "",
    }


def _sections(sections: list[Mapping[str, Any]], language: str) -> str:
    return "".join(
        f"<h2>{escape(section['heading'][language])}</h2>"
        + "".join(f"<p>{escape(text[language])}</p>" for text in section["paragraphs"])
        for section in sections
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))


def _link(target: Mapping[str, str] | None) -> str:
    if not target:
        return ""
    section = SECTION_OF_LINK.get(target["kind"], target["kind"])
    return f"{section}/{target['slug']}/" if target.get("slug") else f"{section}/"
