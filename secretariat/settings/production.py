"""Production: everything secret comes from the environment, or the platform does not start."""

from django.core.exceptions import ImproperlyConfigured

from secretariat.settings.base import *
from secretariat.settings.base import DEMONSTRATION, PRIVATE_STORAGE, PUBLIC_URL, env

if DEMONSTRATION:
    raise ImproperlyConfigured(
        "DEMONSTRATION is set: production does not serve the demonstration. Unset it, or use "
        "secretariat.settings.development on a machine of its own."
    )

_missing = [
    name
    for name in ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "PUBLIC_URL", "EMAIL_URL")
    if not env.str(name, default="")
]
if _missing:
    raise ImproperlyConfigured(
        f"production needs {', '.join(_missing)} in the environment; "
        "docs/reference/settings.md says what each one holds."
    )

SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
    raise ImproperlyConfigured("SECRET_KEY is too weak: use 50 random characters or more.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

vars().update(env.email_url("EMAIL_URL"))

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": PRIVATE_STORAGE,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

_secure = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Behind one reverse proxy: without this all people share its address, and its sign-in limits.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_SSL_REDIRECT = _secure
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _secure
SESSION_COOKIE_SECURE = _secure
CSRF_COOKIE_SECURE = _secure
LANGUAGE_COOKIE_SECURE = _secure
