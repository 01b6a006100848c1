"""Writing without having read anything: from the first screen of the admin to a published guide, with keys alone, and
with a browser that saves drafts while somebody presses "publish"."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journeys import AXE, sign_in, write_guide

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

TITLE = "#id_title"
FAR = 250
"""presses of Tab; no form of the admin has that many places to stop at"""


def test_publish_pressed_while_the_draft_is_being_saved_publishes_it(site, browser):
    """The draft is there, and the browser has not heard of it."""
    word = fresh("Wartebank")
    page = browser.new_context(locale="de-DE").new_page()
    sign_in(page, site, "freigabe")
    unheard = []

    def save_and_say_nothing(route):
        if route.request.method == "POST" and "json" in route.request.headers.get("accept", ""):
            unheard.append(route.fetch())
        else:
            route.continue_()

    page.route(re.compile(r"/admin/pages/add/"), save_and_say_nothing)
    write_guide(page, site, word)
    for _ in range(30):  # Wagtail takes what is typed in a form's first two seconds for its beginning
        if unheard:
            break
        page.locator("#id_summary").press_sequentially(" ")
        page.wait_for_timeout(1_000)
    draft = unheard[0].json()["pk"]

    page.get_by_role("button", name="Mehr Aktionen").last.click()
    page.locator("[name=action-publish]").last.click()
    expect(page.locator(".messages")).to_contain_text("veröffentlicht")
    page.goto(f"{site.address}/admin/pages/?q={word}")
    expect(page.get_by_role("link", name=re.compile(word))).to_have_count(1)
    page.goto(f"{site.address}/admin/pages/{draft}/edit/")
    expect(page.locator("[data-contentpath='purpose']")).to_contain_text(f"Die {word} ist")
    expect(page.locator("[data-contentpath='steps'] input[name$='-value-title']")).to_have_count(1)


def test_the_name_of_a_screen_is_read_whole_on_a_phone(site, browser):
    page = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, site, "admin")
    for path in ("search-quality/judge/", "search-quality/", "reports/orphans/", "bridges/"):
        page.goto(f"{site.address}/admin/{path}")
        cut = page.locator("header .w-breadcrumbs").evaluate(
            """bar => {
              const name = bar.querySelector("li:last-child");
              return bar.scrollWidth > bar.clientWidth || name.scrollHeight > name.clientHeight;
            }"""
        )
        assert not cut, path


def test_a_form_that_is_sent_several_times_at_once_makes_one_page(site, browser):
    word = fresh("Doppelklick")
    page = browser.new_context(locale="de-DE").new_page()
    sign_in(page, site, "freigabe")
    drafts = re.compile(r"/admin/pages/add/.*")
    page.route(drafts, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    write_guide(page, site, word)
    page.unroute(drafts)
    statuses = page.evaluate(
        """() => {
          const form = document.querySelector("#page-edit-form");
          const sent = new FormData(form);
          return Promise.all([1, 2, 3].map(async () => (await fetch(form.action, {method: "POST", body: sent})).status));
        }"""
    )
    assert set(statuses) == {200}
    page.goto(f"{site.address}/admin/pages/?q={word}")
    expect(page.get_by_role("link", name=re.compile(word))).to_have_count(1)


def test_a_guide_is_written_published_and_translated_with_keys_alone(site, browser):
    word = fresh("Tastenweg")
    page = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(15_000)
    name, password = site.login("freigabe")
    page.goto(f"{site.address}/de/anmelden/?next=/admin/")
    go_to(page, "[name=username]")
    page.keyboard.type(name)
    go_to(page, "[name=password]")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "anmelden" not in url)

    press(page, "a:has-text('Neuer Praxisleitfaden')")
    page.wait_for_url("**/admin/pages/add/**")
    go_to(page, TITLE)
    page.keyboard.type(f"{word} für Arbeitsgruppen")
    go_to(page, "#id_summary")
    page.keyboard.type(f"Mit dem {word} kommt eine Gruppe ins Gespräch.")
    go_to(page, "[data-contentpath='kind'] select")
    page.keyboard.type("Methode")
    expect(page.locator("[data-contentpath='kind'] select")).to_have_value("method")
    press(page, "[data-contentpath='task_area'] button:visible")
    expect(page.locator(".modal a", has_text="Vernetzung")).to_be_visible()
    press(page, ".modal a:has-text('Vernetzung & Veranstaltungen')")
    expect(page.locator("[data-contentpath='task_area']")).to_contain_text("Vernetzung")
    go_to(page, "[data-contentpath='purpose'] [contenteditable]")
    page.keyboard.type(f"Der {word} ist eine Unterbrechung von zehn Minuten.")
    press(page, "[data-contentpath='steps'] button[title='Einen Block einfügen']")
    go_to(page, "[data-contentpath='steps'] input[name$='-value-title']")
    page.keyboard.type("Aufstehen")
    go_to(page, "[data-contentpath='steps'] [contenteditable]")
    page.keyboard.type(f"Alle stehen auf. Der {word} beginnt.")
    press(page, "[data-contentpath='body'] button[title='Einen Block einfügen']")
    go_to(page, "input[role=combobox]")
    page.keyboard.type("Zitat")  # of many kinds of block, the one that is meant
    page.keyboard.press("Enter")
    go_to(page, "[data-contentpath='body'] textarea")
    page.keyboard.type("Endlich wissen wir, was Sie tun.")
    go_to(page, "[role=tab][aria-selected=true]")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Fakten")).to_have_attribute("aria-selected", "true")
    go_to(page, "#id_duration_min")
    page.keyboard.type("30")
    press(page, "footer .w-dropdown__toggle")
    press(page, "[name=action-publish]")
    expect(page.locator(".messages")).to_contain_text("veröffentlicht")

    page.goto(f"{site.address}/admin/")
    press(page, "a:has-text('an denen etwas zu tun ist')")
    page.wait_for_url("**/translation-state/**")
    press(page, f"main a:has-text('{word}')")
    expect(page.get_by_label("Englisch")).to_be_checked()
    press(page, "main form [type=submit]")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Übersetzung von")
    english = {
        f"{word} für Arbeitsgruppen": "Key path for working groups",
        "kommt eine Gruppe ins Gespräch": "With the key path a group begins to talk.",
        "Unterbrechung von zehn Minuten": "The key path is a break of ten minutes.",
        "Aufstehen": "Standing up",
        "Alle stehen auf": "Everybody stands up. The key path begins.",
        "Endlich wissen wir": "At last we know what you do.",
    }
    for german, translation in english.items():
        press(page, f"li.incomplete:has-text('{german}') button:has-text('Übersetzen')")
        if not page.evaluate("document.activeElement.matches('textarea, [contenteditable]')"):
            go_to(page, "main textarea")
        page.keyboard.type(translation)
        press(page, "main button:text-is('Speichern')")
        expect(page.get_by_text(translation)).to_be_visible()
    press(page, "button:has-text('Veröffentlichen in Englisch')")
    expect(page.locator(".messages")).to_contain_text("in Englisch veröffentlicht")


def fresh(word: str) -> str:
    """Another one each time: the site may run already."""
    return word + secrets.token_hex(2)


def press(page: Page, selector: str) -> None:
    go_to(page, selector)
    page.keyboard.press("Enter")


WAGTAILS_OWN = [".page-status-tag", ".w-editing-sessions"]
"""What axe finds in Wagtail 8.0 itself: words of a link that its name leaves out, a button without a name."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de-DE", "en-GB"])
def test_axe_finds_nothing_in_the_forms_of_a_guide_and_its_translation(site, browser, language, scheme):
    page = browser.new_context(locale=language, color_scheme=scheme).new_page()
    name, password = site.login("freigabe")
    page.goto(f"{site.address}/admin/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    original = {"de-DE": "Sie schreiben auf Deutsch.", "en-GB": "You write in German."}[language]
    expect(page.get_by_text(original)).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name=re.compile("Neuer Praxisleitfaden|New practice guide")).click()
    page.wait_for_url("**/admin/pages/add/**")
    assert axe(page) == []
    for title in ("BarCamp für Mitglieder und Partner", "A BarCamp for members and partners"):
        page.goto(f"{site.address}/admin/pages/?q=BarCamp")
        page.get_by_role("link", name=title, exact=True).first.click()
        page.wait_for_url(re.compile(r"/admin/pages/\d+/"))
        assert axe(page) == []


def axe(page: Page) -> list[str]:
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text() + ";0")
    return page.evaluate(
        """async ([exclude]) => (await axe.run({include: ["body"], exclude}, {runOnly: ["wcag2a", "wcag2aa",
          "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})).violations.map(
            (one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 120)).join(" | "))""",
        [[[selector] for selector in WAGTAILS_OWN]],
    )


def go_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus stands on what `selector` names."""
    for _press in range(FAR):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate_all("found => found.includes(document.activeElement)"):
            return
    raise AssertionError(f"Tab does not come to {selector}")
