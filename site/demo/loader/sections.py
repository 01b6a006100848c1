"""Pages that hold others and say who may read them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from wagtail.models import Locale, Page, PageViewRestriction

from demo.loader.content import ContentError
from demo.loader.pages import key_of
from demo.loader.records import Records
from demo.loader.translating import translate_page
from kb.clusters.roles import ensure_cluster_group
from kb.core import site_tree
from kb.toolbox.markdown.page_fields import block_id


def load_sections(
    *, folder: Path, parents: frozenset[str], records: Records, locales: Mapping[str, Locale]
) -> None:
    """Make the sections whose parent is in `parents` ("toolbox", "clusters/hamburg-aviation")."""
    for node in yaml.safe_load((folder / "sections.yaml").read_text(encoding="utf-8")):
        digest = hashlib.sha256(json.dumps(node, sort_keys=True).encode()).hexdigest()
        name = f"sections/{node['key']}"
        if node["parent"] not in parents or records.knows(name, digest):
            continue
        page = _section(node, name, locales["de"])
        translated = type(page)(
            locale=page.locale, translation_key=page.translation_key, **_values(node, name, "en")
        )
        translate_page(page=page, translated=translated, locale=locales["en"], path="sections.yaml")
        records.keep(name, digest)


def _section(node: dict[str, Any], name: str, locale: Locale) -> Page:
    model = apps.get_model(node["model"])
    page = model.objects.filter(translation_key=key_of(name), locale=locale).first()
    values = _values(node, name, "de")
    if page is None:
        parent = _parent(node["parent"])
        page = model(locale=locale, translation_key=key_of(name), live=False, **values)
        parent.add_child(instance=page)
        # Before it is published: nothing below it is ever visible to everybody.
        _restrict(page, node["restriction"], parent)
    for field, value in values.items():
        setattr(page, field, value)
    page.save_revision().publish()
    return model.objects.get(pk=page.pk)


def _parent(name: str) -> Page:
    if "/" in name:
        page = Page.objects.filter(translation_key=key_of(name), locale__language_code="de").first()
    else:
        page = site_tree.page_of(name)
    if page is None:
        raise ContentError(f"sections.yaml: the page {name} is not there")
    return page.specific


def _restrict(page: Page, restriction: str, parent: Page) -> None:
    if restriction == "login":
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    else:
        made = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.GROUPS)
        made.groups.add(ensure_cluster_group(parent))


def _values(node: dict[str, Any], name: str, language: str) -> dict[str, Any]:
    values = dict(node[language])
    if "body" in values:
        values["body"] = [{"type": "paragraph", "value": values["body"], "id": block_id(name, "body/0")}]
    return values
