"""The step between a first sign-in and the desk: why a second factor, and how to set one up."""

from __future__ import annotations

from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.mfa.base import views as mfa
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from secretariat.kernel.access import Access, access
from secretariat.workspace.second_factor import has_second_factor


@access(Access.SIGNED_IN)
@require_safe
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """Two ways to choose from; whoever has one already is past this step."""
    if has_second_factor(request.user):  # type: ignore[arg-type]
        return redirect("workspace:arrive")
    return render(request, "workspace/second_factor.html", {"section": ""})


@access(Access.PUBLIC)
@never_cache
def code(request: HttpRequest) -> HttpResponseBase:
    """allauth's page for the code, in place of which this stands.

    A sign-in that waits for a code when the factor is reset would wait for ever: the page for
    the code and the page for the password send it to each other. It begins anew instead.
    """
    stage = get_pending_stage(request)
    waiting = stage.login.user if stage is not None else None
    if waiting is not None and not has_second_factor(waiting):
        clear_login(request)
        return redirect("account_login")
    answer: HttpResponseBase = mfa.authenticate(request)
    return answer
