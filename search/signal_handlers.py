"""What happens to content, noted for the index: marks in the same transaction, a nudge after it. Nothing embeds here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.db.models.signals import post_save, pre_delete
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex
from wagtail.signals import page_published, page_unpublished, post_page_move
from wagtail.snippets.models import get_snippet_models

from search.index import services
from search.nudge import index_later

# What Wagtail writes to a page row when an editor saves a draft, locks a page or submits it to a workflow.
_BOOKKEEPING = {
    "draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at", "locked", "locked_at",
    "locked_by", "go_live_at", "expire_at", "expired",
}  # fmt: skip


def connect() -> None:
    """Called once, when the app is ready."""
    page_published.connect(_page_changed, dispatch_uid="search.page_published")
    page_unpublished.connect(_page_changed, dispatch_uid="search.page_unpublished")
    post_page_move.connect(_page_moved, dispatch_uid="search.post_page_move")
    post_save.connect(_saved, dispatch_uid="search.post_save")
    pre_delete.connect(_about_to_be_deleted, dispatch_uid="search.pre_delete")


def _page_changed(*, instance: Page, **_: Any) -> None:
    index_later(instance.pk)


def _page_moved(*, instance: Page, **_: Any) -> None:
    """Facets may come from the parent, so a moved page and all below it are computed again."""
    moved = list(Page.objects.descendant_of(instance, inclusive=True).live().values_list("pk", flat=True))
    services.mark_changed(moved)
    index_later(instance.pk)


def _saved(
    *,
    sender: type[Model],
    instance: Model,
    created: bool,
    raw: bool = False,
    update_fields: Iterable[str] | None = None,
    **_: Any,
) -> None:
    if raw or not _is_content(sender):
        return
    if update_fields is not None and set(update_fields) <= _BOOKKEEPING:
        return
    if isinstance(instance, Page):
        # Also saved without a new revision, by code: the revision alone would not tell.
        services.mark_changed([instance.pk])
        if created:
            return  # nothing refers to it yet
    _mark_referrers(instance)


def _about_to_be_deleted(*, sender: type[Model], instance: Model, **_: Any) -> None:
    if _is_content(sender):
        _mark_referrers(instance)  # before Wagtail forgets the references


@cache
def _is_content(model: type[Model]) -> bool:
    return issubclass(model, (Page, get_image_model(), get_document_model(), *get_snippet_models()))


def _mark_referrers(instance: Model) -> None:
    """Marks the pages that show this object: Wagtail's reference index knows them (choosers, links, keys)."""
    content_type = ContentType.objects.get_for_model(_base(type(instance)))
    page_type = ContentType.objects.get_for_model(Page)
    referrers = ReferenceIndex.objects.filter(
        to_content_type=content_type, to_object_id=str(instance.pk), base_content_type=page_type
    ).values_list("object_id", flat=True)
    services.mark_changed(int(page_id) for page_id in referrers.distinct())


def _base(model: type[Model]) -> type[Model]:
    """The model at the root of multi-table inheritance: references to a page type are references to Page."""
    parents = model._meta.get_parent_list()
    return parents[-1] if parents else model
