"""Django settings, derived from `env.read()`; nothing secret is written here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url

from sanzi.config import env, logins

SANZI = env.read()
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = SANZI.secret_key
SITE_HOST = SANZI.public_url.split("//", 1)[-1].split(":", 1)[0].split("/", 1)[0]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver", SITE_HOST]
CSRF_TRUSTED_ORIGINS = [SANZI.public_url]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.dingtalk",
    "allauth.socialaccount.providers.weixin",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "ninja",
    "sanzi.audit",
    "sanzi.record",
    "sanzi.notices",
    "sanzi.transparency",
    "sanzi.orgs",
    "sanzi.evidence",
    "sanzi.bank",
    "sanzi.ledger",
    "sanzi.supervision",
    "sanzi.matching",
    "sanzi.payments",
    "sanzi.matters",
    "sanzi.deals",
    "sanzi.registers.funds",
    "sanzi.registers.labour",
    "sanzi.registers.land",
    "sanzi.registers.leases",
    "sanzi.registers.party",
    "sanzi.registers.posts",
    "sanzi.registers.procurement",
    "sanzi.registers.seals",
    "sanzi.registers.subsidies",
    "sanzi.registers.treasury",
    "sanzi.registers.works",
    "sanzi.registers.yearly",
    "sanzi.exchange",
    "sanzi.disclosure",
    "sanzi.voice",
    "sanzi.insight",
    "sanzi.inspection",
    "sanzi.levels",
    "sanzi.interfaces.look",
    "sanzi.interfaces.office",
    "sanzi.interfaces.portal",
    "sanzi.interfaces.api",
    "sanzi.interfaces.cli",
]

MIDDLEWARE = [
    "sanzi.config.middleware.BodyLimit",
    "sanzi.config.middleware.ProxyAddress",
    "sanzi.config.middleware.OpenDoorLimit",
    "django.middleware.security.SecurityMiddleware",
    "sanzi.config.middleware.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sanzi.interfaces.look.sizes.BigTypeMiddleware",
    "sanzi.interfaces.look.refused.RefusalPage",
]

ROOT_URLCONF = "sanzi.config.urls"
WSGI_APPLICATION = "sanzi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sanzi.interfaces.look.sizes.big_type",
                "sanzi.interfaces.portal.helped.banner",
            ],
        },
    },
]


def _database(url: str) -> dict[str, Any]:
    """Return Django's description of one database, durable on both engines.

    SQLite: WAL, synchronous=FULL, IMMEDIATE transactions (a deferred one that turns into a
    writer fails under load), recursive triggers so that REPLACE meets the delete triggers.
    """
    found: dict[str, Any] = dict(dj_database_url.parse(url))
    if found["ENGINE"] == "django.db.backends.sqlite3":
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
            ),
        }
        found["TEST"] = {"NAME": str(SANZI.var / "test.sqlite3")}
    else:
        # Every read here is short: only those of the record are prepared, and their plans hold for
        # any values. To plan anew, to compile or to start a parallel worker takes longer than the
        # read itself.
        found["OPTIONS"] = {
            "prepare_threshold": 5,
            "options": (
                "-c plan_cache_mode=force_generic_plan -c jit=off"
                " -c max_parallel_workers_per_gather=0"
            ),
        }
        found["CONN_HEALTH_CHECKS"] = True
        found["CONN_MAX_AGE"] = 60
    return found


DATABASES = {"default": _database(SANZI.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # In the database, so that log-in limits hold over all processes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    },
}

AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,30/15m/ip"}
ACCOUNT_ADAPTER = "sanzi.interfaces.office.accounts.OfficerAccountAdapter"
SOCIALACCOUNT_ADAPTER = "sanzi.interfaces.office.accounts.OfficerOutsideAdapter"
SOCIALACCOUNT_PROVIDERS = logins.read(SANZI.login_providers)
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "sanzi.interfaces.office.accounts.OfficerMfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "三资"
MFA_TOTP_TOLERANCE = 1  # a code typed at the end of its half minute still counts
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/office/"
LOGOUT_REDIRECT_URL = "/"

SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SANZI.is_production
SECURE_SSL_REDIRECT = SANZI.is_production
SECURE_HSTS_SECONDS = 31536000 if SANZI.is_production else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SANZI.is_production else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = SANZI.var / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not SANZI.is_production
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # httpx tells whole addresses at INFO, and those of a bank carry account numbers.
    "loggers": {"sanzi": {"level": "INFO"}, "httpx": {"level": "WARNING"}},
}
