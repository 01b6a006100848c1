"""The report of unanswered questions: what editors see, decide, export and make of it, and who may."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry, Page

from kb.toolbox import gaps as from_gaps
from kb.toolbox.models import PracticeGuide
from search.gaps import selectors
from search.gaps.models import Asking, Gap, MonthCount
from search.gaps.wording import key_of, readable, terms_of
from tests.integration.kb.conftest import make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

REPORT = "/admin/reports/unanswered/"


def gap(*questions, language="de", days_ago=0, count=1, **fields):
    """A gap that was asked in these words."""
    terms = terms_of(questions[0], language)
    made, _ = Gap.objects.get_or_create(
        language=language, key=key_of(terms, language), defaults={"words": readable(terms), **fields}
    )
    day = timezone.localdate() - timedelta(days=days_ago)
    for question in questions:
        Asking.objects.create(gap=made, day=day, language=language, question=question, count=count)
    return made


def shown(response):
    """The questions listed, in order."""
    assert response.status_code == 200
    return [found.title for found in response.context["object_list"]]


# --- The list ---


def test_most_frequent_first_with_its_wordings(editor):
    gap("Patent anmelden?")
    many = gap("Verein gründen", "Gründung Verein", count=2)
    Asking.objects.create(
        gap=many, day=timezone.localdate() - timedelta(days=1), question="Verein gründen", count=1
    )
    response = editor.get(REPORT)
    assert shown(response) == ["Verein gründen", "Patent anmelden?"]
    first = response.context["object_list"][0]
    assert (first.asked, first.others) == (5, ["Gründung Verein"])
    assert "Gründung Verein" in response.content.decode()


def test_the_language_filter(editor):
    gap("Patent anmelden?")
    gap("How to found a club?", language="en")
    assert shown(editor.get(REPORT, {"language": "en"})) == ["How to found a club?"]


def test_the_period_decides_what_is_counted(editor):
    old = gap("Patent anmelden?", days_ago=20, count=4)
    Asking.objects.create(gap=old, day=timezone.localdate(), question="Patent anmelden?", count=2)
    gap("Verein gründen?", days_ago=20)
    response = editor.get(REPORT, {"period": "7"})
    assert [(found.title, found.asked) for found in response.context["object_list"]] == [
        ("Patent anmelden?", 2)
    ]
    assert [found.asked for found in editor.get(REPORT, {"period": "30"}).context["object_list"]] == [6, 1]


def test_counts_of_months_belong_to_longer_periods(editor):
    made = gap("Patent anmelden?")
    Asking.objects.all().delete()
    month = (timezone.localdate() - timedelta(days=60)).replace(day=1)
    MonthCount.objects.create(gap=made, month=month, count=7)
    assert shown(editor.get(REPORT, {"period": "30"})) == []
    (found,) = editor.get(REPORT, {"period": "90"}).context["object_list"]
    assert (found.title, found.asked, found.last_day) == ("anmelden, Patent", 7, None)


def test_wordings_that_should_be_deleted_are_not_shown_even_before(editor):
    """Beat may have been down: the promise holds all the same."""
    gap("Patent anmelden?", days_ago=30)
    assert shown(editor.get(REPORT)) == []
    assert editor.get(REPORT, {"q": "Patent"}).context["object_list"].count() == 0


def test_what_was_not_checked_is_not_shown(editor):
    Asking.objects.create(day=timezone.localdate(), language="de", question="Patent?", count=9)
    assert shown(editor.get(REPORT)) == []


def test_it_can_be_searched_in_every_wording(editor):
    gap("Verein gründen", "Gründung eines Vereins")
    gap("Patent anmelden?")
    Asking.objects.filter(question="Verein gründen").update(count=2)
    assert shown(editor.get(REPORT, {"q": "eines vereins"})) == ["Verein gründen"]
    assert shown(editor.get(REPORT, {"q": "%"})) == []


def test_it_has_pages(editor):
    for number in range(60):
        word = (
            "abcdefghijklmnopqrstuvwxyz"[number % 26] * 2 + "ozean"[: 3 + number % 3] + "x" * (number // 26)
        )
        gap(f"Frage {word}")
    total = Gap.objects.count()
    first, second = editor.get(REPORT), editor.get(REPORT, {"p": 2})
    assert len(shown(first)) == 50
    assert len({*shown(first), *shown(second)}) == total
    assert "p=2" in first.content.decode()


def test_markup_in_a_question_is_shown_as_typed(editor):
    made = gap("Patent anmelden")
    Asking.objects.update(question="<img src=x onerror=alert(1)> anmelden")
    for address in (REPORT, reverse("lotse_gap", args=[made.pk])):
        page = editor.get(address).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_nonsense_in_the_address_is_calm(editor):
    gap("Patent anmelden?")
    for query in (
        {"period": "x"},
        {"language": "xx"},
        {"state": "?"},
        {"p": "-1"},
        {"ordering": "pk;"},
        {"q": "\x00"},
    ):
        assert editor.get(REPORT, query).status_code == 200


def test_the_list_takes_the_same_queries_for_any_number(editor, django_assert_max_num_queries):
    for word in ("Anker", "Boje", "Davit", "Fender", "Gangway", "Jolle"):
        gap(f"{word} anmelden")
    editor.get(REPORT)
    with django_assert_max_num_queries(35):
        editor.get(REPORT)


def test_it_says_when_noting_is_switched_off(editor, settings):
    text = "LOTSE_NOTE_GAPS"
    assert text not in editor.get(REPORT).content.decode()
    settings.SEARCH_NOTE_GAPS = False
    assert text in editor.get(REPORT).content.decode()


# --- The nearest pages ---


def test_the_nearest_pages_in_the_questions_language_as_far_as_public(editor, site):
    made = gap("Patent anmelden?", nearest=[site.section.translation_key, site.toolbox.translation_key])
    english = gap("the patent", language="en", nearest=[site.toolbox.translation_key, uuid4()])
    pages = selectors.nearest_pages([made, english])
    assert [page.title for page in pages[made.pk]] == ["Intern", "Werkzeugkasten"]
    assert [page.title for page in pages[english.pk]] == ["Toolbox"]
    make_private(Page.objects.get(pk=site.section.pk))
    pages = selectors.nearest_pages([made])
    assert [page.title for page in pages[made.pk]] == ["Werkzeugkasten"]
    assert "Intern<" not in editor.get(REPORT).content.decode()


# --- Export ---


@pytest.mark.parametrize("question", ["=1+1", "+49", "-2+3", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_runs_nothing_that_a_visitor_wrote(editor, question):
    made = gap("Patent anmelden")
    Asking.objects.update(question=question)
    Gap.objects.update(note=question)
    content = b"".join(editor.get(REPORT, {"export": "csv"}).streaming_content).decode()
    row = next(iter(csv.DictReader(io.StringIO(content))))
    for cell in row.values():
        assert not cell.startswith(("=", "+", "-", "@", "\t"))
    assert "'" + question in row.values()
    book = load_workbook(io.BytesIO(b"".join(editor.get(REPORT, {"export": "xlsx"}).streaming_content)))
    assert all(cell.data_type != "f" for row in book.active for cell in row)
    assert made.pk


def test_the_export_holds_what_the_list_holds(editor):
    gap("Verein gründen", "Gründung Verein", count=2)
    gap("How to found a club?", language="en")
    content = b"".join(editor.get(REPORT, {"export": "csv", "language": "de"}).streaming_content).decode()
    (row,) = csv.reader(io.StringIO(content.split("\n", 1)[1]))
    assert row[:4] == ["Gründung Verein", "Verein gründen", "Deutsch", "4"]


# --- Decisions ---


def decide(client, made, state, note=""):
    return client.post(reverse("lotse_gap", args=[made.pk]), {"state": state, "note": note})


def test_a_done_question_leaves_the_list(editor, people):
    made = gap("Patent anmelden?")
    assert decide(editor, made, "done", "Leitfaden geschrieben").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.note, made.decided_by) == ("done", "Leitfaden geschrieben", people.editor)
    assert made.decided_at.date() == timezone.now().date()
    assert shown(editor.get(REPORT)) == []
    assert shown(editor.get(REPORT, {"state": "done"})) == ["Patent anmelden?"]
    page = editor.get(REPORT, {"state": "all"}).content.decode()
    assert "Leitfaden geschrieben" in page


def test_a_done_question_comes_back_when_it_is_asked_again(editor):
    made = gap("Patent anmelden?", days_ago=3)
    decide(editor, made, "done")
    Gap.objects.update(decided_at=timezone.now() - timedelta(days=2))
    assert shown(editor.get(REPORT)) == []
    Asking.objects.create(gap=made, day=timezone.localdate(), language="de", question="Patent anmelden?")
    response = editor.get(REPORT)
    assert shown(response) == ["Patent anmelden?"]
    assert response.context["object_list"][0].state == "done"


def test_a_dismissed_question_stays_away_and_has_a_reason(editor):
    made = gap("Patent anmelden?", days_ago=3)
    response = decide(editor, made, "dismissed", "  ")
    assert response.status_code == 200
    made.refresh_from_db()
    assert made.state == "open"
    decide(editor, made, "dismissed", "gehört nicht hierher")
    Gap.objects.update(decided_at=timezone.now() - timedelta(days=2))
    Asking.objects.create(gap=made, day=timezone.localdate(), language="de", question="Patent anmelden?")
    assert shown(editor.get(REPORT)) == []
    assert shown(editor.get(REPORT, {"state": "dismissed"})) == ["Patent anmelden?"]


def test_a_question_can_be_opened_again(editor):
    made = gap("Patent anmelden?")
    decide(editor, made, "done")
    decide(editor, made, "open")
    assert shown(editor.get(REPORT)) == ["Patent anmelden?"]


@pytest.mark.parametrize("data", [{}, {"state": "x"}, {"state": "done", "note": "a" * 501}])
def test_a_decision_that_cannot_be_is_said_so(editor, data):
    made = gap("Patent anmelden?")
    response = editor.post(reverse("lotse_gap", args=[made.pk]), data)
    assert response.status_code == 200
    assert response.context["form"].errors
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("open", None)


def test_what_wagtail_records_holds_no_word_of_the_question(editor):
    made = gap("Patent anmelden?")
    decide(editor, made, "done")
    assert "Patent" not in str(made)
    assert not [entry.label for entry in ModelLogEntry.objects.all() if "Patent" in entry.label]


def test_the_editor_goes_and_the_decision_stays(editor, people):
    made = gap("Patent anmelden?")
    decide(editor, made, "done", "erledigt")
    people.editor.delete()
    made.refresh_from_db()
    assert (made.state, made.note, made.decided_by) == ("done", "erledigt", None)


# --- A guide from it ---


def test_the_form_of_a_guide_has_the_question_as_title(editor, site):
    made = gap("Wie melden wir ein Patent an?")
    address = reverse("lotse_guide_from_gap", args=[made.pk])
    assert address in editor.get(REPORT).content.decode()
    response = editor.get(address)
    page = response.content.decode()
    assert 'value="Wie melden wir ein Patent an"' in page
    assert f'action="/admin/pages/add/toolbox/practiceguide/{site.toolbox.pk}/"' in page
    assert 'data-side-panel="before-publishing"' in page
    assert not PracticeGuide.objects.exists()


def test_the_form_has_an_address_that_is_free(editor, site, make_guide):
    """Wagtail fills it in while somebody types a title; empty, the form would be refused on another tab."""
    make_guide("Wie melden wir ein Patent an")
    made = gap("Wie melden wir ein Patent an?")
    page = editor.get(reverse("lotse_guide_from_gap", args=[made.pk])).content.decode()
    assert 'value="wie-melden-wir-ein-patent-an-2"' in page


def test_an_english_question_goes_to_the_english_toolbox(editor, site):
    made = gap("How to register a patent?", language="en")
    page = editor.get(reverse("lotse_guide_from_gap", args=[made.pk])).content.decode()
    assert f"/practiceguide/{site.toolbox_en.pk}/" in page


def test_without_a_wording_the_words_are_the_title(editor, site):
    made = gap("Wie melden wir ein Patent an?")
    Asking.objects.all().delete()
    MonthCount.objects.create(gap=made, month=timezone.localdate().replace(day=1), count=3)
    page = editor.get(reverse("lotse_guide_from_gap", args=[made.pk])).content.decode()
    assert 'value="Melden, Patent"' in page


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("wie geht das?", "Wie geht das"),
        ("Was sage ich […] zum Austritt?", "Was sage ich zum Austritt"),
        ("Antwort an […].", "Antwort an"),
        ("[…]", ""),
        ("x" * 300, "X" + "x" * 254),
    ],
)
def test_a_question_becomes_a_title(question, title):
    assert from_gaps.title_from(question) == title


# --- Who may ---


def addresses(made):
    return [
        REPORT,
        reverse("lotse_gaps_results"),
        REPORT + "?export=csv",
        REPORT + "?export=xlsx",
        reverse("lotse_gap", args=[made.pk]),
        reverse("lotse_guide_from_gap", args=[made.pk]),
    ]


def refused(response):
    return response.status_code in {302, 403} and "Patent" not in response.content.decode()


def test_a_visitor_and_a_member_see_nothing(people, site):
    made = gap("Patent anmelden?")
    member = Client()
    member.force_login(people.member)
    for client in (Client(), member):
        for address in addresses(made):
            assert refused(client.get(address)), address
        assert refused(decide(client, made, "done"))
    made.refresh_from_db()
    assert made.state == "open"


def test_who_is_in_the_admin_without_the_permission_sees_nothing(people, site):
    made = gap("Patent anmelden?")
    people.editor.groups.clear()
    people.editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(people.editor)
    assert client.get("/admin/").status_code == 200
    assert REPORT not in client.get("/admin/").content.decode()
    for address in addresses(made):
        assert refused(client.get(address)), address
    assert refused(decide(client, made, "done"))
    made.refresh_from_db()
    assert made.state == "open"


def test_who_may_only_read_decides_nothing(people, site):
    made = gap("Patent anmelden?")
    people.editor.groups.clear()
    people.editor.user_permissions.add(
        Permission.objects.get(codename="access_admin"), Permission.objects.get(codename="view_gap")
    )
    client = Client()
    client.force_login(people.editor)
    page = client.get(reverse("lotse_gap", args=[made.pk])).content.decode()
    assert "Patent anmelden?" in page
    assert 'name="state"' not in page
    assert refused(decide(client, made, "done"))
    # Without the right to add pages there is no guide to be made either.
    assert reverse("lotse_guide_from_gap", args=[made.pk]) not in page
    assert refused(client.get(reverse("lotse_guide_from_gap", args=[made.pk])))
    made.refresh_from_db()
    assert made.state == "open"


def test_writing_guides_is_not_reading_the_report(people, site):
    made = gap("Patent anmelden?")
    people.roles.editors.permissions.remove(
        *Permission.objects.filter(content_type__app_label="gaps", codename__in=["view_gap", "change_gap"])
    )
    client = Client()
    client.force_login(people.editor)
    for address in addresses(made):
        assert refused(client.get(address)), address


def test_a_gap_that_is_not_there(editor):
    for name in ("lotse_gap", "lotse_guide_from_gap"):
        assert editor.get(reverse(name, args=[uuid4()]), follow=True).status_code == 404
    aged = gap("Patent anmelden?", days_ago=40)
    assert editor.get(reverse("lotse_gap", args=[aged.pk]), follow=True).status_code == 404


def test_the_form_is_protected_against_other_sites(people, site):
    made = gap("Patent anmelden?")
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.editor)
    assert decide(client, made, "done").status_code == 403


def test_roles_hold_the_permission(people):
    for group in (people.roles.editors, people.roles.reviewers):
        assert group.permissions.filter(content_type__app_label="gaps").count() == 2
    assert not people.roles.members.permissions.filter(content_type__app_label="gaps").exists()
