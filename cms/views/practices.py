"""A practice of the library; the list and the search belong to `search`."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.components import Card, CardList, Crumb
from cms.models import Practice
from cms.navigation import site_address
from cms.selectors import library
from cms.templatetags.formats import country, reader_language
from secretariat.kernel.access import Access, access

RELATED, ADAPTED = 3, 10


@access(Access.PUBLIC)
@require_safe
def practice(request: HttpRequest, slug: str) -> HttpResponse:
    """One practice; where it is not in the reader's language, in the one there is, said so."""
    language = reader_language()
    found = library.practice_at(slug=slug, language=language)
    if found is None:
        raise Http404
    related = library.related_practices(practice=found, limit=RELATED)
    context = {
        "practice": found,
        "in_another_language": found.language != language,
        "library": site_address("library", language),
        "origin": library.origin_of(practice=found),
        "adaptations": library.adaptations_of(practice=found, limit=ADAPTED),
        "related": CardList([practice_card(row) for row in related]) if related else None,
        "crumbs": [Crumb(_("Library"), site_address("library", language)), Crumb(found.title)],
    }
    return render(request, "cms/public/practice.html", context)


def practice_card(row: Practice) -> Card:
    """A practice in a list."""
    place = row.city.name_in(row.language) if row.city else row.place or country(row.country)
    return Card(
        title=row.title,
        url=f"{site_address('library', row.language)}{row.slug}/",
        kicker=place,
        text=row.summary,
        meta=" · ".join(row.pillar_labels),
        lang="" if row.language == reader_language() else row.language,
    )
