"""Django settings, all from one configuration file (`BANSHI_CONFIG`); nothing here is a secret and DEBUG is never on."""

import os
from pathlib import Path

from django.utils.csp import CSP

from banshi.infra import config, crypto

BANSHI = (
    config.load(Path(os.environ["BANSHI_CONFIG"])) if os.environ.get("BANSHI_CONFIG") else config.throwaway()
)
BANSHI_STAFF_IDLE = 30 * 60  # seconds without a request until a session ends
BANSHI_CITIZEN_IDLE = 60 * 60
BANSHI_SESSION_AGE = 12 * 3600  # seconds until it ends whatever happens

DEBUG = False
ALLOWED_HOSTS = list(BANSHI.hosts)
ROOT_URLCONF = "banshi.site.urls"
WSGI_APPLICATION = "banshi.site.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "banshi.infra",
    "banshi.ui",
    "banshi.directory",
    "banshi.contexts.catalogue",
    "banshi.contexts.intake",
    "banshi.contexts.cases",
    "banshi.contexts.certificates",
    "banshi.contexts.evaluation",
    "banshi.contexts.policies",
    "banshi.contexts.tickets",
    "banshi.contexts.instant",
    "banshi.desks.citizen",
    "banshi.desks.counter",
    "banshi.desks.officer",
    "banshi.desks.supervisor",
    "banshi.desks.voices",
    "banshi.desks.staff",
    "banshi.desks.openapi",
    "banshi.desks.open311",
    "banshi.site",
]
MIDDLEWARE = [
    "banshi.site.middleware.request_context",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "banshi.site.middleware.programs",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "banshi.site.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "banshi.site.middleware.actor",
    "banshi.site.middleware.refusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "banshi.ui.context.page",
            ],
            "builtins": ["banshi.ui.templatetags.ui"],
        },
    }
]
DATABASES = {"default": BANSHI.django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "directory.Staff"
PASSWORD_HASHERS = ["banshi.directory.passwords.Argon2id"]
SECRET_KEY = (
    crypto.Keyring.read(BANSHI.keys).secret("django")
    if BANSHI.keys
    else crypto.Keyring.new().secret("django")
)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS: list[str] = []

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_ENGINE = "banshi.infra.sessions"
SESSION_COOKIE_NAME = "__Host-session" if BANSHI.secure else "session"
SESSION_COOKIE_SECURE = BANSHI.secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = BANSHI_SESSION_AGE
CSRF_COOKIE_NAME = "__Host-csrf" if BANSHI.secure else "csrf"
CSRF_COOKIE_SECURE = BANSHI.secure
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "banshi.site.errors.csrf_failure"
LANGUAGE_COOKIE_SECURE = BANSHI.secure
SECURE_HSTS_SECONDS = 31536000 if BANSHI.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BANSHI.secure
SECURE_SSL_REDIRECT = BANSHI.secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BANSHI.secure else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# Whether browsers are told of the domain beforehand (W021) is its owner's to decide; the other is about SQLite's indexes.
SILENCED_SYSTEM_CHECKS = ["security.W021", "models.W040"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# An upload is at most 10 MB (infra.files); a request holds one file and some text.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
BANSHI_REQUEST_LIMIT = 12 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "banshi.infra.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    # Who looks at the demo wants to see its address, not a line for each page.
    "root": {"handlers": ["stderr"], "level": "WARNING" if BANSHI.demo else "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}
