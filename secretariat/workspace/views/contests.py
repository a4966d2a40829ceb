"""What was done for a city by letter, as the city sees it, and contesting it.

On the desk, for its own people; and behind the link of a notice, for whoever was told.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.paging import page_of
from members.models import ActByLetter, LetterNotice
from members.models.letters import LetterState
from members.selectors.letters import letters_of_city
from members.services.letters import (
    contest_letter,
    describe_letter,
    details_of_letter,
    letter_kind,
)
from secretariat.kernel.access import Access, access
from secretariat.workspace.forms.letters import ContestForm
from secretariat.workspace.letter_notices import notice_of_token
from secretariat.workspace.views.acting import submit
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city
from secretariat.workspace.views.letters import letter_badge


@access(Access.CITY)
@require_safe
@never_cache
def city_letters(request: HttpRequest, city: str) -> HttpResponse:
    """Everything that was done for the city by letter, latest first."""
    owner = own_city(request, city)
    page = page_of(request, letters_of_city(city=owner))
    context = {
        **desk_frame(request, owner),
        "page": page,
        "rows": [(each, letter_badge(each), describe_letter(each)) for each in page.object_list],
        "crumbs": (*desk_crumbs(owner), Crumb(_("By letter"))),
    }
    return render(request, "workspace/desk/letters.html", context)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def city_letter(request: HttpRequest, city: str, letter: UUID) -> HttpResponse:
    """One act by letter, with the letter itself, and the way to contest it."""
    owner = own_city(request, city)
    found = get_object_or_404(letters_of_city(city=owner), uuid=letter)
    crumbs = (
        *desk_crumbs(owner),
        Crumb(_("By letter"), reverse("workspace:city_letters", args=[owner.slug])),
        Crumb(letter_kind(found.kind).label),
    )
    frame = {**desk_frame(request, owner), "crumbs": crumbs, "readable": True}
    return _contest_page(request, found, "workspace/desk/letter.html", frame)


@access(Access.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def told(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of a notice leads: what was done, and a form to contest it."""
    notice = notice_of_token(token)
    if notice is None:
        raise Http404
    frame = {"city": notice.letter.city, "section": "", "readable": False}
    return _contest_page(request, notice.letter, "workspace/told.html", frame, notice=notice)


def _contest_page(
    request: HttpRequest,
    found: ActByLetter,
    template: str,
    frame: dict[str, Any],
    *,
    notice: LetterNotice | None = None,
) -> HttpResponse:
    form = ContestForm(request.POST if request.method == "POST" else None)

    def page(status: int = 200) -> HttpResponse:
        context = {
            **frame,
            "letter": found,
            "kind": letter_kind(found.kind),
            "badge": letter_badge(found),
            "says": describe_letter(found),
            "details": details_of_letter(found) if frame["readable"] else (),
            "contest": getattr(found, "contest", None),
            "form": form if found.state == LetterState.CONFIRMED or form.is_bound else None,
        }
        return render(request, template, context, status=status)

    if request.method != "POST":
        return page()

    def contest(data: dict[str, Any]) -> tuple[str, str]:
        contest_letter(
            letter=found,
            reason=data["reason"],
            actor=request.user,
            notice=notice,
            now=request.now,  # type: ignore[attr-defined]
        )
        return _("The office has your objection and answers it."), request.path

    return submit(request, form, contest, again=page)
