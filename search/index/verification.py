"""Is the index what the content says? Asked of every page anew, not of the marks that say it is up to date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from search.embedding import index_embedder
from search.index import selectors
from search.index.content import PageContent, load, pipeline_version
from search.index.models import IndexedPage, Passage
from search.index.writer import PostingRow, posting_rows


@dataclass(frozen=True)
class Difference:
    page_id: int
    what: str


def differences() -> Iterator[Difference]:
    """Every page whose rows are missing, surplus or other than a fresh computation gives. Vectors are checked to be
    there for the right text and model; they are not computed again."""
    due = set(selectors.pages_due())
    for page_id in sorted(due):
        yield Difference(page_id, "is missing or out of date")
    for page_id in selectors.pages_surplus():
        yield Difference(page_id, "is in the index although it is not to be found")
    for row in IndexedPage.objects.exclude(pipeline="").exclude(pk__in=due).order_by("pk").iterator():
        page = load(row.pk)
        if page is None:
            continue  # surplus, reported above
        for what in _different(row, page):
            yield Difference(row.pk, what)


def _different(row: IndexedPage, page: PageContent) -> Iterator[str]:
    if (row.title, row.kind, row.language, tuple(row.facets)) != (
        page.title,
        page.kind,
        page.language,
        page.facets,
    ):
        yield "has another title, type, language or filter value"
    if row.pipeline != pipeline_version():
        yield "was computed by another version of the code"
    stored = list(
        Passage.objects.filter(page_id=row.pk)
        .order_by("ordinal")
        .values_list("anchor", "text", "text_hash", "length")
    )
    wanted = [
        (passage.anchor, passage.text, page.text_hash(passage), length)
        for passage, length in zip(page.passages, page.lengths, strict=True)
    ]
    if stored != wanted:
        yield "has other passages"
        return
    if _postings(row.pk) != posting_rows(page) or row.lengths != [min(one, 32_767) for one in page.lengths]:
        yield "has other words"
    if missing := _without_vector(row.pk):
        yield f"lacks {missing} vectors"


def _postings(page_id: int) -> list[PostingRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select term, title, keywords, headings, body, places from search_posting where page_id = %s",
            (page_id,),
        )
        return sorted((*row[:5], tuple(row[5])) for row in cursor.fetchall())


def _without_vector(page_id: int) -> int:
    embedded = Passage.objects.filter(
        page_id=page_id, vectors__model__fingerprint=index_embedder().fingerprint
    ).count()
    return Passage.objects.filter(page_id=page_id).count() - embedded
