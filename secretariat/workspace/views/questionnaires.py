"""The questionnaire on a practice: filled in offline, it comes back as a draft."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.questionnaire import MEDIA_TYPE, make_questionnaire
from cms.selectors.practice_stages import draft_of
from cms.services.practice_intake import take_in_questionnaire
from secretariat.kernel.access import Access, access
from secretariat.workspace.forms.practices import (
    QuestionnaireForm,
)
from secretariat.workspace.views.acting import submit
from secretariat.workspace.views.desk_frame import own_city
from secretariat.workspace.views.practice_frame import (
    CODES,
    address_of,
    frame,
    now_of,
    version_in,
    versions_of,
    writable_city,
)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def questionnaire(request: HttpRequest, city: str) -> HttpResponse:
    """The questionnaire to fill in offline, and the way back: a filled-in one becomes a draft."""
    owner = writable_city(request, city)
    form = QuestionnaireForm(
        request.POST if request.method == "POST" else None, request.FILES or None
    )

    def page(status: int = 200) -> HttpResponse:
        context = {
            **frame(request, owner, Crumb(_("Questionnaire"))),
            "form": form,
            "languages": CODES,
        }
        return render(request, "workspace/practices/questionnaire.html", context, status=status)

    if request.method != "POST":
        return page()

    def take_in(data: dict[str, Any]) -> tuple[str, str]:
        saved, leftovers = take_in_questionnaire(
            city=owner,
            content=data["file"].read(),
            name=data["file"].name,
            actor=request.user,
            now=now_of(request),
        )
        said = _("The questionnaire is a draft now. Look it through before you submit it.")
        if leftovers:
            said = _(
                "The questionnaire is a draft now. Some words fitted no question: they stand on "
                "top, to be put where they belong."
            )
        return said, address_of(owner, saved.slug, saved.language)

    return submit(request, form, take_in, again=page)


@access(Access.CITY)
@require_safe
@never_cache
def questionnaire_file(request: HttpRequest, city: str, language: str) -> FileResponse:
    """The DOCX file in a language; with `?practice=` filled in with that practice's draft."""
    owner = own_city(request, city)
    if language not in CODES:
        raise Http404
    draft, name = None, f"practice-{language}"
    if slug := request.GET.get("practice", ""):
        found = version_in(versions_of(owner, slug), language)
        draft, name = draft_of(practice=found), f"{found.slug}-{language}"
    made = make_questionnaire(language=language, practice=draft)
    return FileResponse(
        BytesIO(made), as_attachment=True, filename=f"{name}.docx", content_type=MEDIA_TYPE
    )
