"""All checks of a page, in the order in which an editor should look at them."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page

from kb.checks import duplicates, files, images, links, missing, sentences, translations
from kb.checks.finding import Finding
from kb.checks.texts import pieces
from kb.core.models import BasePage


def offered(page: Page) -> bool:
    """Whether there is something to check: our own pages, and no alias, which shows another page's text."""
    return isinstance(page, BasePage) and page.alias_of_id is None


def check(page: BasePage, user: Any) -> list[Finding]:
    """What `user`, who may edit `page`, should look at. `page` is as it would be published: the draft.

    In the language of the one who reads it, the page's own language notwithstanding. Asks for no permission.
    """
    language = page.locale.language_code
    found = list(pieces(page))
    return [
        *missing.check(page),
        *links.check(page, found),
        *images.check(found, language, user),
        *files.check(found),
        *sentences.check(found, language),
        *duplicates.check(page, user),
        *translations.check(page, user),
    ]
