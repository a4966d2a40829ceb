from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResolutionsConfig(AppConfig):
    name = "resolutions"
    verbose_name = _("Texts and decisions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from resolutions import due, integrity  # noqa: F401  due registers by being imported
        from resolutions.services import (
            edition_files,  # noqa: F401  listens by being imported
            letter_kinds,
            letter_kinds_reservations,
            letter_kinds_signatures,
        )

        integrity.connect()
        letter_kinds.connect()
        letter_kinds_signatures.connect()
        letter_kinds_reservations.connect()
