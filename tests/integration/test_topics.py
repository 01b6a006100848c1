"""Topics of owners and candidates for bridges: what is found, who sees it, what people decide about it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from search.index import services as index
from search.index.models import IndexedPage
from search.reader import ANONYMOUS, Reader
from search.topics import compute, selectors, services, sources
from search.topics.models import Candidate, Computation, Judgement, TextVector, Topic
from tests.searchable.factories import publish, restrict, translate
from tests.searchable.models import Note

pytestmark = pytest.mark.django_db

BLADES = "Rotorblätter aus Glasfaser und Harz. Die Verwertung von Glasfaser und Harz ist teuer, die Entsorgung auch."
HULLS = "Bootsrümpfe aus Glasfaser und Harz. Für die Verwertung von Glasfaser und Harz fehlt Menge, die Entsorgung kostet."
TRAINING = "Besatzungen suchen eine Schulung an Ventilen, Tank und Leitungen für Wasserstoff. Wer bietet eine Schulung?"
COURSE = "Unser Lehrgang ist eine Schulung an Ventilen, Tank und Leitungen für Wasserstoff. Plätze frei."


# Notes know one facet that fits: whose they are. Vectors of the tests depend on words alone: likeness is lower than that
# of a model that knows meaning.
SETTINGS = {
    "SEARCH_TOPIC_OWNER": "task_area",
    "SEARCH": {"topic_similarity": 0.2, "bridge_floor": 0.3, "bridge_neighbour_damping": 0.0},
}


def owner(title, *subjects, sentences=()):
    """A page that other pages belong to, with its list of subjects."""
    text = f"# Kurz\n{title} ist ein Netz.\n# Profil\n" + " ".join(sentences or [f"{title} hat viele Leute."])
    if subjects:
        text += "\n# Themen {topics}\n" + "\n".join(subjects)
    page = publish(title, text, kind="cluster")
    page.task_area = str(page.translation_key)
    page.save_revision().publish()
    return page


def belonging(page, title, text, kind="case", **fields):
    return publish(title, text, kind=kind, task_area=page.task_area, **fields)


@pytest.fixture(scope="module")
def world(once):
    """Energy and ships: one common problem, one need that an offer answers, and what has nothing to do with it."""
    with override_settings(**SETTINGS), once():
        yield built()


def built():
    energy = owner(
        "Energienetz", "Rotorblätter", sentences=["Glasfaser und Harz der Rotorblätter bleiben liegen."]
    )
    ships = owner(
        "Schiffsnetz", "Bootsrümpfe", sentences=["Bootsrümpfe aus Glasfaser und Harz bleiben liegen."]
    )
    found = {
        "energy": energy,
        "ships": ships,
        "blades": belonging(energy, "Alte Rotorblätter", BLADES, keywords="Rotorblätter, Verwertung"),
        "hulls": belonging(ships, "Alte Bootsrümpfe", HULLS, keywords="Bootsrümpfe, Verwertung"),
        "need": belonging(ships, "Schulung gesucht", TRAINING, kind="need", keywords="Wasserstoff, Schulung"),
        "course": belonging(
            energy, "Lehrgang Wasserstoff", COURSE, kind="offer", keywords="Wasserstoff, Schulung"
        ),
        "coffee": belonging(
            energy, "Kaffeerunde", "Am Morgen gibt es Kaffee und Brötchen. Alle erzählen.", keywords="Kaffee"
        ),
        "press": belonging(
            ships, "Pressemappe", "Eine Mappe mit Bildern für Zeitungen. Zitat und Foto.", keywords="Presse"
        ),
    }
    computed()
    return found


@pytest.fixture
def clusters(world, db):
    """The pages as they are in the database now: a test changes its own."""
    return {name: Note.objects.get(pk=page.pk) for name, page in world.items()}


def computed():
    index.index_due()
    return compute.compute()


def labels(page, reader=ANONYMOUS, language="de"):
    return [topic.label for topic in selectors.topics_of(page.translation_key, reader, language)]


def pairs_of(found):
    return {frozenset((one.left.owner.title, one.right.owner.title)) for one in found}


# --- What is found ---


def test_pages_of_an_owner_become_topics_under_their_authors_words(clusters):
    assert {"Rotorblätter", "Kaffeerunde"} <= set(labels(clusters["energy"]))
    assert "Bootsrümpfe" not in labels(clusters["energy"])


def test_a_topic_names_its_pages_and_when_they_were(clusters):
    (topic,) = [
        one
        for one in selectors.topics_of(clusters["energy"].translation_key, ANONYMOUS, "de")
        if one.label == "Kaffeerunde"
    ]
    assert [passage.title for passage in topic.passages] == ["Kaffeerunde"]
    today = timezone.localdate()
    assert topic.quarters == ((f"{today.year}-Q{(today.month + 2) // 3}", 1),)
    assert topic.first_on == topic.last_on == today


def test_the_same_pages_give_the_same_topics(clusters):
    before = [(one.key, one.label, one.weight) for one in selectors.all_topics(ANONYMOUS, "de")]
    computed()
    assert [(one.key, one.label, one.weight) for one in selectors.all_topics(ANONYMOUS, "de")] == before


def test_a_need_and_the_offer_that_answers_it(clusters):
    (found,) = selectors.candidates(ANONYMOUS, "de", kind="need_offer")
    assert (found.left.owner.title, found.right.owner.title) == ("Schiffsnetz", "Energienetz")
    assert (found.left.label, found.right.label) == ("Schulung gesucht", "Lehrgang Wasserstoff")
    assert set(found.terms) & {"Schulung", "Wasserstoff"}
    assert "Schiffsnetz" in found.explanation and "Energienetz" in found.explanation


def test_two_owners_with_the_same_problem(clusters):
    (found,) = selectors.candidates(ANONYMOUS, "de", kind="topic")
    assert pairs_of([found]) == {frozenset(("Energienetz", "Schiffsnetz"))}
    assert {found.pairs[0].left.title, found.pairs[0].right.title} == {
        "Alte Rotorblätter",
        "Alte Bootsrümpfe",
    }
    assert found.terms


def test_a_candidate_shows_two_pairs_from_different_pages(clusters):
    for found in selectors.candidates(ANONYMOUS, "de"):
        pages = [frozenset((pair.left.page_key, pair.right.page_key)) for pair in found.pairs]
        assert len(set(pages)) == len(pages) >= 2
        assert all(pair.left.text and pair.right.text for pair in found.pairs)


def test_a_page_on_a_method_makes_no_bridge(clusters):
    for name in ("blades", "hulls"):
        clusters[name].kind = "guide"
        clusters[name].save_revision().publish()
    computed()
    shown = [pair for one in selectors.candidates(ANONYMOUS, "de") for pair in one.pairs]
    assert "guide" not in {passage.kind for pair in shown for passage in (pair.left, pair.right)}


def test_an_ended_need_is_none(clusters, monkeypatch):
    monkeypatch.setattr(
        type(clusters["need"]), "valid_until", timezone.localdate() - timedelta(days=1), raising=False
    )
    computed()
    assert selectors.candidates(ANONYMOUS, "de") == []


def test_a_translation_gives_the_label_of_its_language(clusters):
    translate(
        clusters["coffee"], "Coffee morning", "In the morning there is coffee and rolls. All tell stories."
    )
    english = Page.objects.get(title="Coffee morning").specific
    english.keywords = "coffee"
    english.save_revision().publish()
    computed()
    assert any(label.startswith("Coffee") for label in labels(clusters["energy"], language="en"))
    assert "Kaffeerunde" in labels(clusters["energy"])


# --- Who sees it ---


def test_what_is_not_public_gives_no_topic(clusters):
    restrict(clusters["coffee"])
    computed()
    member = Reader(authenticated=True)
    assert "Kaffeerunde" not in labels(clusters["energy"])
    assert "Kaffeerunde" not in labels(clusters["energy"], reader=member)


def test_a_closed_page_takes_its_topic_and_candidate_away_at_once(clusters):
    restrict(clusters["blades"])
    assert "Rotorblätter" not in labels(clusters["energy"])
    assert selectors.candidates(ANONYMOUS, "de", kind="topic") == []
    assert selectors.candidates(ANONYMOUS, "de", kind="need_offer")


@pytest.mark.parametrize("gone", ["unpublish", "delete"])
def test_a_withdrawn_page_takes_its_topic_away_at_once(clusters, gone):
    getattr(clusters["coffee"], gone)()
    assert "Kaffeerunde" not in labels(clusters["energy"])


def test_a_closed_owner_has_no_topics_and_no_candidates(clusters):
    restrict(clusters["energy"])
    assert selectors.all_topics(ANONYMOUS, "de") == [
        one for one in selectors.all_topics(ANONYMOUS, "de") if one.owner.title == "Schiffsnetz"
    ]
    assert selectors.candidates(ANONYMOUS, "de") == []


def test_one_query_each(clusters):
    for asked in (selectors.all_topics, selectors.candidates):
        asked(ANONYMOUS, "de")  # fills what is remembered of sites
        with CaptureQueriesContext(connection) as queries:
            assert asked(ANONYMOUS, "de")
        # The tests run in a transaction, where a statement with a time limit stands in a savepoint.
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 1


def test_no_vector_of_a_phrase_outlives_its_page(clusters):
    before = set(TextVector.objects.values_list("digest", flat=True))
    clusters["coffee"].unpublish()
    computed()
    assert set(TextVector.objects.values_list("digest", flat=True)) < before


# --- What people decide ---


def user():
    return get_user_model().objects.create_user(f"manager-{uuid4()}")


def topic_of(page, label):
    return next(
        one for one in selectors.topics_of(page.translation_key, ANONYMOUS, "de") if one.label == label
    )


def test_a_new_label_holds_through_the_next_computation(clusters):
    services.rename(topic_of(clusters["energy"], "Kaffeerunde").key, {"de": "Frühstücksrunde"}, by=user())
    belonging(
        clusters["energy"],
        "Noch eine Kaffeerunde",
        "Kaffee und Brötchen am Morgen. Alle erzählen.",
        keywords="Kaffee",
    )
    computed()
    assert topic_of(clusters["energy"], "Frühstücksrunde").pages == 2
    assert "Kaffeerunde" not in labels(clusters["energy"])


def test_a_label_that_is_too_long_is_refused(clusters):
    with pytest.raises(services.NotPossible):
        services.rename(topic_of(clusters["energy"], "Kaffeerunde").key, {"de": "x" * 81}, by=None)


def test_a_hidden_topic_is_gone_with_its_candidates_and_stays_hidden(clusters):
    services.hide(topic_of(clusters["energy"], "Rotorblätter").key, by=user())
    for _ in range(2):
        assert "Rotorblätter" not in labels(clusters["energy"])
        assert selectors.candidates(ANONYMOUS, "de", kind="topic") == []
        computed()


def test_merged_topics_are_one_under_the_others_label(clusters):
    blades, coffee = (topic_of(clusters["energy"], label) for label in ("Rotorblätter", "Kaffeerunde"))
    services.merge(coffee.key, blades.key, by=user())
    computed()
    merged = topic_of(clusters["energy"], "Rotorblätter")
    assert "Kaffeerunde" in {passage.title for passage in merged.passages}
    assert merged.weight == pytest.approx(blades.weight + coffee.weight)
    assert "Kaffeerunde" not in labels(clusters["energy"])
    services.merge(coffee.key, None, by=user())
    assert "Kaffeerunde" in labels(clusters["energy"])


def test_topics_of_two_owners_are_not_merged(clusters):
    ours, theirs = (
        topic_of(clusters["energy"], "Kaffeerunde"),
        selectors.topics_of(clusters["ships"].translation_key, ANONYMOUS, "de")[0],
    )
    with pytest.raises(services.NotPossible):
        services.merge(ours.key, theirs.key, by=None)
    with pytest.raises(services.NotPossible):
        services.merge(ours.key, ours.key, by=None)


def test_a_decision_waits_for_pages_that_come_back(clusters):
    key = topic_of(clusters["energy"], "Kaffeerunde").key
    services.rename(key, {"de": "Frühstücksrunde"}, by=user())
    clusters["coffee"].unpublish()
    computed()
    assert "Frühstücksrunde" not in labels(clusters["energy"])
    assert Topic.objects.get(pk=key).labels == {}
    Page.objects.get(pk=clusters["coffee"].pk).specific.save_revision().publish()
    computed()
    assert topic_of(clusters["energy"], "Frühstücksrunde").key == key


def test_a_topic_that_nobody_decided_about_goes_with_its_pages(clusters):
    key = topic_of(clusters["energy"], "Kaffeerunde").key
    clusters["coffee"].unpublish()
    computed()
    assert not Topic.objects.filter(pk=key).exists()


def test_a_rejected_candidate_does_not_come_back_by_itself(clusters):
    (found,) = selectors.candidates(ANONYMOUS, "de", kind="topic")
    services.reject(found.key, by=user(), reason="Kennen sich längst.")
    assert selectors.candidates(ANONYMOUS, "de", kind="topic") == []
    computed()
    assert selectors.candidates(ANONYMOUS, "de", kind="topic") == []
    (judgement,) = Judgement.objects.all()
    assert (judgement.verdict, judgement.reason) == ("rejected", "Kennen sich längst.")


def test_a_rejected_candidate_comes_back_with_a_page_that_is_new_and_says_which(clusters):
    (found,) = selectors.candidates(ANONYMOUS, "de", kind="topic")
    services.reject(found.key, by=user())
    belonging(
        clusters["ships"],
        "Bootsrümpfe zerlegen",
        HULLS + " Bootsrümpfe werden zersägt.",
        keywords="Bootsrümpfe, Verwertung",
    )
    computed()
    (back,) = selectors.candidates(ANONYMOUS, "de", kind="topic")
    assert back.new_evidence == ("Bootsrümpfe zerlegen",)


def test_keeping_takes_a_rejection_back(clusters):
    (found,) = selectors.candidates(ANONYMOUS, "de", kind="topic")
    services.reject(found.key, by=user())
    services.keep(found.key, by=None)
    computed()
    assert [one.key for one in selectors.candidates(ANONYMOUS, "de", kind="topic")] == [found.key]
    assert Judgement.objects.count() == 2


def test_judging_what_is_not_there(clusters):
    with pytest.raises(Candidate.DoesNotExist):
        services.reject("0" * 32, by=None)


def test_what_was_known_at_a_rejection_is_public(clusters):
    restrict(clusters["coffee"])
    known = sources.keys_of([str(clusters["energy"].translation_key)])
    assert str(clusters["blades"].translation_key) in known
    assert str(clusters["coffee"].translation_key) not in known


# --- When it is computed ---


def test_it_is_computed_when_something_changed_and_not_else(clusters):
    Computation.objects.update(tried_at=None)
    assert compute.compute_if_due() is None
    clusters["coffee"].save_revision().publish()
    index.index_due()
    assert compute.compute_if_due() is not None
    assert compute.compute_if_due() is None


def test_it_waits_for_the_index(clusters):
    Computation.objects.update(tried_at=None)
    clusters["coffee"].save_revision().publish()
    assert IndexedPage.objects.get(page=clusters["coffee"].pk)
    assert compute.compute_if_due() is None


def test_a_closed_page_makes_it_due(clusters):
    Computation.objects.update(tried_at=None)
    restrict(clusters["coffee"])
    assert compute.compute_if_due() is not None


def test_a_site_without_owners_has_no_topics(clusters, settings):
    settings.SEARCH_TOPIC_OWNER = "nobody"
    assert computed().topics == 0
    assert selectors.all_topics(ANONYMOUS, "de") == []
    assert selectors.candidates(ANONYMOUS, "de") == []
