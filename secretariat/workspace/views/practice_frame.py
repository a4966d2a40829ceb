"""What all pages of a city's practices share: whose they are, who writes, the way here."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.components import Crumb
from cms.models import Practice, PracticeNote
from cms.practice_guide import question
from members.models import City
from members.policies import CityAction, city_policy
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.selectors.practices import versions_at
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city

CODES = tuple(code for code, _name in LANGUAGES)


def now_of(request: HttpRequest) -> Any:
    return request.now  # type: ignore[attr-defined]


def key_of(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0


def may_write_practices(request: HttpRequest, city: City) -> bool:
    return city_policy.may(request.user, CityAction.EDIT_PRACTICES, city, now_of(request))


def writable_city(request: HttpRequest, slug: str) -> City:
    owner = own_city(request, slug)
    if not may_write_practices(request, owner):
        raise Http404
    return owner


def versions_of(city: City, slug: str) -> dict[str, Practice]:
    versions = versions_at(city=city, slug=slug)
    if not versions:
        raise Http404
    return versions


def version_in(versions: dict[str, Practice], language: str) -> Practice:
    if language not in versions:
        raise Http404
    return versions[language]


def address_of(city: City, slug: str, language: str = "") -> str:
    if language:
        return reverse("workspace:practice_editor", args=[city.slug, slug, language])
    return reverse("workspace:practice", args=[city.slug, slug])


def crumbs_to(city: City) -> tuple[Crumb, ...]:
    return (
        *desk_crumbs(city),
        Crumb(_("Practices"), reverse("workspace:practices", args=[city.slug])),
    )


def frame(request: HttpRequest, city: City, *crumbs: Crumb) -> dict[str, Any]:
    way = (*crumbs_to(city), *crumbs) if crumbs else (*desk_crumbs(city), Crumb(_("Practices")))
    return {**desk_frame(request, city), "crumbs": way}


def about_in_words(note: PracticeNote) -> Any:
    """What a note is about, in the guide's words."""
    asked = question(note.field)
    return asked.label if asked else ""
