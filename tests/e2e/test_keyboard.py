"""A manager without a mouse: every stop of the Tab key has a name, is seen, and leads on."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

# The first test of a run waits for the site's first start.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

PHONE = {"viewport": {"width": 360, "height": 640}}
MOST_STOPS = 250
FOCUSED = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const {left, top, right, bottom} = focused.getBoundingClientRect();
  const ringed = [focused, focused.closest(".card")].some(
    (one) => one && getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 2);
  const points = [[left + 2, top + 2], [right - 2, bottom - 2], [(left + right) / 2, (top + bottom) / 2]];
  const seen = points.some(([x, y]) => {
    const there = document.elementFromPoint(x, y);
    return there && (there === focused || focused.contains(there) || there.contains(focused));
  });
  const name = focused.getAttribute("aria-label") || focused.labels?.[0]?.innerText || focused.innerText || focused.value;
  return {what: focused.outerHTML.slice(0, 120), name: (name || "").trim(), ringed, seen, id: focused.id};
}"""


def stops(page: Page) -> Iterator[dict[str, Any]]:
    """What the Tab key reaches, one after another; fails where nobody sees or hears where they are."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return
        # A field for a time is three stops, and the browser rings the part that is typed in.
        assert stop["ringed"] or 'type="time"' in stop["what"], f"no ring: {stop}"
        assert stop["seen"], f"hidden or out of sight: {stop}"
        assert stop["name"], f"no name: {stop}"
        yield stop
    pytest.fail(f"no way out of {page.url} after {MOST_STOPS} stops")


def tab_to(page: Page, target: Locator) -> None:
    for _ in stops(page):
        if target.evaluate("e => e === document.activeElement"):
            return
    pytest.fail(f"the Tab key does not reach {target}")


@pytest.mark.parametrize(
    ("path", "device"),
    [
        ("/en/", PHONE),
        ("/de/werkzeugkasten/?time=120&costs=low", {}),
        ("/de/clusterbruecken-karte/", {}),
    ],
)
def test_the_tab_key_goes_through_the_page_and_out_of_it(site, browser, path, device):
    context = browser.new_context(locale="de-DE", **device)
    page = context.new_page()
    page.goto(site.address + path)
    reached = [stop["what"] for stop in stops(page)]
    assert "#main" in reached[0]
    assert "<footer" not in reached[-1]
    assert page.locator("footer a").last.evaluate("(e, html) => e.outerHTML.startsWith(html)", reached[-1])
    context.close()


def test_from_a_question_to_a_template_and_an_opinion(site, page: Page):
    page.goto(f"{site.address}/de/")
    tab_to(page, page.locator("#search-input"))
    page.keyboard.type("BarCamp veranstalten")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/suche/\?q="))
    tab_to(page, page.locator(".hit__title a", has_text="BarCamp").first)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("BarCamp")

    page.goto(page.url.split("#")[0])
    tab_to(page, page.locator(".toc--side a", has_text="Ablauf"))
    page.keyboard.press("Enter")
    expect(page.locator("#steps")).to_be_focused()
    done = page.locator("[data-step]").first.get_by_role("checkbox")
    tab_to(page, done)
    page.keyboard.press("Space")
    expect(done).to_be_checked()
    tab_to(page, page.locator("a[download]").first)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith((".xlsx", ".docx"))
    tab_to(page, page.get_by_role("button", name="Nein", exact=True))
    page.keyboard.press("Enter")
    place = page.locator("[data-helpful]")
    expect(place.locator("textarea")).to_be_visible()
    tab_to(page, place.get_by_role("button").last)
    page.keyboard.press("Enter")
    expect(place.locator(".helpful__title")).to_be_focused()


def test_menus_open_close_and_give_the_focus_back(site, browser):
    context = browser.new_context(locale="de-DE", **PHONE)
    page = context.new_page()
    page.goto(f"{site.address}/de/werkzeugkasten/")
    menu = page.get_by_role("button", name="Menü")
    appearance = page.locator(".theme-menu summary")
    tab_to(page, menu)
    page.keyboard.press("Enter")
    tab_to(page, appearance)
    page.keyboard.press("Enter")
    dark = page.get_by_role("button", name="Dunkel")
    tab_to(page, dark)
    page.keyboard.press("Space")
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    page.keyboard.press("Escape")
    expect(dark).to_be_hidden()
    expect(appearance).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Anmelden"))
    expect(dark).to_be_hidden()
    tab_to(page, page.locator(".site-nav a").last)
    page.keyboard.press("Escape")
    expect(page.locator(".site-nav")).to_be_hidden()
    expect(menu).to_be_focused()
    context.close()


def test_the_map_is_one_stop_and_the_arrow_keys_walk_through_it(site, page: Page):
    page.goto(f"{site.address}/de/clusterbruecken-karte/")
    entry = page.locator(".map__node[tabindex='0']")
    expect(entry).to_be_visible()
    tab_to(page, entry)
    first = page.evaluate(FOCUSED)["name"]
    page.keyboard.press("ArrowRight")
    second = page.evaluate(FOCUSED)
    assert second["seen"]
    assert second["name"] not in ("", first)
    page.keyboard.press("Tab")
    assert "map__node" not in page.evaluate(FOCUSED)["what"]


def test_a_member_signs_in_and_tells(site, page: Page):
    name, password = site.login("mitglied-aviation")
    page.goto(f"{site.address}/de/werkzeugkasten/barcamp/")
    page.goto(site.address + page.get_by_role("link", name="Das haben wir gemacht").get_attribute("href"))
    tab_to(page, page.get_by_role("link", name="Anmelden").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/anmelden/**")
    tab_to(page, page.get_by_label("Benutzername"))
    page.keyboard.type(name)
    tab_to(page, page.get_by_label("Passwort"))
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Das haben wir gemacht")
    told = page.get_by_label("Was haben Sie gemacht?")
    tab_to(page, told)
    page.keyboard.type("Wir haben Karten verteilt.")
    tab_to(page, page.get_by_role("button", name="An die Redaktion senden"))
    page.keyboard.press("Enter")
    expect(told).to_have_value("Wir haben Karten verteilt.")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Was war der Anlass")).to_be_focused()
    assert page.evaluate(FOCUSED)["seen"]
