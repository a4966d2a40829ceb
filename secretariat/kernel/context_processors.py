"""What every page knows: the network it belongs to, and the demonstration's clock."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from secretariat.kernel import clock
from secretariat.kernel.models import Network


def network(request: HttpRequest) -> dict[str, Any]:
    """`network`, `demonstration_mode`, `demonstration_now` (None outside the mode), `now`."""
    moment = getattr(request, "now", None) or clock.now()
    return {
        "network": SimpleLazyObject(lambda: Network.objects.filter(pk=1).first()),
        "demonstration_mode": settings.DEMONSTRATION,
        "demonstration_now": moment if settings.DEMONSTRATION else None,
        "now": moment,
    }
