"""What a process remembers of a reader's pages: never a page too many, in no process, and nothing read twice."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from search.index import services
from search.index.models import IndexedPage
from search.reader import ANONYMOUS, Reader
from search.retrieval import ask, audience
from search.suggesting import suggest
from tests.searchable.factories import home, publish, restrict

pytestmark = pytest.mark.django_db

MEMBER = Reader(authenticated=True)


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """Kept as outside a transaction, in which no test is; `committed` does what a commit does to the version."""
    monkeypatch.setattr(audience, "_sees_uncommitted", lambda: False)
    monkeypatch.setattr(audience, "_kept", {})


@pytest.fixture
def pages(committed):
    found = [publish(f"Steuern {number}", "Die Umsatzsteuer der Messe.") for number in range(3)]
    services.index_due()
    committed()
    return found


def titles(reader=ANONYMOUS, **options):
    return sorted(hit.title for hit in ask("Umsatzsteuer", reader=reader, language="de", **options).hits)


def suggested():
    return sorted(one.text for one in suggest("Steu", reader=ANONYMOUS, language="de") if one.url)


def version():
    with connection.cursor() as cursor:
        cursor.execute("select version from search_visibility")
        return cursor.fetchone()[0]


def statements(do):
    with CaptureQueriesContext(connection) as sent:
        do()
    return [query["sql"] for query in sent if "execute lotse_" in query["sql"]]


def test_a_second_question_of_the_same_rights_reads_no_pages_rows(pages):
    assert len(titles()) == 3
    assert len(statements(titles)) == 1
    assert len(statements(lambda: titles(MEMBER))) == 2, "another reader, other pages"
    assert len(statements(lambda: titles(MEMBER))) == 1
    assert len(statements(suggested)) == 1, "what a question has read serves whoever types"


def _restrict(pages):
    restrict(pages[0])


def _restrict_above(pages):
    restrict(home())


def _unpublish(pages):
    pages[0].unpublish()


def _delete(pages):
    pages[0].delete()


def _expire(pages):
    Page.objects.filter(pk=pages[0].pk).update(expire_at=timezone.now() - timedelta(minutes=1))


def _behind_django(pages):
    with connection.cursor() as cursor:
        cursor.execute("update wagtailcore_page set live = false where id = %s", [pages[0].pk])


def _drop_row(pages):
    IndexedPage.objects.filter(pk=pages[0].pk).delete()


def _move_out_of_the_site(pages):
    pages[0].move(Page.get_first_root_node(), pos="last-child")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (_restrict, 2), (_restrict_above, 0), (_unpublish, 2), (_delete, 2), (_expire, 2), (_behind_django, 2),
        (_drop_row, 2), (_move_out_of_the_site, 2),
    ],
)  # fmt: skip
def test_what_goes_away_is_gone_for_the_next_question(pages, committed, change, left):
    assert len(titles()) == len(suggested()) == 3
    change(pages)
    committed()
    assert len(suggested()) == left
    assert len(titles()) == left


def test_what_is_published_is_there_for_the_next_question(pages, committed):
    assert len(titles()) == 3
    publish("Steuern der Runde", "Die Umsatzsteuer der Messe.")
    services.index_due()
    committed()
    assert len(titles()) == 4


def test_a_group_that_is_let_in_sees_the_page_and_one_that_is_shut_out_does_not(pages, committed):
    group = Group.objects.create(name="Beirat")
    reader = Reader(authenticated=True, group_ids=(group.pk,))
    restrict(pages[0], PageViewRestriction.GROUPS)
    committed()
    assert len(titles(reader)) == 2
    PageViewRestriction.objects.get(page=pages[0]).groups.add(group)
    committed()
    assert len(titles(reader)) == 3
    assert len(titles(MEMBER)) == 2
    PageViewRestriction.objects.get(page=pages[0]).groups.clear()
    committed()
    assert len(titles(reader)) == 2


def test_a_page_is_gone_when_it_expires_without_anybody_writing_anything(pages, committed):
    Page.objects.filter(pk=pages[0].pk).update(expire_at=timezone.now() + timedelta(hours=1))
    committed()
    # Everything in a test is at one moment for PostgreSQL's now(), but not for statement_timestamp().
    assert len(titles()) == 3
    (held,) = audience._kept.values()
    assert held.until is not None
    Page.objects.filter(pk=pages[0].pk).update(expire_at=timezone.now() + timedelta(milliseconds=300))
    committed()
    assert len(titles()) == 3
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.35)")
    before = version()
    assert len(titles()) == 2
    assert version() == before


def test_a_change_between_reading_and_asking_is_noticed(pages, committed, monkeypatch):
    """Somebody closes a page each time that what a reader may see was just read."""
    reads = []
    read = audience.read

    def read_and_close(reader, **options):
        found = read(reader, **options)
        if len(reads) < 3:
            restrict(pages[len(reads)])
            committed()
        reads.append(found.version)
        return found

    monkeypatch.setattr(audience, "read", read_and_close)
    assert titles() == []
    assert len(reads) == 4
    assert len(set(reads)) == 4


def test_changes_that_matter_to_nobody_leave_the_version(pages, committed):
    before = version()
    page = Page.objects.get(pk=pages[0].pk)
    page.specific.save_revision()
    Page.objects.filter(pk=page.pk).update(
        title="Steuern und Abgaben", draft_title="Steuern", has_unpublished_changes=True
    )
    IndexedPage.objects.filter(pk=page.pk).update(wanted=9, claimed_until=timezone.now(), title="Steuern")
    committed()
    assert version() == before


def test_what_is_taken_back_leaves_the_version(pages, committed):
    before = version()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        restrict(pages[0])
        raise ZeroDivisionError
    committed()
    assert version() == before
    restrict(pages[0])
    assert version() == before, "not before the commit"
    committed()
    assert version() != before


def test_inside_a_transaction_its_own_changes_count_and_are_not_kept(pages, monkeypatch):
    monkeypatch.setattr(audience, "_sees_uncommitted", lambda: True)
    assert len(titles()) == 3
    restrict(pages[0])
    assert len(titles()) == 2
    assert not audience._kept


def test_the_bits_are_those_that_postgresql_reads(pages):
    found = audience.read(ANONYMOUS, timeout_ms=5_000)
    assert found.count == 3
    with connection.cursor() as cursor:
        cursor.execute(
            "select array_agg(n order by n) from generate_series(0, %s) n where get_bit(%s, n) = 1",
            [len(found.bits) * 8 - 1, found.bits],
        )
        assert cursor.fetchone()[0] == sorted(page.pk for page in pages)


def test_a_site_without_pages_has_no_answer_and_no_error():
    assert titles() == []


def test_who_sees_many_pages_has_them_not_named_and_finds_the_same(pages, monkeypatch):
    by_name = [(hit.title, hit.score) for hit in ask("Umsatzsteuer", reader=ANONYMOUS, language="de").hits]
    monkeypatch.setattr(audience, "LISTED", 0)
    assert [
        (hit.title, hit.score) for hit in ask("Umsatzsteuer", reader=ANONYMOUS, language="de").hits
    ] == by_name


def test_how_many_pages_have_a_frequent_word_is_counted_once(pages, committed, monkeypatch):
    monkeypatch.setattr(audience, "FREQUENT", 3)
    first = ask("Umsatzsteuer der Messe", reader=ANONYMOUS, language="de")
    (kept,) = audience._kept.values()
    assert kept.frequent["de:mess"] == 3
    again = ask("Umsatzsteuer der Messe", reader=ANONYMOUS, language="de")
    assert [(hit.title, hit.score) for hit in again.hits] == [(hit.title, hit.score) for hit in first.hits]
    assert again.evidence == first.evidence
    kept.frequent["de:mess"] = 1
    ask("Umsatzsteuer der Messe", reader=ANONYMOUS, language="de")
    assert kept.frequent["de:mess"] == 1, "not counted again"
    publish("Steuern der Runde", "Die Umsatzsteuer der Messe.")
    services.index_due()
    committed()
    ask("Umsatzsteuer der Messe", reader=ANONYMOUS, language="de")
    (kept,) = audience._kept.values()
    assert kept.frequent["de:mess"] == 4
