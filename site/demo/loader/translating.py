"""English pages through wagtail-localize, so that translators find every text in the editor.

The English text becomes a page that is not saved, with the same block ids as the German one. Then both are taken apart
by wagtail-localize, and what stands at the same place is the translation.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from wagtail.models import Locale, Page
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from demo.loader.content import ContentError
from demo.loader.segments import write_translation


def translate_page(*, page: Page, translated: Page, locale: Locale, path: str) -> None:
    """Publish `page` in `locale` with the texts of `translated`, an unsaved page of the same type.

    `path` names the file in errors. Raises ContentError where the two are not built alike.
    """
    texts = pairs(page, translated, path)
    translation = write_translation(page=page, locale=locale, texts=texts)
    total, done = translation.get_progress()
    if done < total:
        raise ContentError(f"{path}: {total - done} of {total} texts are not translated")
    # save_target(publish=True) publishes after commit; the next page may need this one as its parent before that.
    translation.save_target(publish=False)
    translation.get_target_instance().specific.get_latest_revision().publish()


def pairs(page: Page, translated: Page, path: str) -> dict[tuple[str, str], str]:
    """(place, text of `page`) -> what stands there in `translated`."""
    originals, translations = _texts(page), _texts(translated)
    paired: dict[tuple[str, str], str] = {}
    for place, texts in originals.items():
        counterparts = translations.get(place, [])
        if len(texts) != len(counterparts):
            raise ContentError(
                f"{path}: {len(counterparts)} texts instead of {len(texts)} in {readable(page, place)}; "
                f"the German one begins “{texts[0][:60]}”"
            )
        # A text that stands twice at one place has one translation.
        paired |= {(place, text): counterpart for text, counterpart in zip(texts, counterparts, strict=True)}
    if surplus := translations.keys() - originals.keys():
        places = ", ".join(readable(translated, place) for place in sorted(surplus))
        raise ContentError(f"{path}: more than in German: {places}")
    return paired


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
