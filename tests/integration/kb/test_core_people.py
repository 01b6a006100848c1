"""What each role may do in the admin, and that nobody may do more."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection

from kb.clusters.roles import ensure_cluster_group
from kb.core.models import SiteIdentity
from kb.core.roles import ensure_roles
from kb.core.workflow import ensure_editorial_workflow

ADMIN_PAGES = [
    "wagtailadmin_home",
    "wagtailimages:index",
    "wagtaildocs:index",
    "wagtailsnippets_core_taskarea:list",
]


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_members_and_visitors_do_not_enter_the_admin(client, people, name):
    for user in (None, people.member, people.stranger):
        client.logout()
        if user:
            client.force_login(user)
        assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_editors_do(client, people, name):
    client.force_login(people.editor)
    assert client.get(reverse(name)).status_code == 200


def test_editor_cannot_change_the_task_areas(client, people, site):
    client.force_login(people.editor)
    for name, args in (("add", []), ("edit", [site.area.pk]), ("delete", [site.area.pk])):
        response = client.post(reverse(f"wagtailsnippets_core_taskarea:{name}", args=args), {"name": "x"})
        assert response.status_code == 302
        assert response.url == reverse("wagtailadmin_home")
    site.area.refresh_from_db()
    assert site.area.name == "Vernetzung"


def test_reviewer_can_change_the_task_areas(client, people, site):
    client.force_login(people.reviewer)
    response = client.get(reverse("wagtailsnippets_core_taskarea:edit", args=[site.area.pk]))
    assert response.status_code == 200


def test_editor_writes_but_does_not_publish(people, make_guide):
    guide = make_guide()
    editor, reviewer = guide.permissions_for_user(people.editor), guide.permissions_for_user(people.reviewer)
    assert editor.can_edit()
    assert not editor.can_publish()
    assert not editor.can_unpublish()
    assert not editor.can_set_view_restrictions()
    assert reviewer.can_publish()
    assert reviewer.can_set_view_restrictions()


def test_guide_goes_live_when_a_reviewer_approves(people, make_guide, django_capture_on_commit_callbacks):
    workflow = ensure_editorial_workflow(people.roles.reviewers)
    guide = make_guide(live=False)
    guide.save_revision(user=people.editor)
    state = workflow.start(guide, people.editor)
    task = state.current_task_state.task.specific
    assert "approve" not in [action for action, *_ in task.get_actions(guide, people.editor)]
    assert "approve" in [action for action, *_ in task.get_actions(guide, people.reviewer)]
    with django_capture_on_commit_callbacks(execute=True):
        task.on_action(state.current_task_state, people.reviewer, "approve")
    guide.refresh_from_db()
    assert guide.live


def test_roles_and_workflow_are_made_once(people, make_cluster):
    before = Group.objects.count()
    first = ensure_editorial_workflow(ensure_roles().reviewers)
    assert ensure_editorial_workflow(ensure_roles().reviewers) == first
    assert first.workflow_tasks.count() == 1
    assert Group.objects.count() == before
    cluster = make_cluster()
    assert ensure_cluster_group(cluster) == ensure_cluster_group(cluster)
    assert not ensure_cluster_group(cluster).permissions.exists()


def test_image_needs_its_alternative_texts(people, db):
    form = get_image_form(get_image_model())({"title": "Messe"}, user=people.editor)
    assert {"alt_de", "alt_en"} <= set(form.errors)
    assert "description" not in form.fields


def test_alternative_text_is_in_the_language_being_read(db):
    image = get_image_model()(title="Messe", alt_de="Ein Stand", alt_en="A stand")
    with translation.override("de"):
        assert image.default_alt_text == "Ein Stand"
    with translation.override("en"):
        assert image.default_alt_text == "A stand"
    image.alt_en = ""
    with translation.override("en"):
        assert image.default_alt_text == "Ein Stand"


def test_the_funders_sentence_says_which_language_it_is_in():
    identity = SiteIdentity(funder_text_de="Gefördert")
    with translation.override("en"):
        assert (identity.funder_text, identity.funder_language) == ("Gefördert", "de")
        identity.funder_text_en = "Funded"
        assert (identity.funder_text, identity.funder_language) == ("Funded", "en")


@pytest.mark.parametrize("name", ["kein-name", "skript.exe", "seite.html"])
def test_file_of_an_unknown_kind_is_refused(people, name):

    data = {"title": "Datei", "collection": Collection.get_first_root_node().pk}
    form = get_document_form(get_document_model())(
        data, {"file": SimpleUploadedFile(name, b"x")}, user=people.editor
    )
    assert "file" in form.errors
