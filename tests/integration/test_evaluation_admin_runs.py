"""Measuring in the admin: begun here, done in the background, read and compared here."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from kb.toolbox.models import PracticeGuide
from search.conf import conf
from search.evaluation import runs
from search.evaluation.admin import measurements
from search.evaluation.admin.wording import SETTINGS, WHAT
from search.evaluation.models import JudgedQuestion, Run, RunQuestion
from search.index import services
from tests.integration.kb.conftest import add_guide

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

NEW = "/admin/search-quality/measurements/new/"


@pytest.fixture(scope="module")
def built_pages(built_site, built_people) -> SimpleNamespace:
    found = SimpleNamespace(
        breakfast=_guide(built_site, "Frühstück"), conference=_guide(built_site, "Konferenz")
    )
    services.index_due()
    return found


def _guide(site: SimpleNamespace, title: str) -> PracticeGuide:
    return add_guide(site, title, summary=f"Ein Leitfaden: {title}", text=f"<p>{title} am Morgen</p>")


@pytest.fixture
def questions(built_pages, db) -> list[JudgedQuestion]:
    """Two that have an answer, of which the search finds one first, and one that has none."""
    found = []
    for text, page, kind in (
        ("Frühstück", built_pages.breakfast, "german"),
        ("Ankommen bei der Konferenz", built_pages.breakfast, "german"),
        ("Franzbrötchen", None, "unanswerable"),
    ):
        question = JudgedQuestion.objects.create(text=text, language="de", kind=kind, split="held")
        if page is not None:
            question.judgements.create(translation_key=page.translation_key, grade=3)
        found.append(question)
    return found


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Runs of which the worker was told."""
    told: list[int] = []
    monkeypatch.setattr(measurements.measure, "delay", told.append)
    return told


def text(response) -> str:
    return response.content.decode()


def begin(editor, capture, **values: object) -> Run:
    with capture(execute=True):
        response = editor.post(NEW, {"leg": "full", "split": "", "name": "Probe"} | values)
    assert response.status_code == 302, response.context["form"].errors
    return Run.objects.latest("pk")


def measured(**values: object) -> Run:
    run = Run.objects.create(**values)
    runs.measure(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE, run.error
    return run


def page_of(run: Run) -> str:
    return reverse("search_quality:run", args=[run.pk])


# --- Beginning --------------------------------------------------------------------------------


def test_a_measurement_is_done_by_the_worker_and_not_by_the_request(
    editor, questions, people, sent, django_capture_on_commit_callbacks
):
    run = begin(editor, django_capture_on_commit_callbacks, split="held")
    assert sent == [run.pk]
    assert (run.state, run.created_by, run.split) == (Run.State.WAITING, people.editor, "held")
    assert not run.questions.exists()
    shown = editor.get(page_of(run))
    assert "progress/" in text(shown)
    runs.measure(run.pk)
    shown = text(editor.get(page_of(run)))
    assert "nDCG@10" in shown and "Frühstück" in shown


def test_only_weights_that_differ_from_the_site_are_kept_as_shares(
    editor, questions, sent, django_capture_on_commit_callbacks
):
    run = begin(
        editor,
        django_capture_on_commit_callbacks,
        **{
            "figure-dense_weight": "25",
            "figure-weight_title": str(conf().weight_title),
            "figure-fusion": "rrf",
            "figure-result_floor": "",
        },
    )
    assert run.figures == {"dense_weight": 0.25, "fusion": "rrf"}
    assert "25 %" in text(editor.get(page_of(run)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"figure-dense_weight": "101"},
        {"figure-dense_weight": "-1"},
        {"figure-bridge": "nan"},
        {"figure-weight_title": "1e9"},
        {"figure-fusion": "magic"},
        {"leg": "no such"},
        {"leg": ""},
        {"split": "third"},
        {"split": "tune"},  # no question is of that half
        {"name": "n" * 101},
    ],
)
def test_what_cannot_be_measured_is_said(editor, questions, sent, wrong):
    response = editor.post(NEW, {"leg": "full", "split": "", "name": ""} | wrong)
    assert response.status_code == 422
    assert not Run.objects.exists()


def test_one_measurement_at_a_time(editor, questions, sent):
    under_way = Run.objects.create(state=Run.State.RUNNING)
    response = editor.post(NEW, {"leg": "full", "split": "", "name": ""})
    assert response.url == page_of(under_way)
    assert Run.objects.count() == 1 and not sent


def test_a_broker_that_is_away_costs_an_editor_nothing(
    editor, questions, monkeypatch, django_capture_on_commit_callbacks
):
    def away(run_id: int) -> None:
        raise ConnectionError

    monkeypatch.setattr(measurements.measure, "delay", away)
    run = begin(editor, django_capture_on_commit_callbacks)
    assert run.pk in runs.waiting()  # the sweep finds it


def test_without_questions_there_is_nothing_to_begin(editor, site):
    assert "figure-dense_weight" not in text(editor.get(NEW))
    assert editor.post(NEW, {"leg": "full", "split": ""}).status_code == 422


# --- Watching ---------------------------------------------------------------------------------


def test_progress_says_how_far_it_is_and_when_it_is_over(editor, questions):
    run = Run.objects.create(state=Run.State.RUNNING, question_count=40, question_done=10)
    address = reverse("search_quality:progress", args=[run.pk])
    response = editor.get(address)
    assert re.search(r"10 (of|von) 40", text(response)) and "HX-Refresh" not in response
    run.state = Run.State.DONE
    run.save()
    assert editor.get(address)["HX-Refresh"] == "true"


def test_a_worker_that_does_not_come_is_named(editor, questions):
    run = Run.objects.create()
    address = reverse("search_quality:progress", args=[run.pk])
    assert "help-warning" not in text(editor.get(address))
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=3))
    assert "help-warning" in text(editor.get(address))


def test_a_failure_says_why(editor):
    run = Run.objects.create(state=Run.State.FAILED, error="The model is <missing>")
    shown = text(editor.get(page_of(run)))
    assert "The model is &lt;missing&gt;" in shown


# --- Reading ----------------------------------------------------------------------------------


def test_the_worst_answered_questions_come_first_and_lead_to_their_answers(editor, questions):
    run = measured()
    shown = text(editor.get(page_of(run)))
    first, second = (
        shown.index(reverse("search_quality:question", args=[q.pk])) for q in (questions[1], questions[0])
    )
    worse, better = (run.questions.get(question=q).ndcg for q in (questions[1], questions[0]))
    assert worse < better
    assert first < second


def test_refused_and_not_admitted_are_counted_and_named(editor, questions):
    run = measured()
    run.questions.filter(question=questions[0]).update(answered=False)
    run.questions.filter(question=questions[2]).update(answered=True)
    context = editor.get(page_of(run)).context
    assert [row.question for row in context["refused"]] == [questions[0]]
    assert [row.question for row in context["unfounded"]] == [questions[2]]
    assert [(name, refused) for name, _means, refused in context["pairs"]][-1][1] == 1


def test_every_part_of_the_search_can_be_measured_under_a_name(editor, questions):
    shown = text(editor.get(NEW))
    for leg, label in WHAT.items():
        assert str(label)
        assert f'value="{leg}"' in shown
        measured(leg=leg)


def test_every_weight_is_one_of_the_search(editor, questions):
    shown = text(editor.get(NEW))
    for figure, setting in SETTINGS.items():
        assert f'name="figure-{figure}"' in shown
        assert setting.stored(setting.now) == pytest.approx(getattr(conf(), figure)) or setting.choices


# --- Comparing --------------------------------------------------------------------------------


def test_two_measurements_show_what_got_better_and_worse(editor, questions):
    before, after = measured(name="Vorher"), measured(name="Nachher", figures={"dense_weight": 0.5})
    _set(before, questions[0], 1.0)
    _set(after, questions[0], 0.2)
    _set(before, questions[1], 0.1)
    _set(after, questions[1], 0.9)
    address = reverse("search_quality:compare")
    response = editor.get(address, {"run": [after.pk, before.pk]})  # the older one is before, however chosen
    context = response.context
    assert (context["before"].run, context["after"].run) == (before, after)
    assert [change.question_id for _pair, change in context["worse"]] == [questions[0].pk]
    assert [change.question_id for _pair, change in context["better"]] == [questions[1].pk]
    assert "50 %" in text(response)
    assert reverse("search_quality:question", args=[questions[0].pk]) in text(response)
    turned = editor.get(address, {"run": [before.pk, after.pk], "turn": "1"}).context
    assert [change.question_id for _pair, change in turned["worse"]] == [questions[1].pk]


def _set(run: Run, question: JudgedQuestion, ndcg: float) -> None:
    RunQuestion.objects.filter(run=run, question=question).update(ndcg=ndcg)


def test_questions_judged_in_between_are_left_out_and_counted(editor, questions):
    before = measured()
    questions[0].judgements.update(grade=1)
    after = measured()
    response = editor.get(reverse("search_quality:compare"), {"run": [before.pk, after.pk]})
    assert response.context["comparison"].judged_anew == 1
    assert re.search(
        r"\b1 (question is left out: its marks|Frage zählt nicht mit: Ihre Bewertungen)", text(response)
    )


@pytest.mark.parametrize("chosen", [[], ["1"], ["x", "y"], ["9" * 30, "1"], ["-1", "0"], ["١", "٢"]])
def test_anything_but_two_measurements_leads_back_to_the_list(editor, chosen):
    response = editor.get(reverse("search_quality:compare"), {"run": chosen})
    assert response.url == reverse("search_quality:runs")


def test_what_is_under_way_is_not_compared(editor, questions):
    runs_ = [measured(), Run.objects.create()]
    response = editor.get(reverse("search_quality:compare"), {"run": [run.pk for run in runs_]})
    assert response.url == reverse("search_quality:runs")


def test_the_list_offers_what_is_done_for_comparison(editor, questions):
    done, waiting = measured(name="Fertig"), Run.objects.create(name="Wartend")
    shown = text(editor.get(reverse("search_quality:runs"), {"p": "x"}))
    assert f'name="run" value="{done.pk}"' in shown
    assert f'name="run" value="{waiting.pk}"' not in shown
    assert page_of(waiting) in shown


# --- Deleting ---------------------------------------------------------------------------------


def test_deleting_asks_first_and_leaves_the_questions(editor, questions):
    run = measured(name="Probe")
    address = reverse("search_quality:delete_run", args=[run.pk])
    assert "Probe" in text(editor.get(address))
    assert editor.post(address).url == reverse("search_quality:runs")
    assert not Run.objects.exists() and not RunQuestion.objects.exists()
    assert JudgedQuestion.objects.count() == 3
