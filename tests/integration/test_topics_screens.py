"""Topics in the admin: who sees them, who decides, and that a decision is what was typed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction

from kb.core.roles import ensure_roles
from search.topics.models import Topic
from tests.integration.test_topics import clusters, topic_of, world  # noqa: F401
from tests.searchable.factories import restrict

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def someone(django_user_model):
    """A client of somebody who may enter the admin and nothing else, or what `names` permit."""

    def made(*names):
        user = django_user_model.objects.create_user(f"user-{uuid4()}", password="x")
        user.user_permissions.add(
            *Permission.objects.filter(codename="access_admin"),
            *Permission.objects.filter(content_type__app_label="topics", codename__in=names),
        )
        client = Client()
        client.force_login(user)
        return client

    return made


def address(topic):
    return reverse("lotse_topic", args=[topic.key])


@pytest.fixture
def coffee(clusters):  # noqa: F811
    return topic_of(clusters["energy"], "Kaffeerunde")


def test_who_lacks_the_permission_gets_in_nowhere(someone, coffee):
    client = someone()
    for url in (reverse("lotse_topics"), address(coffee)):
        assert client.get(url).status_code == 302
        assert client.post(url, {"hidden": "on"}).status_code in (302, 405)
    assert not Topic.objects.get(pk=coffee.key).hidden


def test_who_may_look_may_not_decide(someone, coffee):
    client = someone("view_topic")
    page = client.get(address(coffee))
    assert page.status_code == 200
    assert 'name="hidden"' not in page.content.decode()
    assert client.post(address(coffee), {"hidden": "on"}).status_code in (302, 403)
    assert not Topic.objects.get(pk=coffee.key).hidden


def test_without_a_token_nothing_is_decided(coffee, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert client.post(address(coffee), {"hidden": "on"}).status_code == 403
    assert not Topic.objects.get(pk=coffee.key).hidden


def test_the_list_names_owners_and_topics(someone, coffee):
    text = someone("view_topic").get(reverse("lotse_topics")).content.decode()
    assert "Energienetz" in text
    assert "Kaffeerunde" in text


def test_an_editor_renames_and_hides(someone, coffee):
    client = someone("view_topic", "change_topic")
    assert client.post(address(coffee), {"label_de": "  Frühstück  ", "hidden": "on"}).status_code == 302
    row = Topic.objects.get(pk=coffee.key)
    assert (row.given_labels, row.hidden) == ({"de": "Frühstück"}, True)
    assert row.decided_by is not None
    text = client.get(reverse("lotse_topics")).content.decode()
    assert "Frühstück" in text


def test_an_editor_merges_and_takes_apart(someone, coffee, clusters):  # noqa: F811
    client = someone("view_topic", "change_topic")
    blades = topic_of(clusters["energy"], "Rotorblätter")
    client.post(address(coffee), {"merged_into": str(blades.key)})
    assert Topic.objects.get(pk=coffee.key).merged_into_id == blades.key
    client.post(address(blades), {"apart": "on"})
    assert Topic.objects.get(pk=coffee.key).merged_into_id is None


def test_a_topic_of_another_owner_is_no_choice(someone, coffee, clusters):  # noqa: F811
    client = someone("view_topic", "change_topic")
    other = topic_of(clusters["ships"], "Pressemappe")
    assert client.post(address(coffee), {"merged_into": str(other.key)}).status_code == 200
    assert Topic.objects.get(pk=coffee.key).merged_into_id is None


def test_too_long_a_label_is_told_and_kept_in_the_form(someone, coffee):
    client = someone("view_topic", "change_topic")
    page = client.post(address(coffee), {"label_de": "x" * 81})
    assert page.status_code == 200
    assert "x" * 81 in page.content.decode()


def test_a_topic_of_a_closed_page_is_not_there_for_the_editor_either(someone, coffee, clusters):  # noqa: F811
    restrict(clusters["coffee"], PageViewRestriction.GROUPS)
    client = someone("view_topic", "change_topic")
    # Django asks whether the address is there in a language before it gives up.
    assert client.get(address(coffee), follow=True).status_code == 404
    assert "Kaffeerunde" not in client.get(reverse("lotse_topics")).content.decode()


def test_editors_of_the_site_may_decide(db):
    roles = ensure_roles()
    for group in (roles.editors, roles.reviewers):
        assert group.permissions.filter(codename="change_topic").exists()
    assert not roles.members.permissions.filter(codename="view_topic").exists()
