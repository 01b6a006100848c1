"""Translations made by code, through the same records that translators use in the editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation
from wagtail_localize.operations import translate_object

from kb.core.publication import TranslationIncomplete, missing_from


@transaction.atomic
def translate(instance: Any, locale: Locale, texts: Mapping[str, str], *, publish: bool = True) -> Any:
    """Translates a page or snippet into `locale` and returns the translated instance.

    `texts` maps wagtail-localize's context paths ("title", "body.<block id>") to the translated text; a path that
    holds several texts (rich text with paragraphs) cannot be filled this way.

    Raises TranslationIncomplete when a text is missing and the result should be published.
    """
    translate_object(instance, [locale])
    translation = Translation.objects.get(source__object_id=instance.translation_key, target_locale=locale)
    catalogue = translation.export_po()
    for entry in catalogue:
        entry.msgstr = texts.get(entry.msgctxt, entry.msgstr)
    translation.import_po(catalogue)

    if not isinstance(instance, Page):
        translation.save_target()
        return translation.get_target_instance()
    missing, total = missing_from(translation)
    if publish and missing:
        raise TranslationIncomplete(instance, missing, total)
    # save_target(publish=True) publishes after commit; here the caller may go on to translate the children.
    translation.save_target(publish=False)
    page = translation.get_target_instance().specific
    if publish:
        page.get_latest_revision().publish()
        page.refresh_from_db()
    return page
