"""All settings. What may differ between installations is an environment variable (docs/settings.md)."""

import logging
from hashlib import sha256
from pathlib import Path

from config.databases import databases
from config.env import Env
from config.guard import refuse_weak
from config.headers import CSP_DIRECTIVES
from config.logs import logging_config
from config.storage import file_storage

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# What kind of installation this is: embedded is one laptop (`make run`), everything else is production.
EMBEDDED = env.flag("EMBEDDED", False)
DATA_DIR = env.path("DATA_DIR", BASE_DIR / ".data")
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]") if EMBEDDED else ())
BASE_URL = env.text("BASE_URL", "http://localhost:8000" if EMBEDDED else "")
HTTPS = env.flag("HTTPS", not EMBEDDED)
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
SITE_NAME = "Touchstone"
VERSION = "0.1.0"

INSTALLED_APPS = [
    "exchange.apps.ExchangeConfig",
    "quality.apps.QualityConfig",
    "annotate.apps.AnnotateConfig",
    "projects.apps.ProjectsConfig",
    "accounts.apps.AccountsConfig",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "django_structlog",
    "django_prometheus",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]

# The order is part of the security: the host is checked before a static file goes out.
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.request_log.RequestLog",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.headers.PolicyMiddleware",
    "config.metrics.RequestMetrics",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "csp.context_processors.nonce",
                "projects.shell.account_menu",
            ],
            "libraries": {"importmap": "config.importmap_tags"},
        },
    }
]

# Database. Exports and dashboards may read from a replica (accounts/replica.py).
DATABASES = databases(env)
DATABASE_ROUTERS = ["accounts.replica.Router"]
PREPARED_STATEMENTS = env.flag("DATABASE_PREPARED", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: broker and cache only; it may vanish at any time without losing anything.
REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")
REDIS_PREFIX = env.text("REDIS_PREFIX", "touchstone")
CACHES = {
    "default": {
        "BACKEND": "config.cache.OwnKeysRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
        "OPTIONS": {"serializer": "config.cache.JSONSerializer"},
    }
}
WORKER_NICE = env.number("WORKER_NICE", 0, high=19)
MAX_TASK_SECONDS = env.number("MAX_TASK_SECONDS", 3600, low=60)
EMBEDDED_BEAT_FILE = DATA_DIR / "celerybeat-schedule"

# People and sessions.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sessions.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3600
SIGNUP_OPEN = env.flag("SIGNUP_OPEN", EMBEDDED)
ACCOUNT_ADAPTER = "config.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if env.flag("EMAIL_VERIFICATION", not EMBEDDED) else "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # only the other sessions end: Django keeps this one
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # same answer, same work, known or not
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip,5/h/key"}  # the others as allauth has them
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "
# Two copies on one machine share the browser's cookies (ports do not count): the key tells them apart.
_suffix = sha256(SECRET_KEY.encode()).hexdigest()[:8]
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else f"session_{_suffix}"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else f"csrf_{_suffix}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600

# Answers' headers.
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked by probes inside the network
_behind_proxy = env.flag("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _behind_proxy else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _behind_proxy else 0  # whose word about the client's address counts
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": CSP_DIRECTIVES}

# Mail goes out through the queue (config/mail.py), so that no page waits for a mail server.
EMAIL_BACKEND = "config.mail.QueuedEmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS", True)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_DELIVERY_BACKEND = "django.core.mail.backends." + (
    "smtp.EmailBackend" if EMAIL_HOST else "filebased.EmailBackend" if EMBEDDED else "console.EmailBackend"
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", "touchstone@localhost")

# Files: a folder, or a private bucket of any S3-compatible storage.
MEDIA_ROOT = env.path("FILES_DIR", DATA_DIR / "files")
STORAGES = {
    "default": file_storage(
        bucket=env.text("FILES_BUCKET"),
        endpoint=env.text("FILES_ENDPOINT"),
        region=env.text("FILES_REGION"),
        access_key=env.text("FILES_ACCESS_KEY"),
        secret_key=env.text("FILES_SECRET_KEY"),
    ),
    "staticfiles": {"BACKEND": "config.static.ManifestStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
# Bodies of JSON requests and forms; what is larger is uploaded as a file.
API_BODY_LIMIT = DATA_UPLOAD_MAX_MEMORY_SIZE = env.number("MAX_BODY_BYTES", 64 * 2**20)

# Static files: hashed and pre-compressed by collectstatic; without it (tests) straight from static/.
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_DIR", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_LIVE = env.flag("STATIC_LIVE", False)
STATIC_HASHED = not STATIC_LIVE and (STATIC_ROOT / "staticfiles.json").is_file()
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_HASHED
WHITENOISE_ALLOW_ALL_ORIGINS = False

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["accounts.api.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "accounts.api.renderers.Negotiation",
    "DEFAULT_PAGINATION_CLASS": "accounts.api.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "accounts.api.errors.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": SITE_NAME,
    "DESCRIPTION": "Labeled data whose quality can be shown.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "ProjectRole": "projects.models.Role",
        "OrganizationRole": "accounts.models.OrganizationRole",
    },
}

METRICS_TOKEN = env.text("METRICS_TOKEN")
ADMIN_SITE = env.flag("ADMIN_SITE", False)  # Django's own admin site, for operators who know it
if ADMIN_SITE:
    STATICFILES_FINDERS.append("django.contrib.staticfiles.finders.AppDirectoriesFinder")
LOGGING = logging_config(
    level=env.text("LOG_LEVEL", "INFO").upper(), as_json=env.flag("LOG_JSON", not EMBEDDED)
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request is enough
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique by a constraint on its lower case

if not EMBEDDED:
    refuse_weak(secret_key=SECRET_KEY, debug=DEBUG, hosts=ALLOWED_HOSTS, base_url=BASE_URL)
