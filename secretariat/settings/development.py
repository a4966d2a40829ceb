"""Development and demonstration on one machine: embedded defaults, no server needed."""

from secretariat.settings.base import *
from secretariat.settings.base import DATA_DIR, PRIVATE_STORAGE, env

for _folder in (DATA_DIR, DATA_DIR / "static", DATA_DIR / "media"):
    _folder.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="development only, refused in production")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": PRIVATE_STORAGE,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SERVE_MEDIA = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
