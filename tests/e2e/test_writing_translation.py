"""The other language: an editor publishes a guide in English as well, from the report of what is missing to the reader's
page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journeys import sign_in, write_guide

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

WORD = "Ampelrunde"
ENGLISH = {
    f"{WORD} für Arbeitsgruppen": "Traffic light round for working groups",
    "kommt eine Gruppe nach Vorträgen": "After talks, a traffic light round gets a group into conversation again.",
    "Unterbrechung von zehn Minuten": "The traffic light round is a break of ten minutes.",
    "Aufstehen": "Standing up",
    "Alle stehen auf": "Everybody stands up. The host explains the traffic light round in one sentence.",
}
"""Some words of each German text -> its translation."""


def test_an_editor_publishes_the_english_translation_of_a_guide(site, browser):
    editor = browser.new_context(locale="de-DE").new_page()
    sign_in(editor, site, "freigabe")
    write_guide(editor, site, WORD)
    editor.get_by_role("button", name="Mehr Aktionen").last.click()
    editor.locator("[name=action-publish]").last.click()
    expect(editor.locator(".messages")).to_contain_text("veröffentlicht")
    guide = editor.get_by_role("link", name="Live anzeigen").get_attribute("href")
    assert f"/{WORD.lower()}-fuer-arbeitsgruppen" in guide

    editor.goto(f"{site.address}/admin/reports/translation-state/?state=missing")
    editor.get_by_role("link", name=re.compile(WORD)).first.click()
    expect(editor.get_by_label("Englisch")).to_be_checked()
    editor.get_by_role("button", name="Absenden").click()

    expect(editor.get_by_text("Übersetzung von Deutsch nach Englisch").first).to_be_visible()
    expect(editor.get_by_text("More actions")).to_have_count(0)

    expect(editor.get_by_role("heading", level=1)).to_contain_text(WORD)

    # Too early: nothing half German is published, and what is there is kept.
    translate(editor, "Aufstehen")
    publish = editor.get_by_role("button", name="Veröffentlichen in Englisch")
    publish.click()
    expect(editor.locator(".messages")).to_contain_text("kann noch nicht veröffentlicht werden")
    expect(editor.get_by_text(ENGLISH["Aufstehen"])).to_be_visible()

    expect(editor.get_by_text(re.compile(r"Von Hand übersetzt am \d+\. \w+ 20\d\d")).first).to_be_visible()
    for german in ENGLISH:
        if german != "Aufstehen":
            translate(editor, german)
    publish.click()
    expect(editor.locator(".messages")).to_contain_text("in Englisch veröffentlicht")

    visitor = browser.new_context(locale="de-DE").new_page()
    visitor.goto(site.address + guide)
    visitor.get_by_role("link", name="English").first.click()
    expect(visitor.locator("h1")).to_have_text(ENGLISH[f"{WORD} für Arbeitsgruppen"])
    for text in ENGLISH.values():
        expect(visitor.locator("article")).to_contain_text(text)
    expect(visitor.locator("article")).not_to_contain_text(WORD)
    assert visitor.url.endswith("/traffic-light-round-for-working-groups/")


def translate(page: Page, german: str) -> None:
    """Types the translation of the text with these German words, and saves it."""
    page.locator("li.incomplete", has_text=german).get_by_role(
        "button", name="Übersetzen", exact=True
    ).click()
    page.locator("main textarea:visible").fill(ENGLISH[german])
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_text(ENGLISH[german])).to_be_visible()
