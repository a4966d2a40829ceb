"""System checks of the kernel."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from secretariat.kernel.access import undeclared_addresses


def every_url_declares_access(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Fails the start where an address does not say who may reach it."""
    return [
        Error(
            f"The address {route!r} declares no access.",
            hint="Decorate its view with @access(...), or declare its namespace in urls.py.",
            id="kernel.E001",
        )
        for route in undeclared_addresses()
    ]
