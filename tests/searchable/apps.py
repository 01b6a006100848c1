from django.apps import AppConfig


class SearchableConfig(AppConfig):
    """A page type without the rest of the site: search is tested with it, and measured on collections."""

    name = "tests.searchable"
    label = "searchable"
