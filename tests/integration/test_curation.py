"""Editors steer what belongs with a page; whoever may not edit it does not."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from search.curation import services as curation
from search.curation.models import Decision
from search.index import services
from search.reader import ANONYMOUS
from search.related import compute
from search.related.read import related_to
from tests.integration.kb.conftest import add_guide, afresh, make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

FUNDING = "<p>Der Antrag auf Fördermittel braucht eine Skizze, ein Budget und eine Frist.</p>"
COFFEE = "<p>Wasser kochen, Bohnen mahlen, Filter einlegen, Kaffee aufgießen.</p>"


@pytest.fixture(scope="module")
def built_guides(built_site):
    """Indexed and related once for all tests."""

    def guide(title, text):
        return add_guide(built_site, title, summary=title, purpose=text, step=title, text=text)

    found = {
        "antrag": guide("Förderantrag schreiben", FUNDING),
        "kalender": guide("Förderkalender pflegen", FUNDING.replace("Der", "Jeder")),
        "kaffee": guide("Kaffee kochen", COFFEE),
        "radar": guide("Technologieradar", "<p>Fachleute ordnen Verfahren nach Reife in Ringe.</p>"),
        "presse": guide("Pressearbeit", "<p>Eine Nachricht, ein Zitat, ein Bild, zwei Nummern.</p>"),
    }
    services.index_due()
    compute.relate_all()
    return found


@pytest.fixture
def guides(built_guides, db):
    return afresh(built_guides)


def titles(page):
    return [one.title for one in related_to(page, reader=ANONYMOUS, language="de")]


def decide(client, page, other, verdict, **more):
    data = {"other": str(other.translation_key), "verdict": verdict, **more}
    return client.post(reverse("lotse_decide_related", args=[page.pk]), data)


def test_pinned_comes_before_what_the_machine_found(guides, editor, people):
    assert titles(guides["antrag"])[0] == "Förderkalender pflegen"
    decide(editor, guides["antrag"], guides["kaffee"], "pinned")
    assert titles(guides["antrag"])[0] == "Kaffee kochen"
    assert "Förderkalender pflegen" in titles(guides["antrag"])
    (decision,) = Decision.objects.all()
    assert (decision.by, decision.page_key) == (people.editor, guides["antrag"].translation_key)


def test_dismissed_is_gone_restored_is_back_and_both_are_kept_through_indexing(guides, editor):
    decide(editor, guides["antrag"], guides["kalender"], "dismissed")
    assert "Förderkalender pflegen" not in titles(guides["antrag"])
    services.rebuild()
    services.index_due()
    compute.relate_all()
    assert "Förderkalender pflegen" not in titles(guides["antrag"])
    assert "Förderantrag schreiben" in titles(guides["kalender"])  # the other page's list is its own
    decide(editor, guides["antrag"], guides["kalender"], "restored")
    assert "Förderkalender pflegen" in titles(guides["antrag"])
    assert [decision.verdict for decision in Decision.objects.order_by("pk")] == ["dismissed", "restored"]


def test_a_second_click_decides_nothing_new(guides, people):
    keys = guides["antrag"].translation_key, guides["kaffee"].translation_key
    assert curation.decide(*keys, "restored", by=people.editor) is None
    assert curation.decide(*keys, "pinned", by=people.editor)
    assert curation.decide(*keys, "pinned", by=people.editor) is None


def test_decisions_in_force_are_judgements(guides, people):
    antrag, kalender, kaffee = (guides[name].translation_key for name in ("antrag", "kalender", "kaffee"))
    curation.decide(antrag, kaffee, "dismissed", by=people.editor)
    curation.decide(antrag, kalender, "pinned", by=people.editor)
    curation.decide(kalender, kaffee, "pinned", by=people.editor)
    curation.decide(kalender, kaffee, "restored", by=people.editor)
    found = {(one.page_key, one.other_key): one.belongs for one in curation.judgements()}
    assert found == {(antrag, kaffee): False, (antrag, kalender): True}


def test_who_may_not_edit_the_page_neither_sees_nor_decides(guides, people):
    for name in ("member", "stranger"):
        client = Client()
        client.force_login(getattr(people, name))
        assert decide(client, guides["antrag"], guides["kaffee"], "pinned").status_code in {302, 403}
        page = client.get(reverse("lotse_related_pages", args=[guides["antrag"].pk]))
        assert "Förderkalender" not in page.content.decode()
    assert decide(Client(), guides["antrag"], guides["kaffee"], "pinned").status_code == 302
    assert not Decision.objects.exists()


def test_a_decision_takes_a_post_with_a_token(guides, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.editor)
    assert decide(client, guides["antrag"], guides["kaffee"], "pinned").status_code == 403
    assert client.get(reverse("lotse_decide_related", args=[guides["antrag"].pk])).status_code == 405
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"other": "no key", "verdict": "pinned"}, {"other": str(uuid4()), "verdict": "pinned"}]
)
def test_bad_input_changes_nothing_and_says_so(guides, editor, data):
    address = reverse("lotse_decide_related", args=[guides["antrag"].pk])
    response = editor.post(address, data, follow=True)
    assert response.status_code == 200
    assert (
        "Nothing was changed" in response.content.decode() or "nichts geändert" in response.content.decode()
    )
    assert not Decision.objects.exists()


def test_about_a_page_that_the_editor_may_not_read_nothing_is_decided_or_said(guides, editor, people):
    make_private(guides["kaffee"], people.other_group)
    response = decide(editor, guides["antrag"], guides["kaffee"], "pinned")
    assert "Kaffee kochen" not in editor.get(response.url).content.decode()
    assert not Decision.objects.exists()


def test_a_pinned_page_is_shown_to_its_readers_only(guides, editor, people):
    decide(editor, guides["antrag"], guides["kaffee"], "pinned")
    make_private(guides["kaffee"], people.other_group)
    assert "Kaffee kochen" not in titles(guides["antrag"])


def test_nobody_is_led_away_from_the_site(guides, editor):
    response = decide(editor, guides["antrag"], guides["kaffee"], "pinned", next="https://example.org/")
    assert response.url == reverse("lotse_related_pages", args=[guides["antrag"].pk])


def test_the_editor_shows_them_beside_the_page(guides, editor):
    text = editor.get(reverse("wagtailadmin_pages:edit", args=[guides["antrag"].pk])).content.decode()
    assert 'data-side-panel="related-pages"' in text
    assert "Förderkalender pflegen" in text
    assert reverse("lotse_related_pages", args=[guides["antrag"].pk]) in text


def test_readers_see_the_two_passages(guides, client):
    text = client.get(guides["antrag"].get_url()).content.decode()
    assert "related__why" in text
    assert f'href="{guides["kalender"].get_url()}#' in text
