"""Judging in the admin: the real answers, the marks of editors, and what each of them may see."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail.models import ModelLogEntry

from accounts.models import User
from kb.toolbox.models import PracticeGuide
from search.evaluation.admin import urls
from search.evaluation.models import JudgedQuestion, Judgement, Run
from search.index import services
from tests.integration.evaluation_screens import mark, sent
from tests.integration.kb.conftest import add_guide, make_private, signed_in

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

JUDGE = "/admin/search-quality/judge/"
ASKED = {"q": "Wie plane ich ein Frühstück?", "language": "de", "reader": "visitor"}


@pytest.fixture(scope="module")
def built_pages(built_site, built_people) -> SimpleNamespace:
    """Two guides for everybody, one for who is signed in, one for a group that no editor is in. Indexed."""
    found = SimpleNamespace(
        breakfast=_guide(built_site, "Frühstück planen", "Ein Frühstück mit Mitgliedern planen", "Ankommen"),
        conference=_guide(built_site, "Konferenz", "Ein Tag mit Gästen", "Eröffnen"),
        signed_in=_guide(built_site, "Frühstück intern", "Frühstück nur für Mitglieder", "Ankommen"),
        secret=_guide(built_site, "Frühstück streng vertraulich", "Das geheime Frühstück", "Ankommen"),
    )
    make_private(found.signed_in)
    make_private(found.secret, built_people.other_group)
    services.index_due()
    return found


def _guide(site: SimpleNamespace, title: str, summary: str, step: str) -> PracticeGuide:
    text = f"<p>{summary}</p>"
    return add_guide(site, title, summary=summary, purpose=text, step=step, text=text)


@pytest.fixture
def pages(built_pages: SimpleNamespace, db: None) -> SimpleNamespace:
    return SimpleNamespace(
        **{name: PracticeGuide.objects.get(pk=page.pk) for name, page in vars(built_pages).items()}
    )


@pytest.fixture
def question(db) -> Callable[..., JudgedQuestion]:
    """A stored question with marks: page -> grade."""

    def make(marks: dict | None = None, **fields: object) -> JudgedQuestion:
        values = {"text": ASKED["q"], "language": "de"} | fields
        made = JudgedQuestion.objects.create(**values)
        for page, grade in (marks or {}).items():
            made.judgements.create(translation_key=page.translation_key, grade=grade)
        return made

    return make


def text(response) -> str:
    return response.content.decode()


def grades(question: JudgedQuestion) -> dict[uuid.UUID, int]:
    return dict(question.judgements.values_list("translation_key", "grade"))


def screen(question: JudgedQuestion) -> str:
    return reverse("search_quality:question", args=[question.pk])


# --- Asking and marking -----------------------------------------------------------------------


def test_asking_shows_the_real_answers_and_stores_nothing(editor, pages):
    response = editor.get(JUDGE, ASKED)
    shown = text(response)
    assert "Frühstück planen" in shown
    assert 'lang="de"' in shown
    assert f'href="{pages.breakfast.url}' in shown
    assert all(str(label) in shown for label in Judgement.Grade.labels)
    assert "Frühstück intern" not in shown  # visitors do not see it
    assert not JudgedQuestion.objects.exists()


def test_a_member_is_answered_from_more_pages_than_a_visitor(editor, pages):
    shown = text(editor.get(JUDGE, ASKED | {"reader": "member"}))
    assert "Frühstück intern" in shown
    assert "vertraulich" not in shown


def test_marks_are_stored_with_who_gave_them(editor, pages, people):
    data = sent(editor.get(JUDGE, ASKED), **mark(pages.breakfast, 3))
    response = editor.post(JUDGE, data, follow=True)
    stored = JudgedQuestion.objects.get()
    assert (stored.text, stored.language, stored.reader) == (ASKED["q"], "de", "visitor")
    assert stored.created_by == stored.judged_by == people.editor
    assert stored.judged_at is not None
    assert grades(stored) == {pages.breakfast.translation_key: 3}
    assert "nDCG@10" in text(response)
    assert ModelLogEntry.objects.filter(action="wagtail.create", user=people.editor).exists()


def test_a_mark_names_the_passage_that_was_meant(editor, pages):
    first = editor.get(JUDGE, ASKED)
    anchor = re.search(
        rf'<select name="page-{pages.breakfast.translation_key.hex}-anchor".*?</select>', text(first), re.S
    )
    value, heading = re.findall(r'value="([\w-]+)"[^>]*>([^<]*Ankommen)', anchor[0])[0]
    editor.post(JUDGE, sent(first, **mark(pages.breakfast, 2, value)))
    stored = Judgement.objects.get()
    assert (stored.anchor, stored.heading) == (value, heading)


def test_a_question_that_is_stored_is_not_stored_twice(editor, pages, question):
    stored = question()
    assert editor.get(JUDGE, ASKED).url == screen(stored)
    response = editor.post(
        JUDGE, {"text": f"  {ASKED['q']} ", "language": "de", "reader": "visitor", "split": ""}
    )
    assert response.status_code == 422
    assert JudgedQuestion.objects.count() == 1


def test_marks_are_changed_and_taken_back(editor, pages, question):
    stored = question({pages.breakfast: 1, pages.conference: 2})
    data = sent(editor.get(screen(stored)), **mark(pages.breakfast, 3), **mark(pages.conference, ""))
    assert editor.post(screen(stored), data).url == screen(stored)
    assert grades(stored) == {pages.breakfast.translation_key: 3}


def test_saving_without_a_change_changes_no_mark(editor, pages, question):
    stored = question()
    for anchor, grade in (("a", 2), ("b", 1)):
        stored.judgements.create(
            translation_key=pages.breakfast.translation_key, anchor=anchor, heading=anchor, grade=grade
        )
    before = list(stored.judgements.values_list("pk", flat=True))
    editor.post(screen(stored), sent(editor.get(screen(stored))))
    assert list(stored.judgements.values_list("pk", flat=True)) == before


def test_the_question_itself_can_be_changed(editor, pages, question):
    stored = question()
    editor.post(
        screen(stored), sent(editor.get(screen(stored)), text="Und mittags?", kind="german", split="held")
    )
    stored.refresh_from_db()
    assert (stored.text, stored.kind, stored.split) == ("Und mittags?", "german", "held")


def test_what_has_an_answer_is_not_unanswerable(editor, pages, question):
    stored = question({pages.breakfast: 3})
    response = editor.post(screen(stored), sent(editor.get(screen(stored)), kind="unanswerable"))
    assert response.status_code == 422
    data = sent(editor.get(screen(stored)), kind="unanswerable", **mark(pages.breakfast, 1))
    assert editor.post(screen(stored), data).status_code == 302
    stored.refresh_from_db()
    assert stored.kind == "unanswerable"


def test_saving_leads_to_the_next_question_that_waits(editor, pages, question):
    marked, waiting = question({pages.breakfast: 3}), question(text="Wer hilft mir?")
    question(text="Blaue Karte?", kind="unanswerable")
    data = sent(editor.get(screen(marked)), then="next")
    assert editor.post(screen(marked), data).url == screen(waiting)
    data = sent(editor.get(screen(waiting)), then="next", **mark(pages.breakfast, 0))
    assert editor.post(screen(waiting), data).url == reverse("search_quality:questions")


# --- Pages that were not found ----------------------------------------------------------------


def test_a_page_that_was_not_found_is_added_by_its_address_and_passage(editor, pages, question):
    stored = question()
    anchor = pages.conference.steps[0].id
    address = f"https://lotse.example{pages.conference.url}#b-{anchor[:8]}"
    found = editor.get(screen(stored))
    response = editor.post(
        screen(stored), sent(found, **{"add-address": address, "add-grade": "2"}), follow=True
    )
    added = stored.judgements.get()
    assert (added.translation_key, added.grade) == (pages.conference.translation_key, 2)
    assert "Konferenz" in text(response)


def test_a_page_is_added_by_choosing_it(editor, pages, question):
    stored = question()
    data = sent(editor.get(screen(stored)), **{"add-page": str(pages.conference.pk), "add-grade": "1"})
    editor.post(screen(stored), data)
    assert grades(stored) == {pages.conference.translation_key: 1}


@pytest.mark.parametrize(
    "typed",
    [
        {"add-address": "/de/no-such-page/", "add-grade": "3"},
        {"add-address": "http://[", "add-grade": "3"},
        {"add-page": "999999", "add-grade": "3"},
        {"add-address": "/de/werkzeugkasten/fruhstuck-planen/"},
        {"add-grade": "3"},
        {"add-address": "/de/x/", "add-page": "1", "add-grade": "3"},
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is_saved(editor, pages, question, typed):
    stored = question()
    data = sent(editor.get(screen(stored)), **mark(pages.breakfast, 3), **typed)
    response = editor.post(screen(stored), data)
    assert response.status_code == 422
    assert not grades(stored)
    # What was marked on the screen is still marked there.
    assert sent(response)[f"page-{pages.breakfast.translation_key.hex}-grade"] == "3"


def test_a_hidden_page_cannot_be_told_from_one_that_is_not_there(editor, pages, question):
    stored = question()
    answers = []
    for typed in (
        {"add-address": pages.secret.url},
        {"add-address": "/de/no-such-page/"},
        {"add-page": pages.secret.pk},
    ):
        response = editor.post(
            screen(stored), sent(editor.get(screen(stored)), **typed, **{"add-grade": "3"})
        )
        assert response.status_code == 422
        assert pages.secret.title not in text(response)
        answers.append(sorted(response.context["add"].errors.values()))
    assert answers[0] == answers[1] == answers[2]


# --- Who may see what -------------------------------------------------------------------------


def test_a_mark_on_a_page_the_editor_may_not_see_has_no_name_and_stays(editor, pages, question):
    stored = question({pages.secret: 3, pages.breakfast: 1})
    response = editor.get(screen(stored))
    assert pages.secret.title not in text(response)
    assert pages.secret.url not in text(response)
    assert str(pages.secret.translation_key) not in text(response)
    assert "A page you may not see" in text(response) or "nicht sehen dürfen" in text(response)
    editor.post(screen(stored), sent(response, **mark(pages.breakfast, 2)))
    assert grades(stored) == {pages.secret.translation_key: 3, pages.breakfast.translation_key: 2}


def test_a_key_slipped_into_the_form_marks_no_hidden_page(editor, pages, question):
    stored = question({pages.secret: 3})
    data = sent(editor.get(screen(stored)), **mark(pages.secret, 0))
    data["page"] = [str(pages.secret.translation_key), "no key", str(uuid.uuid4())]
    editor.post(screen(stored), data)
    assert grades(stored) == {pages.secret.translation_key: 3}


def test_an_editor_sees_a_marked_page_that_the_asker_may_not_see_and_is_told(editor, pages, question):
    stored = question({pages.signed_in: 2})
    shown = text(editor.get(screen(stored)))
    assert "Frühstück intern" in shown
    assert "may not see the page" in shown or "darf die Seite nicht sehen" in shown


def test_group_pages_answer_a_member_only_where_the_editor_is_in_the_group(pages, people, settings):
    settings.SEARCH_MEMBER_GROUPS = [people.other_group.name]
    asked = ASKED | {"reader": "member"}
    assert "vertraulich" not in text(signed_in(people.editor).get(JUDGE, asked))
    people.editor.groups.add(people.other_group)
    assert "vertraulich" in text(signed_in(people.editor).get(JUDGE, asked))
    assert "vertraulich" not in text(signed_in(people.editor).get(JUDGE, ASKED))


# --- Two at once ------------------------------------------------------------------------------


def test_two_editors_do_not_overwrite_each_other_unnoticed(editor, reviewer, pages, question, people):
    stored = question({pages.breakfast: 1})
    mine, theirs = editor.get(screen(stored)), reviewer.get(screen(stored))
    reviewer.post(screen(stored), sent(theirs, **mark(pages.breakfast, 3)))
    answer = editor.post(screen(stored), sent(mine, **mark(pages.breakfast, 0)))
    assert answer.status_code == 409
    assert grades(stored) == {pages.breakfast.translation_key: 3}
    assert "reviewer" in text(answer)
    assert str(Judgement.Grade.ANSWERS.label) in text(answer).partition("quality-row__differs")[2][:400]
    # Now it is on the screen, saving again is a decision.
    editor.post(screen(stored), sent(answer))
    assert grades(stored) == {pages.breakfast.translation_key: 0}


def test_what_only_the_other_one_changed_survives_the_second_saving(editor, reviewer, pages, question):
    stored = question({pages.conference: 1, pages.breakfast: 1})
    mine, theirs = editor.get(screen(stored)), reviewer.get(screen(stored))
    reviewer.post(screen(stored), sent(theirs, kind="german", **mark(pages.conference, 2)))
    answer = editor.post(screen(stored), sent(mine, split="held", **mark(pages.breakfast, 3)))
    assert answer.status_code == 409
    editor.post(screen(stored), sent(answer))
    stored.refresh_from_db()
    assert grades(stored) == {pages.conference.translation_key: 2, pages.breakfast.translation_key: 3}
    assert (stored.kind, stored.split) == ("german", "held")


def test_a_question_deleted_meanwhile_is_said(editor, pages, question):
    stored = question()
    address = screen(stored)
    data = sent(editor.get(address), **mark(pages.breakfast, 3))
    stored.delete()
    assert editor.post(address, data).url == reverse("search_quality:questions")


# --- Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "🎉🎉",
        "\x00\x01",
        "\u202e",
        "a" * 10_000,
        "?!",
        "'; drop table x; --",
        "<script>x</script>",
    ],
)
@pytest.mark.parametrize("language", ["de", "xx", ""])
def test_whatever_is_asked_gets_a_calm_answer(editor, pages, typed, language):
    assert editor.get(JUDGE, ASKED | {"q": typed, "language": language}).status_code == 200
    response = editor.post(JUDGE, {"text": typed, "language": language, "reader": "nobody"})
    assert response.status_code == 422
    assert "<script>x" not in text(response)


def test_a_form_full_of_nonsense_saves_nothing(editor, pages, question):
    stored = question({pages.breakfast: 1})
    prefix = f"page-{pages.breakfast.translation_key.hex}"
    for nonsense in (
        {f"{prefix}-grade": "7"},
        {f"{prefix}-anchor": "no-such-passage", f"{prefix}-grade": "2"},
        {"kind": "unheard of"},
        {"add-grade": "-1"},
        {"add-page": "one"},
    ):
        data = sent(editor.get(screen(stored))) | nonsense
        assert editor.post(screen(stored), data).status_code == 422, nonsense
    assert grades(stored) == {pages.breakfast.translation_key: 1}


# --- The list ---------------------------------------------------------------------------------


def test_the_list_is_searched_and_narrowed_down(editor, pages, question, people):
    one = question({pages.breakfast: 3}, kind="german", split="held", judged_by=people.reviewer)
    two = question(text="Who helps?", language="en", kind="english", split="tune", reader="member")
    address = reverse("search_quality:questions_results")

    def found(**narrow: object) -> set[int]:
        return {row.pk for row in editor.get(address, narrow).context["object_list"]}

    assert found() == {one.pk, two.pk}
    assert found(q="FRÜHSTÜCK") == {one.pk}
    assert found(language="en") == found(kind="english") == found(split="tune") == {two.pk}
    assert found(reader="member") == found(state="open") == {two.pk}
    assert found(judged_by=people.reviewer.pk) == found(state="marked") == {one.pk}
    assert found(kind="no such") == {one.pk, two.pk}
    assert found(ordering="-text", p="x") == {one.pk, two.pk}


def test_the_list_leads_to_each_question_and_says_how_many_pages_answer(editor, pages, question):
    stored = question({pages.breakfast: 3, pages.conference: 0})
    shown = text(editor.get(reverse("search_quality:questions")))
    assert screen(stored) in shown
    assert re.search(r"\b1 (page|Seite)\b", shown)


def test_a_spreadsheet_takes_no_question_for_a_formula(editor, question):
    question(text="=HYPERLINK(1)")
    table = b"".join(editor.get(reverse("search_quality:questions"), {"export": "csv"}).streaming_content)
    assert b"'=HYPERLINK(1)" in table


def test_deleting_asks_first(editor, question):
    stored = question()
    address = reverse("search_quality:delete", args=[stored.pk])
    assert stored.text in text(editor.get(address))
    assert JudgedQuestion.objects.exists()
    assert editor.post(address).url == reverse("search_quality:questions")
    assert not JudgedQuestion.objects.exists()


# --- Permission -------------------------------------------------------------------------------


def _addresses(key: int) -> list[str]:
    found = []
    for pattern in urls.urlpatterns:
        try:
            found.append(reverse(f"search_quality:{pattern.name}"))
        except NoReverseMatch:
            found.append(reverse(f"search_quality:{pattern.name}", args=[key]))
    return found


def test_nothing_opens_for_who_may_not_judge(pages, question):
    """Visitors, and an editor of pages who was not given the permission, with things that are there."""
    group = Group.objects.create(name="Only writes")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    writer = User.objects.create_user("writer", "writer@example.org", "secret")
    writer.groups.add(group)
    stored = question({pages.breakfast: 3})
    run = Run.objects.create(pk=stored.pk, state=Run.State.DONE)
    before = (JudgedQuestion.objects.count(), Run.objects.count(), Judgement.objects.count())
    assert len(_addresses(stored.pk)) == 13
    for address in _addresses(stored.pk):
        for method in ("get", "post"):
            assert "/login" in getattr(Client(), method)(address).url
            refused = getattr(signed_in(writer), method)(address)
            assert refused.url == reverse("wagtailadmin_home"), address
    assert (JudgedQuestion.objects.count(), Run.objects.count(), Judgement.objects.count()) == before
    assert run.pk


def test_the_menu_shows_only_to_who_may_judge(editor, people):
    home = reverse("wagtailadmin_home")
    assert JUDGE in text(editor.get(home))
    people.editor.groups.clear()
    people.editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert JUDGE not in text(signed_in(people.editor).get(home))


def test_the_permission_can_be_given_to_other_groups(people):
    shown = text(signed_in(people.admin).get(reverse("wagtailusers_groups:add")))
    assert str(Permission.objects.get(content_type__app_label="evaluation", codename="judge").pk) in shown
    assert "judge" in shown
