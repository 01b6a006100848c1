"""The pages a new site begins with: both languages, every section, plain pages as drafts."""

from __future__ import annotations

import uuid
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from kb.core.models import HomePage, SiteIdentity
from kb.core.roles import ensure_roles
from kb.core.task_areas import ensure_task_areas
from kb.core.translating import translate
from kb.core.workflow import ensure_editorial_workflow

SOURCE = Path(__file__).parent / "content" / "site_tree.yaml"
NAMESPACE = uuid.UUID("6f1c2a52-2d0a-5c1f-9a35-0d7f4f0f9b11")
"""Translation keys of the given pages are uuid5 of this and their key, so that code finds them after a rename."""


@cache
def given() -> list[dict[str, Any]]:
    """The pages of a new site, as site_tree.yaml describes them."""
    pages: list[dict[str, Any]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return pages


def key_of(name: str) -> uuid.UUID:
    """Translation key of the page with this key in site_tree.yaml."""
    return uuid.uuid5(NAMESPACE, name)


def page_of(name: str, language: str = settings.LANGUAGE_CODE) -> Page | None:
    """The given page `name` ("toolbox", "imprint"…) in `language`; None where an editor deleted it."""
    page = Page.objects.filter(translation_key=key_of(name), locale__language_code=language).first()
    return page.specific if page is not None else None


@transaction.atomic
def ensure_site(hostname: str = "localhost", port: int = 80, site_name: str = "Lotse") -> bool:
    """Makes locales, site, page tree, task areas, roles and workflow where there is no home page yet.

    All or nothing, and once: what an editor deletes later is not made again. Returns whether it made the site.
    """
    if HomePage.objects.exists():
        return False
    german = _locale(settings.LANGUAGE_CODE)
    others = [
        _locale(code) for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES if code != german.language_code
    ]

    ensure_task_areas()
    pages: dict[str, Page] = {}
    for node in given():
        parent = pages[node.get("parent", "home")] if node["key"] != "home" else _empty_root()
        pages[node["key"]] = _make(node, parent, german)
        for locale in others:
            texts = _paths(node, pages[node["key"]], locale.language_code)
            translate(pages[node["key"]], locale, texts, publish=not node.get("draft"))

    site = _site(pages["home"], hostname, port, site_name)
    SiteIdentity.objects.get_or_create(site=site, defaults={"site_name": site_name})
    roles = ensure_roles()
    ensure_editorial_workflow(roles.reviewers)
    return True


@transaction.atomic
def ensure_page(name: str) -> Page:
    """The given page `name` in the default language; made, with its translations, where a site is older than it.

    Raises HomePage.DoesNotExist before `ensure_site`.
    """
    if page := page_of(name):
        return page
    node = next(node for node in given() if node["key"] == name)
    german = _locale(settings.LANGUAGE_CODE)
    page = _make(node, page_of(node.get("parent", "home")) or HomePage.objects.get(locale=german), german)
    for home in (
        HomePage.objects.exclude(locale=german).filter(alias_of__isnull=True).select_related("locale")
    ):
        texts = _paths(node, page, home.locale.language_code)
        translate(page, home.locale, texts, publish=not node.get("draft"))
    return page


def _locale(code: str) -> Locale:
    return Locale.objects.get_or_create(language_code=code)[0]


def _empty_root() -> Page:
    """The tree's root, without the welcome page that Wagtail's first migration makes."""
    root = Page.get_first_root_node()
    # The base class itself: nobody can have made such a page in the editor.
    for page in root.get_children().filter(content_type__model="page", content_type__app_label="wagtailcore"):
        page.delete()
    root.refresh_from_db()
    return root


def _make(node: dict[str, Any], parent: Page, locale: Locale) -> Page:
    model = apps.get_model(node["model"])
    texts = dict(node[locale.language_code])
    if "intro" in texts:
        texts["intro"] = f"<p>{escape(texts['intro'], quote=False)}</p>"
    if "body" in texts:
        texts["body"] = [("paragraph", f"<p>{escape(texts['body'], quote=False)}</p>")]
    page = model(
        locale=locale,
        translation_key=key_of(node["key"]),
        show_in_menus=bool(node.get("menu")),
        live=False,
        **texts,
    )
    if node.get("footer"):
        page.show_in_footer = True
    if node.get("easy_language"):
        page.variant = model.Variant.EASY
    parent.add_child(instance=page)
    revision = page.save_revision()
    if not node.get("draft"):
        revision.publish()
    # treebeard keeps counts on the instance: the next child needs fresh ones.
    parent.refresh_from_db()
    return model.objects.get(pk=page.pk)


def _paths(node: dict[str, Any], page: Page, language: str) -> dict[str, str]:
    texts = dict(node[language])
    if "body" in texts:
        text = texts.pop("body")
        texts[f"body.{page.body[0].id}"] = text
    return texts


def _site(home: Page, hostname: str, port: int, site_name: str) -> Site:
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.port, site.site_name, site.root_page = hostname, port, site_name, home
    site.save()
    return site
