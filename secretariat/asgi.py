"""The ASGI entry; it refuses to serve an address that declares no access."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secretariat.settings.production")
application = get_asgi_application()

from secretariat.kernel.access import refuse_undeclared_addresses  # noqa: E402

refuse_undeclared_addresses()
