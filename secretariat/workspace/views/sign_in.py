"""The first sign-in: a link shows a button, and only pressing it lets the person in."""

from __future__ import annotations

from uuid import UUID

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from members.services.accounts import person_of_link
from secretariat.kernel.access import Access, access


@access(Access.PUBLIC)
@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, person: UUID, token: str) -> HttpResponse:
    """Mail scanners open links, so opening changes nothing. A spent link says so (410)."""
    found = person_of_link(person=person, token=token)
    if found is None:
        return render(request, "workspace/sign_in_link.html", {"person": None}, status=410)
    if request.method == "POST":
        set_password = reverse("account_set_password")
        answer = perform_login(request, found, email_verification="none", redirect_url=set_password)
        return answer or redirect(set_password)
    response = render(request, "workspace/sign_in_link.html", {"person": found})
    response["Referrer-Policy"] = "strict-origin"
    return response
