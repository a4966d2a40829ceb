"""Founding the public site, and the pages that the platform itself can set up.

Everything here can be repeated without harm: what exists under its address name is brought
to the given state, in every language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext, override
from wagtail.models import Collection, GroupPagePermission, Locale, Page, Site

from cms.models import (
    ForumIndexPage,
    ForumPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    SitePage,
    StandardPage,
)
from cms.services import starting_texts
from members.policies import ACTIONS_OF_OFFICE, OfficeAction, office_policy
from members.services.office import group_name
from secretariat.kernel.audit import act
from secretariat.kernel.errors import InvalidInput, Missing
from secretariat.kernel.models import Network
from secretariat.kernel.outbox import announce
from secretariat.kernel.policy import SYSTEM

PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")

Words = Mapping[str, Mapping[str, Any]]
"""Language → field of the page → value; `title` is needed."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a page stands: below the page with address name `parent` ("" is home)."""

    kind: type[SitePage]
    parent: str
    slug: str


def found_site(*, network: Network, now: datetime) -> Site:
    """Set up the languages, a home in each, the site record, and the sections' first pages.

    No demonstration content. Pages that exist are left as the office wrote them.
    """
    languages = [str(code) for code in network.official_languages] or ["ko", "en"]
    with act(SYSTEM.authority, now) as record:
        for language in languages:
            Locale.objects.get_or_create(language_code=language)
        founded = not HomePage.objects.exists()
        _name_the_roots(languages[0])
        homes = _homes(network, languages)
        site = _site(network, homes[languages[0]])
        for welcome in Page.objects.filter(depth=2).exact_type(Page):
            welcome.delete()
        for spot, words in (
            (_Spot(StandardPage, "", "about"), starting_texts.about(network)),
            (_Spot(NewsIndexPage, "", "news"), starting_texts.NEWS),
            (_Spot(ForumIndexPage, "", "forums"), starting_texts.FORUMS),
            (_Spot(StandardPage, "", "accessibility"), starting_texts.ACCESSIBILITY),
        ):
            _place(spot, {language: words[language] for language in homes}, overwrite=False)
        _let_the_office_write(homes[languages[0]])
        if founded:
            record("network", "site.founded", {"languages": languages})
    return site


def _name_the_roots(language: str) -> None:
    """Wagtail's migrations name the roots of pages and of collections in English."""
    with override(language):
        name = gettext("All")
    Page.objects.filter(depth=1, title="Root").update(title=name, draft_title=name)
    Collection.objects.filter(depth=1, name="Root").update(name=name)


def publish_standard_page(*, slug: str, words: Words, actor: Any, now: datetime) -> StandardPage:
    """Publish a page of text below home, in the languages given. Raises NotAllowed, Missing."""
    return _publish(_Spot(StandardPage, "", slug), words, {}, actor=actor, now=now)


def publish_news(
    *, slug: str, published_at: datetime, words: Words, actor: Any, now: datetime
) -> NewsPage:
    """Publish a piece of news in the languages given. Raises NotAllowed, Missing."""
    spot = _Spot(NewsPage, "news", slug)
    return _publish(spot, words, {"published_at": published_at}, actor=actor, now=now)


def publish_forum(
    *,
    slug: str,
    starts_on: date,
    ends_on: date,
    words: Words,
    programme: Sequence[Mapping[str, Any]] = (),
    time_zone: str = "Asia/Seoul",
    actor: Any,
    now: datetime,
) -> ForumPage:
    """Publish a forum in the languages given.

    `programme`: days as `{"date", "title", "slots": [{"starts", "minutes", "note",
    "sessions": [{"kind", "title", "room", "text", "link", "decision", "people": [{"role",
    "name", "affiliation", "topic"}]}]}]}`, dates and times as their types; every text may
    be a mapping of languages. Raises NotAllowed, Missing.
    """
    common = {"starts_on": starts_on, "ends_on": ends_on, "time_zone": time_zone}
    localised = {
        language: {
            **fields,
            "programme": [("day", _in_language(day, language)) for day in programme],
        }
        for language, fields in words.items()
    }
    return _publish(_Spot(ForumPage, "forums", slug), localised, common, actor=actor, now=now)


def rewrite_home(*, words: Words, actor: Any, now: datetime) -> None:
    """Give the home pages their lead and introduction. Raises NotAllowed."""
    authority = office_policy.require(actor, OfficeAction.EDIT_SITE, now)
    with act(authority, now) as record:
        for home in HomePage.objects.select_related("locale"):
            fields = words.get(home.locale.language_code)
            if fields:
                _publish_fields(home, fields)
        record("office", "page.published", {"page": "home", "languages": sorted(words)})


def _publish(
    spot: _Spot, words: Words, common: Mapping[str, Any], *, actor: Any, now: datetime
) -> Any:
    authority = office_policy.require(actor, OfficeAction.EDIT_SITE, now)
    with act(authority, now) as record:
        pages = _place(
            spot,
            {language: {**fields, **common} for language, fields in words.items()},
            overwrite=True,
        )
        record(
            "office",
            "page.published",
            {"page": "/".join(filter(None, (spot.parent, spot.slug))), "languages": sorted(words)},
        )
    return pages[0]


def _homes(network: Network, languages: Sequence[str]) -> dict[str, HomePage]:
    root = Page.get_first_root_node() or Page.add_root(
        instance=Page(
            title="Root", slug="root", locale=Locale.objects.get(language_code=languages[0])
        )
    )
    homes: dict[str, HomePage] = {
        home.locale.language_code: home for home in HomePage.objects.select_related("locale")
    }
    first = next(iter(homes.values()), None)
    for language in languages:
        if language in homes:
            continue
        home = HomePage(
            slug=f"home-{language}",
            locale=Locale.objects.get(language_code=language),
            **starting_texts.home(network)[language],
        )
        if first is not None:
            home.translation_key = first.translation_key
        root.refresh_from_db()
        root.add_child(instance=home)
        homes[language] = home
        first = first or home
    return homes


def _site(network: Network, home: HomePage) -> Site:
    address = urlsplit(settings.PUBLIC_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname = address.hostname or "localhost"
    site.port = port
    site.site_name = network.name_en
    if site.pk is None or site.root_page_id not in HomePage.objects.values_list("pk", flat=True):
        site.root_page = home
    site.save()
    return site


def _let_the_office_write(home: HomePage) -> None:
    """The groups of the roles that edit the site may work on every page; entry is not ours."""
    root = home.get_parent()
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", content_type__model="page", codename__in=PAGE_RIGHTS
    )
    for role, actions in ACTIONS_OF_OFFICE.items():
        if OfficeAction.EDIT_SITE not in actions:
            continue
        group, _created = Group.objects.get_or_create(name=group_name(role))
        for permission in permissions:
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _place(spot: _Spot, words: Words, *, overwrite: bool) -> list[SitePage]:
    """The page at `spot` in each language, made or brought to `words`, linked as translations."""
    placed: list[SitePage] = []
    for language, fields in words.items():
        parent = _parent(spot, language)
        page = spot.kind.objects.child_of(parent).filter(slug=spot.slug).first()
        if page is None:
            page = spot.kind(slug=spot.slug, locale=parent.locale, **fields)
            if placed:
                page.translation_key = placed[0].translation_key
            parent.add_child(instance=page)
            announce("pages.changed", pages=[page.pk])
        elif overwrite:
            _publish_fields(page, fields)
        placed.append(page)
    return placed


def _publish_fields(page: SitePage, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def _parent(spot: _Spot, language: str) -> Page:
    home = HomePage.objects.filter(locale__language_code=language).first()
    if home is None:
        raise Missing("The site has no home in this language: run start_network.", where=language)
    if not spot.parent:
        return home
    parent = home.get_children().filter(slug=spot.parent).first()
    if parent is None:
        raise Missing("The section of this page does not exist.", where=spot.parent)
    return parent.specific


def _in_language(value: Any, language: str) -> Any:
    """`value` with every mapping of languages replaced by its text in `language`."""
    if isinstance(value, Mapping):
        if value and set(value) <= {"ko", "en"}:
            if not all(isinstance(text, str) for text in value.values()):
                raise InvalidInput("A text by language must be a text.", where=str(sorted(value)))
            return value.get(language) or next(iter(value.values()))
        return {name: _in_language(inner, language) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_in_language(inner, language) for inner in value]
    return value
