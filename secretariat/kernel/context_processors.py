"""What every page knows: the network it belongs to, and the demonstration's clock."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from secretariat.kernel import clock


def network(request: HttpRequest) -> dict[str, Any]:
    """`network`, `demonstration_mode`, `demonstration_now` (None outside the mode), `now`."""
    moment = getattr(request, "now", None) or clock.now()
    return {
        "network": getattr(request, "network", None),
        "demonstration_mode": settings.DEMONSTRATION,
        "demonstration_now": moment if settings.DEMONSTRATION else None,
        "now": moment,
    }
