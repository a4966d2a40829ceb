"""The search app: its sources are registered at start-up, and it listens to announcements."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """See the package."""

    name = "search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the sources, and the handlers of announcements."""
        from search import due, listening, sources  # noqa: F401  register by being imported

        sources.register()
