"""`python -m search.embedding`: the models that the search knows, one a line; `*` marks what a new site starts with."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from search.embedding.models import MODELS, SHIPPED, ModelDescription, describe


def table(setting: str) -> list[str]:
    """Lines of name, dimensions, languages and place. Raises ValueError for a folder that describes itself wrongly."""
    chosen = describe(setting)
    models = {model.name: model for model in MODELS.values() if model.source != "hashing"} | {
        chosen.name: chosen
    }
    rows = [
        (
            f"{'*' if name == chosen.name else ' '} {name}",
            str(model.truncate_dim or model.dimensions or "its own"),
            "many" if "*" in model.languages else ", ".join(sorted(model.languages)),
            _place(model),
        )
        for name, model in models.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _place(model: ModelDescription) -> str:
    if model.name == SHIPPED:
        return "part of Lotse"
    if model.source.startswith("package:"):
        return "installed with Lotse"
    if model.source == "hashing":
        return "for tests"
    return "folder" if Path(model.source).is_dir() else "from the hub"


if __name__ == "__main__":
    print("\n".join(table(settings.SEARCH_EMBEDDING_MODEL)))
