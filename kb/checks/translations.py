"""The other language: not there yet, or older than this page."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from wagtail.models import Page

from kb.checks.finding import Finding
from kb.core.publication import missing_texts
from kb.core.translations import is_translation
from kb.upkeep import selectors
from kb.upkeep.selectors import State


def check(page: Page) -> Iterator[Finding]:
    """Of a translation: which texts are missing. Of an original: what its versions in the other languages lack."""
    if is_translation(page):
        missing, total = missing_texts(page)
        if missing:
            text = ngettext(
                "%(n)s of %(total)s texts is not translated.",
                "%(n)s of %(total)s texts are not translated.",
                missing,
            )
            yield Finding(text % {"n": missing, "total": total}, blocks=True)
        return
    for code, _name in settings.LANGUAGES:
        if code != page.locale.language_code:
            yield from _into(page, code)


def _into(page: Page, code: str) -> Iterator[Finding]:
    language = get_language_info(code)["name_translated"]
    row = selectors.translated(Page.objects.filter(pk=page.pk), code).first()
    if row is None:
        if not page.live:
            yield Finding(_("After publishing: translate it into %(language)s.") % {"language": language})
        return
    text = {
        State.MISSING: _("There is no version in %(language)s yet."),
        State.DRAFT: _("The version in %(language)s is not published."),
        State.INCOMPLETE: _("In the version in %(language)s texts are missing."),
        State.OUTDATED: _("The version in %(language)s is older than this page."),
    }.get(row.state)
    if text:
        yield Finding(
            text % {"language": language},
            url=selectors.where_to_translate(row, code),
            link=_("Go to the translation"),
        )
