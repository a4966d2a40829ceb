"""Who gets past the door: the office alone into Wagtail's admin, nobody without a second factor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from members.policies import OfficeAction, office_policy
from members.services.office import align_groups

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
WITHOUT_SECOND_FACTOR = re.compile(
    r"^/(?:[a-z]{2}(?:-[a-z]+)?/)?(?:accounts|static|media|demo|healthz|robots\.txt)(?:/|$)"
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
        if not office_policy.may(request.user, OfficeAction.SEE_OFFICE, now):
            raise Http404
        align_groups(person=request.user, now=now)
        translation.activate(request.user.language)
        response = self.get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy", settings.ADMIN_CONTENT_SECURITY_POLICY
        )
        return response


class SecondFactorMiddleware:
    """Where a second factor is required: sets one up first, then uses it in this session."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._way_to_second_factor(request) or self.get_response(request)

    def _way_to_second_factor(self, request: HttpRequest) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or WITHOUT_SECOND_FACTOR.match(request.path_info):
            return None
        if not request.user.is_authenticated:
            return None
        used = {record["method"] for record in get_authentication_records(request, request.user)}
        if "mfa" in used:
            return None
        if not is_mfa_enabled(request.user):
            return redirect("mfa_index")
        back = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('mfa_reauthenticate')}?{back}")
