from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkspaceConfig(AppConfig):
    name = "secretariat.workspace"
    label = "workspace"
    verbose_name = _("Workspace")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from secretariat.workspace import (
            application_letters,  # noqa: F401  registers by being imported
            due,  # noqa: F401  registers by being imported
            invitation_letters,  # noqa: F401  registers by being imported
            letter_notices,  # noqa: F401  registers by being imported
            office_letters,  # noqa: F401  registers by being imported
            practice_letters,  # noqa: F401  registers by being imported
            readiness,  # noqa: F401  registers by being imported
            resets,  # noqa: F401  registers by being imported
            sign_ins,
            signature_letters,  # noqa: F401  registers by being imported
        )
        from secretariat.workspace.admin import groups, record_policy

        groups.connect()
        record_policy.connect()
        sign_ins.connect()
