from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from members import due, policies  # noqa: F401  due registers by being imported
        from members.services import letter_kinds

        policies.connect()
        letter_kinds.connect()
