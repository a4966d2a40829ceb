"""The public pages of the search: everything, and the library of practices."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.components import Crumb, EmptyState
from cms.models import Pillar
from cms.templatetags.formats import reader_language
from search import labels
from search.asking import Asked, read_address
from search.engines import get_engine
from search.results import Answer, show
from secretariat.kernel.access import Access, access

EVERYTHING = ("kind", "lang", "pillar", "country", "city", "instrument", "year")
LIBRARY = ("pillar", "country", "city", "instrument", "tag", "year", "lang")


@access(Access.PUBLIC)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search practices, articles, decisions, elections, assemblies, cities and pages."""
    asked = read_address(request.GET, language=reader_language())
    answer = _answer(
        asked,
        facets=EVERYTHING,
        empty=EmptyState(
            title=_("There is nothing to search yet."),
            text=_("As soon as something is published it is found here."),
        ),
    )
    kinds = [
        (label, asked.asking("").without_facets().narrowed_to("kind", (kind,)).address)
        for kind, label in labels.KINDS.items()
    ]
    return _page(request, "search/search.html", answer, crumb=_("Search"), ways=kinds)


@access(Access.PUBLIC)
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The library: practices of cities, narrowed by facets."""
    asked = read_address(request.GET, language=reader_language(), fixed={"kind": ("practice",)})
    answer = _answer(
        asked,
        facets=LIBRARY,
        empty=EmptyState(
            title=_("There are no practices in this language yet."),
            text=_("Member cities write down what they do for decent work; it is found here."),
        ),
    )
    pillars = [
        (label, asked.asking("").without_facets().narrowed_to("pillar", (pillar,)).address)
        for pillar, label in Pillar.choices
    ]
    return _page(
        request,
        "search/library.html",
        answer,
        crumb=_("Library"),
        ways=pillars,
        section="library",
    )


def _answer(asked: Asked, *, facets: tuple[str, ...], empty: EmptyState) -> Answer:
    results = get_engine().search(asked.query)
    if asked.page > max(results.pages, 1) and not results.degraded:
        raise Http404
    return show(asked, results, facets=facets, empty=empty)


def _page(
    request: HttpRequest, template: str, answer: Answer, *, crumb: str, **context: Any
) -> HttpResponse:
    context |= {"answer": answer, "asked": answer.asked, "crumbs": (Crumb(crumb),)}
    return render(request, template, context)
