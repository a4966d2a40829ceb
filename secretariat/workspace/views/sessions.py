"""Where one is signed in, and signing out there: one device, the others, everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from secretariat.kernel.access import Access, access
from secretariat.workspace.devices import device_words, remember_device
from secretariat.workspace.notices import tell_of_change
from secretariat.workspace.second_factor import end_sessions


@dataclass(frozen=True, slots=True)
class Device:
    """One place where the person is signed in."""

    key: int
    words: str
    since: datetime
    here: bool


@access(Access.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """The devices; posting ends one (`device`), the others, or all sessions."""
    if request.method != "POST":
        return render(request, "workspace/sessions.html", {"devices": _devices(request)})
    act = request.POST.get("act", "")
    if act == "one":
        return _end_one(request)
    if act not in ("others", "everywhere"):
        return HttpResponseBadRequest()
    person = request.user
    tell_of_change(person=person, change="signed_out_everywhere", request=request)  # type: ignore[arg-type]
    end_sessions(person=person)  # type: ignore[arg-type]
    if act == "everywhere":
        logout(request)
        messages.success(request, _("You are signed out on every device."))
        return redirect("account_login")
    update_session_auth_hash(request, person)  # type: ignore[arg-type]
    UserSession.objects.create_from_request(request)
    remember_device(request, person)  # type: ignore[arg-type]
    messages.success(request, _("You are signed out on every other device."))
    return redirect("account_sessions")


def _end_one(request: HttpRequest) -> HttpResponse:
    key = request.POST.get("device", "")
    if not key.isdecimal():
        return HttpResponseBadRequest()
    session = get_object_or_404(UserSession, user=request.user, pk=int(key))
    if session.is_current():
        return HttpResponseBadRequest()
    session.end()
    messages.success(request, _("You are signed out on that device."))
    return redirect("account_sessions")


def _devices(request: HttpRequest) -> list[Device]:
    found = UserSession.objects.purge_and_list(request.user)
    return sorted(
        (
            Device(
                key=session.pk,
                words=device_words(session.user_agent),
                since=session.created_at,
                here=session.is_current(),
            )
            for session in found
        ),
        key=lambda device: (not device.here, device.since),
    )
