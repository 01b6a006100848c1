"""Pages for tests of search: published the way an editor does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from wagtail.models import Locale, Page, PageLogEntry, PageViewRestriction, Site

from search.embedding import reset
from search.index.models import EmbeddingModel, Lexeme, ModelChoice
from tests.searchable.models import Note


@contextmanager
def committed() -> Iterator[None]:
    """Inside, rows are committed, so that other threads and processes see them; gone after it."""
    inside = connections["default"]
    connections["default"] = inside.copy()
    reset()
    try:
        yield
    finally:
        ids = list(Note.objects.values_list("pk", flat=True))
        for note in Note.objects.all():
            note.delete()
        PageLogEntry.objects.filter(page_id__in=ids).delete()
        ModelChoice.objects.all().delete()
        EmbeddingModel.objects.all().delete()
        Lexeme.objects.all().delete()
        connections["default"].close()
        connections["default"] = inside
        reset()


def home(language: str = "de") -> Page:
    """Root of the site in a language; made where it is missing."""
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    locale, _ = Locale.objects.get_or_create(language_code=language)
    if root.locale_id == locale.pk:
        return root
    translated = root.get_translation_or_none(locale)
    if translated is None:
        translated = root.copy_for_translation(locale)
        translated.save_revision().publish()
    return Page.objects.get(pk=translated.pk)


def publish(
    title: str, text: str = "", *, parent: Page | None = None, language: str = "de", **fields: Any
) -> Note:
    parent = Page.objects.get(pk=(parent or home(language)).pk)
    note = Note(title=title, text=text, locale=parent.locale, **fields)
    parent.add_child(instance=note)
    note.save_revision().publish()
    return Note.objects.get(pk=note.pk)


def translate(note: Note, title: str, text: str, *, language: str = "en") -> Note:
    """A published translation under the language's home page."""
    return publish(
        title,
        text,
        language=language,
        translation_key=note.translation_key,
        kind=note.kind,
        task_area=note.task_area,
    )


def restrict(page: Page, kind: str = PageViewRestriction.LOGIN, *groups: Any) -> PageViewRestriction:
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind)
    restriction.groups.set(groups)
    return restriction
