"""The address of a translation, made of its translated title: translators look for texts, not for a slug in another tab."""

from __future__ import annotations

from itertools import chain, count

from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from kb.core.addresses import slug_of


def fill_address(translation: Translation) -> None:
    """Translates the address where nobody has, once the title is translated. What a translator wrote stays."""
    segments = {
        segment.context.path: segment
        for segment in StringSegment.objects.filter(
            source=translation.source, context__path__in=["title", "slug"]
        ).select_related("context", "string")
    }
    if not {"title", "slug"} <= set(segments):
        return
    done = {path: _translated(segment, translation) for path, segment in segments.items()}
    title, address = done["title"], done["slug"]
    if title is None or address is not None:
        return
    language = translation.target_locale.language_code
    slug = _free(slug_of(title.data, language), translation)
    StringTranslation.objects.get_or_create(
        translation_of=segments["slug"].string,
        context=segments["slug"].context,
        locale=translation.target_locale,
        defaults={"translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL, "data": slug},
    )


def _translated(segment: StringSegment, translation: Translation) -> StringTranslation | None:
    return StringTranslation.objects.filter(
        translation_of_id=segment.string_id, context_id=segment.context_id, locale=translation.target_locale
    ).first()


def _free(slug: str, translation: Translation) -> str:
    """`slug`, with a number behind it where another page below the same parent has it."""
    page = Page.objects.filter(
        translation_key=translation.source.object_id, locale=translation.target_locale
    ).first()
    if page is None:
        return slug
    taken = set(page.get_siblings(inclusive=False).values_list("slug", flat=True))
    numbered = (f"{slug}-{number}" for number in count(2))
    return next(one for one in chain([slug], numbered) if one not in taken)
