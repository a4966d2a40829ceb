"""Settings that every installation shares; docs/reference/settings.md lists the variables."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))

DEBUG = False
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "secretariat.kernel",
    "members",
    "resolutions",
    "cms",
    "search",
    "secretariat.workspace",
    "secretariat.loanwords",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "guardian",
    "reversion",
    "django_tasks",
    "django_tasks_db",
    "django_prose_editor",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "secretariat.kernel.middleware.NetworkMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "secretariat.workspace.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "secretariat.kernel.middleware.ClockMiddleware",
    "secretariat.workspace.middleware.OfficeGateMiddleware",
    "secretariat.workspace.middleware.AccountPagesMiddleware",
    "secretariat.workspace.middleware.DeviceMiddleware",
    "secretariat.workspace.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "secretariat.urls"
WSGI_APPLICATION = "secretariat.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "secretariat.kernel.context_processors.network",
            ],
        },
    },
]

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
}


def database(url: str) -> dict[str, object]:
    """One DATABASES entry from a URL; SQLite gets write-ahead logging and immediate writes."""
    config: dict[str, object] = dict(env.db_url_config(url))
    config["CONN_MAX_AGE"] = 600
    config["CONN_HEALTH_CHECKS"] = True
    if "sqlite" in str(config["ENGINE"]):
        config["OPTIONS"] = SQLITE_OPTIONS
    return config


DATABASES = {
    "default": database(
        env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'network.sqlite3'}"
    )
}
# Pages are quick with a cache of each process's own; what must be counted once is counted in
# the database, whose table `migrate` makes.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace:arrive"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "secretariat.workspace.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True
# Guesses are counted by `secretariat.workspace.sign_in_limits`: a limit of allauth's for one
# address is a way to keep its owner out, and one for a network address stops an assembly hall
# that signs in at once.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": "20/m/ip"}
SIGN_IN_LIMITS = {"pair": "5/5m/key", "machine": "30/5m/ip", "address": "50/h/key"}
# Who finds an open session does not lead the account to an address of their own.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * env.int("REAUTHENTICATION_MINUTES", default=15)
ACCOUNT_USER_DISPLAY = "secretariat.workspace.accounts.display_name"
# A JSON list: id, name, server_url, client_id, secret, domains, and sign_in_url where the
# provider's sign-in page stands on another host.
OIDC_PROVIDERS = env.json("OIDC_PROVIDERS", default=[])
SOCIALACCOUNT_ADAPTER = "secretariat.workspace.providers.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": each["id"],
                "name": each["name"],
                "client_id": each["client_id"],
                "secret": each["secret"],
                "settings": {
                    "server_url": each["server_url"],
                    "domains": [domain.casefold() for domain in each["domains"]],
                    "oauth_pkce_enabled": True,
                },
            }
            for each in OIDC_PROVIDERS
        ]
    }
}
MFA_ADAPTER = "secretariat.workspace.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "secretariat.workspace.forms.security_keys.AddKeyForm",
    "edit_webauthn": "secretariat.workspace.forms.security_keys.EditKeyForm",
    "authenticate": "secretariat.workspace.forms.codes.SignInCodeForm",
    "reauthenticate": "secretariat.workspace.forms.codes.ConfirmCodeForm",
}
# The rule is a platform's: whoever votes or works for the office. There is no way to sign up,
# so that an address nobody has verified yet hides nobody's account from its owner.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=True)

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "secretariat" / "locale"]
FORMAT_MODULE_PATH = ["secretariat.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
SERVE_MEDIA = False  # in production the reverse proxy does
# Letters and files of cities: never served by address, only by a view that asks the policy.
PRIVATE_ROOT = DATA_DIR / "private"

PRIVATE_STORAGE = {"BACKEND": "members.models.files.PrivateStorage"}

WAGTAIL_SITE_NAME = _("Decent Work City Network")
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILAPI_DOCS_ENABLED = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True

SEARCH_INDEX = Path(env.str("SEARCH_INDEX", default=str(DATA_DIR / "search.sqlite3")))
ELASTICSEARCH_URL = env.str("ELASTICSEARCH_URL", default="")

_TASK_BACKENDS = {
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
    "database": "django_tasks_db.DatabaseBackend",
}
TASKS = {"default": {"BACKEND": _TASK_BACKENDS[env.str("TASKS", default="database")]}}

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="office@decent-work-cities.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Browsers ask this at every redirect that follows a form.
        "form-action": [
            SELF,
            *sorted(
                "{0.scheme}://{0.netloc}".format(urlsplit(address))
                for each in OIDC_PROVIDERS
                for address in {each["server_url"], each.get("sign_in_url", each["server_url"])}
            ),
        ],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
# Wagtail's admin sets inline styles and starts inline scripts: a policy of its own, set by
# the office gate on what gets past it.
ADMIN_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; frame-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"secret_words": {"()": "secretariat.kernel.logs.WithoutSecretWords"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["secret_words"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Every saved page is several tasks, each told about twice.
    "loggers": {name: {"level": "WARNING"} for name in ("django_tasks", "wagtail")},
}
