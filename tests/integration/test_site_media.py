"""What lies in the media folder is not what everybody may fetch."""

import pytest


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name in ("images/cover.webp", "documents/internal.pdf", "original_images/party.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"content")
    return tmp_path


def test_a_rendition_is_served_and_may_be_cached(client, media):
    answer = client.get("/media/images/cover.webp")
    assert answer.getvalue() == b"content"
    assert "max-age" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/media/documents/internal.pdf",
        "/media/original_images/party.jpg",
        "/media/images/../documents/internal.pdf",
        "/media/images/%2e%2e/documents/internal.pdf",
        "/media/images/",
    ],
)
def test_nothing_else_in_the_media_folder_is(client, media, path):
    answer = client.get(path, follow=True)
    assert answer.status_code in (400, 404)
    assert b"content" not in answer.content[:8]
