from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExperienceConfig(AppConfig):
    name = "kb.experience"
    label = "experience"
    verbose_name = _("Short reports")
    default_auto_field = "django.db.models.BigAutoField"
