"""What pages need from their editors: guides to look at again, translations to make or to bring up to date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from kb.toolbox.models import PracticeGuide
from search.writers import pages_of_writer

SOON = timedelta(days=30)
LONG_AGO = timedelta(days=730)
"""a review without a date for the next one counts for two years"""


class Review(TextChoices):
    """Why a guide should be looked at again, most urgent first."""

    OUTDATED = "outdated", _("Marked as outdated")
    OVERDUE = "overdue", _("Review overdue")
    LONG_AGO = "long_ago", _("Last review over two years ago")
    NEVER = "never", _("Never reviewed")
    SOON = "soon", _("Review within 30 days")


class State(TextChoices):
    """What is the matter with a translation, most urgent first."""

    OUTDATED = "outdated", _("Original changed since")
    INCOMPLETE = "incomplete", _("Texts are missing")
    DRAFT = "draft", _("Not published")
    MISSING = "missing", _("Not translated")
    CURRENT = "current", _("Up to date")


def guides_to_review(user: Any, today: date) -> QuerySet[Any]:
    """Live guides that `user` may change, with `why` (Review) and `urgency` (int, 0 first)."""
    return due_for_review(PracticeGuide.objects.filter(pk__in=pages_of_writer(user).values("pk")), today)


def due_for_review(guides: PageQuerySet, today: date) -> QuerySet[Any]:
    """Those of `guides` that are live and to be looked at again, with `why` (Review) and `urgency` (int, 0 first).
    Translations share the review of their original and are left out."""
    due = Case(
        When(status="outdated", then=Value(Review.OUTDATED)),
        When(next_review__lte=today, then=Value(Review.OVERDUE)),
        When(next_review__lte=today + SOON, then=Value(Review.SOON)),
        When(next_review__isnull=True, reviewed_on__isnull=True, then=Value(Review.NEVER)),
        When(next_review__isnull=True, reviewed_on__lt=today - LONG_AGO, then=Value(Review.LONG_AGO)),
        output_field=CharField(),
    )
    return (
        guides.filter(live=True, alias_of=None)
        .exclude(_is_translation())
        .select_related("locale", "owner", "responsible")
        .defer_streamfields()
        .annotate(why=due)
        .filter(why__isnull=False)
        .annotate(urgency=_rank("why", Review))
    )


def translations(user: Any, language: str) -> QuerySet[Page]:
    """Live originals in other languages that `user` may change, with what their version in `language` lacks."""
    return translated(Page.objects.filter(pk__in=pages_of_writer(user).values("pk")), language)


def translated(pages: PageQuerySet, language: str) -> QuerySet[Page]:
    """Those of `pages` that are live originals in other languages, with what their version in `language` lacks.

    `state` (State) and `urgency` (int, 0 first), `target` (id of the version, or None), `source` (id of
    wagtail-localize's TranslationSource, or None), `untranslated` (number of texts).
    """
    versions = Page.objects.filter(
        translation_key=OuterRef("translation_key"), locale__language_code=language, alias_of=None
    )
    records = Translation.objects.filter(
        source__object_id=OuterRef("translation_key"),
        source__locale_id=OuterRef("locale_id"),
        target_locale__language_code=language,
        enabled=True,
    )
    done = StringTranslation.objects.filter(
        translation_of_id=OuterRef("string_id"),
        context_id=OuterRef("context_id"),
        locale__language_code=language,
        has_error=False,
    )
    untranslated = (
        StringSegment.objects.filter(source_id=OuterRef("source"))
        .filter(~Exists(done))
        .order_by()
        .values("source_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    state = Case(
        When(target=None, then=Value(State.MISSING)),
        When(untranslated__gt=0, then=Value(State.INCOMPLETE)),
        When(target_live=False, then=Value(State.DRAFT)),
        When(changed_since__lt=F("last_published_at"), then=Value(State.OUTDATED)),
        default=Value(State.CURRENT),
        output_field=CharField(),
    )
    return (
        pages.filter(live=True, alias_of=None, depth__gt=2)
        .exclude(locale__language_code=language)
        .exclude(_is_translation())
        .select_related("locale", "content_type")
        .annotate(
            target=Subquery(versions.values("pk")[:1]),
            target_live=Subquery(versions.values("live")[:1]),
            source=Subquery(records.values("source_id")[:1]),
            untranslated=Coalesce(Subquery(untranslated, output_field=IntegerField()), 0),
            # What the translators were last given; a version made by hand is as old as its publication.
            changed_since=Coalesce(
                Subquery(records.values("source__last_updated_at")[:1]),
                Subquery(versions.values("last_published_at")[:1]),
            ),
        )
        .annotate(state=state)
        .annotate(urgency=_rank("state", State))
    )


def where_to_translate(page: Any, language: str) -> str:
    """Where the thing to do about a row of `translations` into `language` is done: begin, fetch the changes, or go on."""
    if page.state == State.MISSING:
        address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
        return f"{address}?{urlencode({'select_locale': language})}"
    if page.state == State.OUTDATED and page.source:
        return reverse("lotse_update_translations", args=[page.source])
    return reverse("wagtailadmin_pages:edit", args=[page.target])


def _is_translation() -> Any:
    """Pages of another language whose original in the site's first language is there."""
    originals = Page.objects.filter(
        translation_key=OuterRef("translation_key"), locale__language_code=settings.LANGUAGE_CODE
    )
    return ~Q(locale__language_code=settings.LANGUAGE_CODE) & Exists(originals)


def _rank(field: str, choices: type[TextChoices]) -> Case:
    order = [When(**{field: value}, then=Value(place)) for place, value in enumerate(choices.values)]
    return Case(*order, output_field=IntegerField())
