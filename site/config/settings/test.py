"""The site under test: real PostgreSQL (DATABASE_URL, set by `./lotse test`), tasks called by the tests."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("LOTSE_VAR", str(Path(tempfile.gettempdir()) / "lotse-test"))

from kb.core.catalogues import compile_catalogues

from .base import *  # noqa: F403
from .base import LOCALE_PATHS

# A fresh checkout has the German texts only as their source; pages and addresses need them before Django starts.
compile_catalogues(LOCALE_PATHS)

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_BROKER_URL = "memory://"
# Tests ask faster than any reader; those of the limits switch them on.
LIMITS_ON = False
# Tests are one transaction each, in which nothing is committed and so no version counted; those of kept pages switch it on.
VISITOR_PAGES_SECONDS = 0
# Vectors that depend on the words alone; tests marked `model` ask for the real one.
SEARCH_EMBEDDING_MODEL = "hashing-64"
# Wagtail's own index serves the admin's search alone; kept with every page of every test it takes a seventh of their time.
WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False  # noqa: F405
# A page type without the rest of the site, for the tests of search.
INSTALLED_APPS += ["tests.searchable"]  # noqa: F405
