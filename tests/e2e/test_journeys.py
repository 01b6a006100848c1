"""Three people and what they come for: an editor, a cluster manager, and somebody without rights."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

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


def read_first(page: Page) -> None:
    page.locator(".hit__title a").first.click()
    page.wait_for_url(re.compile(r"^(?!.*/(suche|search)/)"))


def test_a_manager_asks_in_german_and_lands_on_the_passage(site, page: Page):
    ask(page, site, "Wie bringe ich Firmen aus zwei Branchen zusammen an einen Tisch?")
    first = page.locator(".hit").first
    expect(first).to_be_visible()
    expect(first.locator("mark").first).to_be_visible()
    passage = page.locator(".hit__title a[href*='#']").first
    anchor = re.split("#|:~:", passage.get_attribute("href"))[1]
    passage.click()
    target = page.locator(f"#{anchor}")
    expect(target).to_be_in_viewport()
    expect(target).to_be_focused()
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
    read_first(page)
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
    page.wait_for_url(re.compile(r"/pages/\d+/"))
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
    expect(page.locator(".messages")).to_be_visible()


def test_a_member_tells_what_they_did_and_it_stands_beside_the_guide(site, browser):
    """A short report without JavaScript, approved in the admin, read by a visitor."""
    word = "Schnurpostkasten"
    member = browser.new_context(locale="de-DE", java_script_enabled=False).new_page()
    sign_in(member, site, "mitglied-aviation")
    ask(member, site, "Barcamp veranstalten")
    read_first(member)
    guide = member.url.split("#")[0]
    member.get_by_role("link", name="Das haben wir gemacht").click()
    member.get_by_label("Was war der Anlass").fill(f"Der {word} war leer.")
    member.get_by_role("button", name="An die Redaktion senden").click()
    expect(member.get_by_label("Was war der Anlass")).to_have_value(f"Der {word} war leer.")
    member.get_by_label("Was haben Sie gemacht?").fill("Wir haben Postkarten verteilt.")
    member.get_by_label("Was kam dabei heraus?").fill(f"Im {word} lagen 40 Karten.")
    member.get_by_role("button", name="An die Redaktion senden").click()
    expect(member.locator("main")).to_contain_text("bei der Redaktion")

    reviewer = browser.new_context(locale="de-DE").new_page()
    sign_in(reviewer, site, "freigabe")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        reviewer.goto(f"{site.address}/admin/")
        if reviewer.get_by_text("Kurzbericht eines Mitglieds").count():
            break
        time.sleep(0.5)
    approve(reviewer, site, "Kurzbericht eines Mitglieds")

    visitor = browser.new_context(locale="de-DE").new_page()
    visitor.goto(guide)
    visitor.get_by_role("link", name=re.compile("^Hamburg Aviation: ")).first.click()
    expect(visitor.locator("main")).to_contain_text(f"Im {word} lagen 40 Karten.")


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


# --- Suggestions while typing ---

AXE = Path(__file__).parents[2] / "site" / "assets" / "node_modules" / "axe-core" / "axe.min.js"


def begin(page: Page, site, typed: str, path: str = "/de/") -> tuple[Locator, Locator]:
    """The box with `typed` in it, and the options below it."""
    page.goto(site.address + path)
    box = page.locator("#search-input")
    box.click()
    box.fill(typed)  # at once: one request, and no list of the first letters before it
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    return box, options


@pytest.mark.parametrize("path", ["/de/", "/de/werkzeugkasten/", "/de/suche/?q=Beirat", "/de/gibt-es-nicht/"])
def test_a_word_is_completed_by_keyboard_alone(site, browser, path):
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(site.address + path)
    box = page.get_by_role("combobox", name="Ihre Frage")
    box.focus()
    box.fill("")
    box.press_sequentially("mitglieder gew", delay=40)
    options = page.get_by_role("option")
    # Not those of the first letters, on a slow machine.
    expect(options.first).to_contain_text("mitglieder gewinnen")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    expect(box).to_be_focused()
    expect(box).to_have_value("mitglieder gew")
    box.press("Enter")
    page.wait_for_url(re.compile(r"/suche/\?q=mitglieder(\+|%20)gew"))
    expect(page.locator("#search-input")).to_have_value("mitglieder gewinnen")
    expect(page.locator(".hit").first).to_be_visible()


def test_arrows_walk_round_and_escape_closes(site, page: Page):
    box, options = begin(page, site, "mitgl")
    count = options.count()
    box.press("ArrowUp")
    expect(options.nth(count - 1)).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None, "beyond the last one is the box itself"
    box.press("ArrowDown")
    box.press("End")
    assert box.get_attribute("aria-activedescendant") is None
    assert box.evaluate("input => input.selectionStart") == len("mitgl")
    box.press("ArrowDown")
    box.press("Home")
    assert box.evaluate("input => input.selectionStart") == 0
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_value("mitgl")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Tab")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_how_many_suggestions_there_are_is_announced(site, page: Page):
    box, options = begin(page, site, "mitgl")
    status = page.locator("#search-suggestions-count")
    expect(status).to_have_text(re.compile(rf"{options.count()} Vorschläge"))
    box.press_sequentially("xqz", delay=40)
    expect(status).to_have_text("Keine Vorschläge")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_a_page_is_chosen_with_the_mouse(site, page: Page):
    _, options = begin(page, site, "barcamp f", "/de/werkzeugkasten/")
    option = options.filter(has_text="Praxisleitfaden").first
    title = option.locator(".suggestion__text").inner_text()
    option.click()
    expect(page.locator("h1")).to_have_text(title)


def test_a_page_is_chosen_with_a_finger(site, browser):
    context = browser.new_context(locale="de-DE", has_touch=True, viewport={"width": 360, "height": 740})
    page = context.new_page()
    _, options = begin(page, site, "barcamp f")
    option = options.filter(has_text="Praxisleitfaden").first
    title = option.locator(".suggestion__text").inner_text()
    option.tap()
    expect(page.locator("h1")).to_have_text(title)
    context.close()


def test_what_is_sent_while_typing(site, page: Page):
    """Nothing for one letter, one request for a word typed quickly, none twice, and nobody else is asked."""
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"{site.address}/de/")
    page.wait_for_load_state("networkidle")
    box = page.locator("#search-input")
    sent.clear()
    box.press_sequentially("m")
    page.wait_for_timeout(400)
    assert sent == []
    box.press_sequentially("itgl", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    assert [url.removeprefix(site.address) for url in sent] == ["/de/suche/vorschlaege/?q=mitgl"]
    box.press("Backspace")
    page.wait_for_timeout(400)
    box.press_sequentially("l")
    page.wait_for_timeout(400)
    assert len(sent) == 2, "what was asked once is remembered"


def test_a_slow_answer_to_an_old_beginning_is_not_shown(site, page: Page):
    page.route(re.compile(r"q=mi$"), lambda route: (time.sleep(0.8), route.continue_())[1], times=1)
    page.goto(f"{site.address}/de/")
    box = page.locator("#search-input")
    box.press_sequentially("mi", delay=10)
    page.wait_for_timeout(250)
    box.press_sequentially("tglieder gew", delay=10)
    expect(page.get_by_role("option").first).to_contain_text("gewinnen")
    page.wait_for_timeout(1_200)
    expect(page.get_by_role("option").first).to_contain_text("gewinnen")


def test_an_answer_that_comes_late_does_not_take_the_reached_option_away(site, page: Page):
    page.route(re.compile(r"q=mitglie$"), lambda route: (time.sleep(0.8), route.continue_())[1], times=1)
    box, options = begin(page, site, "mitgl")
    first = options.first.inner_text()
    with page.expect_request(re.compile(r"q=mitglie$")):
        box.press_sequentially("ie", delay=10)
    box.press("ArrowDown")
    page.wait_for_timeout(1_200)
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert options.first.inner_text() == first
    box.press("Escape")
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    expect(box).to_have_value("mitglie")


@pytest.mark.parametrize(
    ("path", "scheme", "width", "typed"),
    [
        ("/de/", "light", 1280, "mitgl"),
        ("/en/toolbox/", "dark", 360, "workshop"),
        ("/de/suche/", "light", 320, "frühst"),
    ],
)
def test_axe_finds_nothing_in_the_open_list(site, browser, path, scheme, width, typed):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, locale=path[1:3], bypass_csp=True
    )
    page = context.new_page()
    box, _ = begin(page, site, typed, path)
    box.press("ArrowDown")
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        ".then(found => found.violations)"
    )
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_suggestions_say_nothing_of_a_private_page(site, browser):
    visitor = browser.new_context(locale="de-DE").new_page()
    colleague = browser.new_context(locale="de-DE").new_page()
    sign_in(colleague, site, "mitglied-aviation")
    address = f"{site.address}/de/suche/vorschlaege/?q=h%C3%A4ngetrav"
    assert "Hängetraverse" in colleague.request.get(address).text()
    assert "ngetraverse" not in visitor.request.get(address).text()


# --- What a question is told ---


def test_a_question_without_an_answer_is_told_so_calmly(site, page: Page):
    ask(page, site, "Blumpfenquirx")
    expect(page.locator("#results h2").first).to_contain_text("noch keine Antwort")
    expect(page.locator("#announcement")).to_have_text("Keine Antwort gefunden")
    expect(page.get_by_role("heading", name="So geht es weiter")).to_be_visible()
    expect(page.locator(".hit")).to_have_count(0)


def test_the_language_of_the_results_is_a_link_that_works_without_javascript(site, browser):
    context = browser.new_context(locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/de/suche/?q=Workshop&kind=guide")
    page.get_by_role("link", name=re.compile("English only")).click()
    page.wait_for_url(re.compile("language=en"))
    assert "kind=guide" in page.url
    expect(page.locator(".hit article").first).to_have_attribute("lang", "en")
    assert page.locator(".hit article:not([lang=en])").count() == 0
    context.close()


def test_the_sentence_that_answers_is_marked_on_its_page(site, page: Page):
    """The browser finds the sentence: it says so by taking its block, not the anchor's, for the target."""
    ask(page, site, "Was tun, wenn ein Mitglied kündigt?")
    link = page.locator(".hit__title a[href*=':~:text=']").first
    anchor = re.split("#|:~:", link.get_attribute("href"))[1]
    link.click()
    expect(page.locator(f"#{anchor}")).to_be_focused()
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()
    assert page.evaluate("document.fragmentDirective !== undefined")
