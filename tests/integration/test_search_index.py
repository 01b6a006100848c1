"""The index holds what the content says, whatever happens on the way."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex

from search import nudge
from search.embedding import EmbedderUnavailable, query_embedder
from search.index import claims, content, selectors, services, verification, writer
from search.index.models import IndexedPage, Lexeme, Passage, PassageVector, Posting
from search.index.services import Report
from tests.searchable.factories import home, publish
from tests.searchable.models import Note, Topic

pytestmark = pytest.mark.django_db

TEXT = "# Ziel {ziel}\nNeue Mitglieder gewinnt man im Gespräch.\n# Ablauf {ablauf}\nZuerst rufen Sie an, dann laden Sie ein."


def rows_of(note):
    return list(Passage.objects.filter(page_id=note.pk).values_list("anchor", "text"))


def test_published_page_is_due_and_then_indexed():
    note = publish("Mitglieder gewinnen", TEXT)
    assert selectors.pages_due() == [note.pk]
    assert services.index_due().written == 1
    assert selectors.pages_due() == []
    assert [anchor for anchor, _ in rows_of(note)] == ["ziel", "ablauf"]
    assert PassageVector.objects.filter(page_id=note.pk).count() == 2
    assert list(verification.differences()) == []


def test_drafts_aliases_and_other_types_are_not_indexed():
    note = publish("Seite", TEXT)
    home().add_child(instance=Note(title="Entwurf", text=TEXT, live=False, locale=home().locale))
    note.create_alias(update_slug="alias")
    assert selectors.pages_due() == [note.pk]


def test_new_revision_makes_a_page_due_and_a_draft_does_not():
    note = publish("Seite", TEXT)
    services.index_due()
    note.title = "Neuer Titel"
    revision = note.save_revision()
    assert selectors.pages_due() == []
    revision.publish()
    assert selectors.pages_due() == [note.pk]
    services.index_due()
    assert IndexedPage.objects.get(pk=note.pk).title == "Neuer Titel"


def test_unchanged_passages_keep_their_vectors(monkeypatch):
    note = publish("Seite", TEXT)
    services.index_due()
    before = dict(PassageVector.objects.values_list("passage__anchor", "pk"))
    embedded = []
    embedder = query_embedder()
    original = embedder.embed_passages
    monkeypatch.setattr(embedder, "embed_passages", lambda texts: embedded.extend(texts) or original(texts))
    note.text = TEXT.replace("Zuerst rufen", "Danach rufen").replace(
        "# Ziel", "# Vorab\nEin ganz neuer Anfang für die Seite, lang genug für sich allein.\n# Ziel"
    )
    note.save_revision().publish()
    services.index_due()
    after = dict(PassageVector.objects.values_list("passage__anchor", "pk"))
    assert after["ziel"] == before["ziel"]
    assert len(embedded) == 2
    assert list(verification.differences()) == []


def test_changed_by_code_without_a_revision():
    note = publish("Seite", TEXT)
    services.index_due()
    note.text = "Ganz anders"
    note.save()
    assert selectors.pages_due() == [note.pk]


def test_unpublished_and_deleted_pages_leave_nothing():
    one, two = publish("Eins", TEXT), publish("Zwei", TEXT)
    services.index_due()
    one.unpublish()
    services.index_due()
    two.delete()
    for table in ("indexedpage", "passage", "passagevector", "posting"):
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from search_{table}")
            assert cursor.fetchone() == (0,), table


def test_row_deleted_behind_djangos_back_takes_its_index_along():
    note = publish("Seite", TEXT)
    services.index_due()
    with connection.cursor() as cursor:
        cursor.execute("delete from wagtailcore_revision")
        cursor.execute("delete from searchable_note where page_ptr_id = %s", [note.pk])
        cursor.execute("delete from wagtailcore_referenceindex")
        cursor.execute("delete from wagtailcore_page where id = %s", [note.pk])
    assert not Passage.objects.exists()


def test_changed_snippet_reaches_the_pages_that_show_it():
    topic = Topic.objects.create(name="Wasserstoff")
    note = publish("Seite", TEXT, topic=topic)
    other = publish("Andere", TEXT)
    services.index_due()
    topic.name = "Kreislaufwirtschaft"
    topic.save()
    assert selectors.pages_due() == [note.pk]
    services.index_due()
    assert ("topic", "Kreislaufwirtschaft") in rows_of(note)
    topic.delete()
    assert selectors.pages_due() == [note.pk]
    assert other.pk not in selectors.pages_due()


def test_snippet_reaches_a_page_whose_editor_was_killed_after_the_commit():
    topic = Topic.objects.create(name="Wasserstoff")
    note = publish("Seite", TEXT, topic=topic)
    ReferenceIndex.objects.all().delete()  # Wagtail notes references after the commit
    services.index_due()
    topic.name = "Kreislaufwirtschaft"
    topic.save()
    assert selectors.pages_due() == [note.pk]


def test_moved_page_and_its_children_are_looked_at_again():
    one, two = publish("Eins", TEXT), publish("Zwei", TEXT)
    child = publish("Kind", TEXT, parent=one)
    services.index_due()
    Page.objects.get(pk=one.pk).move(Page.objects.get(pk=two.pk), pos="last-child")
    assert set(selectors.pages_due()) == {one.pk, child.pk}


def test_other_pipeline_version_makes_everything_due(monkeypatch):
    note = publish("Seite", TEXT)
    services.index_due()
    monkeypatch.setattr(content, "ANALYSIS_VERSION", "next")
    assert selectors.pages_due() == [note.pk]
    assert Passage.objects.exists()


# --- Claims ---


def embedded(claimed):
    """A page as it is now, and the vectors that it lacks."""
    page = content.load(claimed.page_id)
    embedder = query_embedder()
    return page, services._embed(writer.unwritten([page], embedder), [claimed], embedder)


def test_claimed_page_is_nobody_elses_until_the_lease_ends():
    note = publish("Seite", TEXT)
    (first,) = claims.claim(limit=5)
    assert claims.claim(limit=5) == []
    IndexedPage.objects.update(claimed_until=timezone.now() - timedelta(hours=1))
    (second,) = claims.claim(limit=5)
    page, vectors = embedded(second)
    assert not writer.write([page], [first], embedder=query_embedder(), vectors=vectors)
    assert not Passage.objects.exists()
    assert writer.write([page], [second], embedder=query_embedder(), vectors=vectors) == {note.pk}


def test_result_of_a_superseded_revision_is_dropped():
    note = publish("Alt", TEXT)
    (claimed,) = claims.claim(limit=1)
    page, vectors = embedded(claimed)
    note.title = "Neu"
    note.save_revision().publish()
    assert not writer.write([page], [claimed], embedder=query_embedder(), vectors=vectors)
    claims.release([claimed])
    assert selectors.pages_due() == [note.pk]
    services.index_due()
    assert IndexedPage.objects.get(pk=note.pk).title == "Neu"


def test_change_during_the_work_leaves_the_page_due():
    note = publish("Seite", TEXT)
    (claimed,) = claims.claim(limit=1)
    page, vectors = embedded(claimed)
    services.mark_changed([note.pk])
    assert writer.write([page], [claimed], embedder=query_embedder(), vectors=vectors)
    assert selectors.pages_due() == [note.pk]


def test_poison_page_ends_as_a_visible_failure_and_stops_nobody(monkeypatch, settings):
    settings.SEARCH = {"max_tries": 3, "retry_seconds": 0}
    poison, good = publish("Gift", TEXT), publish("Gut", TEXT)
    original = Note.passages
    monkeypatch.setattr(
        Note,
        "passages",
        lambda self: (_ for _ in ()).throw(ValueError("kaputt")) if self.title == "Gift" else original(self),
    )
    for _ in range(5):
        services.index_due()
    state = selectors.status()
    assert rows_of(good)
    assert (state.due, state.failed) == (1, 1)
    assert state.failures == [{"page": poison.pk, "title": "Gift", "tries": 3, "error": "ValueError: kaputt"}]
    monkeypatch.setattr(Note, "passages", original)
    assert services.index_due().total == 0
    claims.retry([poison.pk])
    assert services.index_due().written == 1


def test_page_that_failed_is_tried_again_when_it_changes(monkeypatch, settings):
    settings.SEARCH = {"max_tries": 1}
    note = publish("Seite", TEXT)
    with monkeypatch.context() as patched:
        patched.setattr(Note, "passages", lambda self: 1 / 0)
        services.index_due()
    assert services.index_due().total == 0
    note.save_revision().publish()
    assert services.index_due().written == 1


def test_without_the_model_words_are_found_and_meaning_follows(monkeypatch, settings):
    settings.SEARCH = {"retry_seconds": 0}
    note = publish("Seite", TEXT)

    def broken(texts):
        raise EmbedderUnavailable("no model here")

    with monkeypatch.context() as patched:
        patched.setattr(query_embedder(), "embed_passages", broken)
        services.index_page(note.pk)
    assert rows_of(note)
    assert not PassageVector.objects.exists()
    assert IndexedPage.objects.get(pk=note.pk).last_error == "no model here"
    services.index_due()
    assert PassageVector.objects.count() == 2
    assert selectors.pages_due() == []


def test_rebuild_keeps_everything_findable():
    note = publish("Seite", TEXT)
    services.index_due()
    vectors = set(PassageVector.objects.values_list("pk", flat=True))
    assert services.rebuild() == 1
    assert rows_of(note)
    services.index_due()
    assert set(PassageVector.objects.values_list("pk", flat=True)) == vectors


def test_verification_finds_what_the_marks_do_not_say():
    one, two = publish("Eins", TEXT), publish("Zwei", TEXT)
    services.index_due()
    Passage.objects.filter(page_id=one.pk, anchor="ziel").update(text="verfälscht")
    with connection.cursor() as cursor:
        cursor.execute("delete from search_passagevector where page_id = %s", [two.pk])
    assert {(found.page_id, found.what) for found in verification.differences()} == {
        (one.pk, "has other passages"),
        (two.pk, "is out of date and waits for a worker"),
    }


def test_broken_broker_does_not_trouble_the_editor(monkeypatch, django_capture_on_commit_callbacks):
    from search import tasks

    calls = []

    def refuse(*args, **kwargs):
        calls.append(args)
        raise OSError("no broker")

    monkeypatch.setattr(tasks.index_page, "apply_async", refuse)
    monkeypatch.setattr(nudge, "_silent_until", 0.0)
    nudge.forget()
    with django_capture_on_commit_callbacks(execute=True):
        publish("Eins", TEXT)
    with django_capture_on_commit_callbacks(execute=True):
        publish("Zwei", TEXT)
    assert len(calls) == 1, "after a failure nobody waits for the broker again for a while"
    assert services.index_due().written == 2


def test_publishing_nudges_a_worker_after_the_commit(monkeypatch, django_capture_on_commit_callbacks):
    from search import tasks

    calls = []
    monkeypatch.setattr(tasks.index_page, "apply_async", lambda args, **options: calls.append(args))
    monkeypatch.setattr(nudge, "_silent_until", 0.0)
    nudge.forget()
    with django_capture_on_commit_callbacks(execute=True):
        note = publish("Eins", TEXT)
        assert calls == []
    assert (note.pk,) in calls


def test_an_import_sends_a_handful_of_messages_and_not_one_per_page(
    monkeypatch, django_capture_on_commit_callbacks
):
    from search import tasks

    singles, sweeps = [], []
    monkeypatch.setattr(tasks.index_page, "apply_async", lambda args, **options: singles.append(args))
    monkeypatch.setattr(tasks.sweep, "apply_async", lambda **options: sweeps.append(options))
    monkeypatch.setattr(nudge, "_silent_until", 0.0)
    nudge.forget()
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(3 * nudge.SINGLES):
            nudge.index_later(number)
    assert len(singles) == nudge.SINGLES and len(sweeps) == 1
    # Not before the last of them is committed: later ones send a message of their own.
    assert sweeps[0]["countdown"] == nudge.SWEEP_AFTER
    monkeypatch.setattr(nudge, "SWEEP_AFTER", 0.0)
    with django_capture_on_commit_callbacks(execute=True):
        nudge.index_later(98)
    assert len(singles) == nudge.SINGLES and len(sweeps) == 2
    # Later, the next page that somebody publishes is named again.
    monkeypatch.setattr(nudge, "WINDOW", 0.0)
    with django_capture_on_commit_callbacks(execute=True):
        nudge.index_later(99)
    assert singles[-1] == (99,)


def test_a_sweep_that_ran_out_of_time_asks_for_another_and_leaves_the_rest(settings, monkeypatch):
    from search import tasks

    publish("Eins", TEXT)
    asked, related = [], []
    monkeypatch.setattr(tasks.sweep, "apply_async", lambda **options: asked.append(options))
    monkeypatch.setattr(tasks.compute, "relate_pending", lambda **_: related.append(True))
    settings.SEARCH = {"sweep_seconds": 0}
    tasks.sweep()
    assert len(asked) == 1 and not related
    settings.SEARCH = {}
    tasks.sweep()
    assert len(asked) == 1 and related and not selectors.pages_due()


def test_only_one_thread_of_a_worker_sweeps(monkeypatch):
    """The other one is for single pages."""
    from search import tasks

    note = publish("Eins", TEXT)
    with tasks._sweeping:
        tasks.sweep()
        assert not rows_of(note)
        tasks.index_page(note.pk)
    assert rows_of(note)


def test_who_asks_for_a_sweep_while_one_is_at_work_is_heard(monkeypatch):
    from search import tasks

    publish("Eins", TEXT)
    late = []

    def publish_late():
        if not late:
            late.append(publish("Zwei", TEXT))
            asking = threading.Thread(target=tasks.sweep)  # returns at once: this one sweeps
            asking.start()
            asking.join(10)

    monkeypatch.setattr(tasks.verification, "verify_some", publish_late)
    tasks.sweep()
    assert rows_of(late[0])


def test_words_of_new_pages_come_before_the_vectors_of_any(monkeypatch):
    """Also of those that are published while the index is being brought up to date."""
    first = publish("Eins", TEXT)
    seen, later = [], []
    embed = services._embed

    def notice(texts, group, *rest):
        if not later:
            later.append(publish("Zwei", TEXT))
        seen.extend(
            (one.page_id, {note.pk: bool(rows_of(note)) for note in (first, *later)}) for one in group
        )
        return embed(texts, group, *rest)

    monkeypatch.setattr(services, "_embed", notice)
    services.index_due()
    assert [page for page, _ in seen] == [first.pk, later[0].pk]
    assert seen[1][1][later[0].pk], "its words were there before its vectors were computed"


def test_page_that_lacks_only_vectors_is_not_read_again(monkeypatch):
    note = publish("Eins", TEXT)
    services.write_words()
    rows = {
        model: list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in (Passage, Posting)
    }
    monkeypatch.setattr(content, "_content", lambda page: pytest.fail("The page was read a second time"))
    assert services.index_due() == Report(written=1)
    assert not selectors.pages_due()
    assert PassageVector.objects.filter(page_id=note.pk).count() == len(rows[Passage]) > 0
    for model, before in rows.items():
        assert list(model.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_page_that_changed_after_its_words_is_read_again():
    note = publish("Eins", TEXT)
    services.write_words()
    services.mark_changed([note.pk])
    (claimed,) = claims.claim(limit=1)
    assert not writer.unread([claimed], query_embedder())


def test_vectors_of_words_that_changed_meanwhile_are_dropped():
    note = publish("Eins", TEXT)
    services.write_words()
    (claimed,) = claims.claim(limit=1)
    texts = writer.unread([claimed], query_embedder())[note.pk]
    vectors = services._embed(texts, [claimed], query_embedder())
    services.mark_changed([note.pk])
    assert not writer.write_vectors([claimed], embedder=query_embedder(), vectors=vectors)
    assert not PassageVector.objects.exists()


def test_snippet_that_changes_between_words_and_vectors_reaches_a_page_whose_references_nobody_noted():
    """The editor's process was killed right after its commit."""
    topic = Topic.objects.create(name="Wasserstoff")
    note = publish("Seite", TEXT, topic=topic)
    ReferenceIndex.objects.all().delete()
    services.write_words()
    topic.name = "Kreislaufwirtschaft"
    topic.save()
    services.index_due()
    assert ("topic", "Kreislaufwirtschaft") in rows_of(note)
    assert list(verification.differences()) == []


def test_tasks_index_and_relate():
    from search import tasks

    note = publish("Eins", TEXT)
    tasks.index_page(note.pk)
    assert rows_of(note)
    tasks.sweep()
    assert IndexedPage.objects.get(pk=note.pk).related_at is not None
    other = publish("Zwei", TEXT)
    tasks.sweep()
    assert rows_of(other)


def test_another_analysis_writes_words_and_vocabulary_anew(monkeypatch):
    publish("Beirat", "Der Beirat tagt.")
    services.index_due()
    assert not selectors.pages_due()
    for module in (content, writer):
        monkeypatch.setattr(module, "ANALYSIS_VERSION", "next")
    assert selectors.pages_due()
    vectors = set(PassageVector.objects.values_list("pk", flat=True))
    last = Lexeme.objects.order_by("pk").last().pk
    services.index_due()
    assert not selectors.pages_due()
    again = Lexeme.objects.get(language="de", word="beirat")
    assert again.analysis == "next"
    assert again.pk > last, "a process that has read up to there reads on from there"
    assert set(PassageVector.objects.values_list("pk", flat=True)) == vectors, "the texts are the same"


# --- Pages that are trouble ---


def test_page_that_kills_its_worker_ends_as_a_visible_failure_and_takes_nobody_along(settings, monkeypatch):
    settings.SEARCH = {"max_tries": 3}
    good = [publish(f"Gut {number}", TEXT) for number in range(3)]
    poison = publish("Gift", TEXT)  # the newest, so the first of every batch

    class Killed(BaseException):
        """What is not caught on the way: the process would be gone."""

    original = content._content

    def read(page):
        if page.pk == poison.pk:
            raise Killed
        return original(page)

    monkeypatch.setattr(content, "_content", read)
    for _ in range(3):
        with pytest.raises(Killed):
            services.index_due()
        IndexedPage.objects.update(claimed_until=timezone.now() - timedelta(hours=1))
        assert not IndexedPage.objects.exclude(pk=poison.pk).filter(tries__gt=1).exists()
    services.index_due()
    state = selectors.status()
    assert (state.pages, state.due, state.failed) == (3, 1, 1)
    assert state.failures == [
        {"page": poison.pk, "title": "Gift", "tries": 3, "error": claims.NEVER_RETURNED}
    ]
    assert all(rows_of(note) for note in good)
    monkeypatch.setattr(content, "_content", original)
    assert claims.retry() == 1
    assert services.index_due().written == 1
    assert selectors.status().failures == []


def test_long_work_keeps_its_claim_and_drops_its_result_when_it_lost_it(settings, monkeypatch):
    settings.SEARCH = {"embedding_batch": 2, "lease_seconds": 60}
    text = "\n".join(
        f"# Teil {n}\nEin Abschnitt mit der Nummer {n}, lang genug für sich allein hier." for n in range(6)
    )
    note = publish("Lang", text)
    services.write_words()
    embedder = query_embedder()
    original = embedder.embed_passages
    calls = []

    def slowly(texts):
        calls.append(len(texts))
        # As if this batch had taken nearly the whole lease: nobody else may claim the page.
        IndexedPage.objects.update(claimed_until=timezone.now())
        assert claims.claim(limit=1) == []
        return original(texts)

    with monkeypatch.context() as patched:
        patched.setattr(embedder, "embed_passages", slowly)
        assert services.index_due().written == 1
    assert calls == [2, 2, 2]

    services.rebuild()
    PassageVector.objects.all().delete()

    def overtaken(texts):
        IndexedPage.objects.update(claimed_until=timezone.now() - timedelta(hours=1))
        claims.claim(limit=1)
        return original(texts)

    monkeypatch.setattr(embedder, "embed_passages", overtaken)
    (claimed,) = claims.claim(limit=1)
    assert services._index([claimed]).superseded == 1
    assert not PassageVector.objects.exists()
    assert IndexedPage.objects.get(pk=note.pk).claim != claimed.token, "the other's claim stands"


def test_words_that_the_database_could_take_for_something_else_are_indexed_like_any_other():
    text = 'Der Wert NULL, der Pfad C:\\temp\\neu, ein "Zitat", {eine Klammer}\tund \\N, \\. am Ende.'
    note = publish('NULL "und" nichts', f"# {{Klammer}}, \\N\n{text}", keywords="null, \\.")
    services.index_due()
    assert list(verification.differences()) == []
    posting = Posting.objects.get(page_id=note.pk, term="de:null")
    assert (posting.title, posting.keywords, posting.body) == (1, 1, 1)
    assert posting.forms == ["null"]


def test_what_stands_twice_on_a_page_has_a_vector_twice():
    note = publish(
        "Seite", "# Eins\nDerselbe Satz steht hier zweimal, lang genug für sich allein auf der Seite."
    )
    services.index_due()
    note.text = note.text + "\n" + note.text
    note.save_revision().publish()
    services.index_due()
    assert PassageVector.objects.filter(page_id=note.pk).count() == 2
    assert selectors.pages_due() == []


def test_lost_vectors_are_computed_again_by_themselves():
    note = publish("Seite", TEXT)
    services.index_due()
    PassageVector.objects.filter(passage__anchor="ziel").delete()
    assert selectors.pages_due() == [note.pk]
    assert services.index_due().written == 1
    assert PassageVector.objects.filter(page_id=note.pk).count() == 2


def test_page_of_a_million_characters_is_indexed_like_any_other():
    sentences = (
        f"Satz {number} über Mitglieder, Beiträge und Veranstaltungen der Initiative. "
        for number in range(15_000)
    )
    note = publish("Riese", "".join(sentences)[:1_000_000])
    other = publish("Klein", TEXT)
    assert services.index_due().written == 2
    assert IndexedPage.objects.get(pk=note.pk).passage_count > 800
    assert rows_of(other)
    assert selectors.pages_due() == []


def test_snippet_changed_while_its_page_was_never_indexed_is_not_forgotten():
    topic = Topic.objects.create(name="Wasserstoff")
    note = publish("Seite", TEXT, topic=topic)
    services.mark_changed([note.pk])
    row = IndexedPage.objects.get(pk=note.pk)
    assert row.wanted > row.done + 1
