"""A document is as private as the pages that offer it."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model

from kb.toolbox.models import TemplatePage
from tests.integration.kb.conftest import add, make_private


@pytest.fixture(autouse=True)
def files_on_disk(settings, tmp_path):
    """Wagtail serves a file by its path, which the tests' storage in memory does not have."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }


@pytest.fixture
def document(db):
    return get_document_model().objects.create(
        title="Ablauf", file=ContentFile(b"Zeit;Thema", name="ablauf.csv")
    )


@pytest.fixture
def make_template(site, document):
    def make(**fields):
        files = [("file", {"document": document, "language": "de", "label": ""})]
        return add(
            site.templates,
            TemplatePage(title="Ablaufplan", summary="Ein Plan", purpose="<p>Planen</p>", files=files),
            **fields,
        )

    return make


def downloads(client, document, user=None):
    """True when the file comes, False when it is refused."""
    client.logout()
    if user is not None:
        client.force_login(user)
    response = client.get(document.url)
    if response.status_code == 200:
        assert b"".join(response.streaming_content) == b"Zeit;Thema"
        return True
    assert response.status_code == 404 if user is not None else response.url.startswith(reverse("login"))
    return False


def test_document_of_a_public_page_is_for_everybody(client, document, make_template, people):
    make_template()
    assert downloads(client, document)
    assert downloads(client, document, people.stranger)


def test_document_of_a_members_page_is_for_members_only(client, document, make_template, people):
    make_private(make_template(), people.roles.members)
    assert not downloads(client, document)
    assert downloads(client, document, people.member)
    assert not downloads(client, document, people.stranger)
    assert downloads(client, document, people.editor)


def test_document_in_a_private_section_is_as_private_as_the_section(
    client, document, make_template, people, site
):
    make_template()
    make_private(site.templates, people.other_group)
    assert not downloads(client, document)
    assert not downloads(client, document, people.member)
    assert downloads(client, document, people.stranger)


def test_one_public_page_is_enough(client, document, make_template, make_guide):
    make_private(make_template())
    assert not downloads(client, document)
    make_guide(purpose=f'<p><a linktype="document" id="{document.pk}">Ablauf</a></p>')
    assert downloads(client, document)


def test_document_of_a_draft_is_for_editors_only(client, document, make_template, people):
    make_template(live=False)
    assert not downloads(client, document)
    assert not downloads(client, document, people.member)
    assert downloads(client, document, people.editor)


def test_document_without_a_page_is_for_editors_only(client, document, people):
    assert not downloads(client, document)
    assert not downloads(client, document, people.member)
    assert downloads(client, document, people.reviewer)
    assert downloads(client, document, people.admin)


def test_document_goes_offline_with_its_page(client, document, make_template):
    page = make_template()
    assert downloads(client, document)
    page.unpublish()
    assert not downloads(client, document)


def test_text_of_an_uploaded_file_is_kept_for_the_index(document):
    pytest.importorskip("kb.toolbox.documents")
    document.refresh_from_db()
    assert "Thema" in document.text
    assert document.text_of == document.file_hash


def test_unreadable_file_is_kept_without_text(db):
    broken = get_document_model().objects.create(
        title="Kaputt", file=ContentFile(b"%PDF nothing", name="kaputt.pdf")
    )
    broken.refresh_from_db()
    assert broken.text == ""
