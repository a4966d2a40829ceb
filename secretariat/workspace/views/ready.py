"""Ready to vote? A page that anybody with a desk can look at, at any time."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.components import Crumb
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.readiness import (
    ask_by_email,
    checks_of,
    confirm_email,
    next_assembly,
    proof_of,
)
from secretariat.workspace.views.acting import perform, status_of, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ready(request: HttpRequest, city: str) -> HttpResponse:
    """One line for each thing that voting needs, with what to do where it is missing."""
    owner = own_city(request, city)
    now = request.now  # type: ignore[attr-defined]

    def page(refusal: DomainError | None = None) -> HttpResponse:
        checks = checks_of(person=request.user, city=owner, now=now)  # type: ignore[arg-type]
        context = {
            **desk_frame(request, owner),
            "checks": checks,
            "all_well": all(check.well for check in checks),
            "assembly": next_assembly(now=now),
            "refusal": summary_of(refusal),
            "crumbs": (*desk_crumbs(owner), Crumb(_("Ready to vote?"))),
        }
        status = status_of(refusal) if refusal else 200
        return render(request, "workspace/desk/ready.html", context, status=status)

    if request.method != "POST":
        return page()

    def send() -> str:
        proof = ask_by_email(person=request.user, now=now)  # type: ignore[arg-type]
        return _("A letter goes to %(email)s. Open its link and press the button there.") % {
            "email": proof.email
        }

    return perform(request, {"email": send}, back=request.path, again=page)


@access(Access.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ready_email(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter: scanners open it too, so only pressing the button counts."""
    proof = proof_of(token=token)
    if request.method == "POST" and proof is not None:
        confirm_email(proof=proof, now=request.now)  # type: ignore[attr-defined]
        messages.success(request, _("Thank you. Letters reach you."))
        return redirect("workspace:desk")
    status = 200 if proof is not None else 404
    response = render(
        request, "workspace/ready_email.html", {"proof": proof, "section": ""}, status=status
    )
    response["Referrer-Policy"] = "strict-origin"
    return response
