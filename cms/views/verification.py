"""Whether a file or a fingerprint is that of an edition: anyone may ask (원본 확인)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from secretariat.kernel.access import Access, access


@access(Access.PUBLIC)
def verify(request: HttpRequest) -> HttpResponse:
    return render(request, "cms/public/verify.html", {})
