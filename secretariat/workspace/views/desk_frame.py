"""What every page of a city's desk stands in: whose desk it is, and the way here."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.components import Crumb
from cms.templatetags.formats import reader_language
from members.models import City
from members.policies import CityAction, city_policy, mandates_in_force


def own_city(request: HttpRequest, slug: str) -> City:
    """The city, where the person holds a mandate of it that lets them see its desk."""
    now = request.now  # type: ignore[attr-defined]
    for mandate in mandates_in_force(request.user, now):
        city = mandate.city
        if city.slug == slug and city_policy.may(request.user, CityAction.SEE_DESK, city, now):
            return city
    raise Http404


def desk_frame(request: HttpRequest, city: City) -> dict[str, Any]:
    now = request.now  # type: ignore[attr-defined]
    own = [each for each in mandates_in_force(request.user, now) if each.city_id == city.pk]
    return {
        "city": city,
        "roles": ", ".join(mandate.get_role_display() for mandate in own),
        "several": len({each.city_id for each in mandates_in_force(request.user, now)}) > 1,
        "crumbs": (Crumb(_("Desk of %(city)s") % {"city": city.name_in(reader_language())}),),
        "section": "",
    }


def desk_crumbs(city: City) -> tuple[Crumb, ...]:
    words = _("Desk of %(city)s") % {"city": city.name_in(reader_language())}
    return (Crumb(words, reverse("workspace:city_desk", args=[city.slug])),)
