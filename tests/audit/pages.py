"""The page types of a site: found by following its menu, as a reader does, so that a site with other content is
measured as well. On a site with the demo also what its members see, and what nobody should."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.audit import alone, people

MEMBER = "mitglied-aviation"
"""in the team of a cluster, so that there is something to tell and to see"""
STRANGER = "mitglied"
"""signed in, and not in that team"""

BESIDE_THE_TREE = {
    "de": [
        "",
        "werkzeugkasten/?time=120&costs=low",
        "werkzeugkasten/?time=60&people=41&phase=plan",
        "suche/",
        "suche/?q=Mitglieder+gewinnen",
        "suche/?q=%F0%9F%9A%A2",
        "suche/?q=Gewerbesteuerhebesatz",
        "clusterbruecken-karte/",
        "anmelden/",
        "gibt-es-nicht/",
    ],
    "en": [
        "",
        "toolbox/?time=120&costs=low",
        "search/",
        "search/?q=win+members",
        "bridges-map/",
        "login/",
        "no-such-page/",
    ],
}

OF_MEMBERS = {
    "de": [
        "",
        "werkzeugkasten/",
        "suche/?q=Mitglieder+gewinnen",
        "meine-clusterbruecken/",
        "cluster/hamburg-aviation/",
    ],
    "en": ["", "toolbox/", "search/?q=win+members", "my-bridges/", "clusters/hamburg-aviation/"],
}
CLOSED = {"de": "cluster/hamburg-aviation/intern/", "en": "clusters/hamburg-aviation/internal/"}
SHORT_REPORT = {"de": "das-haben-wir-gemacht", "en": "we-did-this"}


@dataclass(frozen=True)
class Stop:
    """A page to look at."""

    path: str
    user: str = ""
    """a demo login; "" for a visitor"""
    what: str = ""
    """said of it, where path and user do not say it"""
    do: Callable[[Page], None] | None = None
    """leads from this page to the one that is meant"""
    answer: str = ""
    """HTML that the browser is given in place of the page"""

    @property
    def name(self) -> str:
        said = ", ".join(filter(None, [self.user, self.what]))
        return f"{self.path} ({said})" if said else self.path


def stops(page: Page, site: str, language: str, var: Path | None) -> list[Stop]:
    """What is to be looked at in `language`. `var` is the data folder of the site, where it runs on this machine."""
    paths = addresses(page, site, language)
    found = [Stop(path) for path in paths]
    guide, form = _guide(page, site, language, paths)
    if form:
        found.append(Stop(form, what="signed out"))
    if var is None or not {MEMBER, STRANGER} <= people.passwords(var).keys():
        return found
    found += [Stop(f"/{language}/{path}", MEMBER) for path in (*OF_MEMBERS[language], CLOSED[language])]
    if form:
        found += [Stop(guide, MEMBER), Stop(form, MEMBER), Stop(form, MEMBER, "sent empty", _send_empty)]
    found.append(Stop(f"/{language}/{CLOSED[language]}", STRANGER, "403"))
    found += [
        Stop(f"/{language}/?{status}", what="stands alone", answer=html)
        for status, html in alone.pages(var)[language].items()
    ]
    return found


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


def _guide(page: Page, site: str, language: str, paths: list[str]) -> tuple[str, str]:
    """The first of `paths` with a link to where members tell of it, and that link; "" where there is none."""
    for path in (path for path in paths if path.count("/") > 3 and "?" not in path):
        page.goto(site + path)
        if found := _links(page, f"main a[href^='/{language}/{SHORT_REPORT[language]}/']"):
            return path, found[0]
    return "", ""


def _send_empty(page: Page) -> None:
    page.locator("main form button[type=submit]").last.click()
