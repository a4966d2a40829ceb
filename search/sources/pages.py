"""Pages of the site: what is live and public in Wagtail (about, news, forums).

News carry the network's own time and are not public before it.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from cms.models import ForumPage, HomePage, NewsPage, SitePage
from search.query import Document
from secretariat.kernel import clock

KIND = "page"


def everything() -> Iterator[Document]:
    """Every public page but the front pages, which only lead on."""
    for page in _public().order_by("path").specific():
        yield from _documents(page)


def now(things: Sequence[str]) -> Iterator[Document]:
    """These pages, by their numbers."""
    for page in _public().filter(pk__in=things).specific():
        yield from _documents(page)


def _public() -> Any:
    rows = Page.objects.live().public().not_exact_type(Page, HomePage)
    return rows.exclude(newspage__published_at__gt=clock.now()).select_related("locale")


def _documents(page: Any) -> Iterator[Document]:
    address = page.get_url() if isinstance(page, SitePage) else None
    if not address:
        return
    on = _day(page)
    yield Document(
        id=str(page.pk),
        kind=KIND,
        lang=page.locale.language_code,
        title=page.title,
        url=address,
        summary=getattr(page, "introduction", ""),
        body="\n".join(_words(page)),
        facets={"year": [str(on.year)] if on else []},
        date=on,
    )


def _day(page: Any) -> date | None:
    if isinstance(page, NewsPage):
        return page.published_on
    return page.starts_on if isinstance(page, ForumPage) else None


def _words(page: Any) -> Iterator[str]:
    if body := getattr(page, "body", ""):
        yield html.unescape(get_text_for_indexing(body)).strip()
    if isinstance(page, ForumPage):
        yield from (part for part in (page.theme, page.place, page.note) if part)
        block = page.programme.stream_block
        yield from map(str, block.get_searchable_content(page.programme))
