"""The WSGI entry; it refuses to serve an address that declares no access."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secretariat.settings.production")
application = get_wsgi_application()

from secretariat.kernel.access import refuse_undeclared_addresses  # noqa: E402

refuse_undeclared_addresses()
