"""Who may see a page has changed, or a page is gone: what it lent to the scores of others must not outlast that."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_unpublished


def connect() -> None:
    """Called once, when the app is ready. Pages that are written or moved have their relations due anyway."""
    post_save.connect(_changed, sender=PageViewRestriction, dispatch_uid="related.restricted")
    post_delete.connect(_changed, sender=PageViewRestriction, dispatch_uid="related.opened")
    page_unpublished.connect(_changed, dispatch_uid="related.page_unpublished")
    post_delete.connect(_deleted, dispatch_uid="related.post_delete")


def _changed(**_: Any) -> None:
    """One page with relations to compute makes all of them due. Any will do, so nobody waits for a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update search_indexedpage set related_at = null
            where page_id = (
                select i.page_id
                from search_indexedpage i join wagtailcore_page p on p.id = i.page_id and p.live
                where i.pipeline <> '' and i.passage_count > 0
                order by i.related_at nulls first limit 1 for update of i skip locked
            )
            """
        )


def _deleted(*, instance: Model, **_: Any) -> None:
    if isinstance(instance, Page):
        _changed()
