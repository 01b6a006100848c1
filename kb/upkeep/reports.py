"""The two reports of what pages need, in the admin."""

from __future__ import annotations

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Locale, Page

from kb.toolbox.models import PracticeGuide
from kb.upkeep import selectors
from kb.upkeep.selectors import Review, State
from search.reports import WIDE, Report, ReportFilters, WideTitleColumn, language_choices, short_date
from search.writers import ForWriters

ALL = "all"


# --- Guides to look at again ---


class ReviewFilters(WagtailFilterSet):
    locale = django_filters.ModelChoiceFilter(
        label=_("Language"), queryset=Locale.objects.all(), empty_label=_("All")
    )
    why = django_filters.ChoiceFilter(label=_("Reason"), choices=Review.choices, empty_label=_("All"))

    class Meta:
        model = PracticeGuide
        fields = ["locale", "why"]


class ReviewReport(ForWriters, Report):
    """Guides to look at again, most urgent first."""

    page_title = _("To review")
    header_icon = "calendar-check"
    results_template_name = "upkeep/reviews.html"
    index_url_name = "lotse_reviews"
    index_results_url_name = "lotse_reviews_results"
    filterset_class = ReviewFilters
    default_ordering = ("urgency", "next_review", "title")
    verbose_name_plural = _("guides to review")
    export_filename = "to-review"
    list_export = ["title", "locale", "why_text", "next_review", "reviewed_on", "reviewed_by", "owner_name"]
    export_headings = {
        "title": _("Guide"),
        "locale": _("Language"),
        "why_text": _("Reason"),
        "next_review": _("Next review"),
        "reviewed_on": _("Reviewed on"),
        "reviewed_by": _("Reviewed by"),
        "owner_name": _("Responsible"),
    }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            WideTitleColumn(
                "title",
                label=_("Guide"),
                width="45%",
                sort_key="title",
                get_url=lambda guide: reverse("wagtailadmin_pages:edit", args=[guide.pk]),
            ),
            StatusTagColumn(
                "why_text", label=_("Reason"), sort_key="urgency", primary=lambda guide: guide.urgency > 2
            ),
            Column("next_review_text", label=_("Next review"), sort_key="next_review", classname=WIDE),
            Column("reviewed_text", label=_("Reviewed"), sort_key="reviewed_on", classname=WIDE),
            Column("owner_name", label=_("Responsible"), classname=WIDE),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        return selectors.guides_to_review(self.request.user, timezone.localdate())

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        for guide in object_list:
            guide.why_text = Review(guide.why).label
            guide.next_review_text = short_date(guide.next_review)
            guide.reviewed_text = (
                ", ".join(filter(None, [short_date(guide.reviewed_on), guide.reviewed_by])) or "–"
            )
            guide.owner_name = get_user_display_name(guide.responsible or guide.owner) or "–"
        return object_list


# --- Translations ---


class TranslationFilters(ReportFilters):
    """The language decides what is compared, not only what is shown."""

    language = django_filters.ChoiceFilter(
        label=_("Translations into"), choices=language_choices, empty_label=None, method="unchanged"
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[*State.choices, (ALL, _("All"))],
        empty_label=_("With something to do"),
        method="in_state",
    )

    class Meta:
        model = Page
        fields = ["language", "state"]

    def in_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(state=value) if value and value != ALL else queryset


class TranslationReport(ForWriters, Report):
    """Originals whose version in the other language is missing, unpublished, incomplete or older than they are."""

    page_title = _("State of translations")
    header_icon = "wagtail-localize-language"
    results_template_name = "upkeep/translations.html"
    index_url_name = "lotse_translations"
    index_results_url_name = "lotse_translations_results"
    filterset_class = TranslationFilters
    default_ordering = ("urgency", "-last_published_at")
    verbose_name_plural = _("pages to translate")
    export_filename = "translations"
    list_export = ["title", "type_name", "locale", "state_text", "last_published_at"]
    export_headings = {
        "title": _("Page"),
        "type_name": _("Type"),
        "locale": _("Language of the original"),
        "state_text": _("State of the translation"),
        "last_published_at": _("Original published"),
    }

    @cached_property
    def language(self) -> str:
        second = next((code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE), "")
        return self.filters.chosen("language") or second

    @cached_property
    def columns(self) -> list[Column]:
        return [
            WideTitleColumn(
                "title", label=_("Page"), sort_key="title", width="45%", get_url=lambda page: page.todo_url
            ),
            Column("type_name", label=_("Type"), classname=WIDE),
            StatusTagColumn(
                "state_text",
                label=_("State of the translation"),
                sort_key="urgency",
                primary=lambda page: page.state in (State.MISSING, State.CURRENT),
            ),
            Column(
                "published_text",
                label=_("Original published"),
                sort_key="last_published_at",
                classname=WIDE,
            ),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        found = selectors.translations(self.request.user, self.language)
        if not self.filters.chosen("state"):
            found = found.exclude(state=State.CURRENT)
        return found

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        for page in object_list:
            page.state_text = _state_text(page)
            page.type_name = page.page_type_display_name
            page.published_text = short_date(page.last_published_at)
            page.todo_url = selectors.where_to_translate(page, self.language)
        return object_list


def _state_text(page: Any) -> str:
    if page.state == State.INCOMPLETE:
        return ngettext("%(n)s text is missing", "%(n)s texts are missing", page.untranslated) % {
            "n": page.untranslated
        }
    if page.state == State.CURRENT:
        return _now("Up to date")
    return str(State(page.state).label)
