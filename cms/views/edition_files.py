"""Editions as files, for ever the same bytes, and the table of old and new as a file."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from resolutions.exports.document import BOTH
from resolutions.exports.formats import COMPARISONS, FORMATS
from resolutions.models import EditionFile
from resolutions.selectors.edition_files import file_of, published_edition
from resolutions.services.export import export_comparison
from secretariat.kernel.access import Access, access

FOREVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=3600"
ONE_DAY = 86_400
LANGUAGES = ("ko", "en", BOTH)


def edition_file_url(slug: str, number: int, language: str, format: str) -> str:
    """The permanent address of an edition's file."""
    return reverse("cms:edition_file", args=[slug, number, f"{slug}-{number}", language, format])


def compare_file_url(slug: str, a: int, b: int, language: str, format: str) -> str:
    """The address of the table of old and new from edition `a` to edition `b`."""
    return reverse("cms:compare_file", args=[slug, a, b, language, format])


def _etag(
    request: HttpRequest, slug: str, number: int, name: str, language: str, format: str
) -> str | None:
    request.edition_file = file = _file(slug, number, name, language, format)  # type: ignore[attr-defined]
    return f'"{file.sha256}"' if file is not None else None


def _file(slug: str, number: int, name: str, language: str, format: str) -> EditionFile | None:
    if name != f"{slug}-{number}":
        return None
    return file_of(slug=slug, number=number, language=language, format=format)


@access(Access.PUBLIC)
@require_safe
@condition(etag_func=_etag)
def edition_file(
    request: HttpRequest, slug: str, number: int, name: str, language: str, format: str
) -> HttpResponse:
    """The stored bytes of a published edition."""
    file: EditionFile | None = request.edition_file  # type: ignore[attr-defined]
    if file is None:
        raise Http404
    made = FORMATS[file.format]
    answer = file_response(
        bytes(file.content), f"{name}.{language}.{made.ending}", media_type=made.media_type
    )
    answer["Cache-Control"] = FOREVER
    return answer


@access(Access.PUBLIC)
@require_safe
def compare_file(
    request: HttpRequest, slug: str, a: int, b: int, language: str, format: str
) -> HttpResponse:
    """The table of old and new between two public editions, as PDF or DOCX."""
    if format not in COMPARISONS or language not in LANGUAGES or a == b:
        raise Http404
    old, new = (published_edition(slug=slug, number=number) for number in (a, b))
    if old is None or new is None:
        raise Http404
    codes = {row.language for row in new.languages.all()}
    if language != BOTH and language not in codes:
        raise Http404
    made_with = FORMATS[format].made_with
    named = "|".join((slug, str(a), old.sha256, str(b), new.sha256, language, format, made_with))
    key = f"comparison:{hashlib.sha256(named.encode()).hexdigest()}"
    content = caches["default"].get(key)
    if content is None:
        content = export_comparison(
            instrument=new.instrument, number=b, against=a, format=format, language=language
        )
        caches["default"].set(key, content, ONE_DAY)
    answer = file_response(
        content, f"{slug}-{a}-{b}.{language}.{format}", media_type=FORMATS[format].media_type
    )
    answer["Cache-Control"] = A_WHILE
    return answer


def file_response(content: bytes, name: str, *, media_type: str) -> HttpResponse:
    """Bytes to keep under a name: never run or guessed at by the browser."""
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
