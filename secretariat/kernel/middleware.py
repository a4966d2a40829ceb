"""The edge: where a request gets its moment, and demonstration pages their label."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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


class DemonstrationLabelMiddleware:
    """Keeps search engines away from a demonstration, whatever kind of file it answers with."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._demonstration: bool | None = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self.is_demonstration():
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def is_demonstration(self) -> bool:
        """A network never stops being a demonstration, so a yes is remembered."""
        if not self._demonstration:
            self._demonstration = Network.objects.filter(pk=1, demonstration=True).exists()
        return self._demonstration
