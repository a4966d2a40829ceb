"""Whether a file or a fingerprint is that of an edition: anyone may ask (원본 확인).

Where scripts run, the browser computes the SHA-256 and asks with `?sha256=`: the file stays where
it is. Else the form sends the file, which is hashed as it comes in and kept nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from cms import editions as words
from cms.components import Badge, Crumb
from cms.hashing_upload import HashedUpload, HashingUploadHandler
from cms.templatetags.formats import language_name, reader_language
from resolutions.selectors import texts as selectors
from resolutions.selectors.fingerprints import Match, identify
from secretariat.kernel.access import Access, access

MOST_BYTES = 20 * 1024 * 1024
"""Of a file that is sent. Where scripts run, `MOST_BYTES_HERE`, since nothing is sent."""
MOST_BYTES_HERE = 200 * 1024 * 1024
REFUSED_UNREAD = 5 * MOST_BYTES
LONGEST = 500
DIGITS = 64
_PREFIX = re.compile(r"^sha-?256\s*[:=]?\s*|^urn:sha-?256:", re.IGNORECASE)
_WHOLE = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True)
class Original:
    """An edition that the fingerprint belongs to, as it stands today."""

    title: str
    name: str
    url: str
    what: str
    badge: Badge
    period: str
    adopted_on: Any
    superseded_by: tuple[str, str] | None
    corrects: int | None
    corrected_by: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Finding:
    """What is said of a fingerprint; `problem` where it is none, `sha256` where it is one."""

    sha256: str = ""
    problem: str = ""
    originals: tuple[Original, ...] = ()
    file_name: str = ""

    @property
    def is_original(self) -> bool:
        """Whether it belongs to an edition."""
        return bool(self.originals)


@access(Access.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
def verify(request: HttpRequest) -> HttpResponse:
    """Which edition a file or a fingerprint is. `?part=result` gives the answer alone."""
    if request.method != "POST":
        return _by_fingerprint(request)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > REFUSED_UNREAD:
        return _page(request, Finding(problem=_too_big()), status=413)
    handler = HashingUploadHandler(request, most=MOST_BYTES)
    # Before anything reads the form: the check of the form's origin comes after this.
    request.upload_handlers = [handler]
    return _by_file(request, handler)


@csrf_protect
def _by_file(request: HttpRequest, handler: HashingUploadHandler) -> HttpResponse:
    upload = request.FILES.get("file")
    if handler.too_big:
        return _page(request, Finding(problem=_too_big()), status=413)
    if not isinstance(upload, HashedUpload):
        return _page(request, Finding(problem=_("Choose the file to check.")), status=400)
    return _page(request, _find(request, upload.sha256, file_name=upload.name or ""))


def _by_fingerprint(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("sha256", "").strip()[:LONGEST]
    if not typed:
        return _page(request, None)
    sha256 = read_fingerprint(typed)
    finding = _find(request, sha256) if sha256 else Finding(problem=_problem_of(typed))
    if request.GET.get("part") == "result":
        return render(request, "cms/public/verify_result.html", {"finding": finding})
    return _page(request, finding, typed=typed)


def _page(
    request: HttpRequest, finding: Finding | None, *, typed: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "finding": finding,
        "typed": typed,
        "most": MOST_BYTES,
        "most_here": MOST_BYTES_HERE,
        "url": reverse("cms:verify"),
        "crumbs": [Crumb(_("Check a document"))],
    }
    return render(request, "cms/public/verify.html", context, status=status)


def read_fingerprint(typed: str) -> str:
    """64 lower-case hexadecimal digits, or "".

    Upper case, groups set apart, a "sha256:" before it and a file name behind it (as sha256sum
    prints) are taken.
    """
    lowered = _PREFIX.sub("", typed.strip()).lower()
    joined = re.sub(r"\s+", "", lowered)
    if re.fullmatch(r"[0-9a-f]{64}", joined):
        return joined
    found = _WHOLE.findall(lowered)
    return found[0] if len(found) == 1 else ""


def _problem_of(typed: str) -> str:
    joined = re.sub(r"\s+", "", _PREFIX.sub("", typed)).lower()
    if re.fullmatch(r"[0-9a-f]+", joined) and len(joined) != DIGITS:
        return ngettext(
            "This is %(count)d digit; a SHA-256 has 64. Paste the whole of it.",
            "These are %(count)d digits; a SHA-256 has 64. Paste the whole of it.",
            len(joined),
        ) % {"count": len(joined)}
    return _(
        "This is not a SHA-256: it has 64 digits, each 0 to 9 or a to f. Copy it again, or choose "
        "the file itself."
    )


def _too_big() -> str:
    return _("The file is larger than 20 MB. Compute its SHA-256 yourself and paste it below.")


def _find(request: HttpRequest, sha256: str, *, file_name: str = "") -> Finding:
    on = words.today_of(request)
    matches = identify(sha256=sha256)
    texts = {
        slug: selectors.instrument_editions(slug=slug, on=on)
        for slug in {match.edition.instrument.slug for match in matches}
    }
    originals = []
    for match in matches:
        found = texts[match.edition.instrument.slug]
        if found is not None:
            originals.append(_original(match, found))
    return Finding(sha256=sha256, originals=tuple(originals), file_name=file_name)


def _original(match: Match, found: selectors.InstrumentEditions) -> Original:
    edition = match.edition
    current = found.in_force
    superseded = current is not None and current.number > edition.number
    return Original(
        title=words.title_of(edition, reader_language()),
        name=words.named(edition),
        url=words.edition_url(edition),
        what=_what(match),
        badge=words.state_badge_of(edition, found),
        period=words.period_words(edition, found),
        adopted_on=edition.adopted_on,
        superseded_by=(words.named(current), words.edition_url(current))
        if superseded and current is not None
        else None,
        corrects=edition.corrects.number if edition.corrects else None,
        corrected_by=tuple(
            (words.named(each), words.edition_url(each))
            for each in found.editions
            if each.corrects_id == edition.pk
        ),
    )


def _what(match: Match) -> str:
    titles = words.titles_of(match.edition)
    if match.format:
        return _("the file %(format)s, %(languages)s, as published") % {
            "format": words.format_name(match.format),
            "languages": words.languages_of_file(match.language, titles),
        }
    if match.language:
        authentic = {row.language: row.authentic for row in match.edition.languages.all()}
        name = language_name(match.language)
        if authentic.get(match.language):
            return _("the text in %(language)s, authentic") % {"language": name}
        return _("the text in %(language)s, a translation") % {"language": name}
    return _("the text in all authentic languages together")
