"""An editor sees whether a page is found, and by which questions; whoever may not edit it sees nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kb.findability.questions import known
from kb.findability.state import state_of
from kb.findability.trying import attempt
from kb.limits import asking
from kb.limits.rates import Rate
from search.evaluation.models import JudgedQuestion, Judgement
from search.gaps.models import Asking, Gap
from search.index import services
from search.index.models import IndexedPage
from tests.integration.kb.conftest import make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def guide(make_guide):
    found = make_guide("Unternehmensfrühstück", summary="Mitglieder treffen sich am Morgen")
    make_guide("Technologieradar", summary="Fachleute ordnen Verfahren in Ringe")
    services.index_due()
    return found


def address(page):
    return reverse("lotse_found", args=[page.pk])


def test_the_state_follows_what_the_index_holds(make_guide):
    assert state_of(make_guide("Entwurf", live=False)).code == "draft"
    guide = make_guide("Neu")
    assert state_of(guide).code == "waiting"
    services.index_due()
    state = state_of(guide)
    assert (state.code, state.passages > 0) == ("found", True)
    guide.summary = "Anders"
    guide.save_revision().publish()
    guide.refresh_from_db()
    assert state_of(guide).code == "old"
    IndexedPage.objects.filter(pk=guide.pk).update(tries=99, last_error="OperationalError: x")
    assert state_of(guide).code == "failed"
    assert "OperationalError" not in state_of(guide).error


def test_a_question_says_where_the_page_comes(guide, people):
    tried = attempt(guide, "Unternehmensfrühstück am Morgen", people.editor)
    assert tried.place == 1 and tried.as_visitor and not tried.before
    tried = attempt(guide, "Technologieradar in Ringen", people.editor)
    assert tried.place != 1
    assert tried.before[0].title == "Technologieradar"


def test_a_question_about_a_public_page_names_no_hidden_one(guide, people, make_guide):
    hidden = make_guide("Unternehmensfrühstück intern", summary="Unternehmensfrühstück nur für Mitglieder")
    make_private(hidden)
    services.index_due()
    tried = attempt(guide, "Unternehmensfrühstück intern", people.editor)
    assert hidden.title not in {hit.title for hit in tried.answer.hits}
    assert not attempt(hidden, "Unternehmensfrühstück", people.editor).as_visitor


def test_judged_questions_and_near_gaps_are_listed_for_who_may_read_them(guide, people):
    question = JudgedQuestion.objects.create(text="Wie treffen sich Mitglieder?", language="de")
    Judgement.objects.create(question=question, translation_key=guide.translation_key, grade=3)
    wrong = JudgedQuestion.objects.create(text="Wie melde ich mich ab?", language="de")
    Judgement.objects.create(question=wrong, translation_key=guide.translation_key, grade=0)
    gap = Gap.objects.create(language="de", key="k", words=["frühstück"], nearest=[guide.translation_key])
    Asking.objects.create(day=timezone.localdate(), language="de", question="Frühstück wo?", gap=gap)
    found = known(guide, people.editor)
    assert [one.question.text for one in found.judged] == ["Wie treffen sich Mitglieder?"]
    assert found.open == ["Frühstück wo?"]
    assert known(guide, people.stranger).judged is None
    assert known(guide, people.stranger).open is None


def test_the_panel_stands_in_the_editor_and_answers_in_place(guide, editor):
    shown = editor.get(reverse("wagtailadmin_pages:edit", args=[guide.pk])).content.decode()
    assert 'data-side-panel="found"' in shown and "Wird über" in shown
    answer = editor.get(address(guide), {"q": "Frühstück"}, headers={"x-requested-with": "XMLHttpRequest"})
    assert "<html" not in answer.content.decode() and "Platz" in answer.content.decode()
    assert "<html" in editor.get(address(guide), {"q": "Frühstück"}).content.decode()


def test_a_question_is_noted_nowhere(guide, editor):
    editor.get(address(guide), {"q": "Wo finde ich Steuerformulare für Raumschiffe?"})
    assert not Asking.objects.exists()


def test_too_many_questions_wait(guide, editor, settings, monkeypatch):
    settings.LIMITS_ON = True
    few = Rate(burst=1, seconds=600)
    monkeypatch.setitem(asking.RATES, "answers", (few, few))
    assert editor.get(address(guide), {"q": "eins"}).status_code == 200
    answer = editor.get(address(guide), {"q": "zwei"})
    assert answer.status_code == 429 and "zwei" in answer.content.decode()


@pytest.mark.parametrize("who", ["member", "stranger", None])
def test_who_may_not_edit_the_page_is_told_nothing(guide, people, who):
    client = Client()
    if who:
        client.force_login(getattr(people, who))
    answer = client.get(address(guide), {"q": "Frühstück"})
    assert answer.status_code == 302
    assert guide.title not in answer.content.decode()
