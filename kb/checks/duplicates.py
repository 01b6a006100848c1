"""A guide that says nearly the same as one that is there already, whatever its language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pgvector import HalfVector
from pgvector.django import CosineDistance
from wagtail.models import Page

from kb.checks.finding import Finding
from kb.core.models import BasePage
from kb.core.visibility import visible_to
from search.embedding import query_embedder, query_vector
from search.index.content import embedded_text
from search.index.models import PassageVector
from search.reader import Reader

KINDS = ("guide", "template")
SHARE = 0.5
"""Of the way from the model's floor, where texts have nothing to do with each other, to the same text. Measured on the
demo's guides with the shipped model (floor 0.38, so 0.69): no two different ones reach it (the nearest pair 0.67), four
drafts of a subject that is there, in other words or the other language, do (0.76 to 0.80)."""
MOST = 3


def check(page: BasePage, user: Any) -> Iterator[Finding]:
    """Compares title and summary with those in the index; only pages that `user` may read are named."""
    if page.search_kind not in KINDS or not page.title or not page.summary:
        return
    for found in _near(page, user):
        yield Finding(
            _(
                "“%(title)s” is about nearly the same. Add to that one, or say in the title what is different here."
            )
            % {"title": found.title},
            ("title",),
            _("Title"),
            url=found.url or "",
            link=_("Read it"),
        )


def _near(page: BasePage, user: Any) -> list[Page]:
    embedder = query_embedder()
    vector = query_vector(embedded_text(page.title, (), page.summary), embedder)
    if vector is None:
        return []  # the model is not there in time: nothing can be said, and nobody waits for it
    farthest = (1 - embedder.floor) * (1 - SHARE)
    readable: QuerySet[Page] = visible_to(Page.objects.filter(alias_of__isnull=True), Reader.of(user))
    near = (
        PassageVector.objects.filter(
            model__fingerprint=embedder.fingerprint,
            passage__anchor="summary",
            page__kind=page.search_kind,
            page__in=readable.values("pk"),
        )
        .exclude(page__translation_key=page.translation_key)
        .annotate(distance=CosineDistance("embedding", HalfVector(vector.tolist())))
        .filter(distance__lte=farthest)
        .order_by("distance", "page_id")
        .values_list("page_id", flat=True)[: 2 * MOST]
    )
    order = list(near)
    pages = sorted(
        readable.filter(pk__in=order).select_related("locale"), key=lambda one: order.index(one.pk)
    )
    once: dict[Any, Page] = {}
    for one in pages:
        # A guide and its translation are one: the version in the draft's language is named.
        if one.translation_key not in once or one.locale_id == page.locale_id:
            once[one.translation_key] = one
    return list(once.values())[:MOST]
