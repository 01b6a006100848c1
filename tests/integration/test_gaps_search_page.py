"""The search page and the log together: who asks what in a browser, and what is left of it."""

from __future__ import annotations

import pytest
from django.test import Client

from search.embedding import reset
from search.gaps import checking, noting
from search.gaps.models import Asking, Gap
from search.index import services
from tests.integration.kb.conftest import make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

QUESTION = "Wie melden wir ein Patent an?"


@pytest.fixture(autouse=True)
def fresh(site):
    reset()
    noting.forget_recent()


def asked(query, client=None, **headers):
    response = (client or Client()).get(f"/de/suche/?{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def noted():
    return list(Asking.objects.values_list("question", flat=True))


def test_a_question_that_is_sent_off_is_noted_and_the_reader_is_told():
    page = asked(f"q={QUESTION}")
    assert noted() == [QUESTION]
    assert "notiert" in page


def test_htmx_or_not_is_no_difference():
    asked(f"q={QUESTION}", **{"HX-Request": "true"})
    assert noted() == [QUESTION]


@pytest.mark.parametrize("more", ["&kind=guide", "&language=en", "&page=2", "&page=9"])
def test_filters_and_further_pages_are_not_noted(more):
    page = asked(f"q={QUESTION}{more}")
    assert noted() == []
    assert "ist notiert" not in page


def test_a_look_at_the_headers_is_not_noted():
    assert Client().head(f"/de/suche/?q={QUESTION}").status_code == 200
    assert noted() == []


def test_going_back_is_not_noted():
    asked(f"q={QUESTION}", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert noted() == []


def test_typing_is_not_noted():
    assert Client().get(f"/de/suche/vorschlaege/?q={QUESTION}").status_code == 200
    assert noted() == []


def test_with_noting_switched_off_nobody_is_told_so(settings):
    settings.SEARCH_NOTE_GAPS = False
    assert "ist notiert" not in asked(f"q={QUESTION}")
    assert noted() == []


def test_members_and_visitors_leave_the_same(people, make_guide, site):
    """A guide for members, a question that it answers, and one that nothing answers."""
    guide = make_guide("Patente anmelden", summary="Ein Patent anmelden")
    make_private(guide)
    services.index_due()
    rows = {}
    for who in (None, "member"):
        client = Client()
        if who:
            client.force_login(getattr(people, who))
        asked("q=Wie gründet man eine Stiftung?", client)
        asked("q=Patente anmelden", client)
        checking.check_noted()
        rows[who] = sorted(Gap.objects.values_list("language", "words", "nearest"))
        Asking.objects.all().delete()
        Gap.objects.all().delete()
        noting.forget_recent()
    assert len(rows[None]) == 2
    # The member was answered, by a page of which the log must not know; everything else is the same.
    assert len(rows["member"]) == 1
    assert rows["member"][0] in rows[None]
