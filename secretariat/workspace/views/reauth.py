"""Confirming that it is still you, before a vote, an accreditation or a certificate.

Signing in, and confirming by password, code or passkey, count for
`ACCOUNT_REAUTHENTICATION_TIMEOUT` seconds of real time. What was posted meanwhile waits in
the session under a random word and is done once the person is back with that word: nothing
is typed twice, and nothing is done because a page was merely opened.

In demonstration mode the one-click sign-in counts as long as the session lasts: its people
have no phone that one could ask.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

View = Callable[..., HttpResponseBase]

WAITING = "act_waiting_for_confirmation"
WORD = "confirmed"
WAITS_SECONDS = 15 * 60


def recently_authenticated(
    view: View | None = None, *, acts: Collection[str] = (), also_get: bool = False
) -> Any:
    """Posts to the view ask for a recent confirmation: all, or those whose `act` is named.

    `also_get` asks before the page is shown: for pages with files, which cannot wait in a
    session, and for ballots that must never lie there. The view must be behind `@access`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asked = request.method == "POST" and (not acts or request.POST.get("act") in acts)
            if asked or also_get:
                if not is_recently_authenticated(request):
                    return _ask(request, keep=asked and not also_get)
            elif request.method == "GET" and WORD in request.GET:
                _take_up(request)
            return view(request, *args, **kwargs)

        return confirmed

    return decorate(view) if view is not None else decorate


def is_recently_authenticated(request: HttpRequest) -> bool:
    """Whether the person signed in or confirmed a short while ago."""
    if settings.DEMONSTRATION:
        records = get_authentication_records(request, request.user)
        if any(record.get("demonstration") for record in records):
            return True
    return bool(did_recently_reauthenticate(request))


def count_sign_in(request: HttpRequest) -> None:
    """Signing in is as good as confirming: allauth counts it only when asked to again."""
    records = get_authentication_records(request, request.user)
    if records and records[-1].get("method") in ("password", "mfa"):
        fresh = {**records[-1], "reauthenticated": True}
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [*records[:-1], fresh]


def _ask(request: HttpRequest, *, keep: bool) -> HttpResponseBase:
    """To the page that asks; what was posted waits, and the way back carries its word."""
    back = request.path if keep else request.get_full_path()
    if keep:
        word = secrets.token_urlsafe(16)
        request.session[WAITING] = {
            "word": word,
            "path": request.path,
            "person": request.user.pk,
            "posted": request.POST.urlencode(),
            "at": time.time(),
        }
        back = f"{back}?{urlencode({WORD: word})}"
    methods = get_adapter().get_reauthentication_methods(request.user)
    ask = next(
        (method["url"] for method in methods if method["id"] == "mfa_reauthenticate"),
        reverse("account_reauthenticate"),
    )
    return redirect(f"{ask}?{urlencode({'next': back})}")


def _take_up(request: HttpRequest) -> None:
    """Let the request be the post that waited for it, once; else it stays what it is."""
    waiting = request.session.get(WAITING) or {}
    if waiting.get("word") != request.GET[WORD]:
        return
    if not is_recently_authenticated(request):
        return
    del request.session[WAITING]
    late = time.time() - waiting["at"] > WAITS_SECONDS
    if late or waiting["path"] != request.path or waiting["person"] != request.user.pk:
        return
    request.method = "POST"
    request.POST = QueryDict(waiting["posted"])  # type: ignore[assignment]
