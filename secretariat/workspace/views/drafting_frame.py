"""Where a draft is worked on: at the office, or on the desk of a city that the office named.

Every page of a draft has these two doors; behind them it is the same page. What only the office
does (naming cities, taking over a lock) it offers there alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.components import Crumb
from members.models import City
from members.models.people import MandateRole, OfficeRoleKind
from members.policies import CityAction, OfficeAction, city_policy
from resolutions.models import Instrument
from resolutions.models.texts import InstrumentState
from resolutions.selectors.drafting import drafts_of
from secretariat.kernel.access import Access, access
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city
from secretariat.workspace.views.office import frame as office_frame
from secretariat.workspace.views.office import require_page

EDITABLE = (InstrumentState.DRAFT, InstrumentState.PUBLISHED, InstrumentState.WITHDRAWN)
_ROLES: dict[str, Any] = {
    **{str(role.value): role.label for role in OfficeRoleKind},
    **{str(role.value): role.label for role in MandateRole},
}


@dataclass(frozen=True, slots=True)
class Room:
    """A draft, and through which door somebody came: `city` is None at the office."""

    request: HttpRequest
    instrument: Instrument
    city: City | None

    @property
    def now(self) -> datetime:
        return self.request.now  # type: ignore[attr-defined]

    @property
    def doing(self) -> dict[str, Any]:
        """What every service is told of who acts."""
        return {
            "instrument": self.instrument,
            "city": self.city,
            "actor": self.request.user,
            "now": self.now,
        }

    @property
    def editable(self) -> bool:
        """Whether the text is in a state in which it may be written."""
        return self.instrument.state in EDITABLE

    def address(self, name: str = "draft", *parts: Any) -> str:
        """The address of a page of this draft, through the same door."""
        if self.city is None:
            return reverse(f"workspace:{name}", args=[self.instrument.slug, *parts])
        return reverse(
            f"workspace:city_{name}", args=[self.city.slug, self.instrument.slug, *parts]
        )

    def frame(self, *crumbs: Crumb) -> dict[str, Any]:
        """What every page here knows; `crumbs` lead on from the draft."""
        here = Crumb(_("Draft"), self.address()) if crumbs else Crumb(_("Draft"))
        if self.city is None:
            context = office_frame(
                self.request,
                Crumb(_("Texts"), reverse("workspace:texts")),
                Crumb(str(self.instrument), reverse("workspace:text", args=[self.instrument.slug])),
                here,
                *crumbs,
                place="texts",
            )
        else:
            drafts = reverse("workspace:city_drafts", args=[self.city.slug])
            way = (
                *desk_crumbs(self.city),
                Crumb(_("Drafts"), drafts),
                Crumb(str(self.instrument), self.address() if crumbs else ""),
                *crumbs,
            )
            context = {**desk_frame(self.request, self.city), "crumbs": way}
        return {**context, "room": self, "text": self.instrument, "editable": self.editable}


Page = Callable[..., HttpResponseBase]


def doors(page: Page, methods: Sequence[str] = ("GET", "HEAD", "POST")) -> tuple[Page, Page]:
    """The two views of a page: at the office, and on a city's desk."""

    @wraps(page)
    def at_the_office(request: HttpRequest, slug: str, **parts: Any) -> HttpResponseBase:
        require_page(request, OfficeAction.DRAFT_TEXTS)
        texts = Instrument.objects.prefetch_related("wordings")
        return page(Room(request, get_object_or_404(texts, slug=slug), None), **parts)

    @wraps(page)
    def on_the_desk(request: HttpRequest, city: str, slug: str, **parts: Any) -> HttpResponseBase:
        owner = drafting_city(request, city)
        found = get_object_or_404(drafts_of(city=owner), slug=slug)
        return page(Room(request, found, owner), **parts)

    def opened(view: Page, whose: Access) -> Page:
        return access(whose)(require_http_methods(list(methods))(never_cache(view)))

    return opened(at_the_office, Access.OFFICE), opened(on_the_desk, Access.CITY)


def drafting_city(request: HttpRequest, slug: str) -> City:
    """The person's city, where their mandate lets them draft for it; else 404."""
    owner = own_city(request, slug)
    now = request.now  # type: ignore[attr-defined]
    if not city_policy.may(request.user, CityAction.DRAFT_TEXTS, owner, now):
        raise Http404
    return owner


def who(role: str, city: City | None, language: str) -> str:
    """Who that is, without a name: "Voting delegate of Vienna", "Secretary-general"."""
    label = str(_ROLES.get(role, _("the platform")))
    if city is None:
        return label
    return _("%(role)s of %(city)s") % {"role": label, "city": city.name_in(language)}
