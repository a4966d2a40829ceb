"""The step between a first sign-in and the desk: why a second factor, and how to set one up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
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
