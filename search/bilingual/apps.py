from django.apps import AppConfig


class BilingualConfig(AppConfig):
    name = "search.bilingual"
    label = "bilingual"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from search.bilingual import signal_handlers

        signal_handlers.connect()
