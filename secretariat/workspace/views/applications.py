"""Applications in the office's hands: examined, sent back, put before an assembly, decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.paging import page_of
from cms.templatetags.formats import reader_language
from members.models import Application, City
from members.policies import OfficeAction
from members.rules.application_lifecycle import APPLICATION_LIFECYCLE, ApplicationAction
from members.selectors.applications import application_by_uuid, applications
from members.selectors.people import find_cities
from members.services.applications import (
    Entry,
    admit_applicant,
    decline_application,
    find_complete,
    forget_contact,
    refuse_application,
    return_application,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.workspace.acts import known as knows
from secretariat.workspace.forms.members import (
    AdmissionForm,
    DeclineForm,
    RefusalForm,
    ReturnForm,
)
from secretariat.workspace.selectors.members import decision_choices, decisions_in_words
from secretariat.workspace.views.acting import submit
from secretariat.workspace.views.members import members_frame, require_register
from secretariat.workspace.views.office import may, require_page

FORGET = "forget_contact"


@access(Access.OFFICE)
@require_safe
@never_cache
def application_list(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first, and what was decided."""
    require_register(request)
    waiting = "decided" not in request.GET
    context = {
        **members_frame(request, Crumb(_("Applications")), part="applications"),
        "waiting": waiting,
        "page": page_of(request, applications(waiting=waiting)),
    }
    return render(request, "workspace/members/applications.html", context)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One application with its letter and its steps, and what can be done with it now."""
    require_register(request)
    found = application_by_uuid(uuid=uuid)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found, {})
    require_page(request, OfficeAction.KEEP_CITIES)
    act = request.POST.get("act", "")
    deed = _deeds(request, found).get(act)
    if deed is None:
        return HttpResponseBadRequest()
    form = _form(request, found, act, request.POST)

    def do(data: dict[str, Any]) -> tuple[str, str]:
        return deed(data), request.path

    return submit(
        request, form, do, again=lambda status: _page(request, found, {act: form}, status=status)
    )


def _deeds(request: HttpRequest, found: Application) -> dict[str, Callable[[Any], str]]:
    doing = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def complete(data: dict[str, Any]) -> str:
        find_complete(application=found, **doing)
        return _("The application is complete. The applicant is told.")

    def send_back(data: dict[str, Any]) -> str:
        return_application(application=found, missing=data["missing"], **doing)
        return _("The application is sent back. The applicant is told what is missing.")

    def refuse(data: dict[str, Any]) -> str:
        refuse_application(application=found, reason=data["reason"], **doing)
        return _("The application is refused. The applicant is told why.")

    def decline(data: dict[str, Any]) -> str:
        decline_application(
            application=found, decision=data["decision"], words=data["words"], **doing
        )
        return _("The decision is recorded. The applicant is told.")

    def admit(data: dict[str, Any]) -> str:
        city = City.objects.filter(slug=data["registered"]).first() if data["registered"] else None
        admit_applicant(
            application=found,
            entry=Entry(
                city=city,
                slug=data["slug"],
                code=data["code"],
                latitude=data["latitude"],
                longitude=data["longitude"],
            ),
            starts_on=data["starts_on"],
            decision=data["decision"],
            **doing,
        )
        return _("%(name)s is admitted and entered in the register.") % {
            "name": found.name_in(reader_language())
        }

    def forget(data: dict[str, Any]) -> str:
        forget_contact(application=found, **doing)
        return _("The contact person is removed from the application.")

    return {
        FORGET: forget,
        ApplicationAction.FIND_COMPLETE: complete,
        ApplicationAction.RETURN: send_back,
        ApplicationAction.REFUSE: refuse,
        ApplicationAction.DECLINE: decline,
        ApplicationAction.ADMIT: admit,
    }


def _form(request: HttpRequest, found: Application, act: str, data: Any = None) -> forms.Form:
    auto_id = f"{act}_%s"
    match act:
        case ApplicationAction.RETURN:
            return ReturnForm(data, auto_id=auto_id)
        case ApplicationAction.REFUSE:
            return RefusalForm(data, auto_id=auto_id)
        case ApplicationAction.DECLINE:
            return DeclineForm(data, decisions=decision_choices(), auto_id=auto_id)
        case ApplicationAction.ADMIT:
            english, known = found.name_in("en"), _known(found)
            return AdmissionForm(
                data,
                known=known,
                language=reader_language(),
                decisions=decision_choices(),
                auto_id=auto_id,
                initial={
                    "registered": known[0].slug if known else "",
                    "slug": slugify(english),
                    "code": slugify(english).replace("-", "")[:3].upper(),
                    "starts_on": network_day(request.now),  # type: ignore[attr-defined]
                },
            )
    return forms.Form(data)


def _known(found: Application) -> list[City]:
    """Bodies of the register that go by one of the applicant's names."""
    cities: dict[int, City] = {}
    for name in found.names.values():
        cities |= {city.pk: city for city in find_cities(search=name)}
    return [city for city in cities.values() if city.body == found.body]


def _page(
    request: HttpRequest,
    found: Application,
    bound: dict[str, forms.Form],
    *,
    status: int = 200,
) -> HttpResponse:
    offered = {}
    if may(request, OfficeAction.KEEP_CITIES):
        for act in ("find_complete", "admit", "return", "decline", "refuse"):
            if knows(APPLICATION_LIFECYCLE, found.state, act):
                offered[act] = bound.get(act) or _form(request, found, act)
    steps = sorted(found.steps.all(), key=lambda step: step.number)
    named = decisions_in_words(step.decision for step in steps)
    crumb = Crumb(_("Applications"), reverse("workspace:applications"))
    context = {
        **members_frame(
            request, crumb, Crumb(found.name_in(reader_language())), part="applications"
        ),
        "application": found,
        "steps": [(step, named.get(step.decision)) for step in steps],
        "acts": offered,
        "may_forget": may(request, OfficeAction.KEEP_CITIES)
        and not APPLICATION_LIFECYCLE.actions(found.state)
        and bool(found.contact_email),
        "bound": next(iter(bound.values()), None),
        "known": _known(found) if found.city is None else [],
    }
    return render(request, "workspace/members/application.html", context, status=status)
