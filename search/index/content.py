"""A page as the index sees it: plain values, and the fingerprint of what they were read from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import translation
from wagtail.models import Page, get_page_models

from search.analysis import ANALYSIS_VERSION, Word, words
from search.analysis.normalise import clean
from search.index.splitting import SPLITTER_VERSION, fitted
from search.protocol import Passage, Searchable


@dataclass(frozen=True)
class Counts:
    """How often a term occurs in the fields of a passage."""

    title: int = 0
    keywords: int = 0
    headings: int = 0
    body: int = 0


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

    @cached_property
    def counts(self) -> list[dict[str, Counts]]:
        """Per passage: term -> counts. Title and keywords are counted at the first passage."""
        found = []
        for ordinal, passage in enumerate(self.passages):
            fields = {
                "title": self._terms(self.title) if ordinal == 0 else Counter[str](),
                "keywords": self._terms(self.keywords) if ordinal == 0 else Counter[str](),
                "headings": self._terms("\n".join(passage.heading_path)),
                "body": self._terms(passage.text),
            }
            terms = sorted(set().union(*fields.values()))
            found.append(
                {term: Counts(**{name: count[term] for name, count in fields.items()}) for term in terms}
            )
        return found

    @property
    def vocabulary(self) -> dict[str, tuple[str, str]]:
        """Folded word -> its term and how it is written, of all fields. The last place counts: the first words of
        texts, capitalised for no reason of their own, come before."""
        texts = [self.title]
        for passage in self.passages:
            texts += [*passage.heading_path, passage.text]
        texts.append(self.keywords)
        return {
            word.folded: (word.term, text[word.start : word.end])
            for text in texts
            for word in self._words(text)
            if len(word.folded) <= 100 >= word.end - word.start
        }

    @cached_property
    def lengths(self) -> list[int]:
        """Words without stop words, per passage."""
        return [sum(1 for word in self._words(passage.text) if not word.part) for passage in self.passages]

    def _terms(self, text: str) -> Counter[str]:
        return Counter(word.term for word in self._words(text))

    def _words(self, text: str) -> list[Word]:
        return list(words(text, self.language))


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


def load(page_id: int) -> PageContent | None:
    """Reads a page as of one moment. None when it is not live, an alias, or of a type that is not searched.

    Runs in a transaction of its own with one snapshot, so that a page, its child objects and the fingerprint
    cannot come from two revisions; where a transaction is open already (tests) it reads inside that.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        page = Page.objects.filter(pk=page_id, live=True, alias_of=None).select_related("locale").first()
        if page is None or page.specific_class not in searchable_models():
            return None
        return _content(page.specific)


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
