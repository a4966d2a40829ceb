"""The demonstration's entrance: sign in as anybody with one press, or start again.

These addresses do not exist outside demonstration mode, and sign in demonstration accounts only.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from secretariat.kernel.access import Access, access
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.demonstration.cast import cast_of, demonstration_person, what_now
from secretariat.workspace.demonstration.loading import start_again

BACKEND = "django.contrib.auth.backends.ModelBackend"
CODES = tuple(code for code, _name in LANGUAGES)


@access(Access.DEMONSTRATION)
@require_safe
@never_cache
def roles(request: HttpRequest) -> HttpResponse:
    """What this is, what to do now, and everybody one can be."""
    language = language_of(request)
    translation.activate(language)
    found = cast_of(now=request.now)  # type: ignore[attr-defined]
    context = {
        "cast": found,
        "what_now": what_now(found),
        "part": found.part_of(request.user) if request.user.is_authenticated else None,
        "language": language,
        "translations": {code: _address(code) for code in CODES},
        "section": "",
    }
    return render(request, "workspace/demonstration/roles.html", context)


@access(Access.DEMONSTRATION)
@require_POST
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Become one of the demonstration's people."""
    language = _posted_language(request)
    try:
        person = demonstration_person(uuid=str(UUID(request.POST.get("person", ""))))
    except ValueError as malformed:
        raise Http404 from malformed
    if person is None:
        raise Http404
    login(request, person, backend=BACKEND)
    # Its people have a second factor, and no phone that could show the code: the click stands
    # for it.
    record_authentication(request, person, method="mfa", demonstration=True, reauthenticated=True)
    with translation.override(language):
        return redirect("workspace:arrive")


@access(Access.DEMONSTRATION)
@require_POST
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """Be nobody again."""
    language = _posted_language(request)
    logout(request)
    return redirect(_address(language))


@access(Access.DEMONSTRATION)
@require_POST
@never_cache
def begin_again(request: HttpRequest) -> HttpResponse:
    """Put everything back to 14:40; whoever was signed in is signed out."""
    language = _posted_language(request)
    if request.POST.get("checked") != "1":
        return redirect(_address(language))
    logout(request)
    start_again()
    with translation.override(language):
        messages.success(request, _("The demonstration has started again: it is 14:40."))
    return redirect(_address(language))


def language_of(request: HttpRequest) -> str:
    """`?lang=`, else the language of the page one comes from, else the browser's."""
    wanted = request.GET.get("lang", "")
    if wanted in CODES:
        return wanted
    came_from = urlsplit(request.headers.get("Referer", ""))
    first = came_from.path.strip("/").split("/")[0]
    if came_from.netloc == request.get_host() and first in CODES:
        return first
    return (translation.get_language() or CODES[0]).split("-")[0]


def _posted_language(request: HttpRequest) -> str:
    given = request.POST.get("lang", "")
    return given if given in CODES else CODES[0]


def _address(language: str) -> str:
    query = QueryDict(mutable=True)
    query["lang"] = language
    return f"{reverse('demonstration:roles')}?{query.urlencode()}"
