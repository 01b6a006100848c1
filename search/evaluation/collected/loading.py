"""A collection's texts into its own database and through the product's own index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from django.db import connection
from django.utils.text import Truncator
from wagtail.models import Locale, Page, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from search.embedding import index_embedder
from search.evaluation.collected.models import CollectedPage
from search.evaluation.collection import Document
from search.index import selectors, services
from search.index.models import EmbeddingModel, ModelChoice

Say = Callable[[str], None]


class Texts(Protocol):
    """A collection of texts in one or several languages."""

    def documents(self, language: str) -> Iterator[Document]: ...


class NotIndexed(RuntimeError):
    """Some texts could not be indexed; the text says how many and why."""


def load(collection: Texts, languages: list[str], *, say: Say) -> None:
    """Makes the database hold exactly the texts of the collection, indexed. Quick where it already does.

    An interrupted run is gone on with. Raises NotIndexed, CollectionError.
    """
    for language in languages:
        _pages(collection, language, say)
    _forget_other_files()
    before = len(selectors.pages_due())
    if before:
        report = services.index_due(
            progress=lambda done: say(f"indexed {done.written} of {before} texts ({query_model()})")
        )
        state = selectors.status()
        if report.failed or state.due:
            why = state.failures[0]["error"] if state.failures else "the embedding model was not there"
            raise NotIndexed(f"{state.due} texts could not be indexed: {why}")
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _forget_other_files() -> None:
    """Vectors of earlier files under the model's name: here nobody waits for an answer until the new ones are there."""
    others = EmbeddingModel.objects.exclude(fingerprint=index_embedder().fingerprint)
    if others.exists():
        ModelChoice.objects.filter(current__in=others).delete()
        others.delete()


def query_model() -> str:
    from django.conf import settings

    return str(settings.SEARCH_EMBEDDING_MODEL)


def _pages(collection: Texts, language: str, say: Say) -> None:
    parent = _root(language)
    there = {
        row.translation_key: row
        for row in CollectedPage.objects.filter(locale=parent.locale).only("translation_key", "title", "text")
    }
    new: list[Document] = []
    for document in collection.documents(language):
        row = there.pop(document.key, None)
        if row is None:
            new.append(document)
        elif (row.title, row.text) != (_title(document), document.text):
            row = CollectedPage.objects.get(pk=row.pk)
            row.title, row.text = _title(document), document.text
            row.save()
    if there:
        CollectedPage.objects.filter(pk__in=[row.pk for row in there.values()]).delete()
    with disable_reference_index_auto_update():
        for number, document in enumerate(new, start=1):
            parent.add_child(
                instance=CollectedPage(
                    title=_title(document),
                    slug=document.key.hex,
                    text=document.text,
                    locale=parent.locale,
                    translation_key=document.key,
                )
            )
            say(f"read {number} of {len(new)} texts ({language})")


def _title(document: Document) -> str:
    """Wagtail keeps 255 characters; a text without a title is called by its first words."""
    first = next((line.strip("# ").strip() for line in document.text.splitlines() if line.strip("# ")), "–")
    return Truncator(" ".join((document.title or first).split()) or "–").chars(255)


def _root(language: str) -> Page:
    """The page below which the texts of a language go."""
    home = Site.objects.select_related("root_page__locale").get().root_page
    locale, _ = Locale.objects.get_or_create(language_code=language)
    root = home
    if home.locale_id != locale.pk:
        translated = home.get_translation_or_none(locale)
        if translated is None:
            translated = home.copy_for_translation(locale)
            translated.live = True
            translated.save()
        root = translated
    return Page.objects.select_related("locale").get(pk=root.pk)
