"""Where Wagtail tells that something happened to a page that its translations must follow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import copy_for_translation_done, pre_page_move

from kb.core import cascade, privacy


def connect() -> None:
    """Connects every handler of this file. Called once, when the app is ready."""
    pre_save.connect(
        restriction_about_to_be_saved,
        sender=PageViewRestriction,
        dispatch_uid="core.restriction_about_to_be_saved",
    )
    post_save.connect(restriction_saved, sender=PageViewRestriction, dispatch_uid="core.restriction_saved")
    post_delete.connect(
        restriction_deleted, sender=PageViewRestriction, dispatch_uid="core.restriction_deleted"
    )
    m2m_changed.connect(
        restriction_groups_changed,
        sender=PageViewRestriction.groups.through,
        dispatch_uid="core.restriction_groups_changed",
    )
    copy_for_translation_done.connect(translation_made, dispatch_uid="core.translation_made")
    pre_save.connect(about_to_be_saved, dispatch_uid="core.about_to_be_saved")
    pre_delete.connect(about_to_be_deleted, sender=Page, dispatch_uid="core.about_to_be_deleted")
    pre_page_move.connect(about_to_be_moved, dispatch_uid="core.about_to_be_moved")


def restriction_about_to_be_saved(instance: PageViewRestriction, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        privacy.close_translations(instance)


def restriction_saved(instance: PageViewRestriction, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        privacy.mirror(instance.page)


def restriction_deleted(instance: PageViewRestriction, origin: Any = None, **kwargs: Any) -> None:
    # Deleted with its page, the restriction must not open the translations that are deleted a moment later.
    model = getattr(origin, "model", None) or type(origin)
    if issubclass(model, PageViewRestriction):
        privacy.mirror(instance.page)


def restriction_groups_changed(
    instance: Any, action: str, reverse: bool, pk_set: set[int] | None = None, **kwargs: Any
) -> None:
    if action not in {"post_add", "post_remove", "post_clear"}:
        return
    if not reverse:
        privacy.mirror(instance.page)
        return
    # group.pageviewrestriction_set; a clear tells no keys.
    changed = (
        PageViewRestriction.objects.all()
        if pk_set is None
        else PageViewRestriction.objects.filter(pk__in=pk_set)
    )
    for restriction in changed:
        privacy.mirror(restriction.page)


def translation_made(source_obj: Any, target_obj: Any, **kwargs: Any) -> None:
    if isinstance(source_obj, Page):
        privacy.apply(source_obj, [target_obj])


def about_to_be_saved(
    instance: Any, raw: bool = False, update_fields: Iterable[str] | None = None, **kwargs: Any
) -> None:
    """Inside the transaction of Page.save: the page and its translations leave the site together."""
    if raw or not isinstance(instance, Page) or instance._state.adding:
        return
    if update_fields is not None and not {"live", "expire_at"} & set(update_fields):
        return
    before = Page.objects.filter(pk=instance.pk).values_list("live", "expire_at").first()
    if before is None:
        return
    was_live, had_end = before
    if was_live and not instance.live:
        cascade.unpublish_translations(instance)
    if instance.live:
        cascade.end_with_source(instance)
    if instance.expire_at != had_end:
        cascade.end_translations(instance, had_end)


def about_to_be_deleted(instance: Page, **kwargs: Any) -> None:
    cascade.delete_translations_later(instance)


def about_to_be_moved(
    instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any
) -> None:
    if parent_page_before.pk != parent_page_after.pk:
        cascade.move_translations(instance, parent_page_after)
