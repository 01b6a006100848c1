"""Settings of a process that measures a collection: Wagtail and search alone, in a database of the collection's own.

Taken from the site's settings (LOTSE_SITE_SETTINGS): the server, the model, the figures of search, the languages.
"""

import importlib
import os

_site = importlib.import_module(os.environ["LOTSE_SITE_SETTINGS"])

SECRET_KEY = "nothing is signed here"
DATABASES = {"default": {**_site.DATABASES["default"], "NAME": os.environ["LOTSE_COLLECTION_DATABASE"]}}
LANGUAGE_CODE = _site.LANGUAGE_CODE
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = _site.LANGUAGES
WAGTAIL_I18N_ENABLED = True
USE_TZ = True
SEARCH = getattr(_site, "SEARCH", {})
SEARCH_EMBEDDING_MODEL = os.environ.get("LOTSE_COLLECTION_MODEL") or _site.SEARCH_EMBEDDING_MODEL
HF_HUB_OFFLINE = getattr(_site, "HF_HUB_OFFLINE", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "search.evaluation.collected.urls"
STATIC_URL = "/static/"
WAGTAILADMIN_BASE_URL = "http://localhost"
# One configuration for all languages is all that Wagtail's PostgreSQL search knows: that of most questions.
WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "wagtail.search.backends.database",
        "SEARCH_CONFIG": os.environ.get("LOTSE_COLLECTION_CONFIG", "german"),
    }
}
INSTALLED_APPS = [
    "search.evaluation.collected",
    # What a question needs; rooms with screens of their own bring hooks that want the whole site.
    *(app for app in ("search", "search.bilingual", "search.related") if app in _site.INSTALLED_APPS),
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
