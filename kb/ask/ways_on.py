"""Where to go without a question, or without an answer: example questions and the task areas of the toolbox."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from kb.core.models import HomePage, TaskArea
from kb.core.reader import reader_of
from kb.core.visibility import visible_to
from kb.toolbox.models import ToolboxPage


def example_questions(language: str) -> list[str]:
    """The questions that the home page of `language` offers."""
    home = HomePage.objects.live().filter(locale__language_code=language, alias_of__isnull=True).first()
    return [str(child.value) for child in home.example_questions] if home else []


def ways_on(request: HttpRequest, language: str) -> dict[str, Any]:
    """`toolbox_url` ("" without a toolbox this reader may see) and `areas`, the task areas, in `language`."""
    toolboxes = ToolboxPage.objects.filter(locale__language_code=language, alias_of__isnull=True)
    toolbox = visible_to(toolboxes, reader_of(request)).first()
    return {
        "toolbox_url": toolbox.get_url(request) if toolbox else "",
        "areas": list(TaskArea.objects.filter(locale__language_code=language)) if toolbox else [],
    }
