"""Applying to join the network, and the applicant's own page, reached by its own link alone."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.application_form import ApplicationForm
from cms.components import Badge, Crumb
from cms.navigation import site_address
from cms.templatetags.formats import reader_language
from members.models import Application
from members.rules.application_lifecycle import APPLICATION_LIFECYCLE, ApplicationAction
from members.selectors.applications import application_by_uuid
from members.services.applications import (
    apply_to_join,
    is_status_key,
    send_again,
    withdraw_application,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError

MOST_AN_HOUR: Final = {"apply": "5/h/key"}
TONES: Final = {
    "received": "open",
    "returned": "waiting",
    "complete": "open",
    "admitted": "adopted",
    "declined": "rejected",
    "refused": "rejected",
    "withdrawn": "neutral",
}


@access(Access.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def apply(request: HttpRequest) -> HttpResponse:
    """The form; sent, the way to the applicant's page goes by e-mail."""
    posted = request.method == "POST"
    form = ApplicationForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"sought": "member", "language": get_language()},
    )
    if not posted:
        return _form_page(request, form)
    if form.filled_by_a_robot:
        return redirect("cms:applied")
    if not form.is_valid():
        return _form_page(request, _without_files(form), status=422)
    if not _has_room(request):
        form.add_error(
            None, _("Several applications came from your network just now. Try again in an hour.")
        )
        return _form_page(request, _without_files(form), status=429)
    try:
        apply_to_join(
            applicant=form.applicant(),
            letter=form.cleaned_data["letter"],
            now=_now(request),
        )
    except DomainError as refusal:
        return _form_page(request, _with(form, refusal), status=422)
    return redirect("cms:applied")


@access(Access.PUBLIC)
@require_http_methods(["GET", "HEAD"])
@never_cache
def applied(request: HttpRequest) -> HttpResponse:
    """What happens next; the same for everybody."""
    context = {"crumbs": _crumbs(), "robots": "noindex"}
    return render(request, "cms/public/applied.html", context)


@access(Access.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def application(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """How the application stands; what is missing, and the form to complete it."""
    found = application_by_uuid(uuid=uuid)
    if found is None or not is_status_key(found, key):
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = None
    if ApplicationAction.SEND_AGAIN in APPLICATION_LIFECYCLE.actions(found.state):
        sending = posted if posted is not None and posted.get("act") == "send_again" else None
        form = ApplicationForm(
            sending,
            request.FILES if sending is not None else None,
            letter_there=True,
            initial=ApplicationForm.initial_of(found),
        )
    if posted is None:
        return _status_page(request, found, form)
    match posted.get("act"):
        case "withdraw":
            return _withdraw(request, found, form)
        case "send_again" if form is not None:
            return _send_again(request, found, form)
    return HttpResponseBadRequest()


def _withdraw(
    request: HttpRequest, found: Application, form: ApplicationForm | None
) -> HttpResponse:
    try:
        withdraw_application(application=found, now=_now(request))
    except DomainError as refusal:
        return _status_page(request, found, form, refusal=refusal, status=409)
    messages.success(request, _("The application is withdrawn."))
    return redirect(request.path)


def _send_again(request: HttpRequest, found: Application, form: ApplicationForm) -> HttpResponse:
    if not form.is_valid():
        return _status_page(request, found, _without_files(form), status=422)
    try:
        changed = send_again(
            application=found,
            applicant=form.applicant(),
            letter=form.cleaned_data["letter"],
            now=_now(request),
        )
    except DomainError as refusal:
        return _status_page(request, found, _with(form, refusal), status=422)
    if changed.contact_email != found.contact_email:
        return redirect("cms:applied")
    messages.success(request, _("Sent again. The office examines it and writes to you."))
    return redirect(request.path)


def _form_page(request: HttpRequest, form: ApplicationForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "cms/public/apply.html", context, status=status)


def _status_page(
    request: HttpRequest,
    found: Application,
    form: ApplicationForm | None,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    steps = sorted(found.steps.all(), key=lambda step: step.number)
    words = next((step.words for step in reversed(steps) if step.words), "")
    context = {
        "application": found,
        "badge": Badge(found.get_state_display(), TONES[found.state]),
        "steps": steps,
        "words": words if found.state in ("returned", "refused", "declined") else "",
        "form": form,
        "refusal": str(refusal) if refusal else "",
        "may_withdraw": ApplicationAction.WITHDRAW in APPLICATION_LIFECYCLE.actions(found.state),
        "crumbs": _crumbs(),
        "robots": "noindex",
    }
    response = render(request, "cms/public/application.html", context, status=status)
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _crumbs() -> list[Crumb]:
    return [
        Crumb(_("Cities"), site_address("cities", reader_language())),
        Crumb(_("Join the network")),
    ]


def _with(form: ApplicationForm, refusal: DomainError) -> ApplicationForm:
    form.add_error(refusal.where if refusal.where in form.fields else None, str(refusal))
    return _without_files(form)


def _without_files(form: ApplicationForm) -> ApplicationForm:
    """The form, which a browser shows without the file that was chosen: it says so."""
    if "letter" in form.files and "letter" not in form.errors:
        form.add_error(
            "letter", _("Choose the letter once more: browsers do not keep it with the form.")
        )
    return form


def _now(request: HttpRequest) -> datetime:
    moment: datetime = request.now  # type: ignore[attr-defined]
    return moment


def _has_room(request: HttpRequest) -> bool:
    """Whether the sender's network has sent fewer than `MOST_AN_HOUR` in the last hour."""
    sender = _network(get_adapter(request).get_client_ip(request))
    usage = ratelimit.consume(request, app="cms", action="apply", config=MOST_AN_HOUR, key=sender)
    return usage is not None


def _network(address: str) -> str:
    """The address; of IPv6, the network that one household has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
