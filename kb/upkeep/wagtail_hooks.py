"""Where upkeep stands in Wagtail's admin: two reports, and a line on the first screen when there is something to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from kb.experience.selectors import unpublished
from kb.feedback import selectors as feedback
from kb.feedback.report import permissions as feedback_permissions
from kb.upkeep import selectors
from kb.upkeep.beginnings import BeginningsPanel
from kb.upkeep.reports import ReviewReport, TranslationReport
from kb.upkeep.selectors import State
from search.writers import WritersMenuItem, writes


@hooks.register("register_reports_menu_item")
def reviews_menu_item() -> MenuItem:
    return WritersMenuItem(
        _("To review"), reverse("lotse_reviews"), name="to-review", icon_name="calendar-check", order=620
    )


@hooks.register("register_reports_menu_item")
def translations_menu_item() -> MenuItem:
    return WritersMenuItem(
        _("State of translations"),
        reverse("lotse_translations"),
        name="state-of-translations",
        icon_name="wagtail-localize-language",
        order=630,
    )


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("reports/review/", ReviewReport.as_view(), name="lotse_reviews"),
        path(
            "reports/review/results/", ReviewReport.as_view(results_only=True), name="lotse_reviews_results"
        ),
        path("reports/translation-state/", TranslationReport.as_view(), name="lotse_translations"),
        path(
            "reports/translation-state/results/",
            TranslationReport.as_view(results_only=True),
            name="lotse_translations_results",
        ),
    ]


class UpkeepPanel(Component):
    """What waits for this editor, on the first screen of the admin; nothing where nothing does."""

    name = "upkeep"
    template_name = "upkeep/panel.html"
    order = 150

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user, today = parent_context["request"].user, timezone.localdate()
        others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        may_read = feedback_permissions().user_has_permission(user, "view")
        return {
            "reviews": selectors.guides_to_review(user, today).count(),
            "translations": sum(
                selectors.translations(user, code).exclude(state=State.CURRENT).count() for code in others
            ),
            "short_reports": list(unpublished(user)),
            "remarks": sum(page.remarks for page in feedback.pages(user, today)) if may_read else 0,
        }


@hooks.register("construct_homepage_panels")
def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    if writes(request.user):
        panels += [BeginningsPanel(), UpkeepPanel()]
