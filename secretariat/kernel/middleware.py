"""The edge: where a request gets its network and its moment."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from secretariat.kernel import clock
from secretariat.kernel.models import Network

Handler = Callable[[HttpRequest], HttpResponse]


class ClockMiddleware:
    """Reads the clock once for each request: `request.now`, and `clock.now()` while it lasts."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        moment = clock.now()
        request.now = moment  # type: ignore[attr-defined]
        with clock.held_at(moment):
            return self.get_response(request)


class NetworkMiddleware:
    """Reads once which network is served: `request.network`, None before there is one.

    What a request says of days and times of day it says in the network's time zone. Search
    engines are kept away from a demonstration, whatever kind of file it answers with. Without a
    database the request goes on, so that the health page can say so.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        network = _network()
        request.network = network  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(network.time_zone) if network else None):
            response = self.get_response(request)
        if network is not None and network.demonstration:
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _network() -> Network | None:
    try:
        return Network.objects.filter(pk=1).first()
    except DatabaseError:
        return None
