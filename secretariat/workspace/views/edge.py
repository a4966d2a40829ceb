"""The outermost addresses: health, robots, and the shadow of Wagtail's own sign-in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from secretariat.kernel.access import Access, access
from secretariat.kernel.models import Network

EVERYTHING = "User-agent: *\nDisallow: /\n"
PUBLIC_ONLY = "User-agent: *\nDisallow: /admin/\nDisallow: /*/accounts/\nDisallow: /*/desk/\n"


@access(Access.PUBLIC)
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """`{"status": "ok"|"failing", "database": "ok"|"failing"}`; 503 when failing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "failing", "database": "failing"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@access(Access.PUBLIC)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """A demonstration is not indexed at all; a network's own workplaces never are."""
    demonstration = (
        settings.DEMONSTRATION or Network.objects.filter(pk=1, demonstration=True).exists()
    )
    return HttpResponse(EVERYTHING if demonstration else PUBLIC_ONLY, content_type="text/plain")


@access(Access.PUBLIC)
@never_cache
def wagtail_sign_in(request: HttpRequest, arrive: str) -> HttpResponseBase:
    """Wagtail's own sign-ins take a password alone, without limit; ours stands in their place."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect_to_login(wanted if safe else resolve_url(arrive))
