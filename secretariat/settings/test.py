"""Tests: a file-backed database (an in-memory one ignores the busy timeout), quick hashing."""

import atexit
import shutil
import tempfile
from pathlib import Path

from secretariat.settings.base import *
from secretariat.settings.base import DATABASES, PRIVATE_STORAGE, env

# A folder for each process: several runs and workers never share a database or an index.
_data = Path(tempfile.mkdtemp(prefix="network-tests-"))
atexit.register(shutil.rmtree, _data, ignore_errors=True)

DEBUG = False
DEMONSTRATION = False
SECRET_KEY = "tests only"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
DATA_DIR = _data
STATIC_ROOT = _data / "static"
MEDIA_ROOT = _data / "media"
PRIVATE_ROOT = _data / "private"
SEARCH_INDEX = _data / "search.sqlite3"
ELASTICSEARCH_URL = ""

if not env.str("DATABASE_URL", default=""):
    DATABASES["default"]["NAME"] = str(_data / "network.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": PRIVATE_STORAGE,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
ACCOUNT_RATE_LIMITS = False
SIGN_IN_LIMITS = {}
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "shared")
}
