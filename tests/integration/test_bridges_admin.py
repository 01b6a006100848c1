"""The room "Cluster bridges" in the admin, and who may not enter or work in it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from kb.bridges import proposals, services
from kb.bridges.models import Bridge, Comment, Evidence
from kb.clusters.models import ClusterTeam
from kb.clusters.roles import ensure_cluster_group
from tests.integration.bridges_cast import TEXTS, go, make_responsible
from tests.integration.kb.conftest import make_private, signed_in

pytest_plugins = ["tests.integration.kb.conftest", "tests.integration.bridges_cast"]
pytestmark = pytest.mark.django_db

ROOM = "/admin/bridges/"
WORK = ["edit/", "people/", "evidence/", "links/"]


def text_of(response):
    return response.content.decode()


def is_gone(response):
    """Django asks whether the address is there in a language before it gives up."""
    return response.status_code == 404 or getattr(response, "url", "").startswith("/de/admin/")


@pytest.fixture
def editor(two):
    return signed_in(two.editor)


@pytest.fixture
def onlooker(two):
    """Somebody in the admin who may see the room and not work in it."""
    user = User.objects.create_user("onlooker", "o@example.org", "secret")
    for codename in ("access_admin", "view_bridge"):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    return signed_in(user)


# --- Who may ---


def test_who_has_no_permission_for_bridges_does_not_enter(bridge, two):
    user = User.objects.create_user("other", "x@example.org", "secret")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for client in (signed_in(user), signed_in(two.sea_person)):
        for path in [
            "",
            "results/",
            "proposals/",
            "new/",
            f"{bridge.pk}/",
            *(f"{bridge.pk}/{p}" for p in WORK),
        ]:
            for answer in (client.get(ROOM + path), client.post(ROOM + path, {"action": "step"})):
                assert answer.status_code == 302, path
                assert "Boote" not in text_of(answer)
    assert "clusterbruecken" not in text_of(signed_in(user).get("/admin/")).lower()


def test_who_may_only_look_changes_nothing(bridge, onlooker, machine):
    here = f"{ROOM}{bridge.pk}/"
    page = onlooker.get(here)
    assert page.status_code == 200
    assert "remove_evidence" not in text_of(page)
    for path in WORK:
        assert onlooker.get(here + path).status_code == 302
        assert onlooker.post(here + path, {"version": 1}).status_code == 302
    assert onlooker.post(ROOM + "new/", {}).status_code == 302
    kept = bridge.evidence.first()
    for data in (
        {"action": "step", "to": "reviewed"},
        {"action": "remove_evidence", "key": kept.pk},
        {"action": "make_page"},
    ):
        assert onlooker.post(here, data | {"version": 1}).status_code == 302
    for action in ("take_up", "turn_down"):
        answer = onlooker.post(ROOM + "proposals/", {"action": action, "key": "sea-wind", "reason": "x"})
        assert answer.status_code == 302
    bridge.refresh_from_db()
    assert (bridge.version, bridge.status, Bridge.objects.count()) == (1, "candidate", 1)
    assert Evidence.objects.filter(pk=kept.pk).exists()


# --- The list ---


def test_the_list_and_its_filters(bridge, two, editor):
    make_responsible(bridge, two)
    other = services.make(
        by=two.editor,
        texts=TEXTS | {"title_de": "Fachkräfte"},
        clusters=[two.media.translation_key, two.wind.translation_key],
    )
    go(other, "rejected", two.editor, "Gibt es schon.")

    def listed(**filters):
        response = editor.get(ROOM, filters)
        assert response.status_code == 200
        return {one.title_de for one in response.context["object_list"]}

    assert listed() == {"Alte Boote", "Fachkräfte"}
    assert listed(status="rejected") == {"Fachkräfte"}
    assert listed(cluster=str(two.sea.translation_key)) == {"Alte Boote"}
    assert listed(responsible=str(two.wind_person.pk)) == {"Alte Boote"}
    assert listed(q="Fach") == {"Fachkräfte"}
    assert listed(cluster="nonsense", responsible="x") == {"Alte Boote", "Fachkräfte"}
    page = text_of(editor.get(ROOM))
    assert "Meer, Wind" in page
    assert "Kim Meer, Kim Wind" in page


# --- One bridge ---


def test_a_step_and_a_comment(bridge, two, editor):
    here = f"{ROOM}{bridge.pk}/"
    assert editor.post(here, {"action": "step", "to": "reviewed", "version": 1}).status_code == 302
    editor.post(here, {"action": "comment", "text": "<b>Schön</b>"})
    page = text_of(editor.get(here))
    assert "Kandidat → Geprüft" in page
    assert "&lt;b&gt;Schön&lt;/b&gt;" in page
    assert "Boote aus Fasern verwerten" in page


def test_a_missing_reason_keeps_what_was_typed(bridge, editor):
    here = f"{ROOM}{bridge.pk}/"
    answer = editor.post(here, {"action": "step", "to": "rejected", "version": 1, "reason": " "})
    assert answer.status_code == 422
    assert "Bitte sagen Sie in ein, zwei Sätzen, warum." in text_of(answer)
    assert 'aria-invalid="true" autofocus' in text_of(answer)  # it stands below the first screen
    answer = editor.post(here, {"action": "comment", "text": "ä" * 2001})
    assert answer.status_code == 422
    assert "ä" * 2001 in text_of(answer)
    assert not Comment.objects.exists()


def test_a_late_step_is_told_who_was_quicker_and_keeps_its_reason(bridge, two, editor):
    go(bridge, "reviewed", two.reviewer)
    answer = editor.post(
        f"{ROOM}{bridge.pk}/",
        {"action": "step", "to": "rejected", "version": 1, "reason": "Das gibt es schon."},
    )
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Inzwischen hat reviewer den Status geändert" in page
    assert "Das gibt es schon.</textarea>" in page
    assert 'name="version" value="2"' in page
    assert Bridge.objects.get().status == "reviewed"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "²", "9" * 30])
def test_a_nonsensical_version_is_a_conflict_and_no_error(bridge, editor, version):
    data = {"action": "step", "to": "reviewed", "version": version}
    assert editor.post(f"{ROOM}{bridge.pk}/", data).status_code == 409


def test_editing_at_once_keeps_what_was_typed(bridge, two, editor):
    go(bridge, "reviewed", two.reviewer)
    keys = [str(two.sea.translation_key), str(two.wind.translation_key)]
    data = {"title_de": "Neuer Titel", "kind": "problem", "clusters": keys, "version": 1}
    answer = editor.post(f"{ROOM}{bridge.pk}/edit/", data)
    assert answer.status_code == 409
    assert 'value="Neuer Titel"' in text_of(answer)
    answer = editor.post(f"{ROOM}{bridge.pk}/edit/", data | {"version": 2})
    assert answer.status_code == 302
    assert Bridge.objects.get().title_de == "Neuer Titel"


def test_a_new_bridge(two, editor):
    keys = [str(two.sea.translation_key), str(two.wind.translation_key)]
    assert editor.post(ROOM + "new/", {"title_de": "", "clusters": keys[:1]}).status_code == 422
    answer = editor.post(
        ROOM + "new/", {"title_en": "Skilled workers", "kind": "need_offer", "clusters": keys}
    )
    made = Bridge.objects.get()
    assert answer.url == f"{ROOM}{made.pk}/"
    assert (made.title, made.kind, made.steps.get().by) == ("Skilled workers", "need_offer", two.editor)
    assert editor.get(ROOM + "new/").status_code == 200


def test_a_cluster_out_of_the_editors_sight_stays_and_is_not_named(bridge, two, editor):
    make_private(two.wind, ensure_cluster_group(two.wind))
    here = f"{ROOM}{bridge.pk}/"
    for path in ("", "edit/", "people/"):
        assert "Wind" not in text_of(editor.get(here + path)).replace("Window", "")
    keys = [str(two.sea.translation_key)]
    data = {"title_de": "Titel", "kind": "problem", "clusters": keys, "version": 1}
    assert editor.post(here + "edit/", data).status_code == 302
    assert bridge.clusters.count() == 2


def test_people_of_the_teams_are_offered(bridge, two, editor):
    here = f"{ROOM}{bridge.pk}/people/"
    page = text_of(editor.get(here))
    assert "Kim Meer" in page and "Kim Wind" in page and "Kim Medien" not in page
    data = {"version": 1, "cluster_0": [two.sea_person.pk], "cluster_1": [two.media_person.pk]}
    assert editor.post(here, data).status_code == 422
    assert editor.post(here, data | {"cluster_1": []}).status_code == 302
    assert [one.user for side in bridge.clusters.all() for one in side.responsible.all()] == [two.sea_person]


def test_people_of_a_cluster_out_of_the_editors_sight_are_not_named_and_stay(bridge, two, editor):
    bridge = make_responsible(bridge, two)
    make_private(two.wind, ensure_cluster_group(two.wind))
    two.wind_person.groups.clear()  # nor can the editor take away who has left that team
    for path in ("", f"{bridge.pk}/", f"{bridge.pk}/people/"):
        assert "Kim Wind" not in text_of(editor.get(ROOM + path)), path
    data = {"version": bridge.version, "cluster_0": []}
    assert editor.post(f"{ROOM}{bridge.pk}/people/", data).status_code == 302
    assert [one.user for side in bridge.clusters.all() for one in side.responsible.all()] == [two.wind_person]


def test_editors_are_told_which_page_of_the_evidence_went_offline(bridge, two, editor, onlooker):
    here = f"{ROOM}{bridge.pk}/"
    assert "Zurzeit nicht veröffentlicht" not in text_of(editor.get(here))
    two.wind_guide.unpublish()
    page = text_of(editor.get(here))
    assert "Zurzeit nicht veröffentlicht" in page and f"/admin/pages/{two.wind_guide.pk}/edit/" in page
    assert "Blätter aus Fasern" not in page
    assert "Rotorblätter" not in text_of(onlooker.get(here))


def test_adding_a_passage_in_two_steps(bridge, two, editor):
    here = f"{ROOM}{bridge.pk}/evidence/"
    assert editor.get(here).status_code == 200
    answer = editor.post(here, {"page": two.wind_guide.pk, "version": 1})
    assert answer.url == f"{here}?page={two.wind_guide.pk}"
    page = editor.get(answer.url)
    assert "Blätter aus Fasern verwerten" in text_of(page)
    data = {"cluster": str(two.wind.translation_key), "row": "1", "anchor": "summary", "version": 1}
    assert editor.post(answer.url, data).status_code == 302
    assert bridge.evidence.get(anchor="summary").row == 1
    make_private(two.sea_guide, ensure_cluster_group(two.sea))
    hidden = editor.post(here, {"page": two.sea_guide.pk, "version": 2})
    assert hidden.status_code == 422
    assert "Boote aus Fasern" not in text_of(editor.get(f"{here}?page={two.sea_guide.pk}"))
    for odd in ("x", "²", "999999999", "9" * 40):
        assert editor.get(here, {"page": odd}).status_code == 200


def test_linking_a_page_and_taking_the_link_away(bridge, two, editor):
    here = f"{ROOM}{bridge.pk}/"
    data = {"page": two.sea_guide.pk, "role": "guide", "version": 1}
    assert editor.post(here + "links/", data).status_code == 302
    assert "Hilfe auf dem Weg" in text_of(editor.get(here))
    link = bridge.links.get()
    assert editor.post(here, {"action": "unlink", "key": link.pk, "version": 2}).status_code == 302
    assert not bridge.links.exists()
    for key in ("", "x", "999999"):
        answer = editor.post(here, {"action": "unlink", "key": key, "version": 3})
        assert is_gone(answer)
    assert is_gone(editor.post(here, {"action": "nonsense"}))


# --- Proposals ---


def test_taking_up_a_proposal_makes_a_bridge_with_its_evidence(two, editor, machine):
    assert "Beide arbeiten an „Fasern“." in text_of(editor.get(ROOM + "proposals/"))
    answer = editor.post(ROOM + "proposals/", {"action": "take_up", "key": "sea-wind"})
    made = Bridge.objects.get()
    assert answer.url == f"{ROOM}{made.pk}/"
    assert (made.title_de, made.status, made.evidence.count()) == ("Fasern", "candidate", 2)
    assert {one.cluster_key for one in made.clusters.all()} == {
        two.sea.translation_key,
        two.wind.translation_key,
    }
    assert "Fasern" not in text_of(editor.get(ROOM + "proposals/"))
    late = editor.post(ROOM + "proposals/", {"action": "take_up", "key": "sea-wind"})
    assert late.status_code == 422
    assert Bridge.objects.count() == 1


def test_a_rejected_proposal_stays_away_until_there_is_new_evidence(two, editor, machine):
    address = ROOM + "proposals/"
    refused = editor.post(address, {"action": "turn_down", "key": "sea-wind", "reason": ""})
    assert refused.status_code == 422
    assert not Bridge.objects.exists()
    editor.post(address, {"action": "turn_down", "key": "sea-wind", "reason": "Andere Stoffe."})
    made = Bridge.objects.get()
    assert (made.status, made.steps.first().reason) == ("rejected", "Andere Stoffe.")
    assert "Fasern" not in text_of(editor.get(address)).partition("<main")[2].partition("messages")[0]
    machine.new_evidence = ("Bootsrümpfe",)
    page = text_of(editor.get(address))
    assert "„Andere Stoffe.“" in page
    assert "Seitdem neu: Bootsrümpfe" in page
    assert f'href="{ROOM}{made.pk}/"' in page
    editor.post(address, {"action": "take_up", "key": "sea-wind"})
    made.refresh_from_db()
    assert made.status == "candidate"
    # The history is for good, who may read a page is not: it names none.
    assert "Es gibt neue Belege." in [step.reason for step in made.steps.all()]


@pytest.mark.parametrize("action", ["take_up", "turn_down"])
def test_a_proposal_that_came_back_is_dealt_with_once(two, editor, machine, monkeypatch, action):
    address = ROOM + "proposals/"
    editor.post(address, {"action": "turn_down", "key": "sea-wind", "reason": "Andere Stoffe."})
    machine.new_evidence = ("Bootsrümpfe",)
    find = proposals._found

    def while_somebody_is_quicker(key, by, language):
        found = find(key, by, language)
        monkeypatch.setattr(proposals, "_found", find)
        proposals.take_up(key=key, by=two.reviewer, language=language)
        return found

    monkeypatch.setattr(proposals, "_found", while_somebody_is_quicker)
    answer = editor.post(address, {"action": action, "key": "sea-wind", "reason": "Nein."})
    assert answer.status_code == 422
    assert "Vielleicht hat sich schon jemand" in text_of(answer)
    assert "Nein." not in Bridge.objects.get().steps.values_list("reason", flat=True)


def test_a_proposal_is_only_for_who_may_read_its_evidence(two, editor, machine):
    make_private(two.sea_guide, ensure_cluster_group(two.sea))
    assert "Fasern" not in text_of(editor.get(ROOM + "proposals/"))
    answer = editor.post(ROOM + "proposals/", {"action": "take_up", "key": "sea-wind"})
    assert answer.status_code == 422
    assert not Bridge.objects.exists()


# --- Teams ---


def test_the_administration_says_which_group_is_a_clusters_team(two):
    admin = signed_in(two.admin)
    page = admin.get(reverse("cluster_teams:index"))
    assert "Kim Meer" in text_of(page)
    team = ClusterTeam.objects.get(cluster_key=two.sea.translation_key)
    form = admin.get(reverse("cluster_teams:edit", args=[team.pk]))
    assert "Cluster: Meer" in text_of(form)
    taken = {"cluster_key": str(two.sea.translation_key), "group": team.group_id}
    assert admin.post(reverse("cluster_teams:add"), taken).status_code == 200
    assert ClusterTeam.objects.count() == 3
    assert signed_in(two.editor).get(reverse("cluster_teams:index")).status_code == 302


def test_a_renamed_group_or_cluster_keeps_its_people(two):
    group = ensure_cluster_group(two.sea)
    group.name = "Anders"
    group.save()
    two.sea.title = "Neu"
    assert ensure_cluster_group(two.sea) == group
