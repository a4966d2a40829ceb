"""What the templates of Wagtail's pages are given, beyond the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms import drawings
from cms.components import (
    Action,
    Card,
    CardList,
    Crumb,
    EmptyState,
    Hero,
    Notice,
    Programme,
    ProgrammeDay,
    ProgrammePerson,
    ProgrammeSession,
    ProgrammeSlot,
    Row,
    RowList,
)
from cms.models import (
    ForumIndexPage,
    ForumPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    Pillar,
    SitePage,
)
from cms.models.programme import PAUSES, PERSON_ROLES, SESSION_KINDS
from cms.navigation import site_address
from cms.page_contexts import gathers
from cms.paging import page_of
from cms.selectors import library, pages
from cms.templatetags.formats import day_range
from cms.views.decisions import decision_row
from cms.views.practices import practice_card
from members.selectors.public import member_cities
from resolutions.models.votes import VoteState
from resolutions.selectors.assemblies import next_assembly, running_assembly
from resolutions.selectors.decisions import open_votes, public_votes
from resolutions.selectors.elections import chair_on
from secretariat.kernel import clock

LATEST = 3
PILLAR_TEXTS = {
    Pillar.QUALITY: gettext_lazy("Jobs that pay enough, last, and leave time to live."),
    Pillar.RIGHTS: gettext_lazy("Freedom to organise, fair treatment, no forced or child labour."),
    Pillar.PROTECTION: gettext_lazy("Security in sickness, old age and between two jobs."),
    Pillar.DIALOGUE: gettext_lazy("Workers, employers and the city deciding together."),
}


@gathers("SitePage")
def every_page(page: SitePage, request: HttpRequest) -> dict[str, Any]:
    """The way here, and the same page in the other languages."""
    language = page.locale.language_code
    ancestors = page.get_ancestors().filter(depth__gt=2).live() if page.depth > 3 else []
    translations = {language: page.get_url(request)}
    for other in page.get_translations().live().select_related("locale"):
        translations[other.locale.language_code] = other.get_url(request)
    return {
        "translations": translations,
        "crumbs": [
            *(Crumb(each.title, each.get_url(request) or "") for each in ancestors),
            Crumb(page.title),
        ],
    }


@gathers("HomePage")
def home(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """What this is, what is happening now, the latest decisions, news and practices."""
    language = page.locale.language_code
    now = _now(request)
    cities = member_cities(on=timezone.localdate(now))
    votes = list(open_votes()[:1])
    practices = library.featured_practices(language=language, limit=LATEST)
    news = list(pages.latest_news(language=language, now=now)[:LATEST])
    decided = list(public_votes().filter(state=VoteState.CLOSED)[:LATEST])
    return {
        "hero": Hero(
            title=page.title,
            lead=page.lead,
            field=drawings.member_field(cities, summary=_caption(len(cities), now))
            if cities
            else None,
            actions=(
                Action(_("Read the rules and texts"), site_address("texts", language)),
                Action(_("See the decisions"), site_address("decisions", language), "quiet"),
                Action(_("Search the library"), site_address("library", language), "quiet"),
            ),
            now=_happening(votes, language, now),
        ),
        "pillars": [
            {
                "label": pillar.label,
                "text": PILLAR_TEXTS[pillar],
                "url": f"{site_address('library', language)}?pillar={pillar.value}",
            }
            for pillar in Pillar
        ],
        "decisions": RowList([decision_row(vote, language) for vote in decided])
        if decided
        else None,
        "news": CardList([_news_card(item, request) for item in news]) if news else None,
        "practices": CardList([practice_card(row) for row in practices]) if practices else None,
    }


@gathers("NewsIndexPage")
def news_index(page: NewsIndexPage, request: HttpRequest) -> dict[str, Any]:
    """One page of the news."""
    news = pages.latest_news(language=page.locale.language_code, now=_now(request))
    shown = page_of(request, news, per_page=20)
    rows = [
        Row(
            title=item.title,
            url=item.get_url(request) or "",
            on=item.published_at,
            text=item.introduction,
        )
        for item in shown.object_list
    ]
    return {
        "rows": RowList(rows, level=2),
        "page_obj": shown,
        "empty": EmptyState(_("No news yet"), _("News of the network appears here.")),
    }


@gathers("NewsPage")
def news_page(page: NewsPage, request: HttpRequest) -> dict[str, Any]:
    """Where its subject is."""
    home_address = site_address("home", page.locale.language_code)
    return {"about_url": f"{home_address}{page.link}" if page.link else ""}


@gathers("ForumIndexPage")
def forum_index(page: ForumIndexPage, request: HttpRequest) -> dict[str, Any]:
    """Every forum, latest first."""
    forums = pages.latest_forums(language=page.locale.language_code, limit=100)
    return {
        "forums": CardList(
            [
                Card(
                    title=forum.title,
                    url=forum.get_url(request) or "",
                    kicker=day_range(forum.starts_on, forum.ends_on),
                    text=forum.theme,
                    meta=forum.place,
                )
                for forum in forums
            ],
            level=2,
        )
        if forums
        else None,
        "empty": EmptyState(_("No forums yet"), _("Forums and their programmes appear here.")),
    }


@gathers("ForumPage")
def forum(page: ForumPage, request: HttpRequest) -> dict[str, Any]:
    """The programme."""
    home_address = site_address("home", page.locale.language_code)
    days = [_day(block.value, home_address) for block in page.programme]
    return {"programme": Programme(days, zone=page.time_zone) if days else None}


def _day(day: Any, home_address: str) -> ProgrammeDay:
    return ProgrammeDay(
        on=day["date"],
        label=day["title"],
        slots=tuple(_slot(slot, home_address) for slot in day["slots"]),
    )


def _slot(slot: Any, home_address: str) -> ProgrammeSlot:
    return ProgrammeSlot(
        starts=slot["starts"],
        minutes=slot["minutes"],
        note=slot["note"],
        parallel=slot["parallel"],
        pause=all(session["kind"] in PAUSES for session in slot["sessions"]),
        sessions=tuple(_session(session, home_address) for session in slot["sessions"]),
    )


def _session(session: Any, home_address: str) -> ProgrammeSession:
    return ProgrammeSession(
        title=session["title"],
        kind="" if session["kind"] in PAUSES else dict(SESSION_KINDS).get(session["kind"], ""),
        room=session["room"],
        people=tuple(_person(person) for person in session["people"]),
        text=session["text"],
        url=f"{home_address}{session['link']}" if session["link"] else "",
        tone="decision" if session["decision"] else "",
    )


def _person(person: Any) -> ProgrammePerson:
    name = person["name"] or person["affiliation"]
    further = [person["affiliation"]] if person["name"] and person["affiliation"] else []
    further += [person["topic"]] if person["topic"] else []
    return ProgrammePerson(
        role=dict(PERSON_ROLES).get(person["role"], person["role"]),
        name=name,
        affiliation=" · ".join(further),
    )


def _happening(votes: list[Any], language: str, now: Any) -> Notice | None:
    """An open vote, else an open assembly, else the next one."""
    if votes:
        vote = votes[0]
        return Notice(
            title=_("Open now: %(title)s") % {"title": vote.title_in(language)},
            text=_("%(voted)d seats have voted so far.") % {"voted": vote.voted},
            tone="open",
            url=drawings.vote_url(vote),
            link=_("Follow the vote"),
        )
    assembly = running_assembly() or next_assembly(now=now)
    if assembly is None:
        return None
    running = assembly.state == "open"
    return Notice(
        title=assembly.title_in(language),
        text=_("The assembly is open now.") if running else _("The next assembly is convened."),
        tone="open" if running else "info",
        url=f"{site_address('assemblies', language)}{assembly.slug}/",
        link=_("Follow the assembly") if running else _("See the agenda"),
    )


def _caption(count: int, now: Any) -> str:
    seats = ngettext("%(count)d city", "%(count)d cities", count) % {"count": count}
    chair = chair_on(on=timezone.localdate(now))
    if chair is None:
        return _("%(cities)s. One square is one city with one seat.") % {"cities": seats}
    return _("%(cities)s. One square is one city with one seat. Chair City: %(chair)s.") % {
        "cities": seats,
        "chair": str(chair.city),
    }


def _news_card(item: NewsPage, request: HttpRequest) -> Card:
    return Card(
        title=item.title,
        url=item.get_url(request) or "",
        kicker=day_range(item.published_on),
        text=item.introduction,
    )


def _now(request: HttpRequest) -> Any:
    return getattr(request, "now", None) or clock.now()
