"""wagtail-localize's records for a page and its translation, written in a dozen statements.

Its own `refresh_segments` and `import_po` look up and make every text one by one, some twenty statements each: 800 for a
guide, 60 s of the first load. The rows are the same; a test lets `refresh_segments` and `import_po` run over them and
find nothing to do.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import (
    OverridableSegment,
    RelatedObjectSegment,
    String,
    StringSegment,
    StringTranslation,
    Template,
    TemplateSegment,
    TranslatableObject,
    Translation,
    TranslationContext,
    TranslationSource,
    get_schema_version,
)
from wagtail_localize.segments import (
    OverridableSegmentValue,
    RelatedObjectSegmentValue,
    StringSegmentValue,
    TemplateSegmentValue,
)
from wagtail_localize.segments.extract import extract_segments


def write_translation(*, page: Page, locale: Locale, texts: Mapping[tuple[str, str], str]) -> Translation:
    """The record of the translation of `page` into `locale`, as wagtail-localize would write it.

    `texts`: (context path, German text) -> English text, both as wagtail-localize stores them.
    """
    owner, _made = TranslatableObject.objects.get_or_create_from_instance(page)
    source, _made = TranslationSource.objects.update_or_create(
        object=owner,
        locale=page.locale,
        specific_content_type=ContentType.objects.get_for_model(type(page)),
        defaults={
            "object_repr": str(page)[:200],
            "content_json": page.to_json(),
            "schema_version": get_schema_version(page._meta.app_label),
            "last_updated_at": timezone.now(),
        },
    )
    segments = extract_segments(page)
    contexts = _contexts(owner, page, {segment.path for segment in segments})
    strings = _strings(
        page.locale, {value.string.data for value in segments if isinstance(value, StringSegmentValue)}
    )
    _segments(source, segments, contexts, strings)
    StringTranslation.objects.filter(context__object=owner, locale=locale).delete()
    StringTranslation.objects.bulk_create(
        StringTranslation(
            translation_of_id=strings[original],
            context_id=contexts[path],
            locale=locale,
            data=text,
            updated_at=timezone.now(),
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
        )
        for (path, original), text in texts.items()
    )
    translation, _made = Translation.objects.get_or_create(
        source=source, target_locale=locale, defaults={"translations_last_updated_at": timezone.now()}
    )
    return translation


def _contexts(owner: TranslatableObject, page: Page, paths: set[str]) -> dict[str, int]:
    TranslationContext.objects.bulk_create(
        [
            TranslationContext(
                object=owner,
                path=path,
                path_id=TranslationContext._get_path_id(path),
                field_path=field_path(page, path),
            )
            for path in paths
        ],
        ignore_conflicts=True,
    )
    return dict(TranslationContext.objects.filter(object=owner, path__in=paths).values_list("path", "pk"))


def _strings(locale: Locale, texts: set[str]) -> dict[str, int]:
    hashes = {String._get_data_hash(text): text for text in texts}
    String.objects.bulk_create(
        [String(locale=locale, data=text, data_hash=data_hash) for data_hash, text in hashes.items()],
        ignore_conflicts=True,
    )
    rows = String.objects.filter(locale=locale, data_hash__in=hashes).values_list("data_hash", "pk")
    return {hashes[data_hash]: pk for data_hash, pk in rows}


def _segments(
    source: TranslationSource, values: Sequence[Any], contexts: Mapping[str, int], strings: Mapping[str, int]
) -> None:
    def place(value: Any) -> dict[str, Any]:
        return {"source": source, "context_id": contexts[value.path], "order": value.order}

    templates = _templates(value for value in values if isinstance(value, TemplateSegmentValue))
    for model in (StringSegment, TemplateSegment, RelatedObjectSegment, OverridableSegment):
        model.objects.filter(source=source).delete()
    StringSegment.objects.bulk_create(
        StringSegment(
            **place(value),
            string_id=strings[value.string.data],
            attrs=json.dumps(value.attrs, cls=DjangoJSONEncoder),
        )
        for value in values
        if isinstance(value, StringSegmentValue)
    )
    TemplateSegment.objects.bulk_create(
        TemplateSegment(**place(value), template_id=templates[_template_uuid(value)])
        for value in values
        if isinstance(value, TemplateSegmentValue)
    )
    OverridableSegment.objects.bulk_create(
        OverridableSegment(**place(value), data_json=json.dumps(value.data, cls=DjangoJSONEncoder))
        for value in values
        if isinstance(value, OverridableSegmentValue)
    )
    # One or two a page: the task area.
    for value in values:
        if isinstance(value, RelatedObjectSegmentValue):
            RelatedObjectSegment.from_value(source, value)


def _templates(values: Iterable[TemplateSegmentValue]) -> dict[uuid.UUID, int]:
    by_uuid = {_template_uuid(value): value for value in values}
    Template.objects.bulk_create(
        [
            Template(
                uuid=key,
                template=value.template,
                template_format=value.format,
                string_count=value.string_count,
            )
            for key, value in by_uuid.items()
        ],
        ignore_conflicts=True,
    )
    return dict(Template.objects.filter(uuid__in=by_uuid).values_list("uuid", "pk"))


def _template_uuid(value: TemplateSegmentValue) -> uuid.UUID:
    return uuid.uuid5(uuid.uuid5(Template.BASE_UUID_NAMESPACE, value.format), value.template)


def field_path(page: Page, path: str) -> str:
    """ "steps.step.title" for "steps.<block id>.title"."""
    name, _, rest = path.partition(".")
    if not rest:
        return name
    block_id, _, inner = rest.partition(".")
    block = next(block for block in getattr(page, name) if block.id == block_id)
    # Below a block that is no group of fields (a table, rich text) wagtail-localize goes no deeper.
    inner = inner.partition(".")[0] if hasattr(block.block, "child_blocks") else ""
    return ".".join(filter(None, (name, block.block_type, inner)))
