"""Addresses are made of titles as Germans write them where they have no umlauts, whoever makes them."""

import json
import re

import pytest
from django.urls import reverse

from kb.core.addresses import SLUG_CHARACTERS, WRITTEN_OUT, slug_of
from kb.toolbox.models import PracticeGuide
from tests.integration.kb.conftest import add


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("Für Übungen", "fuer-uebungen"),
        ("Fu\u0308r U\u0308bungen", "fuer-uebungen"),
        ("Größe, Maß & Café", "groesse-mass-cafe"),
        ("Что делать", "seite"),
    ],
)
def test_titles_become_addresses(title, address):
    assert slug_of(title) == address


def test_an_address_is_never_longer_than_people_can_pass_on():
    address = slug_of("Ein sehr langer Titel " * 20)
    assert len(address) <= SLUG_CHARACTERS
    assert not address.endswith("-")


def test_a_page_without_an_address_gets_one(site, make_guide):
    page = add(
        site.toolbox,
        PracticeGuide(title="Für Übungen", summary="Kurz.", locale=site.toolbox.locale),
        live=False,
    )
    second = add(
        site.toolbox,
        PracticeGuide(title="Für Übungen", summary="Kurz.", locale=site.toolbox.locale),
        live=False,
    )
    assert [page.slug, second.slug] == ["fuer-uebungen", "fuer-uebungen-2"]


@pytest.mark.parametrize("form", ["edit", "copy"])
def test_the_field_that_follows_the_title_knows_umlauts(client, people, site, make_guide, form):
    """The browser cleans the title with these pairs before Wagtail's own table, which makes "u" of "ü"."""
    client.force_login(people.reviewer)
    html = client.get(reverse(f"wagtailadmin_pages:{form}", args=[make_guide().pk])).content.decode()
    field = re.search(r'<input[^>]+name="(?:new_)?slug"[^>]*>', html)[0]
    pairs = json.loads(re.search(r'data-w-slug-formatters-value="([^"]+)"', field)[1].replace("&quot;", '"'))
    assert {letter: written for (letter, _flags), written in pairs} == WRITTEN_OUT
