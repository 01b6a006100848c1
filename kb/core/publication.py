"""What may be published: a translation only when every text of it is translated."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
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
    if translation is None:
        return 0, 0
    total, translated = translation.get_progress()
    return total - translated, total


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
