"""Judged questions as files: out of the admin, into it, and what no file may do."""

from __future__ import annotations

import io
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kb.toolbox.models import PracticeGuide
from search.evaluation import exchange
from search.evaluation.exchange import FileRefused
from search.evaluation.marking import headings_of
from search.evaluation.models import JudgedQuestion
from search.index import services
from tests.integration.kb.conftest import add_guide, make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

DEMO = Path(__file__).parents[2] / "site" / "demo" / "judgements.yaml"


@pytest.fixture(scope="module")
def built_pages(built_site, built_people) -> SimpleNamespace:
    found = SimpleNamespace(
        open=add_guide(built_site, "Frühstück"), secret=add_guide(built_site, "Vertraulich")
    )
    make_private(found.secret, built_people.other_group)
    services.index_due()
    return found


@pytest.fixture
def pages(built_pages, db) -> SimpleNamespace:
    return SimpleNamespace(
        **{name: PracticeGuide.objects.get(pk=page.pk) for name, page in vars(built_pages).items()}
    )


def entry(**fields: object) -> dict:
    return {
        "id": "x",
        "question": "Wie frühstücken?",
        "language": "de",
        "kind": "german",
        "answers": [],
    } | fields


def taken(rows: object, user: object, *, replace: bool = False) -> exchange.Done:
    return exchange.take_in(
        io.BytesIO(yaml.safe_dump(rows, allow_unicode=True).encode()), replace=replace, user=user
    )


def upload(editor: Client, data: bytes, **more: str):
    file = SimpleUploadedFile("questions.yaml", data, "application/yaml")
    return editor.post(reverse("search_quality:import"), {"file": file, "present": "keep"} | more)


def test_what_goes_out_comes_in_again(editor, pages, people):
    question = JudgedQuestion.objects.create(
        text="Wie: frühstücken? – „jetzt“", language="de", kind="german", split="tune", reader="member"
    )
    anchor = next(anchor for anchor, heading in _places(pages.open) if "Ankommen" in heading)
    question.judgements.create(
        translation_key=pages.open.translation_key, grade=3, anchor=anchor, heading="Ankommen"
    )
    JudgedQuestion.objects.create(text="Franzbrötchen?", language="de", kind="unanswerable")
    before = _everything()
    file = editor.get(reverse("search_quality:export"))
    assert "attachment" in file["Content-Disposition"]
    JudgedQuestion.objects.all().delete()
    assert upload(editor, file.content).url == reverse("search_quality:questions")
    assert _everything() == before
    assert JudgedQuestion.objects.filter(created_by=people.editor).count() == 2


def _places(page: PracticeGuide) -> list[tuple[str, str]]:
    return headings_of([page.pk])[page.pk]


def _everything() -> list:
    return sorted(
        (
            q.text,
            q.language,
            q.kind,
            q.split,
            q.reader,
            *sorted(q.judgements.values_list("translation_key", "anchor", "grade")),
        )
        for q in JudgedQuestion.objects.all()
    )


def test_the_export_follows_the_filters_of_the_list(editor, pages):
    for text, language in (("Wer?", "de"), ("Who?", "en")):
        JudgedQuestion.objects.create(text=text, language=language)
    found = yaml.safe_load(editor.get(reverse("search_quality:export"), {"language": "en"}).content)
    assert [row["question"] for row in found] == ["Who?"]


def test_marks_on_hidden_pages_neither_leave_nor_are_lost(editor, pages, people):
    question = JudgedQuestion.objects.create(text="Wie frühstücken?", language="de")
    for page in (pages.open, pages.secret):
        question.judgements.create(translation_key=page.translation_key, grade=2)
    file = editor.get(reverse("search_quality:export")).content.decode()
    assert pages.secret.slug not in file and str(pages.secret.translation_key) not in file
    assert yaml.safe_load(file)[0]["answers"] == [{"page": pages.open.url, "grade": 2}]
    changed = file.replace("grade: 2", "grade: 3")
    upload(editor, changed.encode(), present="replace")
    assert dict(question.judgements.values_list("translation_key", "grade")) == {
        pages.open.translation_key: 3,
        pages.secret.translation_key: 2,
    }


def test_a_question_that_is_here_keeps_its_marks_unless_somebody_wants_otherwise(pages, people):
    question = JudgedQuestion.objects.create(text="Wie frühstücken?", language="de")
    question.judgements.create(translation_key=pages.open.translation_key, grade=1)
    rows = [entry(kind="compound", answers=[{"page": pages.open.url, "grade": 3}])]
    assert taken(rows, people.editor) == exchange.Done(new=0, replaced=0, kept=1)
    question.refresh_from_db()
    assert (question.kind, question.judgements.get().grade) == ("", 1)
    assert taken(rows, people.editor, replace=True) == exchange.Done(new=0, replaced=1, kept=0)
    question.refresh_from_db()
    assert (question.kind, question.judgements.get().grade, question.judged_by) == (
        "compound",
        3,
        people.editor,
    )


@pytest.mark.parametrize("name", ["url", "host", "key", "slug"])
def test_a_page_is_named_by_address_key_or_slug(pages, people, name):
    given = {
        "url": pages.open.url,
        "host": f"https://lotse.example{pages.open.url.rstrip('/')}",
        "key": str(pages.open.translation_key),
        "slug": f"guides/{pages.open.slug}",
    }[name]
    taken([entry(answers=[{"page": given, "grade": 3, "heading": "Ankommen"}])], people.editor)
    mark = JudgedQuestion.objects.get().judgements.get()
    assert mark.translation_key == pages.open.translation_key
    assert dict(_places(pages.open))[mark.anchor].endswith("Ankommen")


def test_a_hidden_page_is_as_unknown_as_one_that_is_not_there(pages, people):
    said = []
    for name in (pages.secret.url, str(pages.secret.translation_key), "/de/no-such-page/"):
        with pytest.raises(FileRefused) as refusal:
            taken([entry(answers=[{"page": name, "grade": 3}])], people.editor)
        said.append(refusal.value.problems[0].replace(name, ""))
    assert len(set(said)) == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("just text", "list"),
        ({"question": "no list"}, "list"),
        ([], "no question"),
        (["text"], "Line 1"),
        ([entry(question="")], "missing"),
        ([entry(question="🎉")], "missing"),
        ([entry(question="a" * 600)], "too long"),
        ([entry(question=["a"])], "single text"),
        ([entry(language="fr")], "language"),
        ([entry(kind="odd")], "kind"),
        ([entry(split="third")], "split"),
        ([entry(reader="admin")], "reader"),
        ([entry(extra="1")], "unknown field"),
        ([entry(answers="none")], "answers"),
        ([entry(answers=["x"])], "grade"),
        ([entry(answers=[{"grade": 3}])], "no page"),
        ([entry(answers=[{"page": "/de/", "grade": 4}])], "0, 1, 2 or 3"),
        ([entry(answers=[{"page": "/de/", "grade": True}])], "0, 1, 2 or 3"),
        ([entry(answers=[{"page": "x", "grade": 1, "no": "1"}])], "unknown field"),
        ([entry(kind="unanswerable", answers=[{"page": "x", "grade": 3}])], "marked as an answer"),
        ([entry(), entry()], "twice"),
        ([[[[["deep"]]]]], "list"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_its_place(people, rows, said):
    with translation.override("en"), pytest.raises(FileRefused) as refusal:
        taken(rows, people.editor)
    assert said in " ".join(refusal.value.problems)
    assert not JudgedQuestion.objects.exists()


BROKEN = {
    "empty": b"",
    "not text": b"\xff\xfe\x00",
    "open quote": b"- {question: 'open",
    "tab": b"\t- x",
    "alias": b"a: &x [1]\nb: *x",
    "alias of an entry": b"- &a {question: x, language: de, answers: []}\n- *a",
    "deep list": b"[" * 50_000,
    "deep mapping": b"{a: " * 50_000,
    "python": b"- !!python/object/apply:os.system ['true']",
    "keys of keys": b"? " * 20_000,
    "too many": b"- 1\n" * (exchange.MAX_QUESTIONS + 1),
    "too large": b"x" * (exchange.MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_file_breaks_the_import(editor, name):
    began = time.monotonic()
    response = upload(editor, BROKEN[name])
    assert response.status_code == 422
    assert time.monotonic() - began < 20
    assert not JudgedQuestion.objects.exists()


def test_one_fault_keeps_everything_out(editor, pages):
    rows = [entry(), entry(question="Wer?", answers=[{"page": "/de/no-such-page/", "grade": 1}])]
    response = upload(editor, yaml.safe_dump(rows).encode())
    assert response.status_code == 422
    assert "/de/no-such-page/" in response.content.decode()
    assert not JudgedQuestion.objects.exists()


def test_a_file_without_a_choice_is_not_taken(editor):
    response = upload(editor, b"- {question: x, language: de}", present="whatever")
    assert response.status_code == 422
    assert editor.post(reverse("search_quality:import"), {}).status_code == 422


def test_the_demo_content_has_this_form():
    questions = exchange.read(DEMO.read_bytes())
    assert len(questions) > 200
    assert any(question.reader == "member" for question in questions)


def test_many_questions_are_taken_in_at_once(pages, people):
    rows = [
        entry(question=f"Frage {number}?", answers=[{"page": pages.open.url, "grade": 3}])
        for number in range(exchange.MAX_QUESTIONS)
    ]
    began = time.monotonic()
    assert taken(rows, people.editor).new == exchange.MAX_QUESTIONS
    assert time.monotonic() - began < 20  # some two seconds on an idle machine
