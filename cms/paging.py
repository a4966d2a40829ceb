"""One page of a list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 30


def page_of(request: HttpRequest, things: Any, *, per_page: int = PER_PAGE) -> Page[Any]:
    """The page that `?page=` asks for; the nearest one where there is no such page."""
    return Paginator(things, per_page).get_page(request.GET.get("page"))
