"""English pages through wagtail-localize's own records, so that translators find every text in the editor.

The English text becomes an unsaved page with the same block ids as the German one. Then both are taken apart by
wagtail-localize, and what stands at the same place is the translation.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polib
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from demo.loader.content import ContentError
from demo.loader.prefill import prefill

TOOL = "Lotse demo content"


def translate_page(*, page: Page, translated: Page, locale: Locale, path: str) -> None:
    """Publish `page` in `locale` with the texts of `translated`, an unsaved page of the same type.

    `path` names the file in errors. Raises ContentError where the two are not built alike.
    """
    po = catalogue(page, translated, path)
    prefill(page=page, locale=locale, po=po, tool=TOOL)
    source, made = TranslationSource.get_or_create_from_instance(page)
    if not made:
        source.update_from_db()
    translation, _made = Translation.objects.get_or_create(source=source, target_locale=locale)
    warnings = translation.import_po(po, delete=True, tool_name=TOOL)
    if warnings:
        raise ContentError(f"{path}: wagtail-localize does not know these texts: {warnings}")
    total, done = translation.get_progress()
    if done < total:
        raise ContentError(f"{path}: {total - done} of {total} texts are not translated")
    # save_target(publish=True) publishes after commit; the next page may need this one as its parent before that.
    translation.save_target(publish=False)
    translation.get_target_instance().specific.get_latest_revision().publish()


def catalogue(page: Page, translated: Page, path: str) -> polib.POFile:
    """Every text of `page` with what stands at the same place of `translated`."""
    originals, translations = _texts(page), _texts(translated)
    po = polib.POFile(wrapwidth=200)
    po.metadata = {"POT-Creation-Date": str(timezone.now()), "Content-Type": "text/plain; charset=utf-8"}
    for place, texts in originals.items():
        counterparts = translations.get(place, [])
        if len(texts) != len(counterparts):
            raise ContentError(
                f"{path}: {len(counterparts)} texts instead of {len(texts)} in {readable(page, place)}; "
                f"the German one begins “{texts[0][:60]}”"
            )
        # A text that stands twice at one place has one translation.
        for text, counterpart in dict(zip(texts, counterparts, strict=True)).items():
            po.append(polib.POEntry(msgid=text, msgctxt=place, msgstr=counterpart))
    if surplus := translations.keys() - originals.keys():
        raise ContentError(
            f"{path}: more than in German: {', '.join(readable(translated, place) for place in surplus)}"
        )
    return po


def _texts(page: Page) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = defaultdict(list)
    for segment in extract_segments(page):
        if isinstance(segment, StringSegmentValue):
            texts[segment.path].append(segment.string.data)
    return texts


def readable(page: Page, place: str) -> str:
    """ "steps 3, text" for "steps.1f0c….text"."""
    field, _, rest = place.partition(".")
    if not rest:
        return field
    block_id, _, inner = rest.partition(".")
    value: Any = getattr(page, field)
    position = next((number for number, block in enumerate(value, start=1) if block.id == block_id), 0)
    return f"{field} {position}{', ' + inner if inner else ''}"
