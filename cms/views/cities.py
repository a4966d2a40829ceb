"""Cities of the network."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import drawings
from cms.by_letter import badges
from cms.components import Crumb, EmptyState, Row, RowList
from cms.navigation import site_address
from cms.paging import page_of
from cms.selectors.library import practices_of_city
from cms.signatory_pages import SignatureLine, letter_subjects, signature_line
from cms.templatetags.formats import reader_language
from members.models import City
from members.models.cities import BodyKind, Region
from members.selectors import public
from members.selectors.letters import letters_on
from resolutions.selectors import decisions, elections, texts
from resolutions.selectors.signatures import signed_by
from secretariat.kernel.access import Access, access

CITIES_PER_PAGE = 60
LATEST = 10


@access(Access.PUBLIC)
@require_safe
def city_list(request: HttpRequest) -> HttpResponse:
    """The cities by region; `?q=` finds by name, `?region=` narrows."""
    today = timezone.localdate(request.now)  # type: ignore[attr-defined]
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    region = request.GET.get("region", "")
    region = region if region in Region.values else ""
    page = page_of(
        request,
        public.cities_of_network(
            on=today, search=search, region=region, language=reader_language()
        ),
        per_page=CITIES_PER_PAGE,
    )
    memberships = list(page.object_list)
    groups = [
        (
            _("Observers and partners") if apart else Region(name).label,
            [(row, drawings.city_seat(row.city)) for row in rows],
        )
        for (apart, name), rows in groupby(memberships, key=_group_of)
    ]
    narrowed = bool(search or region)
    context = {
        "groups": groups,
        "page": page,
        "map": drawings.city_map([row.city for row in memberships]),
        "search": search,
        "region": region,
        "regions": Region.choices,
        "narrowed": narrowed,
        "empty": EmptyState(
            title=_("No city found") if narrowed else _("No cities yet"),
            text=_("Try another name or region.")
            if narrowed
            else _("The member cities appear here when the office has entered them."),
            url=request.path if narrowed else "",
            link=_("All cities") if narrowed else "",
        ),
        "crumbs": [Crumb(_("Cities"))],
    }
    return render(request, "cms/public/city_list.html", context)


def _group_of(row: Any) -> tuple[bool, str]:
    """Bodies without a seat stand together, cities by region."""
    return (row.apart, "" if row.apart else row.city.region)


@access(Access.PUBLIC)
@require_safe
def city(request: HttpRequest, slug: str) -> HttpResponse:
    """One city: what it is to the network, how it voted, what it does."""
    found = public.city_by_slug(slug=slug)
    if found is None:
        raise Http404
    language = reader_language()
    today = timezone.localdate(request.now)  # type: ignore[attr-defined]
    seats = list(decisions.votes_of_city(city=found)[:LATEST])
    history = public.membership_history(city=found)
    behind = decisions.votes_named(decisions=(row.decision for row in history))
    context = {
        "city": found,
        "seat": drawings.city_seat(found),
        "description": found.descriptions.in_language(language),
        "standing": public.standing_on(city=found, on=today),
        "history": [(row, behind.get(row.decision)) for row in history if row.starts_on <= today],
        "has_seat": found.body == BodyKind.CITY,
        "texts": list(texts.editions_adopted_by(city=found)[:LATEST]),
        "signed": _signed(found, today),
        "terms": list(elections.terms_of_city(city=found)),
        "today": today,
        "map": drawings.city_map([found]),
        "votes": RowList([_vote_row(seat, language) for seat in seats]) if seats else None,
        "practices": practices_of_city(city=found, language=language, limit=LATEST),
        "library_url": f"{site_address('library', language)}?city={found.slug}",
        "crumbs": [Crumb(_("Cities"), site_address("cities", language)), Crumb(str(found))],
    }
    return render(request, "cms/public/city.html", context)


def _signed(city: City, on: date) -> list[SignatureLine]:
    """What the city stands behind, latest signed first, with the reservations that hold."""
    behind = signed_by(city=city, on=on)
    subjects = [
        subject for each in behind for subject in letter_subjects(each.signature, each.reservations)
    ]
    marks = badges(letters_on(subjects=subjects))
    return [
        signature_line(each.signature, each.reservations, paths={}, marks=marks) for each in behind
    ]


def _vote_row(seat: object, language: str) -> Row:
    vote = seat.vote  # type: ignore[attr-defined]
    return Row(
        title=vote.title_in(language),
        url=drawings.vote_url(vote),
        on=vote.closed_at,
        text=drawings.choice_words(seat, language),
        badge=drawings.vote_badge(vote),
    )
