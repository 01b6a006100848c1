"""An address in a text can be pressed, wherever an author wrote it."""

import time

import pytest

from kb.core.templatetags.contacts import contact_links


def test_an_address_becomes_a_link_and_the_full_stop_stays_outside():
    assert contact_links("<p>Schreiben Sie an lotse@example.org.</p>") == (
        '<p>Schreiben Sie an <a href="mailto:lotse@example.org">lotse@example.org</a>.</p>'
    )


def test_an_address_with_an_umlaut_is_taken_whole_and_what_follows_is_left():
    assert contact_links("<p>Per müller@bücher.example-Adresse</p>") == (
        '<p>Per <a href="mailto:müller@bücher.example">müller@bücher.example</a>-Adresse</p>'
    )


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("040 1234-5678", "04012345678"),
        ("+49 40 123456", "+4940123456"),
        ("+49 (0)40 123 456", "+4940123456"),
        ("0176/12345678", "017612345678"),
        ("(040) 123 456", "040123456"),
        ("040\N{NO-BREAK SPACE}123456", "040123456"),
    ],
)
def test_a_number_with_its_area_code_can_be_dialled(written, dialled):
    assert contact_links(f"<p>Telefon {written}, werktags</p>") == (
        f'<p>Telefon <a href="tel:{dialled}">{written}</a>, werktags</p>'
    )


@pytest.mark.parametrize(
    "html",
    [
        '<p><a href="mailto:a@example.org"><b>a@example.org</b></a></p>',
        '<p><img alt="a" src="/media/a@2x.example.png"></p>',
        "<p>Am 01.02.2026 um 09:30, Raum 0815, 2026-11-22, 3 bis 40 Personen, 90 000 Euro</p>",
        "<p>Gefördert 06/2020–12/2024, 02-2023 - 03-2024, until 05/11/2026, 05 – 10 000 Euro</p>",
        "<p>Konto DE02 1203 0000 0120 2051 00</p>",
        "<p>https://example.org/karte?haus=0401234567</p>",
        "<p>20457 Hamburg, 10–15 Minuten</p>",
    ],
)
def test_what_is_a_link_or_neither_address_nor_number_stays_as_it_is(html):
    assert contact_links(html) == html


def test_a_long_word_takes_no_time():
    """It took seconds: each letter might have begun an address."""
    word = "0a" * 20_000
    begun = time.perf_counter()
    assert contact_links(word) == word
    assert time.perf_counter() - begun < 1
