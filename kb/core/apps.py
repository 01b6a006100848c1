from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "kb.core"
    label = "core"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from kb.core import locales, publication, signal_handlers

        signal_handlers.connect()
        locales.connect()
        publication.guard_save_target()
