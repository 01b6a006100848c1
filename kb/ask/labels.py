"""Names for what the facets count: the index knows translation keys, the reader wants words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.clusters.models import ClusterPage
from kb.core.kept import Kept
from kb.core.models import TaskArea
from kb.core.templatetags.reading import KIND_LABELS
from kb.core.visibility import visible_to
from search.reader import Reader

_kept: Kept[dict[str, str]] = Kept()


def labels(facet: str, values: Iterable[str], *, language: str, reader: Reader) -> dict[str, str]:
    """Value -> name in `language`. Values without a name, or with one the reader may not know, are left out."""
    wanted = list(values)
    if not wanted:
        return {}
    if facet == "kind":
        return {kind: str(KIND_LABELS[kind]) for kind in wanted if kind in KIND_LABELS}
    names = _kept.get((facet, language, reader), lambda: _names(facet, language, reader))
    return {value: names[value] for value in wanted if value in names}


def _names(facet: str, language: str, reader: Reader) -> dict[str, str]:
    """All that this reader may know."""
    if facet == "task_area":
        return _named(TaskArea.objects.all(), "name", language)
    if facet == "cluster":
        return _named(
            visible_to(ClusterPage.objects.filter(alias_of__isnull=True), reader), "title", language
        )
    raise ValueError(f"unknown facet {facet!r}")


def _named(rows: Any, field: str, language: str) -> dict[str, str]:
    """One name for each translation key, the one in `language` where there are several."""
    names: dict[str, str] = {}
    for key, name, code in rows.values_list("translation_key", field, "locale__language_code"):
        if code == language or str(key) not in names:
            names[str(key)] = name
    return names
