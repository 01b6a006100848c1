"""The task areas a new site begins with. Editors change them in the snippets menu."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from wagtail.models import Locale

from kb.core.models import TaskArea
from kb.core.translating import translate

SOURCE = Path(__file__).parent / "content" / "task_areas.yaml"


@cache
def given() -> list[dict[str, Any]]:
    """slug, icon, name and description (by language) of each task area, in their order."""
    areas: list[dict[str, Any]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return areas


def ensure_task_areas() -> None:
    """Makes the task areas that a site begins with, in both languages, where it has none at all."""
    if TaskArea.objects.exists():
        return
    source = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    for position, area in enumerate(given(), start=1):
        made = TaskArea.objects.create(
            locale=source,
            slug=area["slug"],
            icon=area.get("icon", ""),
            sort_order=position * 10,
            name=area["name"][source.language_code],
            description=area["description"][source.language_code],
        )
        for other in Locale.objects.exclude(pk=source.pk):
            code = other.language_code
            if code in area["name"]:
                translate(made, other, {"name": area["name"][code], "description": area["description"][code]})
