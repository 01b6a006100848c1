"""Which page is the original, which are its translations, and which of them a reader gets."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail_localize.models import Translation

from kb.core.visibility import visible_to
from search.reader import Reader


def localized(pages: Iterable[Page], language: str, reader: Reader) -> list[Page]:
    """`pages` in `language` where such a version is there for `reader`, else as they are, in the same order.

    One query, and one more for each type of page. Pages that the reader may not see in either language are left out,
    and so are aliases.
    """
    wanted = [page for page in pages if page is not None]
    if not wanted:
        return []
    visible = (
        visible_to(Page.objects.all(), reader)
        .filter(alias_of__isnull=True, translation_key__in={page.translation_key for page in wanted})
        .values_list("pk", "translation_key", "locale__language_code")
    )
    readable: set[int] = set()
    in_language: dict[object, int] = {}
    for pk, translation_key, code in visible:
        readable.add(pk)
        if code == language:
            in_language[translation_key] = pk
    chosen = [
        in_language.get(page.translation_key) or (page.pk if page.pk in readable else None) for page in wanted
    ]
    found = {page.pk: page for page in Page.objects.filter(pk__in=[pk for pk in chosen if pk]).specific()}
    return [found[pk] for pk in chosen if pk in found]


def is_translation(page: Page) -> bool:
    """True for a page that was made from a page of another language.

    wagtail-localize's record says so. A copy without a record (its translation was stopped and deleted) counts
    as a translation when the default language has the page too.
    """
    records = Translation.objects.filter(source__object_id=page.translation_key)
    if records.filter(target_locale_id=page.locale_id).exists():
        return True
    if records.filter(source__locale_id=page.locale_id).exists():
        return False
    if page.alias_of_id and page.alias_of.locale_id != page.locale_id:
        return True
    return (
        page.locale.language_code != settings.LANGUAGE_CODE
        and siblings(page).filter(locale__language_code=settings.LANGUAGE_CODE).exists()
    )


def siblings(page: Page) -> PageQuerySet:
    """The same page in the other languages, aliases included."""
    return Page.objects.filter(translation_key=page.translation_key).exclude(
        Q(pk=page.pk) | Q(locale_id=page.locale_id)
    )


def translations_of(page: Page) -> PageQuerySet:
    """The translations of a source page; none for a page that is a translation itself."""
    return Page.objects.none() if is_translation(page) else siblings(page)


def source_of(page: Page) -> Page | None:
    """The page that `page` was translated from; None for a source page."""
    if not is_translation(page):
        return None
    return next((other for other in siblings(page) if not is_translation(other)), None)
