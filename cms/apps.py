from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Public site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import announcements, due, policies  # noqa: F401  due registers by being imported
        from cms.views import pages  # noqa: F401  tells pages what their templates are given

        policies.connect()
        announcements.connect()
