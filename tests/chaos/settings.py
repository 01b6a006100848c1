"""The embedded site with short times: a lease, a sweep and a retry that take minutes there take a second here."""

from config.settings.embedded import *  # noqa: F403
from config.settings.embedded import CELERY_BROKER_TRANSPORT_OPTIONS, INSTALLED_APPS, LOCALE_PATHS
from kb.core.catalogues import compile_catalogues

# Addresses are German words: they come from the catalogue, which a checkout has as its source only.
compile_catalogues(LOCALE_PATHS)

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos"]
# Vectors of the words alone: quick, and numbers that can be computed again.
SEARCH_EMBEDDING_MODEL = "hashing-64"
SEARCH = {
    "lease_seconds": 3,
    "retry_seconds": 1,
    "max_tries": 5,
    "sweep_seconds": 2,
    "embedding_timeout_ms": 2_000,
    "statement_timeout_ms": 10_000,
}
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "polling_interval": 0.1}
CELERY_BEAT_SCHEDULE = {
    "sweep the index": {"task": "search.sweep", "schedule": 1.0, "options": {"expires": 5}},
    "publish scheduled pages": {"task": "core.publish_scheduled", "schedule": 3.0, "options": {"expires": 5}},
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SEARCH_NOTE_GAPS = False
