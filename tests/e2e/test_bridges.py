"""One bridge of the demo content through its whole life: an editor in the admin, a member of a cluster concerned without
JavaScript, a reviewer, a visitor; and axe on every screen of bridges in both colour schemes."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

# The first test of a run waits for the site's first start.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

AXE = Path(__file__).parents[2] / "site" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
TITLE = "Warum Mitglieder gehen"
OTHERS = "Forschung verständlich erzählen"
"""a bridge that does not concern the member's cluster"""


@dataclass
class Life:
    """The people, and where the bridge is for the editors and for the clusters' people."""

    site: str
    editor: Page
    reviewer: Page
    member: Page
    record: str
    mine: str

    def step(self, status: str, reason: str = "") -> None:
        """As the editor, in the admin."""
        self.editor.goto(self.record)
        self.editor.get_by_label("Warum, oder was verabredet wurde").fill(reason)
        self.editor.get_by_role("button", name=f"Auf „{status}“ setzen").click()
        expect(self.editor.locator(".messages")).to_contain_text(f"„{status}“")


@pytest.fixture(scope="module")
def people(site, browser: Browser) -> Iterator[Life]:
    """Signed in, and where a rejected bridge of the demo content is."""
    editor = signed_in(browser, site, "redaktion")
    member = signed_in(browser, site, "mitglied-maritim", java_script_enabled=False)
    reviewer = signed_in(browser, site, "freigabe")
    editor.goto(f"{site.address}/admin/bridges/?q=Mitglieder")
    editor.get_by_role("link", name=TITLE).click()
    editor.wait_for_url(re.compile(r"/bridges/\d+/"))
    number = re.search(r"/bridges/(\d+)/", editor.url)[1]
    mine = f"{site.address}/de/meine-clusterbruecken/{number}/"
    yield Life(site.address, editor, reviewer, member, editor.url, mine)
    for page in (editor, member, reviewer):
        page.context.close()


@pytest.fixture
def life(people: Life) -> Iterator[Life]:
    """Afterwards the bridge is rejected again, without people, links and page."""
    people.editor.goto(people.record)
    yield people
    put_back(people)


def put_back(life: Life) -> None:
    editor, again = life.editor, "Wie vor diesem Test."
    editor.goto(life.record)
    if editor.get_by_role("button", name="Auf „Aktiv“ setzen").count():
        life.step("Aktiv", again)
    if editor.get_by_role("button", name="Auf „Abgelehnt“ setzen").count():
        life.step("Abgelehnt", again)
    remove = editor.get_by_role("button", name=re.compile("^Verknüpfung"))
    for left in reversed(range(remove.count())):
        remove.first.click()
        expect(remove).to_have_count(left)
    editor.goto(life.record + "people/")
    for box in editor.locator("main input[type=checkbox]").all():
        box.uncheck()
    save(life)
    draft = editor.get_by_role("link", name="Im Editor öffnen")
    if draft.count():
        life.reviewer.goto(life.site + draft.get_attribute("href").replace("/edit/", "/delete/"))
        life.reviewer.get_by_role("button", name=re.compile("löschen")).last.click()
        expect(life.reviewer.locator(".messages")).to_contain_text(TITLE)


def save(life: Life) -> None:
    """The form on which the editor is, of the bridge."""
    life.editor.get_by_role("button", name="Speichern").click()
    life.editor.wait_for_url(life.record)


def signed_in(browser: Browser, site, username: str, **options) -> Page:
    page = browser.new_context(locale="de-DE", bypass_csp=True, **options).new_page()
    page.set_default_timeout(15_000)
    name, password = site.login(username)
    page.goto(f"{site.address}/de/anmelden/")
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Passwort").fill(password)
    page.locator("form.login button, .login form button").first.click()
    page.wait_for_url(lambda url: "anmelden" not in url)
    return page


def choose(page: Page, words: str) -> None:
    """A page, in Wagtail's chooser."""
    page.get_by_role("button", name=re.compile("Seite (aus)?wählen|Wählen Sie eine Seite")).first.click()
    box = page.locator(".modal input[name=q]")
    box.fill(words)
    page.locator(".modal").get_by_role("link", name=re.compile(words)).first.click()
    expect(page.locator(".modal")).to_have_count(0)


def send_by_keyboard(button: Locator) -> None:
    button.focus()
    button.press("Enter")


def test_a_bridge_through_its_whole_life(life: Life, site, browser: Browser):
    editor, member = life.editor, life.member

    # Rejected: the member reads why, and that is all.
    member.goto(life.mine)
    expect(member.locator("h1")).to_have_text(TITLE)
    expect(member.locator("main")).to_contain_text("Das kennt jede Geschäftsstelle.")
    expect(member.get_by_role("button", name=re.compile("^Auf „"))).to_have_count(0)

    # The editor takes it up again: not without a reason, and what was typed stays.
    again = editor.get_by_role("button", name="Auf „Kandidat“ setzen")
    editor.get_by_label("Warum, oder was verabredet wurde").fill("  ")
    again.click()
    expect(editor.locator(".error-message")).to_have_text("Bitte sagen Sie in ein, zwei Sätzen, warum.")
    life.step("Kandidat", "Zwei neue Umfragen liegen vor.")
    life.step("Geprüft")
    editor.get_by_role("link", name="Verantwortliche Personen").click()
    editor.locator("main input[type=checkbox]").first.check()
    save(life)

    # The member is responsible now, and takes the next steps by keyboard, without JavaScript.
    member.get_by_role("link", name="Meine Clusterbrücken").first.click()
    expect(member.locator("main")).not_to_contain_text(OTHERS)
    row = member.locator(".row-item", has_text=TITLE)
    expect(row).to_contain_text("Sie sind verantwortlich")
    row.get_by_role("link", name=TITLE).click()
    expect(member.get_by_role("button", name="Auf „Abgelehnt“ setzen")).to_have_count(0)
    member.get_by_label("Warum, oder was verabredet wurde").fill("Telefonat am Montag.")
    stale = editor.context.new_page()
    stale.goto(life.record)
    send_by_keyboard(member.get_by_role("button", name="Auf „Kontakt aufgenommen“ setzen"))
    expect(member.locator(".notice[role=status]")).to_contain_text("„Kontakt aufgenommen“")
    expect(member.locator("main")).to_contain_text("Geprüft → Kontakt aufgenommen")

    # The editor had the screen open: too late, told by whom, and nothing typed is lost.
    stale.get_by_label("Warum, oder was verabredet wurde").fill("Wird nichts.")
    stale.get_by_role("button", name="Auf „Abgelehnt“ setzen").click()
    expect(stale.get_by_role("alert").first).to_contain_text("den Status geändert")
    expect(stale.get_by_label("Warum, oder was verabredet wurde")).to_have_value("Wird nichts.")
    stale.close()

    send_by_keyboard(member.get_by_role("button", name="Auf „Aktiv“ setzen"))
    member.get_by_label("Ihr Kommentar").fill("Wir teilen unsere Fragebögen.")
    send_by_keyboard(member.get_by_role("button", name="Kommentar speichern"))

    # Active: the editor reads the comment, links a guide and makes the public page; the reviewer publishes it.
    editor.goto(life.record)
    expect(editor.locator("main")).to_contain_text("Wir teilen unsere Fragebögen.")
    editor.get_by_role("link", name="Seite verknüpfen").click()
    choose(editor, "Stakeholderkarte")
    editor.get_by_label("Hilft auf dem Weg").check()
    save(life)
    editor.get_by_role("button", name="Entwurf der öffentlichen Seite anlegen").click()
    life.reviewer.goto(life.site + editor.get_by_role("link", name="Im Editor öffnen").get_attribute("href"))
    life.reviewer.get_by_role("button", name="Mehr Aktionen").last.click()
    life.reviewer.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(life.reviewer.locator(".messages")).to_contain_text(TITLE)
    visitor = browser.new_context(locale="de-DE").new_page()
    visitor.goto(f"{life.site}/de/clusterbruecken/")
    visitor.get_by_role("link", name=TITLE).click()
    expect(visitor.locator("main")).to_contain_text("Maritimes Cluster Norddeutschland")
    expect(visitor.locator("main")).to_contain_text("Stakeholderkarte")
    expect(visitor.locator("main")).not_to_contain_text("Wir teilen unsere Fragebögen.")
    public = visitor.url

    # Completed: says what came of it; without JavaScript the missing reason keeps the form.
    member.goto(life.mine)
    complete = member.get_by_role("button", name="Auf „Abgeschlossen“ setzen")
    send_by_keyboard(complete)
    expect(member.get_by_label("Warum, oder was verabredet wurde")).to_have_attribute("aria-invalid", "true")
    member.get_by_label("Warum, oder was verabredet wurde").fill("Ein gemeinsamer Fragebogen.")
    send_by_keyboard(member.get_by_role("button", name="Auf „Abgeschlossen“ setzen"))
    expect(member.locator(".stations [aria-current]")).to_have_text("Abgeschlossen")
    visitor.reload()
    expect(visitor.locator("main")).to_contain_text("Abgeschlossen")

    # Rejected in the end: the public page goes, who, when and why stay.
    put_back(life)
    assert visitor.goto(public).status == 404
    editor.goto(life.record)
    history = editor.locator(".bridges-history").last
    for said in ("Zwei neue Umfragen liegen vor.", "Telefonat am Montag.", "Ein gemeinsamer Fragebogen."):
        expect(history).to_contain_text(said)
    visitor.context.close()


def test_the_mail_is_ordered_and_ended_without_javascript(people: Life):
    member = people.member
    member.goto(f"{people.site}/en/my-bridges/")
    member.get_by_role("button", name="Send me mails").click()
    expect(member.locator(".notice[role=status]")).to_contain_text("on Mondays")
    member.get_by_role("button", name="No more mails").click()
    expect(member.get_by_role("button", name="Send me mails")).to_be_visible()


@pytest.mark.parametrize("made", ["bridge", "comment"])
def test_a_button_pressed_twice_sends_once(people: Life, made):
    """Both stay for good; and who saves a form twice would be told that somebody else was quicker."""
    page, waiting = people.editor.context.new_page(), []
    page.goto(f"{people.site}/admin/bridges/new/" if made == "bridge" else people.record)
    page.route(
        page.url, lambda route: waiting.append(route) if route.request.method == "POST" else route.continue_()
    )
    if made == "comment":
        page.locator("#text").fill("Doppelt")
    button = page.get_by_role("button", name="Speichern" if made == "bridge" else "Kommentar speichern")
    button.evaluate("button => [0, 300].forEach(later => setTimeout(() => button.click(), later))")
    page.wait_for_timeout(1_500)
    page.close()
    assert len(waiting) == 1


def test_the_screens_of_bridges_are_accessible(life: Life, site, browser: Browser):
    admin = f"{life.site}/admin/bridges/"
    editor = life.editor
    life.step("Kandidat", "Zum Ansehen.")
    editor.goto(life.record)
    evidence = editor.locator(".bridges-passage a").first.get_attribute("href")
    editor.goto(f"{life.site}/admin/pages/?q=Anrufliste")
    page = editor.locator("main a[href$='/edit/']").first.get_attribute("href").split("/")[-3]
    screens = [admin, admin + "proposals/", admin + "new/", life.record]
    forms = ("edit/", "people/", "evidence/", f"evidence/?page={page}", "links/")
    screens += [life.record + form for form in forms]
    screens += [f"{life.site}/admin/pages/{page}/related/", f"{life.site}/admin/reports/orphans/"]
    for report in ("topics", "same-question"):
        one = computed(editor, f"{life.site}/admin/reports/{report}/", f"main a[href*='/{report}/']")
        screens += [editor.url, life.site + one]
    found = [one for screen in screens for one in faults(editor, screen, "main")]
    reader = signed_in(browser, site, "mitglied-maritim")
    for screen in (
        f"{life.site}/en/my-bridges/",
        life.mine,
        f"{life.site}/de/clusterbruecken/",
        f"{life.site}/de/clusterbruecken-karte/",
        life.site + evidence.split("#")[0],
    ):
        found += faults(reader, screen)
    reader.context.close()
    assert not found, "\n".join(found)


def computed(page: Page, address: str, link: str) -> str:
    """Where the first such link leads. A young site has none until the worker, once a minute, found the index at rest."""
    deadline = time.monotonic() + 240
    page.goto(address)
    while not page.locator(link).count() and time.monotonic() < deadline:
        page.wait_for_timeout(1_000)
        page.reload()
    return page.locator(link).first.get_attribute("href")


def faults(page: Page, address: str, part: str = "html") -> list[str]:
    """What axe finds in `part`, by day with all rules of WCAG 2.2 AA, by night with those about colour."""
    found = []
    for scheme, only in (("light", AA), ("dark", OF_COLOUR)):
        page.emulate_media(color_scheme=scheme)
        if scheme == "light":
            assert page.goto(address).status == 200, address
            page.add_script_tag(path=AXE)
        violations = page.evaluate(
            "([part, only]) => axe.run(part, {runOnly: only}).then(found => found.violations)", [part, only]
        )
        found += [
            f"{address} {scheme}: {rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in violations
        ]
    return found
