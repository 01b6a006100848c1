"""What happens to a source page happens to its translations; never the other way round."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction
from wagtail.coreutils import find_available_slug
from wagtail.models import Page, PageViewRestriction

from kb.core.translations import translations_of

logger = logging.getLogger(__name__)


def unpublish_translations(source: Page) -> None:
    """Takes the live translations of `source` off the site."""
    for translation in translations_of(source).live().specific():
        translation.unpublish()


def delete_translations_later(source: Page) -> None:
    """Deletes the translations of `source` once its own deletion is committed.

    To be called before the deletion, since wagtail-localize forgets with the source which pages were its
    translations. After the commit, because the admin's delete view deletes the translations it has listed itself,
    and because treebeard is still counting children until then.
    """
    keys = list(translations_of(source).values_list("pk", flat=True))
    if keys:
        transaction.on_commit(lambda: _delete(keys))


def _delete(keys: Sequence[int]) -> None:
    for key in keys:
        if page := Page.objects.filter(pk=key).first():
            page.specific.delete()


def move_translations(source: Page, new_parent: Page) -> None:
    """Moves the translations of `source` below the translations of `new_parent`.

    A translation whose new parent is not translated stays where it is. Where the source is private there, and the
    translation would not be, the translation is unpublished.
    """
    for translation in translations_of(source):
        target = new_parent.get_translation_or_none(translation.locale)
        if target is None:
            if _is_private(source) and not _is_private(translation) and translation.live:
                logger.warning(
                    "Unpublished translation %s: its source moved to a private section without one.",
                    translation.pk,
                )
                translation.specific.unpublish()
            continue
        if translation.get_parent().pk == target.pk:
            continue
        slug = find_available_slug(target, translation.slug, ignore_page_id=translation.pk)
        if slug != translation.slug:
            page = translation.specific
            page.slug = slug
            page.save(clean=False)
            translation.refresh_from_db()
        translation.move(Page.objects.get(pk=target.pk), pos="last-child")


def _is_private(page: Page) -> bool:
    above = Page.objects.ancestor_of(page, inclusive=True)
    return PageViewRestriction.objects.filter(page__in=above).exists()
