"""A manager with five minutes: finds a guide by what she has, and works with it in the room."""

import re

import pytest
from playwright.sync_api import Page, expect

# The first test of a run waits for the site's first start.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

TOOLBOX = "/de/werkzeugkasten/"
GUIDE = "/de/werkzeugkasten/barcamp/"
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


def number_of_guides(page: Page) -> int:
    return int(re.match(r"\d+", page.locator(".result-count").inner_text())[0])


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without"])
@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_the_toolbox_is_narrowed_down_and_widened_again(site, browser, device, javascript):
    context = browser.new_context(locale="de-DE", java_script_enabled=javascript, **device)
    page = context.new_page()
    page.goto(site.address + TOOLBOX)
    everything = number_of_guides(page)
    for name in ("höchstens zwei Stunden", "höchstens geringe Kosten"):
        if device is PHONE:
            page.locator(".facet-panel summary").click()
        option = page.locator(".facet__option", has_text=name)
        promised = int(option.locator(".facet__count [aria-hidden]").inner_text())
        option.click()
        expect(page.locator(".active-filter", has_text=name)).to_be_visible()
        assert number_of_guides(page) == promised
        expect(page.locator(".card")).to_have_count(promised)
    assert "time=120" in page.url
    assert "costs=low" in page.url
    page.locator(".active-filter", has_text="höchstens zwei Stunden").click()
    page.wait_for_url(lambda url: "time=" not in url)
    page.locator(".active-filter").click()
    page.wait_for_url(lambda url: "costs=" not in url)
    assert number_of_guides(page) == everything
    context.close()


def test_where_nothing_fits_the_page_says_what_to_take_away(site, page: Page):
    page.goto(f"{site.address}{TOOLBOX}?time=60&people=41&costs=none&mode=onsite")
    ways = page.locator(".empty a")
    expect(ways.last).to_have_text("Eine Frage stellen")
    ways.first.click()
    expect(page.locator(".card").first).to_be_visible()


def test_from_home_to_a_guide_by_keyboard_alone(site, page: Page):
    page.goto(f"{site.address}/de/")
    link = page.get_by_role("link", name="Höchstens eine Stunde")
    for _ in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("e => e === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("time=60"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    page.keyboard.press("Enter")
    card = page.locator(".card a").first
    for _ in range(80):
        page.keyboard.press("Tab")
        if card.evaluate("e => e === document.activeElement"):
            break
    expect(card).to_be_focused()
    title = card.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_steps_are_planned_timed_and_ticked_off(site, browser, device):
    context = browser.new_context(locale="de-DE", **device)
    page = context.new_page()
    failed = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(site.address + GUIDE)
    page.get_by_label("Beginn").fill("09:30")
    times = page.locator("[data-step-time]")
    expect(times.nth(0)).to_have_text("09:30–10:00")
    expect(times.nth(1)).to_have_text("10:00–10:45")

    page.get_by_role("button", name="Uhr starten").click()
    clock = page.get_by_role("region", name="Uhr für die Schritte")
    go_on = clock.get_by_role("button", name="Erledigt, weiter")
    expect(go_on).to_be_focused()
    expect(page.get_by_label("Beginn")).to_be_hidden()
    expect(clock.get_by_role("timer")).to_have_text(re.compile(r"noch (30:00|29:5\d)"))
    go_on.click()
    expect(page.locator("[data-step]").nth(0).get_by_role("checkbox")).to_be_checked()
    expect(clock).to_contain_text("2. Themen sammeln")
    page.reload()
    expect(clock).to_contain_text("2. Themen sammeln")
    expect(clock.get_by_role("timer")).to_have_text(re.compile(r"noch 44:\d\d"))
    page.locator("[data-step]").nth(1).get_by_role("checkbox").check()
    expect(clock).to_contain_text("3. Sessions am Vormittag")

    clock.get_by_role("button", name="Anhalten").click()
    expect(clock).to_be_hidden()
    expect(page.get_by_role("button", name="Uhr starten")).to_be_focused()
    assert not failed
    context.close()


def test_a_step_that_takes_too_long_is_said(site, page: Page):
    page.clock.install()
    page.goto(site.address + GUIDE)
    page.get_by_role("button", name="Uhr starten").click()
    page.clock.fast_forward("31:00")
    clock = page.get_by_role("region", name="Uhr für die Schritte")
    expect(clock.get_by_role("timer")).to_have_text(re.compile("1:0\\d über der Zeit"))
    expect(clock.get_by_role("status")).to_have_text("Die Zeit ist um: Begrüßung und Spielregeln")


def test_a_guide_without_javascript_is_a_plain_list_and_nothing_that_does_nothing(site, browser):
    context = browser.new_context(locale="de-DE", java_script_enabled=False, **PHONE)
    page = context.new_page()
    page.goto(site.address + GUIDE)
    expect(page.locator(".step").first).to_be_visible()
    for selector in ("[data-clock-start]", "[data-clock]", "[data-print]", "input[data-tick]"):
        for one in page.locator(selector).all():
            expect(one).to_be_hidden()
    page.locator(".toc--inline summary").click()
    page.locator(".toc--inline").get_by_role("link", name="Vorlagen zum Herunterladen").click()
    expect(page.locator("#templates")).to_be_in_viewport()
    context.close()


@pytest.mark.parametrize("path", [GUIDE, TOOLBOX])
def test_on_paper_there_is_nothing_to_press(site, page: Page, path):
    page.goto(site.address + path)
    page.emulate_media(media="print")
    for selector in (".facets", ".site-nav", ".toc", "main button", ".search-box"):
        for one in page.locator(selector).all():
            expect(one).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize(("path", "width"), [("/de/", 320), ("/en/toolbox/", 360)])
def test_on_a_phone_the_header_takes_one_row_above_the_search(site, browser, path, width):
    context = browser.new_context(viewport={"width": width, "height": 640})
    page = context.new_page()
    page.goto(site.address + path)
    rows = page.locator(".site-header__brand, .site-header__first > *").evaluate_all(
        "parts => parts.map(part => part.getBoundingClientRect()).map(({top, height}) => Math.round(top + height / 2))"
    )
    assert max(rows) - min(rows) <= 4, rows
    context.close()
