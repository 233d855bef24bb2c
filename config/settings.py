"""Settings, read from the environment.

A missing or malformed variable stops the start with an error that names it.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config.sign_in import *  # noqa: F403  its names are settings
from config.sign_in import SSO_ORIGIN
from config.translation import translation_settings

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: see .env.example for what it holds.")
    return value


def env_flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").lower()
    if value in ("", "1", "true", "yes", "on"):
        return bool(value) or default
    if value in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: give true or false.")


def env_number(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}: give a whole number.")
    return int(value)


DEBUG = env_flag("DEBUG", default=False)
# Whether visitors use HTTPS. Off for a server on a local machine.
HTTPS = env_flag("HTTPS", default=not DEBUG)

SECRET_KEY = env("SECRET_KEY")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [h.strip() for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h.strip()]
ALLOWED_HOSTS += LOCAL_HOSTS

INSTALLED_APPS = [
    "reviews",
    "responses",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "reviews.locale_choice.LocaleChoiceMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reviews.permissions.context",
                "reviews.locale_choice.context",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# ── Data ──────────────────────────────────────────────────────────────────────
DATABASES = {
    "default": {
        **dj_database_url.parse(env("DATABASE_URL"), conn_max_age=600, conn_health_checks=True),
    }
}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
# Cached in Valkey, stored in the database.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Files that the application writes: uploads, rejected rows, mails.
OPINA_HOME = Path(os.environ.get("OPINA_HOME") or BASE_DIR / "var").absolute()
MEDIA_ROOT = OPINA_HOME / "media"
FILE_UPLOAD_PERMISSIONS = 0o600

# ── Mail ──────────────────────────────────────────────────────────────────────
# smtp://name:password@host:587, or smtps://… for implicit TLS. Without it, mails are written to
# files in OPINA_HOME/mail.
EMAIL_URL = urlsplit(os.environ.get("EMAIL_URL", ""))
if EMAIL_URL.scheme not in ("", "smtp", "smtps"):
    raise ImproperlyConfigured("EMAIL_URL must begin with smtp:// or smtps://.")
if EMAIL_URL.scheme:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": EMAIL_URL.hostname,
                "port": EMAIL_URL.port or (465 if EMAIL_URL.scheme == "smtps" else 25),
                "username": unquote(EMAIL_URL.username or ""),
                "password": unquote(EMAIL_URL.password or ""),
                "use_ssl": EMAIL_URL.scheme == "smtps",
                # Never send a password without encryption.
                "use_tls": EMAIL_URL.scheme == "smtp" and bool(EMAIL_URL.username),
                "timeout": 20,
            },
        }
    }
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": OPINA_HOME / "mail"},
        }
    }
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM") or "Opina <opina@localhost>"
# The base of links in mails.
LOCAL_URL = f"http://localhost:{os.environ.get('PORT') or 8000}"
SITE_URL = (os.environ.get("SITE_URL") or LOCAL_URL).rstrip("/")

# ── Celery ────────────────────────────────────────────────────────────────────
# Kombu and redis-py write the address of a unix socket differently.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
CELERY_TASK_IGNORE_RESULT = True
# Tasks are acknowledged when done, so that those of a killed worker are delivered again.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Readers who wait for one text do not wait behind a job of thousands.
CELERY_TASK_ROUTES = {
    "reviews.tasks.translate": {"queue": "translation"},
    "responses.tasks.translate_draft": {"queue": "translation"},
    "reviews.tasks.run_translation_job": {"queue": "translation_jobs"},
    "reviews.tasks.check_engines": {"queue": "translation"},
}
CELERY_BEAT_SCHEDULE = {
    "resume stalled imports": {
        "task": "reviews.tasks.resume_stalled_imports",
        "schedule": timedelta(seconds=15),
    },
    "resume stalled translations": {
        "task": "reviews.tasks.resume_stalled_translations",
        "schedule": timedelta(seconds=15),
    },
    "check translation engines": {
        "task": "reviews.tasks.check_engines",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "refresh stale translations": {
        "task": "reviews.tasks.refresh_stale_translations",
        "schedule": timedelta(minutes=1),
    },
    "resend due webhooks": {
        "task": "reviews.tasks.resend_due_webhooks",
        "schedule": timedelta(seconds=30),
    },
    "screen new reviews": {
        "task": "reviews.tasks.screen_new",
        "schedule": timedelta(seconds=15),
    },
    "delete old uploads": {
        "task": "reviews.tasks.delete_old_uploads",
        "schedule": crontab(hour=4, minute=20),
    },
    "screen nightly": {
        "task": "reviews.tasks.screen_nightly",
        "schedule": crontab(hour=3, minute=10),
    },
    "plan cases": {
        "task": "responses.tasks.plan_cases",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "publish due responses": {
        "task": "responses.tasks.publish_due_responses",
        "schedule": timedelta(seconds=15),
    },
    "resume stalled bulk responses": {
        "task": "responses.tasks.resume_stalled_response_jobs",
        "schedule": timedelta(seconds=15),
    },
    "send due mails of desks": {
        "task": "responses.tasks.send_due_mails",
        "schedule": timedelta(seconds=30),
    },
    "send due reports of desks": {
        "task": "responses.tasks.send_due_reports",
        "schedule": timedelta(minutes=5),
    },
    "resume stalled bulk jobs": {
        "task": "reviews.tasks.resume_stalled_bulk_jobs",
        "schedule": timedelta(seconds=15),
    },
    "send due mails": {
        "task": "reviews.tasks.send_due_mails",
        "schedule": timedelta(seconds=30),
    },
    "compact facet counts": {
        "task": "reviews.tasks.compact_facet_counts",
        "schedule": timedelta(minutes=5),
    },
}
CELERY_TIMEZONE = "UTC"

# ── Languages ─────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "reviews" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
# Off, since it would also group the digits of ids in URLs and forms. The filter `grouped` groups
# counts.
USE_THOUSAND_SEPARATOR = False

# ── Translation ───────────────────────────────────────────────────────────────
TRANSLATION = translation_settings(os.environ)

# ── Static files ──────────────────────────────────────────────────────────────
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = OPINA_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# ── Security ──────────────────────────────────────────────────────────────────
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF, *SSO_ORIGIN],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# The number of our proxies that a request passes: behind them, a visitor is identified by the
# address that the outermost of them has seen.
TRUSTED_PROXIES = env_number("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# ── API ───────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["reviews.api.keys.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["reviews.api.keys.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["reviews.api.throttles.KeyRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": "3000/min"},
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": TRUSTED_PROXIES,
    "EXCEPTION_HANDLER": "rest_framework.views.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Opina",
    "VERSION": "1",
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
