"""German pages: made first as drafts, then filled with their relations and published."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.models import Locale, Page

from demo.loader.content import ContentError, Entry
from demo.loader.fields import Relation, fields_of, relations_of
from kb.bridges.models import BridgePage
from kb.clusters.models import CasePage, ClusterPage, FieldPage, NeedOfferPage
from kb.core import site_tree
from kb.core.models import ContentPage, HomePage, LotseDocument, LotseImage, NewsPage, TaskArea
from kb.toolbox.markdown.page_fields import block_id
from kb.toolbox.models import PracticeGuide, TemplatePage

NAMESPACE = uuid.UUID("0d6c3c7e-4c0e-5a43-8f5b-2b1f5c9d7a10")

# Pages that every site has (kb.core.site_tree) -> demo texts that fill them.
GIVEN = {
    "pages/home": "home",
    "pages/impressum": "imprint",
    "pages/datenschutz": "privacy",
    "pages/barrierefreiheit": "accessibility",
    "pages/leichte-sprache": "easy-language",
}

MODELS: Mapping[str, type[Page]] = {
    "pages": ContentPage,
    "pages_aviation": ContentPage,
    "clusters": ClusterPage,
    "fields": FieldPage,
    "templates": TemplatePage,
    "guides": PracticeGuide,
    "guides_members": PracticeGuide,
    "cases": CasePage,
    "needs_offers": NeedOfferPage,
    "news": NewsPage,
    "bridges": BridgePage,
}

# Where the pages of a folder go: a page of the site, or a section of sections.yaml.
PARENTS = {
    "pages": "home",
    "pages_aviation": "sections/aviation",
    "clusters": "clusters",
    "fields": "fields",
    "templates": "templates",
    "guides": "toolbox",
    "guides_members": "sections/members",
    "cases": "cases",
    "news": "news",
    "bridges": "bridges",
}


def key_of(name: str) -> uuid.UUID:
    """Translation key of a page of the demo content, by "folder/key"."""
    return site_tree.key_of(GIVEN[name]) if name in GIVEN else uuid.uuid5(NAMESPACE, name)


def model_of(entry: Entry) -> type[Page]:
    return HomePage if entry.name == "pages/home" else MODELS[entry.folder]


@dataclass
class Site:
    """What pages are made of and refer to, and what was asked for but is not there."""

    locales: Mapping[str, Locale]
    pictures: Mapping[str, LotseImage]
    documents: Mapping[str, LotseDocument]
    task_areas: Mapping[tuple[str, str], TaskArea]
    names: frozenset[str]  # every "folder/key" of the content
    missing: list[str] = field(default_factory=list)
    _ids: dict[uuid.UUID, int] = field(default_factory=dict)

    def learn_pages(self, names: Iterable[str]) -> None:
        """Read the ids of these pages at once."""
        keys = {key_of(name) for name in names}
        rows = Page.objects.filter(translation_key__in=keys).order_by("locale__language_code")
        for key, pk in rows.values_list("translation_key", "pk"):
            self._ids.setdefault(key, pk)  # "de" sorts before "en": the original where both are there

    def know(self, page: Page) -> None:
        self._ids[page.translation_key] = page.pk

    def page_id(self, relation: Relation, asked_by: Entry) -> int | None:
        """The id of the page a relation points at; None, and a note, where it is not there."""
        folders = ("guides", "guides_members") if relation.folder == "guides" else (relation.folder,)
        for folder in folders:
            if pk := self._ids.get(key_of(f"{folder}/{relation.key}")):
                return pk
        self.missing.append(f"{asked_by.source.path}: there is no {relation.folder}/{relation.key}")
        return None

    def picture(self, entry: Entry) -> LotseImage | None:
        key = entry.source.front_matter.get("image")
        if key and key not in self.pictures:
            self.missing.append(f"{entry.source.path}: there is no image {key}")
        return self.pictures.get(key) if key else None

    def task_area(self, entry: Entry) -> TaskArea | None:
        slug = entry.source.front_matter.get("task_area")
        area = self.task_areas.get((entry.language, slug)) if slug else None
        if slug and area is None:
            raise ContentError(f"{entry.source.path}: there is no task area “{slug}”")
        return area


def find(entry: Entry) -> Page | None:
    """The page of an entry in its own language."""
    return (
        model_of(entry)  # type: ignore[attr-defined]
        .objects.filter(translation_key=key_of(entry.name), locale__language_code=entry.language)
        .first()
    )


def parent_of(entry: Entry) -> Page:
    """The page below which an entry belongs. Raises ContentError where it is not there."""
    name = PARENTS.get(entry.folder) or f"clusters/{entry.source['cluster']}"
    if "/" in name:
        parent = Page.objects.filter(
            translation_key=key_of(name), locale__language_code=entry.language
        ).first()
    else:
        parent = site_tree.page_of(name, entry.language)
    if parent is None:
        raise ContentError(f"{entry.source.path}: the page above it ({name}) is not there")
    return parent


def make(entry: Entry, site: Site) -> Page:
    """A draft without relations, so that others can refer to it."""
    page = model_of(entry)(
        locale=site.locales[entry.language],
        translation_key=key_of(entry.name),
        live=False,
        **own_fields(entry, site),
    )
    parent_of(entry).add_child(instance=page)
    return page


def fill_and_publish(page: Page, entry: Entry, site: Site) -> Page:
    """Set everything the text says, publish, and return the live page. Raises ContentError for what is not valid."""
    values = own_fields(entry, site) | relation_fields(entry, site)
    if entry.name in GIVEN:
        values.pop("slug")
    for name, value in values.items():
        setattr(page, name, value)
    try:
        page.full_clean(exclude=["path", "depth"])
        if missing := page.missing_for_publication():
            raise ValidationError(dict(missing))
    except ValidationError as error:
        problems = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
        raise ContentError(f"{entry.source.path}: {problems}") from None
    page.save_revision(clean=False).publish()
    return type(page).objects.get(pk=page.pk)


def own_fields(entry: Entry, site: Site) -> dict[str, Any]:
    """The fields that need no other page."""
    values = fields_of(entry, entry.language)
    model = model_of(entry)
    names = {field.name for field in model._meta.get_fields()}
    if "image" in names and (picture := site.picture(entry)):
        values["image"] = picture
    if "task_area" in names:
        values["task_area"] = site.task_area(entry)
    if entry.folder == "templates":
        values["files"] = _files(entry, site)
    return values


def translated_instance(page: Page, entry: Entry) -> Page:
    """A page that is not to be saved, with the English texts and the ids of the German blocks."""
    values = fields_of(entry, "en")
    if entry.name in GIVEN:
        # Address and, at home, the question were translated when the site was made.
        there = site_tree.page_of(GIVEN[entry.name], "en")
        values["slug"] = there.slug if there else values["slug"]
        if question := getattr(there, "question", None):
            values["question"] = question
    translated = copy.copy(page)
    for name, value in values.items():
        setattr(translated, name, value)
    return translated


def relation_fields(entry: Entry, site: Site) -> dict[str, Any]:
    """Streams of page choosers and foreign keys to pages."""
    values: dict[str, Any] = {}
    for position, relation in enumerate(relations_of(entry)):
        pk = site.page_id(relation, entry)
        if pk is None:
            continue
        if not relation.block_type:
            values[f"{relation.field}_id"] = pk
            continue
        block = {
            "type": relation.block_type,
            "value": pk,
            "id": block_id(entry.name, f"{relation.field}/{position}"),
        }
        values.setdefault(relation.field, []).append(block)
    return values


def _files(entry: Entry, site: Site) -> list[dict[str, Any]]:
    blocks = []
    for position, file in enumerate(entry.source["files"]):
        document = site.documents.get(file["file"])
        if document is None:
            site.missing.append(f"{entry.source.path}: there is no file files/{file['file']}")
            continue
        value = {"document": document.pk, "language": file["language"], "label": ""}
        blocks.append({"type": "file", "value": value, "id": block_id(entry.name, f"files/{position}")})
    return blocks
