from django.apps import AppConfig


class ChaosConfig(AppConfig):
    """Installed by tests.chaos.settings alone: puts fail points around the steps of the index."""

    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        from tests.chaos import failpoints

        failpoints.install()
