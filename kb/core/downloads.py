"""Who may download a document: whoever can read a page that offers it."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, ReferenceIndex
from wagtail.permissions import policy_registry

from kb.core.visibility import visible_to
from search.reader import Reader

EDITING = ["add", "change", "delete", "choose"]


def may_download(document: Any, user: Any) -> bool:
    """True when `user` works with the document's collection or can see a live page that refers to it.

    A document that no page refers to is an editor's working material and nobody else's.
    """
    return works_with(document, user) or is_offered_to(document, Reader.of(user))


def works_with(document: Any, user: Any) -> bool:
    """True for an editor with a permission for the document's collection."""
    policy = policy_registry.get_by_type(type(document))
    return bool(
        user.is_authenticated
        and user.has_perm("wagtailadmin.access_admin")
        and policy.user_has_any_permission_for_instance(user, EDITING, document)
    )


def is_offered_to(document: Any, reader: Reader) -> bool:
    """True when a page that `reader` may see refers to the document, in a field, a stream or rich text."""
    references = ReferenceIndex.get_references_to(document).filter(
        base_content_type=ContentType.objects.get_for_model(Page)
    )
    pages = {int(key) for key in references.values_list("object_id", flat=True)}
    return bool(pages) and visible_to(Page.objects.filter(pk__in=pages), reader).exists()
