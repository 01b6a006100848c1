from django.apps import AppConfig

OTHER_MODEL = "hashing-96"


class ChaosConfig(AppConfig):
    """Installed by tests.chaos.settings alone: puts fail points around the steps of the index."""

    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        from search.embedding.models import MODELS, ModelDescription
        from tests.chaos import failpoints

        # A second model to change to, with other dimensions.
        other = ModelDescription(name=OTHER_MODEL, source="hashing", dimensions=96)
        MODELS.setdefault(other.name, other)
        failpoints.install()
