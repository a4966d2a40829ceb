"""What a page's template is given, gathered outside the models.

`cms.views.pages` says for each kind of page what it needs; Wagtail asks through
`SitePage.get_context`, for the public page and for its preview alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

Gatherer = Callable[[Any, HttpRequest], dict[str, Any]]
_Gatherer = TypeVar("_Gatherer", bound=Gatherer)
_gatherers: dict[str, Gatherer] = {}


def gathers(kind: str) -> Callable[[_Gatherer], _Gatherer]:
    """Register what pages of the class named `kind` are given."""

    def register(gatherer: _Gatherer) -> _Gatherer:
        _gatherers[kind] = gatherer
        return gatherer

    return register


def context_for(page: Any, request: HttpRequest) -> dict[str, Any]:
    """The context of one page, every page's own and its kind's."""
    context: dict[str, Any] = {}
    for kind in ("SitePage", type(page).__name__):
        if kind in _gatherers:
            context |= _gatherers[kind](page, request)
    return context
