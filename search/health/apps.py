from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    name = "search.health"
    label = "health"
    verbose_name = _("Search index")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from search.health import signs

        signs.connect()
