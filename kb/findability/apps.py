from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindabilityConfig(AppConfig):
    name = "kb.findability"
    label = "findability"
    verbose_name = _("How is this page found?")
