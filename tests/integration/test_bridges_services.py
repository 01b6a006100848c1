"""A bridge on its way: who may take which step, what is written down, and two people at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import translation
from wagtail.models import Page, PageLogEntry

from kb.bridges import evidence, permissions, services
from kb.bridges.mine import bridges_of
from kb.bridges.models import Bridge, BridgeIndexPage, BridgePage, Comment, Evidence, Step
from kb.clusters.roles import ensure_cluster_group
from search.reader import ANONYMOUS, Reader
from tests.integration.bridges_cast import TEXTS, go, make_responsible
from tests.integration.kb.conftest import add, make_private

pytest_plugins = ["tests.integration.kb.conftest", "tests.integration.bridges_cast"]
pytestmark = pytest.mark.django_db

Status = Bridge.Status


def test_the_whole_life_of_a_bridge(bridge, two):
    bridge = go(bridge, Status.REVIEWED, two.editor)
    bridge = make_responsible(bridge, two)
    bridge = go(bridge, Status.CONTACTED, two.sea_person)
    bridge = go(bridge, Status.ACTIVE, two.wind_person)
    bridge = go(bridge, Status.COMPLETED, two.sea_person, "Eine gemeinsame Anlage ist beantragt.")
    told = [
        (step.before, step.after, step.by, step.reason)
        for step in bridge.steps.order_by("version")
        if step.action == Step.Action.STATUS
    ]
    assert told == [
        (Status.CANDIDATE, Status.REVIEWED, two.editor, ""),
        (Status.REVIEWED, Status.CONTACTED, two.sea_person, ""),
        (Status.CONTACTED, Status.ACTIVE, two.wind_person, ""),
        (Status.ACTIVE, Status.COMPLETED, two.sea_person, "Eine gemeinsame Anlage ist beantragt."),
    ]
    assert [step.version for step in bridge.steps.order_by("version")] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("who", ["member", "media_person", "sea_person"])
def test_who_is_neither_editor_nor_responsible_takes_no_step(bridge, two, who):
    person = getattr(two, who)
    for to in permissions.WAYS[bridge.status]:
        with pytest.raises(PermissionDenied):
            go(bridge, to, person, "Darum")
    bridge = make_responsible(go(bridge, Status.REVIEWED, two.editor), two)
    if who != "sea_person":
        with pytest.raises(PermissionDenied):
            go(bridge, Status.CONTACTED, person)


def test_responsible_people_take_the_steps_ahead_only(bridge, two):
    bridge = make_responsible(go(bridge, Status.REVIEWED, two.editor), two)
    assert permissions.next_steps(two.sea_person, bridge) == [Status.CONTACTED]
    for to in (Status.CANDIDATE, Status.REJECTED):
        with pytest.raises(PermissionDenied):
            go(bridge, to, two.sea_person, "Darum")


def test_saying_again_who_is_responsible_leaves_no_step(bridge, two):
    bridge = make_responsible(bridge, two)
    assert make_responsible(bridge, two).version == bridge.version == bridge.steps.count()


def test_who_has_left_the_team_is_no_longer_make_responsible(bridge, two):
    bridge = make_responsible(go(bridge, Status.REVIEWED, two.editor), two)
    two.sea_person.groups.clear()
    with pytest.raises(PermissionDenied):
        go(bridge, Status.CONTACTED, two.sea_person)


def test_only_people_of_the_team_are_made_make_responsible(bridge, two):
    with pytest.raises(ValidationError):
        services.set_responsible(
            bridge_id=bridge.pk,
            by=two.editor,
            version=1,
            people={two.sea.translation_key: [two.wind_person.pk]},
        )
    assert not bridge.clusters.filter(responsible__isnull=False).exists()


def test_a_step_that_is_not_on_the_way_is_refused(bridge, two):
    for to in (Status.ACTIVE, Status.COMPLETED, "nonsense", ""):
        with pytest.raises(ValidationError):
            go(bridge, to, two.editor, "Darum")


@pytest.mark.parametrize("reason", ["", "   "])
def test_rejecting_asks_for_a_reason(bridge, two, reason):
    with pytest.raises(ValidationError) as refused:
        go(bridge, Status.REJECTED, two.editor, reason)
    assert "reason" in refused.value.message_dict
    bridge.refresh_from_db()
    assert (bridge.status, bridge.version) == (Status.CANDIDATE, 1)


def test_two_people_at_once_the_second_is_told_and_nothing_is_lost(bridge, two):
    first, second = (Bridge.objects.get(pk=bridge.pk) for _ in range(2))
    go(first, Status.REVIEWED, two.editor)
    with pytest.raises(services.Outdated) as late:
        go(second, Status.REJECTED, two.reviewer, "Gibt es schon")
    assert (late.value.last.by, late.value.last.after) == (two.editor, Status.REVIEWED)
    bridge.refresh_from_db()
    assert (bridge.status, bridge.version) == (Status.REVIEWED, 2)


def test_the_history_is_never_written_over(bridge, two):
    step = bridge.steps.get()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(reason="Etwas anderes")
    with pytest.raises(ProtectedError):
        bridge.delete()
    two.editor.delete()
    step.refresh_from_db()
    assert step.by is None


def test_a_bridge_has_two_clusters_and_a_title(two):
    with pytest.raises(ValidationError) as refused:
        services.make(
            by=two.editor,
            texts=TEXTS | {"title_de": "", "title_en": ""},
            clusters=[two.sea.translation_key] * 2,
        )
    assert set(refused.value.message_dict) == {"title_de", "clusters"}
    with pytest.raises(PermissionDenied):
        services.make(
            by=two.sea_person, texts=TEXTS, clusters=[two.sea.translation_key, two.wind.translation_key]
        )


# --- Evidence ---


def texts(bridge, reader):
    return [one.text for row in evidence.rows(bridge, reader, language="de") for one in row.passages]


def test_evidence_of_a_page_made_private_is_gone_at_once(bridge, two):
    assert len(texts(bridge, ANONYMOUS)) == 2
    make_private(two.sea_guide, ensure_cluster_group(two.sea))
    assert texts(bridge, ANONYMOUS) == ["Blätter aus Fasern verwerten"]
    assert texts(bridge, Reader.of(two.editor)) == ["Blätter aus Fasern verwerten"]
    assert len(texts(bridge, Reader.of(two.sea_person))) == 2
    two.wind_guide.unpublish()
    assert texts(bridge, Reader.of(two.sea_person)) == ["Boote aus Fasern verwerten"]


def test_members_see_bridges_of_their_clusters_only_with_evidence_of_both_sides(bridge, two):
    def seen(person):
        return bridges_of(person, Reader.of(person))

    assert seen(two.sea_person) == seen(two.wind_person) == [bridge]
    assert seen(two.media_person) == seen(two.member) == []
    make_private(two.sea_guide, ensure_cluster_group(two.sea))
    assert seen(two.sea_person) == [bridge]
    assert seen(two.wind_person) == []


def test_evidence_goes_with_its_page(bridge, two):
    Page.objects.get(pk=two.sea_guide.pk).delete()
    assert Evidence.objects.count() == 1


def test_a_passage_is_headed_in_the_language_of_its_page(two):
    with translation.override("en"):
        headings = {heading for _anchor, heading, _text in services.passages_of(two.wind_guide)}
    assert "Ziel und Nutzen" in headings and "Purpose and benefit" not in headings


def test_adding_and_removing_a_passage(bridge, two):
    anchor = services.passages_of(two.wind_guide)[0][0]
    add_it = {
        "bridge_id": bridge.pk,
        "by": two.editor,
        "page": two.wind_guide,
        "anchor": anchor,
        "cluster": two.wind.translation_key,
        "row": None,
    }
    services.add_evidence(**add_it, version=1)
    assert Evidence.objects.count() == 3
    for wrong in ({"anchor": "nowhere"}, {"cluster": two.media.translation_key}):
        with pytest.raises(ValidationError):
            services.add_evidence(**(add_it | wrong), version=2)
    make_private(two.wind_guide, ensure_cluster_group(two.wind))
    with pytest.raises(ValidationError):  # the editor does not see that page
        services.add_evidence(**add_it, version=2)
    services.remove_evidence(
        bridge_id=bridge.pk, by=two.editor, version=2, evidence_id=Evidence.objects.last().pk
    )
    with pytest.raises(PermissionDenied):
        services.remove_evidence(
            bridge_id=bridge.pk, by=two.sea_person, version=3, evidence_id=Evidence.objects.last().pk
        )
    assert Evidence.objects.count() == 2


def test_a_comment_has_words(bridge, two):
    services.comment(bridge=bridge, by=two.sea_person, text=" Gern! ")
    with pytest.raises(ValidationError):
        services.comment(bridge=bridge, by=two.sea_person, text="  ")
    assert Comment.objects.get().text == "Gern!"


# --- The public page ---


@pytest.fixture
def active(bridge, two, site):
    add(site.home, BridgeIndexPage(title="Clusterbrücken", slug="clusterbruecken", summary="Brücken"))
    bridge = go(bridge, Status.REVIEWED, two.editor)
    bridge = go(bridge, Status.CONTACTED, two.editor)
    return go(bridge, Status.ACTIVE, two.editor)


def test_the_public_page_comes_with_active_and_goes_with_rejected(active, two):
    page = services.make_page(bridge_id=active.pk, by=two.editor, version=active.version)
    assert (page.title, page.summary, page.live) == ("Alte Boote", "Wohin damit?", False)
    page.get_latest_revision().publish()
    page = BridgePage.objects.get(pk=page.pk)
    assert page.live
    assert set(page.search_facets()["cluster"]) == {
        str(two.sea.translation_key),
        str(two.wind.translation_key),
    }
    active.refresh_from_db()
    with pytest.raises(ValidationError):
        services.make_page(bridge_id=active.pk, by=two.editor, version=active.version)
    rejected = go(active, Status.REJECTED, two.editor, "Das Geld reicht nicht.")
    page = BridgePage.objects.get(pk=page.pk)
    assert not page.live
    assert PageLogEntry.objects.get(page=page.pk, action="wagtail.unpublish").user == two.editor
    with pytest.raises(ValidationError):
        page.get_latest_revision().publish()
    assert rejected.page_key == page.translation_key


def test_no_public_page_before_it_is_active(bridge, two):
    with pytest.raises(ValidationError):
        services.make_page(bridge_id=bridge.pk, by=two.editor, version=1)
    with pytest.raises(PermissionDenied):
        services.make_page(bridge_id=bridge.pk, by=two.sea_person, version=1)


def test_the_index_is_told_when_the_clusters_change(active, two):
    page = services.make_page(bridge_id=active.pk, by=two.editor, version=active.version)
    page.get_latest_revision().publish()
    active.refresh_from_db()

    def wanted():
        with connection.cursor() as cursor:
            cursor.execute("select wanted from search_indexedpage where page_id = %s", [page.pk])
            return (cursor.fetchone() or (0,))[0]

    before = wanted()
    keys = [one.translation_key for one in (two.sea, two.wind, two.media)]
    services.edit(
        bridge_id=active.pk, by=two.editor, version=active.version, texts=TEXTS, clusters=keys, kind="problem"
    )
    assert wanted() > before
