from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RelatedConfig(AppConfig):
    name = "search.related"
    label = "related"
    verbose_name = _("Related pages")
    default_auto_field = "django.db.models.BigAutoField"
