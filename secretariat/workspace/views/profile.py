"""The profile of a city on its desk: what the public page says of it, and its contacts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.components import Crumb
from members.models import City
from members.policies import CityAction, city_policy
from members.services.cities import correct_city
from members.services.contacts import set_contacts
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.profile import ContactForm, ContactForms, ProfileForm
from secretariat.workspace.views.acting import INVALID, perform, status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def profile(request: HttpRequest, city: str) -> HttpResponse:
    """Editing what the city says of itself; for its head and its editors."""
    owner = own_city(request, city)
    now = request.now  # type: ignore[attr-defined]
    if not city_policy.may(request.user, CityAction.EDIT_PROFILE, owner, now):
        raise Http404
    if request.method != "POST":
        return _page(request, owner, _profile_form(owner), _contact_forms(owner))
    match request.POST.get("act"):
        case "profile":
            return _save_profile(request, owner)
        case "contacts":
            return _save_contacts(request, owner)
    return HttpResponseBadRequest()


def _save_profile(request: HttpRequest, owner: City) -> HttpResponse:
    form = _profile_form(owner, request.POST)

    def save(data: dict[str, Any]) -> tuple[str, str]:
        correct_city(
            city=owner,
            code=owner.code,
            country=owner.country,
            region=owner.region,
            names=owner.names,
            descriptions=form.words("description"),
            latitude=owner.latitude,
            longitude=owner.longitude,
            population=data["population"],
            website=data["website"],
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        return _("The profile is saved. The public page shows it."), request.path

    return submit(
        request,
        form,
        save,
        again=lambda status: _page(request, owner, form, _contact_forms(owner), status=status),
    )


def _save_contacts(request: HttpRequest, owner: City) -> HttpResponse:
    forms = _contact_forms(owner, request.POST)
    if not forms.is_valid():
        return _page(request, owner, _profile_form(owner), forms, status=INVALID)

    def save() -> str:
        found = [form.details() for form in forms]
        set_contacts(
            city=owner,
            contacts=[details for details in found if details is not None],
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        return _("The contacts are saved.")

    return perform(
        request,
        {"contacts": save},
        back=request.path,
        again=lambda refusal: _page(request, owner, _profile_form(owner), forms, refusal=refusal),
    )


def _profile_form(owner: City, data: Any = None) -> ProfileForm:
    return ProfileForm(data, initial=ProfileForm.initial_of(owner))


def _contact_forms(owner: City, data: Any = None) -> Any:
    current = owner.contacts.filter(ends_at=None).order_by("place", "pk")
    return ContactForms(
        data,
        prefix="contacts",
        initial=[ContactForm.initial_of(contact) for contact in current],
    )


def _page(
    request: HttpRequest,
    owner: City,
    form: ProfileForm,
    contacts: Any,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **desk_frame(request, owner),
        "crumbs": (*desk_crumbs(owner), Crumb(_("Our profile"))),
        "form": form,
        "contacts": contacts,
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/desk/profile.html", context, status=status)
