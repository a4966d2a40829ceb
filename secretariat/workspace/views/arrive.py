"""Where people land after signing in: the office, the desk of their city, or the public site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from cms.navigation import site_address
from cms.templatetags.formats import reader_language
from members.policies import OfficeAction, mandates_in_force, office_policy
from secretariat.kernel.access import Access, access


@access(Access.SIGNED_IN)
@require_safe
def arrive(request: HttpRequest) -> HttpResponse:
    """Office staff go to the office, city people to their desk, everybody else to the home page."""
    now = request.now  # type: ignore[attr-defined]
    if office_policy.may(request.user, OfficeAction.SEE_OFFICE, now):
        return redirect("workspace:office")
    if mandates_in_force(request.user, now):
        return redirect("workspace:desk")
    return redirect(site_address("home", reader_language()))
