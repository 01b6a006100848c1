"""What an editor can begin to write, on the first screen of the admin: nobody has to know the tree of pages first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from kb.clusters.models import CaseIndexPage, CasePage
from kb.core.creating import place_for
from kb.core.models import NewsIndexPage, NewsPage
from kb.toolbox.models import PracticeGuide, TemplateIndexPage, TemplatePage, ToolboxPage


@dataclass(frozen=True)
class Beginning:
    label: str
    url: str
    icon: str
    language: str
    """code of the language in which it is written"""


class BeginningsPanel(Component):
    """Above what waits; nothing for who may add none of it."""

    name = "beginnings"
    template_name = "upkeep/beginnings.html"
    order = 140

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        found = list(beginnings(parent_context["request"].user))
        written_in = get_language_info(found[0].language)["name_translated"] if found else ""
        return {"beginnings": found, "written_in": written_in}


def beginnings(user: Any) -> Iterator[Beginning]:
    """New pages that `user` may make, in the language of the originals; in another one for who may write only there."""
    if toolbox := _place(user, PracticeGuide, ToolboxPage):
        yield _form(_("New practice guide"), PracticeGuide, toolbox, "plus")
        yield Beginning(
            _("New guide from a file"),
            reverse("lotse_guide_from_file", args=[toolbox.pk]),
            "upload",
            toolbox.locale.language_code,
        )
    others: list[tuple[str, type[Page], type[Page]]] = [
        (_("New template"), TemplatePage, TemplateIndexPage),
        (_("New case example"), CasePage, CaseIndexPage),
        (_("New news item"), NewsPage, NewsIndexPage),
    ]
    for label, kind, index in others:
        if place := _place(user, kind, index):
            yield _form(label, kind, place, "plus")


def _place(user: Any, kind: type[Page], index: type[Page]) -> Page | None:
    return place_for(user, kind, index, settings.LANGUAGE_CODE)


def _form(label: str, kind: type[Page], place: Page, icon: str) -> Beginning:
    meta = kind._meta
    url = reverse("wagtailadmin_pages:add", args=[meta.app_label, meta.model_name, place.pk])
    return Beginning(label, url, icon, place.locale.language_code)
