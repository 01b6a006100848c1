"""Three people and what they come for: an editor, a cluster manager, and somebody without rights."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

# The first test of a run waits for the site's first start.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

# Each occurs once in the demo content: on a page that only Hamburg Aviation sees, and on one for all members.
OF_ONE_CLUSTER = "Messestand Halle 4 Hängetraverse"
OF_MEMBERS = "Preisgestaltung der Mitgliedsbeiträge"


def sign_in(page: Page, site, username: str) -> None:
    name, password = site.login(username)
    page.goto(f"{site.address}/de/anmelden/")
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Passwort").fill(password)
    page.locator("form.login button, .login form button").first.click()
    page.wait_for_url(lambda url: "anmelden" not in url)


def ask(page: Page, site, question: str, language: str = "de") -> None:
    page.goto(f"{site.address}/{language}/")
    box = page.locator("main #search-input, header #search-input").first
    box.fill(question)
    box.press("Enter")
    page.wait_for_url(re.compile(r"/(suche|search)/\?q="))


def test_a_manager_asks_in_german_and_lands_on_the_passage(site, page: Page):
    ask(page, site, "Wie bringe ich Firmen aus zwei Branchen zusammen an einen Tisch?")
    first = page.locator(".hit").first
    expect(first).to_be_visible()
    expect(first.locator("mark").first).to_be_visible()
    passage = page.locator(".hit__title a[href*='#']").first
    anchor = passage.get_attribute("href").split("#")[1]
    passage.click()
    target = page.locator(f"#{anchor}")
    expect(target).to_be_in_viewport()
    assert page.evaluate("document.querySelector(':target') !== null")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_the_same_without_javascript(site, browser):
    context = browser.new_context(locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    ask(page, site, "Was tun, wenn Mitglieder kündigen?")
    expect(page.locator(".hit").first).to_be_visible()
    page.locator(".hit__title a").first.click()
    expect(page.locator("h1")).to_be_visible()
    context.close()


def test_the_language_switch_stays_on_the_page(site, page: Page):
    ask(page, site, "Barcamp veranstalten")
    page.locator(".hit__title a").first.click()
    page.get_by_role("link", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "/en/" in page.url
    assert not page.url.rstrip("/").endswith("/en")


def test_an_editor_publishes_a_guide_and_finds_it_by_a_question(site, browser):
    """Writing, submitting, approving by somebody else, and asking: all in the browser."""
    word = "Kranichpause"
    editor = browser.new_context(locale="de-DE").new_page()
    sign_in(editor, site, "redaktion")
    write_guide(editor, site, word)
    submit(editor)

    reviewer = browser.new_context(locale="de-DE").new_page()
    sign_in(reviewer, site, "freigabe")
    approve(reviewer, site, word)

    visitor = browser.new_context(locale="de-DE").new_page()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        ask(visitor, site, f"Wie läuft die {word} ab?")
        if visitor.locator(".hit", has_text=word).count():
            break
        time.sleep(0.3)
    hit = visitor.locator(".hit", has_text=word).first
    expect(hit).to_be_visible()
    hit.locator(".hit__title a").click()
    expect(visitor.locator("h1")).to_contain_text(word)


def write_guide(page: Page, site, word: str) -> None:
    """From the toolbox in the page tree to a filled form, as the sidebar and the buttons lead there."""
    page.goto(f"{site.address}/admin/pages/?q=Werkzeugkasten")
    page.get_by_role("link", name="Werkzeugkasten", exact=True).first.click()
    number = re.search(r"/pages/(\d+)/", page.url)[1]
    page.goto(f"{site.address}/admin/pages/{number}/add_subpage/")
    page.get_by_role("link", name=re.compile("Praxisleitfaden")).first.click()
    page.locator("#id_title").fill(f"{word} für Arbeitsgruppen")
    page.locator("#id_summary").fill(f"Mit der {word} kommt eine Gruppe nach Vorträgen wieder ins Gespräch.")
    rich_text(
        page.locator("[data-contentpath='purpose']"), f"Die {word} ist eine Unterbrechung von zehn Minuten."
    )
    steps = page.locator("[data-contentpath='steps']")
    steps.get_by_title("Einen Block einfügen").first.click()
    steps.locator("input[name$='-value-title']").first.fill("Aufstehen")
    rich_text(steps, f"Alle stehen auf. Die Moderation erklärt die {word} in einem Satz.")
    page.get_by_role("tab", name="Fakten").click()
    page.locator("[data-contentpath='kind'] select").select_option("method")
    page.locator("[data-contentpath='task_area']").get_by_role("button").first.click()
    page.locator(".modal").get_by_role("link", name="Vernetzung & Veranstaltungen").click()
    expect(page.locator("[data-contentpath='task_area']")).to_contain_text("Vernetzung")


def rich_text(scope, text: str) -> None:
    """Type into Draftail, Wagtail's rich-text editor."""
    box = scope.locator(".public-DraftEditor-content").first
    box.click()
    box.press_sequentially(text)


def submit(page: Page) -> None:
    page.get_by_role("button", name="Mehr Aktionen").last.click()
    page.get_by_role("button", name="In Redaktionelle Freigabe einreichen").click()
    expect(page.locator(".messages")).to_contain_text("Kranichpause")


def approve(page: Page, site, word: str) -> None:
    """The reviewer finds the page on the admin's first screen and approves it."""
    page.goto(f"{site.address}/admin/")
    page.get_by_role("link", name=re.compile(word)).first.click()
    page.get_by_role("button", name="Mehr Aktionen").last.click()
    page.get_by_role("button", name=re.compile("genehmigen|Freigeben|Approve", re.I)).first.click()
    page.wait_for_load_state("networkidle")


def test_a_visitor_without_rights_finds_no_trace_of_a_private_page(site, browser):
    visitor = browser.new_context(locale="de-DE").new_page()
    member = browser.new_context(locale="de-DE").new_page()
    colleague = browser.new_context(locale="de-DE").new_page()
    sign_in(member, site, "mitglied")
    sign_in(colleague, site, "mitglied-aviation")

    ask(colleague, site, OF_ONE_CLUSTER)
    expect(colleague.locator(".hit").first).to_contain_text("Messe")
    private = colleague.locator(".hit__title a").first.get_attribute("href").split("#")[0]
    for outsider in (visitor, member):
        ask(outsider, site, OF_ONE_CLUSTER)
        assert "Hängetraverse" not in outsider.locator("main").inner_text().replace(OF_ONE_CLUSTER, "")
        assert private not in outsider.content()
        answer = outsider.request.get(site.address + private, max_redirects=0)
        assert answer.status in (302, 403, 404)
        assert "Hängetraverse" not in answer.text()

    ask(member, site, OF_MEMBERS)
    expect(member.locator(".hit").first).to_contain_text("Preisgestaltung")
    secret = member.locator(".hit__title a").first.get_attribute("href").split("#")[0]
    for address in ("/de/", "/de/werkzeugkasten/", "/sitemap.xml", "/de/suche/?q=Mitgliedsbeitrag", "/en/"):
        answer = visitor.request.get(site.address + address)
        assert secret not in answer.text(), address
