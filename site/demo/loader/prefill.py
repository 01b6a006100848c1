"""wagtail-localize's rows for a page, written in three statements.

`import_po` and `refresh_segments` look up or make every text one by one, some twenty statements each. With the rows
there beforehand they only look them up, which halves the time of the first load. They still run, and check.
"""

from __future__ import annotations

from collections.abc import Iterable

import polib
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import String, StringTranslation, TranslatableObject, TranslationContext
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments


def prefill(*, page: Page, locale: Locale, po: polib.POFile, tool: str) -> None:
    """Make the texts, places and translations of `page` into `locale` that are not there yet."""
    owner, _made = TranslatableObject.objects.get_or_create_from_instance(page)
    segments = extract_segments(page)
    texts = {segment.string.data for segment in segments if isinstance(segment, StringSegmentValue)}
    String.objects.bulk_create(
        [String(locale=page.locale, data=text, data_hash=String._get_data_hash(text)) for text in texts],
        ignore_conflicts=True,
    )
    TranslationContext.objects.bulk_create(
        [
            TranslationContext(
                object=owner,
                path=path,
                path_id=TranslationContext._get_path_id(path),
                field_path=_field_path(page, path),
            )
            for path in {segment.path for segment in segments}
        ],
        ignore_conflicts=True,
    )
    strings = dict(
        String.objects.filter(
            locale=page.locale, data_hash__in=map(String._get_data_hash, texts)
        ).values_list("data", "pk")
    )
    contexts = dict(TranslationContext.objects.filter(object=owner).values_list("path", "pk"))
    StringTranslation.objects.bulk_create(
        [
            StringTranslation(
                translation_of_id=strings[entry.msgid],
                context_id=contexts[entry.msgctxt],
                locale=locale,
                data=entry.msgstr,
                updated_at=timezone.now(),
                translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
                tool_name=tool,
            )
            for entry in _known(po, strings, contexts)
        ],
        ignore_conflicts=True,
    )


def _known(po: polib.POFile, strings: dict[str, int], contexts: dict[str, int]) -> Iterable[polib.POEntry]:
    return (entry for entry in po if entry.msgid in strings and entry.msgctxt in contexts)


def _field_path(page: Page, path: str) -> str:
    """ "steps.step.title" for "steps.<block id>.title"."""
    field, _, rest = path.partition(".")
    if not rest:
        return field
    block_id, _, inner = rest.partition(".")
    block_type = next(block.block_type for block in getattr(page, field) if block.id == block_id)
    return ".".join(filter(None, (field, block_type, inner)))
