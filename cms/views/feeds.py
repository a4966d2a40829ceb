"""For programs that follow the site: the news as an Atom feed, and the site map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms.models import SitePage
from cms.navigation import SECTIONS, site_address
from cms.selectors.library import live_practices
from cms.selectors.pages import latest_news
from cms.templatetags.formats import reader_language
from members.selectors.public import cities_of_network
from resolutions.selectors.assemblies import public_assemblies
from resolutions.selectors.decisions import public_votes
from resolutions.selectors.elections import public_elections
from resolutions.selectors.texts import published_editions
from secretariat.kernel.access import Access, access
from secretariat.kernel.models import Network
from secretariat.kernel.replies import DEMONSTRATION_NOTICE

NEWS_IN_FEED = 30
MOST_ADDRESSES = 50_000
"""What one site map may hold (sitemaps.org)."""


@access(Access.PUBLIC)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The latest news in the reader's language."""
    language = reader_language()
    network = Network.objects.filter(pk=1).first()
    feed = Atom1Feed(
        title=network.name_in(language) if network else "",
        link=request.build_absolute_uri(site_address("news", language)),
        description="",
        subtitle=_demonstration_notice(network, language),
        language=language,
        feed_url=request.build_absolute_uri(),
    )
    now = request.now  # type: ignore[attr-defined]
    for item in latest_news(language=language, now=now)[:NEWS_IN_FEED]:
        feed.add_item(
            title=item.title,
            link=request.build_absolute_uri(item.get_url(request)),
            description=item.introduction,
            updateddate=item.published_at,
            pubdate=item.published_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _demonstration_notice(network: Network | None, language: str) -> str:
    if network is None or not network.demonstration:
        return ""
    return DEMONSTRATION_NOTICE.get(language, DEMONSTRATION_NOTICE["en"])


@access(Access.PUBLIC)
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public address in one language; none of a demonstration."""
    addresses: list[str] = []
    if not Network.objects.filter(pk=1, demonstration=True).exists():
        addresses = _addresses(request, reader_language())[:MOST_ADDRESSES]
    context = {"addresses": [request.build_absolute_uri(address) for address in addresses]}
    return render(request, "cms/sitemap.xml", context, content_type="application/xml")


def _addresses(request: HttpRequest, language: str) -> list[str]:
    on = timezone.localdate(request.now)  # type: ignore[attr-defined]
    pages = Page.objects.live().public().filter(locale__language_code=language, depth__gt=1)
    library = site_address("library", language)
    return [
        *(page.get_url(request) for page in pages.specific() if isinstance(page, SitePage)),
        *(site_address(section.name, language) for section in SECTIONS if section.name != "about"),
        *(reverse("cms:city", args=[row.city.slug]) for row in cities_of_network(on=on)),
        *(
            reverse("cms:edition", args=[edition.instrument.slug, edition.number])
            for edition in published_editions()
        ),
        *(reverse("cms:assembly", args=[row.slug]) for row in public_assemblies()),
        *(reverse("cms:decision", args=[row.slug]) for row in public_votes()),
        *(reverse("cms:election", args=[row.slug]) for row in public_elections()),
        *(
            f"{library}{slug}/"
            for slug in live_practices(language=language)
            .prefetch_related(None)
            .values_list("slug", flat=True)[:MOST_ADDRESSES]
        ),
    ]
