"""For programs that follow the site: news and texts as Atom feeds, and the site map."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, get_tag_uri
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms.editions import edition_url, named, title_of
from cms.models import SitePage
from cms.navigation import SECTIONS, site_address
from cms.selectors.library import live_practices
from cms.selectors.pages import latest_news
from cms.templatetags.formats import day, reader_language
from members.selectors.public import cities_of_network
from resolutions.models import Edition
from resolutions.selectors.amending import changes_of_editions
from resolutions.selectors.assemblies import public_assemblies
from resolutions.selectors.decisions import public_votes
from resolutions.selectors.elections import public_elections
from resolutions.selectors.texts import published_editions
from secretariat.kernel.access import Access, access
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import Network
from secretariat.kernel.replies import DEMONSTRATION_NOTICE

NEWS_IN_FEED = 30
EDITIONS_IN_FEED = 30
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


@access(Access.PUBLIC)
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """The editions of all texts as they were published, latest first."""
    return _editions_feed(
        request,
        editions=published_editions(),
        title=gettext("Bylaws and declarations"),
        address=site_address("texts", reader_language()),
    )


@access(Access.PUBLIC)
@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The editions of one text as they were published, latest first."""
    editions = published_editions().filter(instrument__slug=slug)
    latest = editions.order_by("-number").first()
    if latest is None:
        raise Http404
    return _editions_feed(
        request,
        editions=editions,
        title=title_of(latest, reader_language()),
        address=reverse("cms:text", args=[slug]),
    )


def _editions_feed(
    request: HttpRequest, *, editions: QuerySet[Edition], title: str, address: str
) -> HttpResponse:
    """Each edition with what it changed. An entry's id rests on its permanent address alone."""
    language = reader_language()
    network = Network.objects.filter(pk=1).first()
    found = list(editions.order_by("-publication__published_at", "-pk")[:EDITIONS_IN_FEED])
    name = network.name_in(language) if network else ""
    feed = Atom1Feed(
        title=" · ".join(filter(None, (title, name))),
        link=request.build_absolute_uri(address),
        description="",
        subtitle=_demonstration_notice(network, language),
        language=language,
        feed_url=request.build_absolute_uri(request.path),
    )
    changes = changes_of_editions(editions=found)
    for edition in found:
        link = request.build_absolute_uri(edition_url(edition))
        published = edition.publication.published_at
        feed.add_item(
            title=f"{title_of(edition, language)} · {named(edition)}",
            link=link,
            unique_id=get_tag_uri(link, published),
            description=_what_changed(edition, changes.get(edition.pk, ()), language),
            updateddate=published,
            pubdate=published,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _what_changed(edition: Edition, sentences: Sequence[Bilingual], language: str) -> str:
    """A summary as HTML: when it was adopted and enters into force, and the amending sentences."""
    lines = [
        gettext("Adopted on %(day)s, in force from %(from)s.")
        % {"day": day(edition.adopted_on), "from": day(edition.in_force_from)}
    ]
    if edition.corrects:
        lines.append(
            gettext("This edition is a corrigendum: it corrects edition %(number)s.")
            % {"number": edition.corrects.number}
        )
    lines += [sentence.in_language(language) for sentence in sentences]
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


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
    pages = pages.exclude(newspage__published_at__gt=request.now)  # type: ignore[attr-defined]
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
