"""Judged questions of a site: who asks them, what is measured, and runs that survive their worker."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from search.embedding import reset
from search.evaluation import baselines, judging, other_model, runs, tasks
from search.evaluation.comparing import compare
from search.evaluation.judging import judged_digest, site_questions
from search.evaluation.measuring import measure
from search.evaluation.models import JudgedQuestion, Judgement, Run, RunQuestion
from search.evaluation.readers import member
from search.index import services
from search.index.models import PassageVector
from search.retrieval import asking as retrieval
from tests.searchable.factories import publish, restrict, translate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_model():
    reset()


@pytest.fixture(scope="module")
def built_pages(once):
    """Indexed once for all tests."""
    with once():
        yield _build_pages()


@pytest.fixture
def pages(built_pages, db):
    return {name: type(page).objects.get(pk=page.pk) for name, page in built_pages.items()}


def _build_pages():
    found = {
        "gewinnung": publish(
            "Neue Betriebe überzeugen",
            "# Ziel {ziel}\nMitgliedergewinnung gelingt im persönlichen Gespräch.\n"
            "# Ablauf {ablauf}\nRufen Sie an und schicken Sie danach die Unterlagen.",
            keywords="Akquise",
        ),
        "geld": publish("Geld für Vorhaben", "Der Antrag auf Fördermittel beginnt mit einer Skizze."),
        "kaffee": publish("Kaffee kochen", "Wasser, Bohnen und ein Filter. Mehr braucht es nicht."),
        "intern": publish("Beiträge verhandeln", "Rabatte für Konzerne nur mit Beschluss des Vorstands."),
        "guests": publish("Hosting guests", "Welcome delegations with a clear programme.", language="en"),
    }
    translate(found["geld"], "Money for projects", "The application for funding begins with a sketch.")
    group = Group.objects.create(name="Mitglieder")
    restrict(found["intern"], "groups", group)
    services.index_due()
    return found


def judged(text, *answers, language="de", kind="", reader="visitor", split="tune"):
    """`answers`: (page, grade) or (page, grade, anchor)."""
    question = JudgedQuestion.objects.create(
        text=text, language=language, kind=kind, reader=reader, split=split
    )
    for page, grade, *anchor in answers:
        key = page if isinstance(page, uuid.UUID) else page.translation_key
        Judgement.objects.create(question=question, translation_key=key, grade=grade, anchor="".join(anchor))
    return question


@pytest.fixture
def questions(pages):
    return {
        "gewinnung": judged("Wie gelingt die Mitgliedergewinnung?", (pages["gewinnung"], 3, "ziel")),
        "geld": judged(
            "Geld, Antrag auf Fördermittel", (pages["geld"], 3), (pages["kaffee"], 0), split="held"
        ),
        "intern": judged("Beiträge für Konzerne", (pages["intern"], 3), reader="member"),
        "across": judged("delegations programme", (pages["guests"], 2), language="de", kind="across"),
        "nothing": judged("Gewerbesteuerhebesatz", kind="unanswerable", language="de"),
    }


# --- What is asked ------------------------------------------------------------------------------


def test_questions_come_with_their_pages_grades_and_languages(questions, pages):
    found = {question.text: question for question in site_questions().questions}
    money = found["Geld, Antrag auf Fördermittel"]
    assert dict(money.wanted) == {str(pages["geld"].translation_key): 3}
    assert (money.pair, money.split) == ("de-de", "held")
    assert found["delegations programme"].pair == "de-en"
    assert found["Wie gelingt die Mitgliedergewinnung?"].passages == {
        str(pages["gewinnung"].translation_key): frozenset({"ziel"})
    }
    assert not found["Gewerbesteuerhebesatz"].answerable


def test_questions_without_judgements_or_pages_are_left_out_and_said(questions):
    judged("Noch nicht bewertet")
    judged("Seite gelöscht", (uuid.uuid4(), 3))
    found = site_questions()
    assert len(found.questions) == 5
    assert "1 questions without judgements" in found.warnings[0]
    assert "1 questions are left out" in found.warnings[1]


def test_an_unanswerable_question_that_a_page_touches_stays_one(pages):
    judged("Was kostet der Hafen?", (pages["geld"], 1), kind="unanswerable")
    judged("Was kostet ein Antrag?", (pages["geld"], 3), kind="unanswerable")
    assert [question.answerable for question in site_questions().questions] == [False, True]


def test_a_member_is_in_the_groups_of_the_setting_and_no_others(pages, settings):
    Group.objects.create(name="Team einer anderen Stadt")
    assert member().group_ids == (Group.objects.get(name="Mitglieder").pk,)
    settings.SEARCH_MEMBER_GROUPS = []
    assert member().group_ids == ()
    assert member().authenticated


# --- What is measured ---------------------------------------------------------------------------


def test_a_measurement_of_every_leg_and_baseline(questions):
    legs = ["shown", "full", "words", "grams", "words and grams", "words without bridge", "meaning", "rrf"]
    found = measure(site_questions(), legs=[*legs, "bm25 pages", "bm25 passages", "wagtail"])
    assert found.pairs == ["de-de", "de-en"]
    for leg in (*legs, "bm25 pages", "bm25 passages"):
        row = found.row(leg, "de-de")
        assert row.means.n == 3
        assert row.means.recall == 1, leg
        assert row.times.n == 3
    assert found.row("full", "de-de").difference is None
    assert found.row("words", "de-de").p is None  # three questions say nothing about chance
    assert found.honesty["all"].unanswerable == 1
    assert found.passages["n"] == 1
    assert found.answers.n == 5
    assert not found.warnings


def test_what_is_changed_for_a_measurement_is_changed_for_it_alone(questions):
    before = retrieval.conf().dense_weight
    found = measure(site_questions(), legs=["full"], figures={"dense_weight": 0.9})
    assert found.figures == {"dense_weight": 0.9}
    assert retrieval.conf().dense_weight == before


def test_a_baseline_that_is_not_installed_is_a_note_and_no_end(questions, monkeypatch):
    def missing(texts):
        raise baselines.Unavailable("bm25s is missing: pip install bm25s")

    monkeypatch.setattr(baselines, "Bm25", missing)
    found = measure(site_questions(), legs=["full", "bm25 pages", "bm25 passages"])
    assert found.warnings == ("bm25s is missing: pip install bm25s",)
    assert found.row("full", "de-de") is not None


@pytest.mark.parametrize("name", ["bm25 pages", "bm25 passages", "wagtail any word"])
def test_a_baseline_sees_what_its_asker_sees(questions, pages, name):
    call_command("update_index", verbosity=0)  # Wagtail's, which otherwise waits for the commit
    asked = [q for q in site_questions().questions if q.text == "Beiträge für Konzerne"]
    key = str(pages["intern"].translation_key)
    as_member = baselines.outcomes(name, asked)[0]
    assert as_member.ranked[0] == key
    Group.objects.filter(name="Mitglieder").update(name="Andere")
    assert key not in baselines.outcomes(name, asked)[0].ranked


@pytest.mark.parametrize("name", ["bm25 pages", "bm25 passages", "wagtail any word"])
def test_a_baseline_shows_a_page_and_its_translation_once(questions, pages, name):
    call_command("update_index", verbosity=0)
    asked = [q for q in site_questions().questions if q.text == "Geld, Antrag auf Fördermittel"]
    ranked = baselines.outcomes(name, asked)[0].ranked
    assert ranked.count(str(pages["geld"].translation_key)) == 1


def test_another_model_is_embedded_beside_and_nobody_notices(questions, settings):
    before = PassageVector.objects.count()
    settings.SEARCH_EMBEDDING_MODEL = "hashing-64"
    assert other_model.embed_missing() == 0
    PassageVector.objects.all().delete()
    assert other_model.embed_missing() == before
    assert PassageVector.objects.count() == before


# --- Runs that are kept -------------------------------------------------------------------------


def test_a_run_keeps_figures_for_every_question(questions, pages):
    run = Run.objects.create(name="heute", figures={"dense_weight": 0.4})
    assert runs.measure(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error, run.question_done, run.question_count) == ("done", "", 5, 5)
    assert run.metrics["de-de"]["n"] == 3
    assert run.metrics["all"]["n"] == 4
    assert run.metrics["all"]["recall"] == 1
    assert run.honesty["unanswerable"] == 1
    assert run.times["n"] == 5
    assert run.model.startswith("hashing-64")
    row = run.questions.get(question=questions["geld"])
    assert row.found[0]["key"] == str(pages["geld"].translation_key)
    assert row.judged == judged_digest(questions["geld"])
    assert run.questions.get(question=questions["nothing"]).ndcg is None


def test_a_run_that_does_not_wait_is_left_alone(questions):
    run = Run.objects.create()
    assert runs.measure(run.pk)
    assert not runs.measure(run.pk)
    assert not runs.measure(run.pk + 1)
    assert RunQuestion.objects.filter(run=run).count() == 5


def test_a_run_goes_on_where_its_worker_was_lost(questions, monkeypatch):
    run = Run.objects.create()
    monkeypatch.setattr(runs, "BATCH", 2)
    original, asked = runs.asking.ask_one, []

    def dying(question, **more):
        asked.append(question.id)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return original(question, **more)

    monkeypatch.setattr(runs.asking, "ask_one", dying)
    with pytest.raises(KeyboardInterrupt):
        runs.measure(run.pk)
    run.refresh_from_db()
    assert (run.state, run.question_done) == ("running", 2)
    assert runs.waiting() == []  # its worker may still be there
    Run.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert runs.waiting() == [run.pk]
    monkeypatch.setattr(runs.asking, "ask_one", original)
    assert runs.measure(run.pk)
    run.refresh_from_db()
    assert (run.state, run.question_done, run.times["n"]) == ("done", 5, 5)


def test_a_turn_ends_so_that_publishing_need_not_wait(questions, monkeypatch):
    monkeypatch.setattr(runs, "BATCH", 2)
    run = Run.objects.create()
    turns = 0
    while runs.measure(run.pk, seconds=0):
        turns += 1
    run.refresh_from_db()
    assert (run.state, turns) == ("done", 3)


def test_the_task_asks_for_its_next_turn(questions, monkeypatch):
    monkeypatch.setattr(runs, "BATCH", 2)
    monkeypatch.setattr(runs, "TURN_SECONDS", 0)
    sent = []
    monkeypatch.setattr(tasks.measure, "delay", sent.append)
    run = Run.objects.create()
    tasks.measure(run.pk)
    assert sent == [run.pk]
    tasks.sweep()
    assert sent == [run.pk, run.pk]


def test_a_deleted_run_stops(questions, monkeypatch):
    monkeypatch.setattr(runs, "BATCH", 1)
    run = Run.objects.create()
    original, asked = runs.asking.ask_one, []

    def deleting(question, **more):
        asked.append(question)
        Run.objects.filter(pk=run.pk).delete()
        return original(question, **more)

    monkeypatch.setattr(runs.asking, "ask_one", deleting)
    monkeypatch.setattr(runs.RunQuestion.objects, "bulk_create", lambda *a, **k: [])
    assert runs.measure(run.pk)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [({"figures": {"no_such": 1}}, "no_such"), ({"leg": "nothing"}, "nothing")],
)
def test_a_run_that_cannot_be_says_why(questions, values, said):
    run = Run.objects.create(**values)
    assert runs.measure(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert said in run.error


def test_a_run_of_one_half(questions):
    run = Run.objects.create(split="held")
    runs.measure(run.pk)
    assert RunQuestion.objects.get(run=run).question == questions["geld"]


# --- Two runs compared --------------------------------------------------------------------------


def kept(question, run, ndcg, *, answered=True, judged="same"):
    return RunQuestion.objects.create(
        run=run, question=question, pair="de-de", judged=judged, ndcg=ndcg, recall=ndcg, mrr=ndcg, answered=answered
    )  # fmt: skip


def test_comparing_names_what_got_worse_and_better():
    before, after = Run.objects.create(), Run.objects.create()
    asked = [judged(f"Frage {number}") for number in range(6)]
    for question, old, new in zip(
        asked, [0.5, 0.9, 0.4, 0.7, 0.7, 0.7], [0.9, 0.1, 0.4, 0.7, 0.7, 0.7], strict=True
    ):
        kept(question, before, old)
        kept(question, after, new)
    found = compare(before, after)
    assert [change.question_id for change in found.worse] == [asked[1].pk]
    assert [change.question_id for change in found.better] == [asked[0].pk]
    assert found.unchanged == 4
    every = found.pairs[0]
    assert (every.pair, every.before.n) == ("all", 6)
    assert every.after.ndcg - every.before.ndcg == pytest.approx(-0.4 / 6)
    assert every.p > 0.3


def test_what_was_judged_anew_or_asked_once_is_not_compared():
    before, after = Run.objects.create(), Run.objects.create()
    anew, once = judged("Anders bewertet"), judged("Nur einmal gefragt")
    kept(anew, before, 0.9)
    kept(anew, after, 0.1, judged="other")
    kept(once, after, 0.5)
    found = compare(before, after)
    assert (found.pairs, found.worse, found.judged_anew, found.only_one) == ((), (), 1, 1)


def test_an_answer_that_no_longer_admits_to_know_nothing_is_worse():
    before, after = Run.objects.create(), Run.objects.create()
    nothing = judged("Wie wird das Wetter?", kind="unanswerable")
    kept(nothing, before, None, answered=False)
    kept(nothing, after, None, answered=True)
    assert [change.question_id for change in compare(before, after).worse] == [nothing.pk]
    assert [change.question_id for change in compare(after, before).better] == [nothing.pk]


def test_measuring_here_and_now_leaves_a_finished_run(questions):
    run = runs.measure_now(name="von Hand", figures={"bridge": 0.5}, questions=site_questions(), split="all")
    assert (run.state, run.name, run.split, run.question_done) == ("done", "von Hand", "", 5)
    assert run.metrics["all"]["n"] == 4
    assert judging.site_questions().questions
