"""An answer as its page shows it: rows, filters, orders, and what to do when nothing is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.components import EmptyState, FacetGroup, FacetOption, Facets, Notice
from cms.templatetags.formats import language_name
from search import labels
from search.asking import Asked
from search.query import DEEPEST, Hit, Results, Sort
from search.rules.question import Piece

MOST_SHOWN = 12
"""Values of one facet that are offered; the chosen ones always are."""


@dataclass(frozen=True, slots=True)
class Found:
    """One hit as a row. `lang` is set where the row is not in the reader's language."""

    kind: str
    title: Sequence[Piece]
    url: str
    text: Sequence[Piece]
    meta: str
    lang: str


@dataclass(frozen=True, slots=True)
class Order:
    """A way to sort the list."""

    label: str
    url: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the page of an answer needs."""

    asked: Asked
    total: int
    summary: str
    rows: Sequence[Found]
    facets: Facets
    orders: Sequence[Order]
    page: Page[int] | None
    notices: Sequence[Notice]
    empty: EmptyState | None
    nothing: Sequence[tuple[str, str]]


def show(asked: Asked, results: Results, *, facets: Sequence[str], empty: EmptyState) -> Answer:
    """Make an answer ready for its page. Two queries at most, whatever was found."""
    shown = {
        name: _offered(name, results.facets.get(name, ()), asked.chosen(name)) for name in facets
    }
    cities = labels.city_names(
        [
            *(value for value, _count in shown.get("city", ())),
            *(slug for hit in results.hits for slug in hit.facets.get("city", ())),
        ]
    )
    ways_on = [] if results.total or results.degraded else list(_ways_on(asked, results))
    nothing_yet = not (results.total or results.degraded or ways_on)
    return Answer(
        asked=asked,
        total=results.total,
        summary=_summary(asked, results),
        rows=[_row(hit, asked, cities) for hit in results.hits],
        facets=Facets(
            groups=[_group(asked, name, values, cities) for name, values in shown.items()],
            reset_url=asked.without_facets().address if asked.narrowed else "",
        ),
        orders=_orders(asked),
        page=_page(results),
        notices=list(_notices(asked, results)),
        empty=empty if nothing_yet else None,
        nothing=ways_on,
    )


def _offered(
    name: str, values: Iterable[tuple[str, int]], chosen: tuple[str, ...]
) -> list[tuple[str, int]]:
    first = [pair for at, pair in enumerate(values) if at < MOST_SHOWN or pair[0] in chosen]
    return labels.in_order(name, first)


def _group(
    asked: Asked, name: str, values: Iterable[tuple[str, int]], cities: Mapping[str, str]
) -> FacetGroup:
    chosen = asked.chosen(name)
    return FacetGroup(
        label=labels.FACETS[name],
        options=[
            FacetOption(
                label=labels.value_label(name, value, cities),
                count=count,
                url=asked.toggled(name, value).address,
                selected=value in chosen,
            )
            for value, count in values
        ],
    )


def _row(hit: Hit, asked: Asked, cities: Mapping[str, str]) -> Found:
    said = [
        labels.value_label(name, value, cities)
        for name in ("city", "country", "pillar", "instrument")
        for value in hit.facets.get(name, ())
    ]
    years = hit.facets.get("year", ())
    return Found(
        kind="" if "kind" in asked.fixed else str(labels.KINDS.get(hit.kind, hit.kind)),
        title=hit.marked_title,
        url=hit.url,
        text=hit.highlight,
        meta=" · ".join(dict.fromkeys((*said, *years))),
        lang=hit.lang if hit.lang != asked.language else "",
    )


def _orders(asked: Asked) -> list[Order]:
    # Without words every match is as good as another: the newest come first.
    usual = Sort.RELEVANCE if asked.text else Sort.NEWEST
    offered = [Sort.NEWEST, Sort.OLDEST, Sort.TITLE]
    if asked.text:
        offered.insert(0, Sort.RELEVANCE)
    now = usual if asked.sort is Sort.RELEVANCE else asked.sort
    return [
        Order(
            label=str(labels.SORTS[sort]),
            url=asked.sorted_by(Sort.RELEVANCE if sort is usual else sort).address,
            selected=sort is now,
        )
        for sort in offered
    ]


def _page(results: Results) -> Page[int] | None:
    if results.pages < 2:
        return None
    reachable = range(min(results.total, DEEPEST))
    per_page = -(-len(reachable) // results.pages)
    paginator = Paginator(reachable, per_page)
    return paginator.page(min(results.page, paginator.num_pages))


def _summary(asked: Asked, results: Results) -> str:
    if results.degraded:
        return ""
    if asked.text:
        return ngettext(
            "%(count)d result for “%(text)s”", "%(count)d results for “%(text)s”", results.total
        ) % {"count": results.total, "text": asked.text}
    return ngettext("%(count)d result", "%(count)d results", results.total) % {
        "count": results.total
    }


def _notices(asked: Asked, results: Results) -> Iterable[Notice]:
    if results.degraded:
        yield Notice(
            title=_("The search is not available at the moment."),
            text=_("Everything else works: the menu leads to cities, texts, decisions and news."),
            tone="warning",
        )
    elif results.relaxed:
        yield Notice(
            title=_("Nothing has all of these words."),
            text=_("What follows has some of them, the closest first."),
        )


def _ways_on(asked: Asked, results: Results) -> Iterable[tuple[str, str]]:
    """What a reader who found nothing can do: `(words, address)`, the likeliest first."""
    if results.suggestion:
        meant = asked.asking(results.suggestion)
        yield _("Did you mean “%(text)s”?") % {"text": results.suggestion}, meant.address
    for language, count in results.facets.get("lang", ()):
        if count and language not in asked.chosen("lang"):
            words = ngettext(
                "%(count)d result in %(language)s", "%(count)d results in %(language)s", count
            ) % {"count": count, "language": language_name(language)}
            yield words, asked.narrowed_to("lang", (language,)).address
    if asked.narrowed:
        yield _("Remove all filters"), asked.without_facets().address
    if len(asked.text.split()) > 1:
        first = asked.asking(asked.text.split()[0])
        yield _("Search for “%(text)s” only") % {"text": first.text}, first.address
    if asked.text:
        yield _("Show everything"), asked.asking("").without_facets().address
