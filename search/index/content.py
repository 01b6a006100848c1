"""A page as the index sees it: plain values, and the fingerprint of what they were read from."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import translation
from wagtail.models import COMMENTS_RELATION_NAME, Page, get_page_models

from search.analysis import ANALYSIS_VERSION, Word, words
from search.analysis.normalise import clean
from search.index import references
from search.index.splitting import SPLITTER_VERSION, fitted
from search.protocol import Passage, Reading, Searchable


@dataclass(frozen=True)
class PageContent:
    """Everything that is written for a page, and the revision it was read from."""

    page_id: int
    revision: int | None
    published_at: datetime | None
    translation_key: UUID
    language: str
    kind: str
    title: str
    keywords: str
    facets: tuple[str, ...]
    passages: tuple[Passage, ...]

    def embedded_text(self, passage: Passage) -> str:
        return embedded_text(self.title, passage.heading_path, passage.text)

    def text_hash(self, passage: Passage) -> str:
        return hashlib.blake2b(self.embedded_text(passage).encode(), digest_size=16).hexdigest()

    def words(self, text: str) -> list[Word]:
        """of one of its texts, each read once: headings stand above many passages, and rows are made of words thrice"""
        if text not in self._words:
            self._words[text] = list(words(text, self.language))
        return self._words[text]

    @cached_property
    def _words(self) -> dict[str, list[Word]]:
        return {}

    @cached_property
    def vocabulary(self) -> dict[str, tuple[str, str]]:
        """Folded word -> its term and how it is written, of all fields. The last place counts: the first words of
        texts, capitalised for no reason of their own, come before."""
        texts = [self.title]
        for passage in self.passages:
            texts += [*passage.heading_path, passage.text]
        texts.append(self.keywords)
        return {
            word.folded: (word.term, text[word.start : word.end])
            for text in reversed(dict.fromkeys(reversed(texts)))
            for word in self.words(text)
            if len(word.folded) <= 100 >= word.end - word.start
        }

    @cached_property
    def lengths(self) -> list[int]:
        """Words without stop words, per passage."""
        return [sum(not word.part for word in self.words(passage.text)) for passage in self.passages]


def embedded_text(title: str, heading_path: Sequence[str], text: str) -> str:
    """What the model reads: the passage under its page's title and its headings."""
    return f"{' › '.join((title, *heading_path))}\n{text}"


def pipeline_version() -> str:
    """Versions of splitter and analysis, on which a page's passages and words depend. Vectors name their model."""
    return f"{SPLITTER_VERSION}/{ANALYSIS_VERSION}"


def searchable_models() -> list[type[Page]]:
    """Page types that follow the protocol, in a stable order."""
    found = [
        model
        for model in get_page_models()
        if getattr(model, "search_kind", "") and callable(getattr(model, "passages", None))
    ]
    return sorted(found, key=lambda model: model._meta.label)


def searchable_content_types() -> list[int]:
    types = ContentType.objects.get_for_models(*searchable_models(), for_concrete_models=False)
    return [content_type.pk for content_type in types.values()]


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything inside is read as of one moment: page, child objects and fingerprint cannot come from two revisions.

    Where a transaction is open already (tests), as of whatever that sees.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        yield


def load(page_id: int) -> PageContent | None:
    """Reads a page. None when it is not live, an alias, or of a type that is not searched."""
    with snapshot():
        return next(map(_content, _pages([page_id])), None)


def load_referenced(page_ids: Sequence[int]) -> list[PageContent]:
    """Reads those of the pages that `load` would, after Wagtail knows what they show.

    An editor's process that was killed right after its commit has not told it, and what was renamed later would never
    reach the page (signal_handlers._mark_referrers).
    """
    with snapshot():
        pages = _pages(page_ids)
        untold = references.untold(pages)
        if not untold:
            return list(map(_content, pages))
    for page in untold:
        references.tell(page)
    with snapshot():
        return list(map(_content, _pages(page_ids)))


def _pages(page_ids: Sequence[int]) -> list[Page]:
    """As the models of their types, in the order of their ids."""
    models = {ContentType.objects.get_for_model(model).pk: model for model in searchable_models()}
    found = Page.objects.filter(pk__in=page_ids, live=True, alias_of=None, content_type__in=models)
    of_type: dict[int, list[int]] = defaultdict(list)
    for page_id, content_type in found.values_list("pk", "content_type"):
        of_type[content_type].append(page_id)
    pages = [page for content_type, ids in of_type.items() for page in _of_type(models[content_type], ids)]
    return sorted(pages, key=lambda page: page.pk)


def _of_type(model: type[Page], page_ids: Sequence[int]) -> QuerySet[Page]:
    """With what each of them would otherwise be asked for: its words elsewhere, and what the reference index reads."""
    foreign_keys = model.search_reads if isinstance(model, Reading) else ()
    found = model._default_manager.filter(pk__in=page_ids)
    return found.select_related("locale", *foreign_keys).prefetch_related(COMMENTS_RELATION_NAME)


def _content(page: Page) -> PageContent:
    searchable = cast(Searchable, page)
    language = page.locale.language_code
    with translation.override(language):
        return PageContent(
            page_id=page.pk,
            revision=page.live_revision_id,
            published_at=page.last_published_at,
            translation_key=page.translation_key,
            language=language,
            kind=searchable.search_kind,
            title=" ".join(clean(page.title).split()),
            keywords=clean(searchable.search_keywords()),
            facets=tuple(
                sorted(
                    {
                        f"{name}:{value}"
                        for name, values in searchable.search_facets().items()
                        for value in values
                    }
                )
            ),
            passages=tuple(fitted(searchable.passages())) if searchable.search_kind else (),
        )
