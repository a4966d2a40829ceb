"""The demonstration's pages: about, news, forums and the library, from the data files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from html import escape
from pathlib import Path
from typing import Any

from cms.services.practice_loading import load_practices
from cms.services.site import publish_forum, publish_news, publish_standard_page, rewrite_home

DATA = Path(__file__).parent / "data"
LANGUAGES = ("ko", "en")
_SECTIONS = {
    "text": "texts",
    "assembly": "assemblies",
    "forum": "forums",
    "decision": "decisions",
    "election": "elections",
    "library": "library",
}


def publish_site(*, actor: Any, now: datetime) -> None:
    """Publish every page of the demonstration, and its practices. Can be repeated."""
    pages = _read("about.json")
    home = pages["home"]
    rewrite_home(
        words={
            language: {"title": home["title"][language], "lead": home["sentence"][language]}
            for language in LANGUAGES
        },
        actor=actor,
        now=now,
    )
    for slug in ("about", "accessibility"):
        words = {language: _standard_words(pages[slug], language) for language in LANGUAGES}
        publish_standard_page(slug=slug, words=words, actor=actor, now=now)
    for forum in _read("forums.json"):
        _publish_forum(forum, actor=actor, now=now)
    publish_news_until(actor=actor, now=now)
    with (DATA / "practices.jsonl").open("rb") as lines:
        load_practices(lines=lines, actor=actor, now=now)


def publish_news_until(*, actor: Any, now: datetime) -> None:
    """Publish the news of the demonstration that had happened by `now`."""
    for item in _read("news.json"):
        published_at = datetime.fromisoformat(item["published_at"])
        if published_at > now:
            continue
        publish_news(
            slug=item["slug"],
            published_at=published_at,
            words={
                language: {
                    "title": item["title"][language],
                    "introduction": item["summary"][language],
                    "body": _rich_text(item["body"][language].split("\n\n")),
                    "link": _address(item["links_to"]),
                }
                for language in LANGUAGES
            },
            actor=actor,
            now=now,
        )


def _publish_forum(forum: Mapping[str, Any], *, actor: Any, now: datetime) -> None:
    venues = {venue["slug"]: venue["name"] for venue in forum["venues"]}
    publish_forum(
        slug=forum["slug"],
        starts_on=date.fromisoformat(forum["starts_on"]),
        ends_on=date.fromisoformat(forum["ends_on"]),
        words={
            language: {
                "title": forum["title"][language],
                "theme": forum["theme"][language],
                "introduction": forum["summary"][language],
                "note": forum["note"][language],
                "place": ", ".join(name[language] for name in venues.values()),
            }
            for language in LANGUAGES
        },
        programme=[_day(day, venues) for day in forum["days"]],
        actor=actor,
        now=now,
    )


def _day(day: Mapping[str, Any], venues: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "date": date.fromisoformat(day["date"]),
        "title": day["title"],
        "slots": [
            {
                "starts": time.fromisoformat(slot["starts"]) if slot["starts"] else None,
                "minutes": slot["minutes"],
                "note": slot["note"] or "",
                "parallel": slot["parallel"],
                "sessions": [
                    {
                        "kind": slot["kind"],
                        "title": session["title"],
                        "room": venues.get(session["room"], ""),
                        "text": session["description"] or "",
                        "link": f"assemblies/{session['assembly']}/" if session["assembly"] else "",
                        "decision": bool(session["assembly"]),
                        "people": [
                            {
                                name: person[name] or ""
                                for name in ("role", "name", "affiliation", "topic")
                            }
                            for person in (*session["chairs"], *session["speakers"])
                        ],
                    }
                    for session in slot["sessions"]
                ],
            }
            for slot in day["slots"]
        ],
    }


def _standard_words(page: Mapping[str, Any], language: str) -> dict[str, str]:
    body = "".join(
        f"<h2>{escape(section['heading'][language])}</h2>"
        + _rich_text([paragraph[language] for paragraph in section["paragraphs"]])
        for section in page["sections"]
    )
    return {
        "title": page["title"][language],
        "introduction": page["intro"][language],
        "body": body,
    }


def _rich_text(paragraphs: list[str]) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def _address(target: Mapping[str, str] | None) -> str:
    if not target:
        return ""
    return "/".join(filter(None, (_SECTIONS[target["kind"]], target["slug"]))) + "/"


def _read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))
