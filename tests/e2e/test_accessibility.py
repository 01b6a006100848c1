"""axe finds nothing on any page type, in both languages, light and dark, on a desk and on a phone."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

# The first test of a run waits for the site's first start.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

AXE = Path(__file__).parents[2] / "site" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OTHERS = {
    "de": [
        "",
        "suche/",
        "suche/?q=Mitglieder+gewinnen",
        "suche/?q=%F0%9F%9A%A2",
        "suche/?q=Gewerbesteuerhebesatz",
        "anmelden/",
    ],
    "en": ["", "search/", "search/?q=win+members", "login/", "no-such-page/"],
}


def addresses(page, site, language: str) -> list[str]:
    """Every section, the first page below each, and what stands beside the page tree."""
    found = [f"/{language}/{path}" for path in OTHERS[language]]
    page.goto(f"{site.address}/{language}/")
    menu = page.locator("nav a[href]").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    footer = page.locator("footer a[href^='/']").evaluate_all(
        "links => links.map(a => a.getAttribute('href'))"
    )
    for section in dict.fromkeys(path for path in menu if re.fullmatch(rf"/{language}/[\w-]+/", path)):
        found.append(section)
        page.goto(site.address + section)
        below = page.locator(f"main a[href^='{section}'], main a[href*='/{language}/']").evaluate_all(
            "links => links.map(a => a.getAttribute('href').split('#')[0])"
        )
        found += [path for path in below if path.count("/") > 3 and "?" not in path][:1]
    return list(dict.fromkeys([*found, *footer]))


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("de", "light", 1280), ("en", "dark", 390)],
    ids=["de-light-desk", "en-dark-phone"],
)
def test_axe_finds_nothing(site, browser: Browser, language, scheme, width):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, locale=language, bypass_csp=True
    )
    page = context.new_page()
    seen = addresses(page, site, language)
    assert len(seen) >= 20, seen
    problems = []
    for path in seen:
        page.goto(site.address + path)
        page.add_script_tag(path=str(AXE))
        result = page.evaluate(f"axe.run({{runOnly: {json.dumps(RULES)}}})")
        problems += [
            f"{path}: {rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in result["violations"]
        ]
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            problems.append(f"{path}: {overflow} px wider than the window")
    context.close()
    assert not problems, "\n".join(problems)
