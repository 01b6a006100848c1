"""All checks of a page."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page

from kb.checks import duplicates, files, images, links, missing, sentences, translations
from kb.checks.finding import Finding, Kind
from kb.checks.texts import pieces
from kb.core.models import BasePage


def offered(page: Page) -> bool:
    """Whether there is something to check: our own pages, and no alias, which shows another page's text."""
    return isinstance(page, BasePage) and page.alias_of_id is None


def check(page: BasePage, user: Any) -> list[Finding]:
    """What `user`, who may edit `page`, should look at. `page` is as it would be published: the draft.

    In the language of the one who reads it, the page's own language notwithstanding. Asks for no permission.
    """
    return [finding for found in by_kind(page, user).values() for finding in found]


def by_kind(page: BasePage, user: Any) -> dict[Kind, list[Finding]]:
    """The same, each kind on its own."""
    language = page.locale.language_code
    found = list(pieces(page))
    return {
        Kind.FIELDS: list(missing.check(page)),
        Kind.LINKS: list(links.check(page, found)),
        Kind.IMAGES: list(images.check(found, language, user)),
        Kind.FILES: list(files.check(found)),
        Kind.SENTENCES: list(sentences.check(found, language)),
        Kind.DUPLICATES: list(duplicates.check(page, user)),
        Kind.TRANSLATIONS: list(translations.check(page)),
    }
