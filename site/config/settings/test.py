"""The site under test: real PostgreSQL (DATABASE_URL, set by `./lotse test`), tasks called by the tests."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("LOTSE_VAR", str(Path(tempfile.gettempdir()) / "lotse-test"))

from .base import *  # noqa: F403

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_BROKER_URL = "memory://"
# Vectors that depend on the words alone; tests marked `model` ask for the real one.
SEARCH_EMBEDDING_MODEL = "hashing-64"
# A page type without the rest of the site, for the tests of search and for measuring it on collections.
INSTALLED_APPS += ["tests.searchable"]  # noqa: F405
