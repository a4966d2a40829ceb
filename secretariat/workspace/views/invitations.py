"""Accepting an invitation: opening the link shows a button, and only pressing it accepts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from cms.templatetags.formats import reader_language
from members.models import Invitation
from members.rules.reasons import explain
from members.services.invitations import (
    accept_as_new_person,
    accept_invitation,
    account_in_use,
    invitation_of,
    obstacle_to_accepting,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.kernel.models import User
from secretariat.workspace.forms.people import NewPersonForm
from secretariat.workspace.readiness import email_is_read
from secretariat.workspace.views.acting import INVALID, status_of, summary_of

GONE = 410


@access(Access.PUBLIC)
@never_cache
@sensitive_variables("token", "password")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Any number of openings change nothing; a link that is over says why (410)."""
    found = invitation_of(token=token)
    if found is None:
        return _page(request, status=404)
    invited, link = found
    now: datetime = request.now  # type: ignore[attr-defined]
    refused = obstacle_to_accepting(invitation=invited, link=link, email=invited.email, now=now)
    if refused is not None:
        over = explain(refused).in_language(reader_language())
        return _page(request, over=over, status=GONE)
    reader = request.user if request.user.is_authenticated else None
    if reader is not None:
        return _as_signed_in(request, invited, link, reader)
    if account_in_use(email=invited.email) is not None:
        return _page(request, invited=invited, sign_in=True)
    return _as_newcomer(request, invited, link)


def _as_signed_in(
    request: HttpRequest, invited: Invitation, link: int, reader: User
) -> HttpResponse:
    now: datetime = request.now  # type: ignore[attr-defined]
    if reader.email.casefold() != invited.email.casefold():
        status = 403 if request.method == "POST" else 200
        return _page(request, invited=invited, other=reader, status=status)
    if request.method != "POST":
        return _page(request, invited=invited, reader=reader)
    try:
        accept_invitation(invitation=invited, link=link, actor=reader, now=now)
    except DomainError as refusal:
        return _page(
            request, invited=invited, reader=reader, refusal=refusal, status=status_of(refusal)
        )
    email_is_read(person=reader, now=now)
    messages.success(request, _said(invited))
    return redirect(_place(invited))


def _as_newcomer(request: HttpRequest, invited: Invitation, link: int) -> HttpResponse:
    now: datetime = request.now  # type: ignore[attr-defined]
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, invited=invited, form=form)
    if not form.is_valid():
        return _page(request, invited=invited, form=form, status=INVALID)
    try:
        person = accept_as_new_person(invitation=invited, link=link, now=now, **form.cleaned_data)
    except DomainError as refusal:
        form.add_error(refusal.where if refusal.where in form.fields else None, str(refusal))
        return _page(request, invited=invited, form=form, status=status_of(refusal))
    email_is_read(person=person, now=now)
    record_authentication(request, person, method="password", email=person.email)
    answer = perform_login(request, person, email_verification="none", redirect_url=_place(invited))
    return answer or redirect(_place(invited))


def _said(invited: Invitation) -> str:
    if invited.city is None:
        return _("You work for the office now, as: %(role)s.") % {"role": invited.role_label}
    return _("You act for %(city)s now, as: %(role)s.") % {
        "city": invited.city.name_in(reader_language()),
        "role": invited.role_label,
    }


def _place(invited: Invitation) -> str:
    if invited.city is None:
        return reverse("workspace:office")
    return reverse("workspace:city_desk", args=[invited.city.slug])


def _page(
    request: HttpRequest,
    *,
    invited: Invitation | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    response = render(
        request,
        "workspace/invitation.html",
        {
            "invitation": invited,
            "city": invited.city if invited else None,
            "refusal": summary_of(refusal),
            "section": "",
            **context,
        },
        status=status,
    )
    # Not "no-referrer": browsers then send "Origin: null" with the form, which is refused.
    response["Referrer-Policy"] = "strict-origin"
    return response
