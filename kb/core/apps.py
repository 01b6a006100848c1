from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "kb.core"
    label = "core"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from kb.core import content_version, locales, publication, referential_actions, signal_handlers

        post_migrate.connect(content_version.watch, sender=self)
        post_migrate.connect(referential_actions.apply, sender=self)
        signal_handlers.connect()
        locales.connect()
        publication.guard_save_target()
