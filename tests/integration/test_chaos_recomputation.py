"""The fault harness is worth something only where its second computation sees damage, and nothing where there is none."""

import pytest
from django.db import connection

from search.index import services
from search.related import compute
from tests.chaos import recomputation
from tests.chaos.editor import ROT
from tests.searchable.factories import publish

pytestmark = pytest.mark.django_db

TEXT = "# Ziel {{ziel}}\nMitglieder Nummer {0} gewinnt man im Gespräch.\n# Ablauf {{ablauf}}\nZuerst rufen Sie {0}mal an."


@pytest.fixture
def pages():
    found = [publish(f"Mitglieder gewinnen {number}", TEXT.format(number)) for number in range(7)]
    services.index_due()
    compute.relate_pending()
    assert list(recomputation._differences()) == []
    return found


@pytest.mark.parametrize("damage", sorted(set(ROT) - {"relations lost", "vectors of another text"}))
def test_damage_by_hand_is_seen(pages, damage):
    with connection.cursor() as cursor:
        cursor.execute(ROT[damage])
    assert list(recomputation._differences())


def test_vectors_of_another_text_are_seen(pages):
    with connection.cursor() as cursor:
        cursor.execute(
            "update search_passagevector v set embedding = (select embedding from search_passagevector o "
            "where o.passage_id <> v.passage_id order by o.passage_id limit 1) where page_id = %s",
            [pages[3].pk],
        )
    assert any("vector of another text" in what for what in recomputation._differences())


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda page: page.unpublish(), "surplus"),
        (lambda page: page.save_revision().publish() or type(page).objects.update(text="Neu."), "stale"),
        (lambda page: publish("Noch eine", TEXT.format(9)), "missing"),
    ],
)
def test_content_that_the_index_has_not_heard_of_is_seen(pages, change, kind):
    change(pages[2])
    assert any(kind in what for what in recomputation._differences())
