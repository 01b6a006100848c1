from django.apps import AppConfig


class CollectedConfig(AppConfig):
    name = "search.evaluation.collected"
    label = "collected"
    default_auto_field = "django.db.models.BigAutoField"
