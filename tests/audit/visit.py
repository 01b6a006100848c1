"""Every page type of a site, one after another: German on a desk by day, English on a phone by night."""

import sys
from typing import Any

from playwright.sync_api import Browser

from tests.audit import budgets, markup, measure, pages

READERS: dict[str, dict[str, Any]] = {
    "de": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "en": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}


def every_page_type(
    browser: Browser, site: str, *, only: str = "", timed: bool = True
) -> dict[str, dict[str, Any]]:
    """Path -> figures and findings (measure.page, with `markup`) of the page types whose path contains `only`.

    `timed`: pages that are slow are visited once more.
    """
    rows: dict[str, dict[str, Any]] = {}
    for language, reader in READERS.items():
        context = browser.new_context(locale=language, bypass_csp=True, **reader)
        tab = context.new_page()
        found = [path for path in pages.addresses(tab, site, language) if only in path]
        tab.close()
        for path in found:
            print(".", end="", file=sys.stderr, flush=True)
            rows[path] = measure.page(context, site, path, language, reader["color_scheme"])
            if timed and any(rows[path][name] > budgets.BUDGETS[name] for name in budgets.OF_TIME):
                # Other work on the machine makes a page slower, never faster: the better of two.
                again = measure.page(context, site, path, language, reader["color_scheme"])
                rows[path] |= {name: min(rows[path][name], again[name]) for name in budgets.OF_TIME}
        context.close()
    print(file=sys.stderr)
    for path, wrong in markup.check({path: row.pop("html") for path, row in rows.items()}).items():
        rows[path]["markup"] = wrong
    return rows
