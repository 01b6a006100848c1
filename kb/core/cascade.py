"""What happens to a source page happens to its translations; never the other way round.

What hides comes first, or in the same transaction: a process that is killed in between may leave a translation hidden
too early, but never one open that its source was hidden from.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from wagtail.coreutils import find_available_slug
from wagtail.models import Page, PageViewRestriction

from kb.core.translations import source_of, translations_of

logger = logging.getLogger(__name__)


def unpublish_translations(source: Page) -> None:
    """Takes the live translations of `source` off the site, and what shows its text elsewhere."""
    for translation in translations_of(source).live().specific():
        translation.unpublish()
    for alias in source.aliases.filter(live=True):
        alias.unpublish(log_action=False)


def end_translations(source: Page, before: datetime | None) -> None:
    """Gives the translations of `source` its end (`expire_at`), unless they have an earlier one of their own.

    `before` is the end that it had: a translation with the same one follows it.
    """
    after = source.expire_at
    follows = Q(expire_at=before) if before is not None else Q(pk__in=[])
    if after is not None:
        follows |= Q(expire_at__isnull=True) | Q(expire_at__gt=after)
    translations_of(source).filter(follows).update(expire_at=after)


def end_with_source(translation: Page) -> None:
    """Sets the end of `translation`, not saved yet, to its source's where that comes earlier."""
    source = source_of(translation)
    end = source.expire_at if source is not None else None
    if end is not None and (translation.expire_at is None or translation.expire_at > end):
        translation.expire_at = end


def delete_translations_later(source: Page) -> None:
    """Hides the translations of `source`, and deletes them once its own deletion is committed.

    To be called before the deletion, since wagtail-localize forgets with the source which pages were its
    translations. After the commit, because the admin's delete view deletes the translations it has listed itself,
    and because treebeard is still counting children until then.
    """
    keys = list(translations_of(source).values_list("pk", flat=True))
    if keys:
        Page.objects.filter(pk__in=keys).update(live=False, live_revision=None, has_unpublished_changes=True)
        transaction.on_commit(lambda: _delete(keys))


def _delete(keys: Sequence[int]) -> None:
    for key in keys:
        if page := Page.objects.filter(pk=key).first():
            page.specific.delete()


def move_translations(source: Page, new_parent: Page) -> None:
    """Moves the translations of `source` below the translations of `new_parent`. Before `source` itself is moved.

    A translation whose new parent is not translated stays where it is. Where the source will be private there, or out
    of every site, and a translation would not be, it is unpublished, and so are those of the pages below.
    """
    hides = new_parent.get_url_parts() is None or _is_private(new_parent)
    for translation in translations_of(source):
        target = new_parent.get_translation_or_none(translation.locale)
        if target is None or target.pk == new_parent.pk:
            if hides:
                _unpublish_followers(source)
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


def _unpublish_followers(source: Page) -> None:
    """Unpublishes the open translations of `source` and of everything below it."""
    for page in Page.objects.descendant_of(source, inclusive=True):
        for translation in translations_of(page).live():
            if not _is_private(translation):
                logger.warning(
                    "Unpublished translation %s: its source moved out of readers' sight.", translation.pk
                )
                translation.specific.unpublish()


def _is_private(page: Page) -> bool:
    above = Page.objects.ancestor_of(page, inclusive=True)
    return PageViewRestriction.objects.filter(page__in=above).exclude(restriction_type="none").exists()
