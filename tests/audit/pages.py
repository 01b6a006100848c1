"""The page types of a site: found by following its menu, as a reader does, so that a site with other content is
measured as well."""

import re

from playwright.sync_api import Page

BESIDE_THE_TREE = {
    "de": [
        "",
        "werkzeugkasten/?time=120&costs=low",
        "werkzeugkasten/?time=60&people=41&phase=plan",
        "suche/",
        "suche/?q=Mitglieder+gewinnen",
        "suche/?q=%F0%9F%9A%A2",
        "suche/?q=Gewerbesteuerhebesatz",
        "anmelden/",
        "gibt-es-nicht/",
    ],
    "en": ["", "toolbox/?time=120&costs=low", "search/", "search/?q=win+members", "login/", "no-such-page/"],
}


def addresses(page: Page, site: str, language: str) -> list[str]:
    """Paths of every section, the first page below each, the footer, and what stands beside the page tree."""
    found = [f"/{language}/{path}" for path in BESIDE_THE_TREE[language]]
    page.goto(f"{site}/{language}/")
    menu = _links(page, "nav a[href]")
    footer = _links(page, "footer a[href^='/']")
    for section in dict.fromkeys(path for path in menu if re.fullmatch(rf"/{language}/[\w-]+/", path)):
        found.append(section)
        page.goto(site + section)
        below = _links(page, f"main a[href^='{section}'], main a[href*='/{language}/']")
        found += [path for path in below if path.count("/") > 3 and "?" not in path][:1]
    return list(dict.fromkeys([*found, *footer]))


def _links(page: Page, selector: str) -> list[str]:
    return page.locator(selector).evaluate_all(
        "links => links.map(a => a.getAttribute('href').split('#')[0])"
    )
