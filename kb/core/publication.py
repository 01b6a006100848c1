"""What may be published: a translation only when every text of it is translated."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail_localize.models import Translation


class TranslationIncomplete(ValidationError):
    """A translation was to be published while some of its texts are still in the source's language.

    A ValidationError with an `error_dict`, because that is what wagtail-localize's views answer with a message.
    """

    def __init__(self, page: Page, missing: int, total: int) -> None:
        message = _(
            "“%(title)s” cannot be published yet: %(missing)s of %(total)s texts are not translated. "
            "Your translations are saved as a draft."
        ) % {"title": page.title, "missing": missing, "total": total}
        super().__init__({NON_FIELD_ERRORS: [message]})


def missing_texts(page: Page) -> tuple[int, int]:
    """(texts not translated, texts altogether); (0, 0) where wagtail-localize does not manage the page."""
    translation = (
        Translation.objects.filter(
            source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
        )
        .exclude(source__locale_id=page.locale_id)
        .first()
    )
    return (0, 0) if translation is None else missing_from(translation)


def missing_from(translation: Translation) -> tuple[int, int]:
    """(texts and snippets not translated, all of them) of a wagtail-localize translation."""
    total, translated = translation.get_progress()
    # Snippets in use: wagtail-localize would leave the German one in place without a word.
    snippets = [
        segment.object.has_translation(translation.target_locale)
        for segment in translation.source.relatedobjectsegment_set.select_related("object")
    ]
    return total - translated + snippets.count(False), total + len(snippets)


def guard_save_target() -> None:
    """Makes wagtail-localize's `Translation.save_target` keep untranslated text off the site.

    The seam: whatever wagtail-localize writes to a translation (its editor, its "sync translations" view, a second
    submission, code) goes through this one method. It falls back to the source's text for what is missing, publishes
    after the commit, too late for its callers to handle an error, and writes even a draft into the live page's row.
    There is no hook or signal before it, so the method is wrapped when the app is ready:

    - `publish=True` with texts missing saves a draft and raises TranslationIncomplete, a ValidationError as the
      callers expect. `BasePage.publish` refuses on every other way.
    - a draft of a live page becomes a revision and leaves the live text as it was. Of a live alias it becomes an
      unpublished page: wagtail-localize would turn the alias into a page of its own with the source's text.
    """
    original = Translation.save_target
    if getattr(original, "keeps_untranslated_text_off", False):
        return

    @wraps(original)
    def save_target(self: Translation, user: Any = None, publish: bool = True) -> Any:
        if not issubclass(self.source.specific_content_type.model_class(), Page):
            return original(self, user=user, publish=publish)
        missing, total = missing_from(self)
        if publish and not missing:
            return original(self, user=user, publish=True)
        with transaction.atomic():
            live = _live_target(self)
            original(self, user=user, publish=False)
            page = self.get_target_instance()
            if live is not None and live.alias_of_id:
                page.specific.unpublish()
            elif live is not None:
                _put_back(live, page)
        if publish:
            raise TranslationIncomplete(page, missing, total)
        return None

    save_target.keeps_untranslated_text_off = True  # type: ignore[attr-defined]
    Translation.save_target = save_target


def _live_target(translation: Translation) -> Page | None:
    page = Page.objects.filter(
        translation_key=translation.source.object_id, locale_id=translation.target_locale_id, live=True
    ).first()
    return page.specific if page is not None else None


def _put_back(live: Page, saved: Page) -> None:
    """Writes the text of `live` over its row again, with `saved`'s newest revision as the draft."""
    live.latest_revision_id = saved.latest_revision_id
    live.latest_revision_created_at = saved.latest_revision_created_at
    live.draft_title = saved.draft_title
    live.has_unpublished_changes = True
    live.save(clean=False)


def refuse_incomplete_translation(page: Page) -> None:
    """Raises TranslationIncomplete when texts of `page` are missing."""
    missing, total = missing_texts(page)
    if missing:
        raise TranslationIncomplete(page, missing, total)


def foreign_original(page: Page) -> Page | None:
    """The page an alias stands in for, when that page is in another language."""
    if page.alias_of_id and page.alias_of.locale_id != page.locale_id:
        return page.alias_of
    return None
