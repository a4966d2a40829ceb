"""Private files and their small images: served here alone, after asking the policy."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from members.models import PrivateFile
from members.policies import file_policy
from members.services.renditions import WIDTHS, rendition
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import InvalidInput

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""What browsers show in the page; anything else is saved."""


@access(Access.PUBLIC)
@require_safe
def private_file(request: HttpRequest, file: UUID) -> HttpResponseBase:
    """The file as it was sent; 404 for everybody who may not read it."""
    found = _readable(request, file)
    return _answer(request, found, found.stored.open("rb"), found.name, found.media_type)


@access(Access.PUBLIC)
@require_safe
def private_image(request: HttpRequest, file: UUID, width: int) -> HttpResponseBase:
    """A smaller image without what the camera wrote into it; for the same readers."""
    found = _readable(request, file)
    if not found.is_image or width not in WIDTHS:
        raise Http404
    try:
        made = rendition(found, width)
    except InvalidInput as problem:
        raise Http404 from problem
    return _answer(request, found, made, f"{width}.jpg", "image/jpeg")


def _readable(request: HttpRequest, file: UUID) -> PrivateFile:
    found = get_object_or_404(PrivateFile.objects.select_related("city"), uuid=file)
    if not file_policy.may_read(request.user, found, request.now):  # type: ignore[attr-defined]
        raise Http404
    return found


def _answer(
    request: HttpRequest, file: PrivateFile, content: object, name: str, media_type: str
) -> FileResponse:
    answer = FileResponse(
        content,
        as_attachment="download" in request.GET or media_type not in SHOWN,
        filename=name,
        content_type=media_type,
    )
    answer.headers["Cache-Control"] = (
        "public, max-age=300" if file_policy.is_public(file) else "private, no-store"
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
