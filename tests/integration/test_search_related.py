"""What belongs with a page: near, explained, visible, never itself."""

from random import Random

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from search.conf import using
from search.index import services
from search.index.models import IndexedPage, PassageVector
from search.reader import ANONYMOUS, Reader
from search.related import compute, nearness
from search.related.models import Computation, Relation
from search.related.read import related_to
from tests.searchable.factories import publish, restrict, translate

pytestmark = pytest.mark.django_db

FUNDING = "Der Antrag auf Fördermittel braucht eine Skizze, ein Budget und eine Frist. Das Ministerium prüft den Antrag."
COFFEE = "Wasser kochen, Bohnen mahlen, Filter einlegen. Kaffee langsam aufgießen und heiß servieren."
OTHERS = [
    "Das Barcamp beginnt mit einer Vorstellungsrunde und endet mit einer Auswertung der Sitzungen.",
    "Im Technologieradar ordnen Fachleute neue Verfahren nach Reife und Wirkung in Ringe.",
    "Pressearbeit heißt: eine Nachricht, ein Zitat, ein Bild, zwei Telefonnummern.",
    "Die Delegationsreise führt vier Tage lang zu Häfen, Werften und Hochschulen am Mittelmeer.",
]


@pytest.fixture
def pages():
    found = {
        "antrag": publish("Förderantrag schreiben", FUNDING),
        "kalender": publish(
            "Förderkalender pflegen",
            "Fristen der Fördermittel im Blick. Antrag und Skizze rechtzeitig. Budget.",
        ),
        "kaffee": publish("Kaffee kochen", COFFEE),
    }
    for number, text in enumerate(OTHERS):
        publish(f"Anderes {number}", text)
    index()
    return found


def index():
    services.index_due()
    compute.relate_pending()


def titles(page, reader=ANONYMOUS, language="de", **options):
    return [one.title for one in related_to(page, reader=reader, language=language, **options)]


def test_near_page_comes_with_its_reason_and_the_stranger_does_not(pages):
    (found,) = related_to(pages["antrag"], reader=ANONYMOUS, language="de")
    assert found.title == "Förderkalender pflegen"
    assert found.link is None
    assert "Antrag" in found.shared
    assert found.passage.startswith("Der Antrag")
    assert found.other_passage.startswith("Fristen")
    assert titles(pages["kaffee"]) == []


def test_a_page_without_passages_does_not_have_all_computed_again_and_again(pages):
    publish("Ohne Text")
    index()
    assert IndexedPage.objects.get(title="Ohne Text").passage_count == 0
    assert compute.relate_pending() == 0


def test_relations_are_symmetric(pages):
    assert titles(pages["kalender"]) == ["Förderantrag schreiben"]
    pairs = {(row.page_id, row.other_id): row.score for row in Relation.objects.all()}
    assert all(pairs[other, page] == pytest.approx(score) for (page, other), score in pairs.items())


def test_editors_link_comes_first_and_says_its_kind(pages):
    pages["antrag"].complements = [pages["kaffee"].pk, pages["antrag"].pk]
    found = related_to(pages["antrag"], reader=ANONYMOUS, language="de")
    assert [(one.title, one.link) for one in found] == [
        ("Kaffee kochen", "complements"),
        ("Förderkalender pflegen", None),
    ]


def test_never_itself_or_its_translation(pages):
    english = translate(pages["antrag"], "Förderantrag Fördermittel", FUNDING)
    index()
    assert "Förderantrag Fördermittel" not in titles(pages["antrag"])
    assert titles(english, language="de") == ["Förderkalender pflegen"]


def test_shown_in_the_readers_language(pages):
    translate(pages["kalender"], "Keep a funding calendar", "Deadlines at a glance.")
    index()
    assert titles(pages["antrag"], language="en") == ["Keep a funding calendar"]
    assert titles(pages["antrag"], language="de") == ["Förderkalender pflegen"]


def test_hidden_page_is_not_related(pages):
    restrict(pages["kalender"])
    assert titles(pages["antrag"]) == []
    assert titles(pages["antrag"], Reader(authenticated=True)) == ["Förderkalender pflegen"]
    pages["antrag"].complements = [pages["kalender"].pk]
    assert titles(pages["antrag"]) == []


def test_hidden_pages_do_not_move_the_scores_of_open_ones(pages):
    before = list(Relation.objects.order_by("pk").values_list("page_id", "other_id", "score"))
    hidden = publish("Fördermittel Antrag Skizze", FUNDING + " Geheim.")
    restrict(hidden)
    index()
    shown = Relation.objects.exclude(page_id=hidden.pk).exclude(other_id=hidden.pk)
    assert [(page, other, pytest.approx(score)) for page, other, score in sorted(before)] == sorted(
        shown.values_list("page_id", "other_id", "score")
    )


def test_one_query(pages, django_assert_num_queries):
    related_to(pages["antrag"], reader=ANONYMOUS, language="de")
    with django_assert_num_queries(3):  # one, and the savepoint of the test's own transaction around it
        related_to(pages["antrag"], reader=ANONYMOUS, language="de")


def test_computed_once_per_change(pages):
    assert compute.relate_pending() == 0
    IndexedPage.objects.filter(pk=pages["kaffee"].pk).update(related_at=None)
    assert compute.relate_pending() > 0
    assert compute.relate_pending() == 0


def test_deleted_page_takes_its_relations_along(pages):
    pages["kalender"].delete()
    assert titles(pages["antrag"]) == []
    assert not Relation.objects.filter(page_id=pages["antrag"].pk).exists()


@pytest.mark.parametrize("how", ["close", "open", "unpublish", "delete", "raw delete", "expire", "figure"])
def test_what_a_page_lent_to_the_scores_of_others_is_computed_anew(pages, how):
    restriction = restrict(pages["kaffee"]) if how == "open" else None
    index()
    assert not compute.is_due()
    if how == "close":
        restrict(pages["kaffee"])
    elif restriction is not None:
        restriction.delete()
    elif how == "unpublish":
        pages["kaffee"].unpublish()
    elif how == "delete":
        pages["kaffee"].delete()
    elif how == "raw delete":
        IndexedPage.objects.filter(pk=pages["kaffee"].pk)._raw_delete("default")
    elif how == "expire":
        pages["kaffee"].expire_at = timezone.now()
        pages["kaffee"].save(update_fields=["expire_at"])
    with using(**({"related_threshold": 0.05} if how == "figure" else {})):
        services.drop_surplus()
        assert compute.is_due()
        index()
        assert not compute.is_due()


def test_the_database_tells_the_same_digest_as_the_pages_that_are_read(pages):
    restrict(pages["kaffee"])
    groups = [Group.objects.create(name=name) for name in "BA"]
    restrict(pages["kalender"], PageViewRestriction.GROUPS, *groups)
    pages["antrag"].expire_at = timezone.now()
    pages["antrag"].save(update_fields=["expire_at"])
    with connection.cursor() as cursor:
        found = nearness.read_pages(cursor)
        assert len(set(found.audiences)) == 4
        assert nearness.read_digest(cursor) == found.digest
        IndexedPage.objects.all()._raw_delete("default")
        assert nearness.read_digest(cursor) == nearness.Pages().digest


def test_pages_without_vectors_are_related_by_their_words(pages):
    PassageVector.objects.all().delete()
    with using(related_threshold=-1.0, related_nearest=0.0):
        compute.relate_all()
    found = Relation.objects.get(page_id=pages["antrag"].pk, other_id=pages["kalender"].pk)
    assert (found.passage_id, found.other_passage_id) == (None, None)
    assert "Antrag" in found.shared


def test_what_stands_on_most_pages_of_a_kind_is_not_what_they_share(pages, monkeypatch):
    monkeypatch.setattr(nearness, "COMMON_PAGES", 2)
    monkeypatch.setattr(nearness, "COMMON_SHARE", 0.9)
    for name in ("Wind", "Meer", "Flug"):
        publish(
            f"Verein {name}",
            "# Kurzprofil\nWasserstoff speichern." if name != "Flug" else "# Kurzprofil\nFliegen.",
            kind="cluster",
        )
    services.index_due()
    with using(related_threshold=-1.0):
        compute.relate_all()
    found = Relation.objects.get(page__title="Verein Wind", other__title="Verein Meer")
    assert found.shared == ["Wasserstoff"]


def test_a_word_that_only_begins_a_sentence_is_not_written_as_a_noun(db):
    page = publish(
        "Austritt", "Gegangen sind viele. Einige sind später gegangen. Der Anruf half.\n– Gilt für alle."
    )
    services.index_due()
    with connection.cursor() as cursor:
        written = set(nearness.written_terms(cursor, page.pk, "de").values())
    assert {("gegangen", False), ("Anruf", True), ("Gilt", False)} <= written


def test_english_verbs_and_adjectives_are_known_by_their_ends_unless_they_stand_as_nouns(db):
    page = publish(
        "Fishbowl",
        "The hardest debate is discussed first. Requests come early, an assembly is the family of a cluster.",
        language="en",
    )
    services.index_due()
    with connection.cursor() as cursor:
        written = set(nearness.written_terms(cursor, page.pk, "en").values())
    assert {("debate", True), ("Requests", True), ("assembly", True), ("family", True)} <= written
    assert {("hardest", False), ("discussed", False), ("early", False)} <= written


def shared_by_two(text):
    """What two pages with this text share, each with a {name} of its own, among others about nothing like it."""
    for name in ("Wind", "Meer"):
        publish(f"Treffen {name}", text.format(name=name))
    for name in ("Luft", "Land", "Fluss", "Berg"):
        publish(f"Verein {name}", f"Hier geht es um {name}.")
    services.index_due()
    with using(related_threshold=-1.0):
        compute.relate_all()
    return Relation.objects.get(page__title="Treffen Wind", other__title="Treffen Meer").shared


def test_a_hyphenated_word_is_not_named_in_its_parts_again(db):
    shared = shared_by_two("Das Co-Learning-Feld der {name}-Leute: im Co-Learning-Feld lernt jeder.")
    assert "Co-Learning-Feld" in shared
    assert not {"Co", "Learning", "Feld"} & set(shared)


def test_that_both_name_a_month_is_no_reason(db):
    shared = shared_by_two("Am 3. Juni geht es um Wasserstoff, und im Juni um {name}.")
    assert "Wasserstoff" in shared
    assert "Juni" not in shared


def test_whoever_publishes_again_and_again_does_not_have_all_computed_each_time(pages):
    Computation.objects.update(seconds=60.0)
    new = publish("Förderantrag prüfen", FUNDING)
    services.index_due()
    assert compute.relate_pending(share=0.1) > 0
    assert "Förderantrag prüfen" in titles(pages["antrag"])
    assert "Förderantrag schreiben" in titles(new)
    assert compute.is_due()
    assert compute.relate_pending() > 0
    assert not compute.is_due()


def test_a_page_and_its_translation_closed_to_the_same_people_are_as_near_as_either(pages):
    """Two restrictions, one for each language's section, are one audience."""
    english = translate(pages["kalender"], "Keep a funding calendar", "Bread, butter and jam.")
    for page in (pages["kalender"], english):
        restrict(page)
    translate(pages["antrag"], "Write an application", "Cups and saucers.")
    index()
    assert titles(english, Reader(authenticated=True), "en") == ["Write an application"]


SUBJECTS = "Antrag Skizze Budget Frist Kaffee Wasser Radar Technik Presse Bild Hafen Reise Barcamp Verein"


@pytest.mark.parametrize("seed", range(4))
def test_one_page_by_itself_gets_what_the_computation_for_all_gives_it(seed, db):
    """Random sites and changes; after each, the page's own list and its places in others' are those of both."""
    lot = Random(seed)

    def text():
        subject = lot.sample(SUBJECTS.split(), 4)
        return "\n".join(f"# Teil {part}\n" + " ".join(lot.choices(subject, k=8)) + "." for part in range(3))

    def made(number):
        page = publish(f"Seite {number}", text())
        if lot.random() < 0.3:
            translate(page, f"Page {number}", text())
        if lot.random() < 0.2:
            restrict(page)
        return page

    found = [made(number) for number in range(12)]
    index()
    seen = 0
    for step in range(6):
        page = lot.choice(found)
        match lot.choice(["new", "edit", "open or close"]):
            case "new":
                page = made(100 + step)
                found.append(page)
            case "edit":
                page.text = text()
                page.save_revision().publish()
            case _:
                if not page.view_restrictions.all().delete()[0]:
                    restrict(page)
        services.index_due()
        versions = list(
            Page.objects.filter(translation_key=page.translation_key).values_list("pk", flat=True)
        )
        compute.relate_pages(versions[:1])
        alone = rows_of(versions)
        seen += len(alone)
        compute.relate_all()
        assert alone == rows_of(versions), (seed, step)
    assert seen


def rows_of(ids):
    rows = Relation.objects.filter(Q(page_id__in=ids) | Q(other_id__in=ids))
    return {
        (row.page_id, row.other_id): (
            pytest.approx(row.score, abs=1e-5),
            row.shared,
            row.passage_id,
            row.other_passage_id,
        )
        for row in rows
    }
