"""A page that a visitor cannot see any more takes the table with it that was mined from it, in the same transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_unpublished, post_page_move

from search.bilingual import services


def connect() -> None:
    """Called once, when the app is ready. What no signal tells (a page expires, raw SQL) the task finds."""
    post_save.connect(_restricted, sender=PageViewRestriction, dispatch_uid="bilingual.restricted")
    page_unpublished.connect(_withdrawn, dispatch_uid="bilingual.page_unpublished")
    post_page_move.connect(_withdrawn, dispatch_uid="bilingual.post_page_move")
    post_delete.connect(_deleted, dispatch_uid="bilingual.post_delete")


def _restricted(*, instance: PageViewRestriction, raw: bool = False, **_: Any) -> None:
    if not raw:
        services.forget_withdrawn(instance.page_id)


def _withdrawn(*, instance: Page, **_: Any) -> None:
    services.forget_withdrawn(instance.pk)


def _deleted(*, instance: Model, **_: Any) -> None:
    if isinstance(instance, Page):
        services.forget_withdrawn(instance.pk)
