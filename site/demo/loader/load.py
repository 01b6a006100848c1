"""The way of the demo content onto the site, from the folder to the English page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from wagtail.models import Locale, Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from demo.loader import pages
from demo.loader.bridges import load_bridges
from demo.loader.content import CONTENT, Content, ContentError, Entry, read_content
from demo.loader.identity import load_identity
from demo.loader.judgements import load_judgements
from demo.loader.media import load_documents, load_pictures
from demo.loader.people import Person, load_people
from demo.loader.records import Records
from demo.loader.sections import load_sections
from demo.loader.translating import translate_page
from kb.clusters.models import ClusterPage
from kb.clusters.roles import ensure_cluster_group
from kb.core.models import TaskArea
from kb.core.roles import ensure_roles
from kb.core.site_tree import ensure_page

# Part of every digest: change it when the same text makes a different page.
LOADER_VERSION = 1

# Demo users who belong to a cluster.
TEAMS = {
    "mitglied-aviation": "hamburg-aviation",
    "mitglied-maritim": "maritimes-cluster-norddeutschland",
}

LABELS = {
    "pages": "Plain page",
    "pages_aviation": "Page for one cluster",
    "clusters": "Cluster",
    "fields": "Co-learning field",
    "templates": "Template",
    "guides": "Practice guide",
    "guides_members": "Guide for members",
    "cases": "Case example",
    "needs_offers": "Need or offer",
    "news": "News item",
    "bridges": "Cluster bridge",
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """What a run did."""

    pages: int
    changed: int
    warnings: tuple[str, ...]


def load_demo(*, say: Say, logins: Path, folder: Path = CONTENT) -> Loaded:
    """Load what is new or changed since the last run. `logins` is the folder for the demo users' passwords.

    The site's own pages must be there (kb.core.site_tree.ensure_site). Raises ContentError, which names file and
    field, and leaves everything loaded before it in place.
    """
    content = read_content(folder)
    if not content.entries:
        raise ContentError(f"There are no texts in {folder}")
    records = Records()
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    site = pages.Site(
        locales=locales,
        pictures=load_pictures(content=content, records=records, say=say),
        documents=load_documents(content=content, records=records, say=say),
        task_areas={
            (area.locale.language_code, area.slug): area for area in TaskArea.objects.select_related("locale")
        },
        names=frozenset(content.entries),
    )
    load_identity(records=records)
    due = [
        entry for entry in content.entries.values() if not records.knows(entry.name, _digest(entry, content))
    ]
    if due:
        ensure_page("bridges")
        _make_missing(due, content, site, records, say)
        site.learn_pages(content.entries)
        # A bridge's page is published when its record is active, and the record shows passages of other pages.
        _publish([entry for entry in due if entry.folder != "bridges"], content, site, records, say)
    _load_people(logins)
    load_bridges(path=folder.parent / "bridges.yaml", records=records)
    _publish([entry for entry in due if entry.folder == "bridges"], content, site, records, say)
    site.missing.extend(_removed(content, records))
    site.missing.extend(load_judgements(path=folder.parent / "judgements.yaml", records=records))
    return Loaded(len(content.entries), len(due), tuple(dict.fromkeys(site.missing)))


def _make_missing(due: list[Entry], content: Content, site: pages.Site, records: Records, say: Say) -> None:
    """Drafts of all new pages, in an order in which every parent is there; sections between them."""
    load_sections(
        folder=content.folder, parents=frozenset({"toolbox"}), records=records, locales=site.locales
    )
    there = set(
        Page.objects.filter(translation_key__in=[pages.key_of(entry.name) for entry in due]).values_list(
            "translation_key", "locale__language_code"
        )
    )
    new = [entry for entry in due if (pages.key_of(entry.name), entry.language) not in there]
    first = [entry for entry in new if entry.folder in {"pages", "clusters"}]
    rest = [entry for entry in new if entry not in first]
    for entries in (first, rest):
        if entries is rest:
            # Below clusters, which have to be there in both languages first.
            changed = [entry for entry in due if entry.folder == "clusters"]
            _publish(changed, content, site, records, say)
            parents = frozenset(entry.name for entry in content.of("clusters"))
            load_sections(folder=content.folder, parents=parents, records=records, locales=site.locales)
        with transaction.atomic(), disable_reference_index_auto_update():
            for number, entry in enumerate(entries, start=1):
                say(f"New page {number} of {len(entries)}: {entry.name}")
                site.know(pages.make(entry, site))


def _publish(due: Iterable[Entry], content: Content, site: pages.Site, records: Records, say: Say) -> None:
    """Fill, publish and translate each page; a page is done in one piece and remembered with it."""
    for entry in due:
        if records.knows(entry.name, _digest(entry, content)):
            continue
        together = content.of(entry.folder)
        title = entry.source["title"]
        say(f"{LABELS[entry.folder]} {together.index(entry) + 1} of {len(together)}: {title}")
        with transaction.atomic(), disable_reference_index_auto_update():
            page = pages.find(entry)
            if page is None:
                raise ContentError(f"{entry.source.path}: its page is not there")
            page = pages.fill_and_publish(page, entry, site)
            if entry.translation is not None:
                translated = pages.translated_instance(page, entry)
                path = entry.translation.path
                translate_page(page=page, translated=translated, locale=site.locales["en"], path=path)
            # Each page is saved several times on its way; what it refers to is noted once.
            for version in Page.objects.filter(translation_key=page.translation_key).specific():
                ReferenceIndex.create_or_update_for_object(version)
            records.keep(entry.name, _digest(entry, content))


def _digest(entry: Entry, content: Content) -> str:
    """What a page is made of: its texts, and whether what it refers to is there."""
    picture = content.pictures.get(entry.source.front_matter.get("image") or "")
    there = [str(picture is not None)]
    for relation in pages.relations_of(entry):
        known = content.guides if relation.folder == "guides" else content.entries
        name = relation.key if relation.folder == "guides" else f"{relation.folder}/{relation.key}"
        there.append(str(name in known))
    for file in entry.source.front_matter.get("files") or []:
        there.append(str(file.get("file") in content.files))
    return hashlib.sha256(f"{LOADER_VERSION} {entry.digest} {' '.join(there)}".encode()).hexdigest()


def _removed(content: Content, records: Records) -> list[str]:
    """Texts that were loaded once and are no longer in the folder. Their pages are left to the editors."""
    gone = [name for name in records.names if name.split("/")[0] in LABELS and name not in content.entries]
    halves = [
        entry for entry in content.entries.values() if entry.language == "de" and entry.translation is None
    ]
    translated = Page.objects.filter(
        translation_key__in=[pages.key_of(entry.name) for entry in halves],
        locale__language_code="en",
        live=True,
    )
    keys = set(translated.values_list("translation_key", flat=True))
    gone += [f"{entry.name}.en.md" for entry in halves if pages.key_of(entry.name) in keys]
    return [f"{name}: the text is gone from the content folder, its page stays on the site" for name in gone]


def _load_people(folder: Path) -> None:
    roles = ensure_roles()
    people = [
        Person("admin", "Administration", superuser=True),
        Person("redaktion", "Redaktion: schreibt und reicht ein", [roles.editors]),
        Person("freigabe", "Freigabe: prüft und veröffentlicht", [roles.reviewers]),
        Person("mitglied", "Mitglied: liest auch den Mitgliederbereich", [roles.members]),
    ]
    for username, key in TEAMS.items():
        cluster = ClusterPage.objects.filter(
            translation_key=pages.key_of(f"clusters/{key}"), locale__language_code="de"
        ).first()
        if cluster is not None:
            groups = [roles.members, ensure_cluster_group(cluster)]
            people.append(Person(username, f"Mitglied im Team von {cluster.title}", groups))
    load_people(people=people, folder=folder)
