from django.apps import AppConfig
from django.core.checks import Tags, register


class KernelConfig(AppConfig):
    name = "secretariat.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from secretariat.kernel import checks, upkeep  # noqa: F401  registers by being imported

        register(checks.every_url_declares_access, Tags.urls)
