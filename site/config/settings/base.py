"""Settings every way of running Lotse shares. What differs stands in embedded, production and test."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.utils.translation import gettext_lazy as _

env = environ.Env()

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(env("LOTSE_VAR", default=str(ROOT / "var")))

# --- Who is installed -------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts",
    "demo",
    "kb.core",
    "kb.limits",
    "kb.toolbox",
    "kb.clusters",
    "kb.bridges",
    "kb.ask",
    "kb.feedback",
    "kb.experience",
    "kb.upkeep",
    "search",
    "search.bilingual",
    "search.curation",
    "search.evaluation",
    "search.gaps",
    "search.health",
    "search.related",
    "search.topics",
    # Their panels stand in the editor on top of search.curation's.
    "kb.findability",
    "kb.checks",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.contrib.table_block",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Its padding by chance keeps the length of a page from telling what is secret in it (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.attempts.LoginAttemptsMiddleware",
    "kb.core.visitor_pages.VisitorPagesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "wagtail.contrib.settings.context_processors.settings",
                "kb.core.context_processors.navigation",
            ],
        },
    },
]

# --- Where things are kept --------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///lotse")}
# A socket's folder is written percent-encoded where the host stands.
DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 600

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "site" / "assets" / "build", ROOT / "site" / "assets" / "img"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Languages --------------------------------------------------------------------------------

LANGUAGE_CODE = "de"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "site" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("de", _("German")), ("en", _("English"))]
# A translation goes live when its translator publishes it, not when its source does.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILLOCALIZE_DISABLE_ON_DEMAND_TRANSLATION = False

# --- Wagtail ----------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Lotse"
WAGTAILADMIN_BASE_URL = env("LOTSE_BASE_URL", default="http://localhost:8000")
# A password kept in a session cannot be joined in SQL, so search could not obey it (docs/decisions).
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_FRONTEND_LOGIN_URL = "login"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
WAGTAILSEARCH_BACKENDS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "wagtail.search.backends.database"}
}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
# Documents go through Wagtail's view, which asks for permission; never straight from the disk.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_DOCUMENT_MODEL = "core.LotseDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "kb.toolbox.document_form.DocumentForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_MODEL = "core.LotseImage"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # addresses that can be read aloud and typed anywhere

# --- Background work --------------------------------------------------------------------------

CELERY_BROKER_URL = env("LOTSE_BROKER_URL", default="redis://localhost:6379/0")
# A broker that does not answer must not hold up an editor's save.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # what waits in the broker can expire; what a worker holds cannot
CELERY_TASK_PUBLISH_RETRY = False  # a lost nudge is found by the sweep: an editor never waits for a broker
CELERY_BEAT_SCHEDULE = {
    "mine the site's terms": {"task": "search.mine_terms", "schedule": 60.0, "options": {"expires": 60}},
    "sweep the index": {"task": "search.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "sweep measurements of the search": {
        "task": "evaluation.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "publish scheduled pages": {
        "task": "core.publish_scheduled",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "give a sign of life": {"task": "health.sign", "schedule": 30.0, "options": {"expires": 30}},
    "forget who asked": {"task": "limits.forget", "schedule": 300.0, "options": {"expires": 300}},
    "find topics": {"task": "topics.compute", "schedule": 60.0, "options": {"expires": 60}},
    "check noted questions": {"task": "gaps.check", "schedule": 300.0, "options": {"expires": 300}},
    "forget what readers wrote": {
        "task": "feedback.forget",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    # Hourly: the task sends from seven in the morning, each reminder once.
    "remind of reviews": {"task": "upkeep.remind", "schedule": 3600.0, "options": {"expires": 3600}},
    # What members send is handed on at once; this makes up for a lost message or a mail server that was away.
    "hand on short reports": {
        "task": "experience.hand_on",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    # Weekly: the task sends on Mondays, and makes up for a run that was missed.
    "send digests of bridges": {
        "task": "bridges.send_digests",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "note what checks find": {"task": "checks.note", "schedule": 60.0, "options": {"expires": 60}},
    "age noted questions": {"task": "gaps.age", "schedule": 3600.0, "options": {"expires": 3600}},
}

# --- Search (search/conf.py holds every other figure, with its measurement) --------------------

# A key of search.embedding.models.MODELS, or a folder or hub name described there.
SEARCH_EMBEDDING_MODEL = env("LOTSE_EMBEDDING_MODEL", default="lotse-minilm-de-en")
HF_HUB_OFFLINE = env.bool("HF_HUB_OFFLINE", default=True)
# Groups (kb.core.roles.MEMBERS) whose rights a judged question has that a member asks.
SEARCH_MEMBER_GROUPS = ["Mitglieder"]
# The facet that says to whom a page belongs: topics are found for each of its values (docs/developers/topics.md).
SEARCH_TOPIC_OWNER = "cluster"
# Whether questions without an answer are noted for the editors, without the person who asked (docs/operators.md).
SEARCH_NOTE_GAPS = env.bool("LOTSE_NOTE_GAPS", default=True)

# Longest time that a page is kept as visitors get it; any change ends it at once (kb/core/visitor_pages.py). What
# depends on the clock alone, such as "past", may be so late. 0: every page is rendered for everybody.
VISITOR_PAGES_SECONDS = env.int("LOTSE_VISITOR_PAGES_SECONDS", default=60)

# --- Limits (kb/limits/rates.py holds the rates, with their reasons) ---------------------------

LIMITS_ON = env.bool("LOTSE_LIMITS", default=True)
# Whose X-Forwarded-For is believed: addresses and networks of your own proxies. Nobody else's ever is.
LIMITS_TRUSTED_PROXIES = env.list("LOTSE_TRUSTED_PROXIES", default=["127.0.0.0/8", "::1"])
# Questions that one web process works on at once (docs/operators.md, "Many at once").
LIMITS_PLACES = env.int("LOTSE_WEB_PLACES", default=4)

# --- Safety -----------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel shows pages in a frame of the same site
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOTSE_LOG_LEVEL", default="INFO")},
    # One line for each search-index and reference update of every saved page says nothing to an operator.
    "loggers": {"django_tasks": {"level": "WARNING"}},
}
