from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "kb.limits"
    label = "limits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kb.limits import checks  # noqa: F401  (registers itself)
