"""The groups of people and what each may do."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

EDITORS = "Redaktion"
REVIEWERS = "Freigabe"
MEMBERS = "Mitglieder"

SNIPPETS = ["core.TaskArea"]


@dataclass(frozen=True)
class Roles:
    """The groups that every site has."""

    editors: Group
    """write, translate and submit; publish only what a reviewer approved"""
    reviewers: Group
    """approve, publish, set privacy"""
    members: Group
    """read what is for members of all clusters; no access to the admin"""


def ensure_roles() -> Roles:
    """Makes the groups with their permissions. What an administrator added to a group stays."""
    editors, reviewers, members = (
        Group.objects.get_or_create(name=name)[0] for name in (EDITORS, REVIEWERS, MEMBERS)
    )
    root = Page.get_first_root_node()
    _pages(editors, root, ["add_page", "change_page"])
    _pages(
        reviewers,
        root,
        ["add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"],
    )
    for group in (editors, reviewers):
        _media(group)
        _model(group, SNIPPETS, ["add", "change", "delete", "view"] if group == reviewers else ["view"])
        _model(group, ["gaps.Gap", "feedback.Feedback", "topics.Topic"], ["view", "change"])
        _model(group, ["bridges.Bridge"], ["view", "add", "change"])
        group.permissions.add(
            Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"),
            Permission.objects.get(content_type__app_label="wagtail_localize", codename="submit_translation"),
            Permission.objects.get(content_type__app_label="evaluation", codename="judge"),
        )
    # Whoever answers for what is published sees whether it can be found.
    reviewers.permissions.add(
        *Permission.objects.filter(
            content_type__app_label="health", codename__in=["view_index", "retry_index"]
        )
    )
    return Roles(editors, reviewers, members)


def _pages(group: Group, root: Page, codenames: list[str]) -> None:
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", content_type__model="page", codename__in=codenames
    ):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _media(group: Group) -> None:
    collection = Collection.get_first_root_node()
    # Wagtail asks for the permissions of its own models, whatever models a site has put in their place.
    for permission in Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"],
        content_type__model__in=["image", "document"],
        codename__regex="^(add|change|choose)_",
    ):
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=permission
        )


def _model(group: Group, labels: list[str], actions: list[str]) -> None:
    for label in labels:
        meta = apps.get_model(label)._meta
        group.permissions.add(
            *Permission.objects.filter(
                content_type__app_label=meta.app_label,
                codename__in=[f"{action}_{meta.model_name}" for action in actions],
            )
        )
