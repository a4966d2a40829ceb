"""Who gets past the door: the office alone into Wagtail's admin, nobody without a second factor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from members.services.office import align_groups
from secretariat.workspace.admin import sections
from secretariat.workspace.devices import keep_mark
from secretariat.workspace.second_factor import (
    has_second_factor,
    needs_second_factor,
    used_second_factor,
)

Handler = Callable[[HttpRequest], HttpResponse]

ADMIN = "/admin/"
ADMIN_SIGN_IN = "/admin/login/"
WITHOUT_LANGUAGE = (
    ADMIN,
    "/demo/",
    "/documents/",
    "/healthz",
    "/media/",
    "/robots.txt",
    "/static/",
)
WITHOUT_SECOND_FACTOR = re.compile(r"^/(?:static|media|demo|healthz|robots\.txt)(?:/|$)")
ACCOUNT_PAGES = re.compile(r"^/[a-z]{2}/accounts/")
WHILE_CONFIRMING = re.compile(
    r"^/[a-z]{2}/accounts/(?:logout|reauthenticate|2fa/reauthenticate|2fa/webauthn/reauthenticate)/$"
)


class LanguageMiddleware(LocaleMiddleware):
    """Addresses that carry no language are not looked for under one: what is not there is a 404."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        if request.path_info.startswith(WITHOUT_LANGUAGE):
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response
        return super().process_response(request, response)


class OfficeGateMiddleware:
    """Wagtail's admin answers people with an office role in force; nobody else learns of a page.

    Its auth groups follow the roles here, so a role that ended gives no section of the
    admin, whether or not anybody swept. The admin speaks the person's language.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ADMIN) or request.path_info == ADMIN_SIGN_IN:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        now = request.now  # type: ignore[attr-defined]
        if not sections.opens(request.user, request.path_info, now):
            raise Http404
        align_groups(person=request.user, now=now)
        translation.activate(request.user.language)
        response = self.get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy", settings.ADMIN_CONTENT_SECURITY_POLICY
        )
        return response


class AccountPagesMiddleware:
    """What the account's pages show, codes among it, stays in no browser's history."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if ACCOUNT_PAGES.match(request.path_info):
            add_never_cache_headers(response)
        return response


class DeviceMiddleware:
    """Marks the browser with which somebody has just signed in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        keep_mark(request, response)
        return response


class SecondFactorMiddleware:
    """The office and whoever votes for a city: a second factor first, used in this session.

    Who must have one and has none yet is led to the page that explains how; until then only
    the account's own pages answer. Who has one, required or not, confirms with it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._way_to_second_factor(request) or self.get_response(request)

    def _way_to_second_factor(self, request: HttpRequest) -> HttpResponse | None:
        path = request.path_info
        if not settings.SECOND_FACTOR_REQUIRED or WITHOUT_SECOND_FACTOR.match(path):
            return None
        if not request.user.is_authenticated or used_second_factor(request):
            return None
        if has_second_factor(request.user):
            if WHILE_CONFIRMING.match(path):
                return None
            back = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('mfa_reauthenticate')}?{back}")
        if ACCOUNT_PAGES.match(path) or not needs_second_factor(
            request.user,
            request.now,  # type: ignore[attr-defined]
        ):
            return None
        return redirect("second_factor")
