"""Every page type of a site, one after another: German on a desk by day, English on a phone by night."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tests.audit import budgets, markup, measure, pages, people
from tests.audit.pages import Stop

READERS: dict[str, dict[str, Any]] = {
    "de": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "en": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}


def every_page_type(
    browser: Browser, site: str, *, only: str = "", timed: bool = True, var: Path | None = None
) -> dict[str, dict[str, Any]]:
    """Name -> figures and findings (measure.page, with `markup`) of the page types whose name contains `only`.

    `timed`: pages that are slow are visited once more. `var`: the site's data folder, with the logins of its members.
    """
    rows: dict[str, dict[str, Any]] = {}
    for language, reader in READERS.items():
        scheme = reader["color_scheme"]
        for context, stop in each(browser, site, language, reader | {"bypass_csp": True}, var, only):
            print(".", end="", file=sys.stderr, flush=True)
            row = measure.page(context, site, stop.path, language, scheme, stop.do)
            if timed and any(row[name] > budgets.BUDGETS[name] for name in budgets.OF_TIME):
                # Other work on the machine makes a page slower, never faster: the better of two.
                again = measure.page(context, site, stop.path, language, scheme, stop.do)
                row |= {name: min(row[name], again[name]) for name in budgets.OF_TIME}
            rows[stop.name] = row
    print(file=sys.stderr)
    for name, wrong in markup.check({name: row.pop("html") for name, row in rows.items()}).items():
        rows[name]["markup"] = wrong
    return rows


def each(
    browser: Browser, site: str, language: str, reader: dict[str, Any], var: Path | None, only: str = ""
) -> Iterator[tuple[BrowserContext, Stop]]:
    """The stops in `language` whose name contains `only`, each with a browser in which its user is signed in."""
    contexts = {"": browser.new_context(locale=language, **reader)}
    tab = contexts[""].new_page()
    stops = [stop for stop in pages.stops(tab, site, language, var) if only in stop.name]
    tab.close()
    for stop in stops:
        if stop.user not in contexts:
            assert var is not None  # else there are no such stops
            contexts[stop.user] = browser.new_context(locale=language, **reader)
            tab = contexts[stop.user].new_page()
            people.sign_in(tab, site, stop.user, var)
            tab.close()
        context = contexts[stop.user]
        if stop.answer:
            context.route(site + stop.path, _instead(stop.answer))
        yield context, stop
    for context in contexts.values():
        context.close()


def _instead(html: str) -> Any:
    return lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
