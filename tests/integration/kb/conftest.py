"""A small site in two languages, people who read and edit it, and the steps tests repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.test.utils.form_data import nested_form_data, rich_text

from accounts.models import User
from kb.clusters.models import CaseIndexPage, ClusterIndexPage, ClusterPage
from kb.core.models import HomePage, TaskArea
from kb.core.roles import ensure_roles
from kb.toolbox.models import GuideSectionPage, PracticeGuide, TemplateIndexPage, ToolboxPage


@pytest.fixture
def german(db: None) -> Locale:
    return Locale.objects.get_or_create(language_code="de")[0]


@pytest.fixture
def english(db: None) -> Locale:
    return Locale.objects.get_or_create(language_code="en")[0]


def add(parent: Page, page: Page, *, live: bool = True) -> Any:
    """Adds `page` below `parent` as an editor would: with a revision, published or not."""
    page.live = live
    parent.refresh_from_db()
    parent.add_child(instance=page)
    revision = page.save_revision(clean=live)
    if live:
        revision.publish()
    return type(page).objects.get(pk=page.pk)


def in_english(parent: Page, page: Page, english: Locale, **fields: Any) -> Any:
    """`page` in English below `parent`."""
    translation_key, summary = page.translation_key, page.summary
    copy = type(page)(locale=english, translation_key=translation_key, summary=summary, **fields)
    copy.show_in_menus = page.show_in_menus
    return add(parent, copy)


@pytest.fixture(scope="module")
def built_site(once: Callable[..., Any]) -> Iterator[SimpleNamespace]:
    """The site of all tests of a file, made once. Tests take `site`, which reads it afresh."""
    with once():
        yield _build_site(*(Locale.objects.get_or_create(language_code=code)[0] for code in ("de", "en")))


@pytest.fixture
def site(built_site: SimpleNamespace, db: None) -> SimpleNamespace:
    """German and English: home, toolbox with a section, templates, clusters, cases; one task area."""
    return _fresh(built_site)


def _fresh(built: SimpleNamespace) -> SimpleNamespace:
    """The same rows as new objects: what a test does to them, or rolls back, stays in that test."""
    return SimpleNamespace(
        **{name: type(value).objects.get(pk=value.pk) for name, value in vars(built).items()}
    )


def _build_site(german: Locale, english: Locale) -> SimpleNamespace:
    root = Page.get_first_root_node()
    for page in root.get_children():
        page.delete()
    root.refresh_from_db()
    home = add(root, HomePage(title="Lotse", slug="home", summary="Start", question="Was?", locale=german))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": home}
    )
    toolbox = add(
        home,
        ToolboxPage(title="Werkzeugkasten", slug="werkzeugkasten", summary="Leitfäden", show_in_menus=True),
    )
    section = add(toolbox, GuideSectionPage(title="Intern", slug="intern", summary="Für Mitglieder"))
    templates = add(home, TemplateIndexPage(title="Vorlagen", slug="vorlagen", summary="Vorlagen"))
    clusters = add(home, ClusterIndexPage(title="Cluster", slug="cluster", summary="Cluster"))
    cases = add(home, CaseIndexPage(title="Praxisbeispiele", slug="praxisbeispiele", summary="Beispiele"))
    area = TaskArea.objects.create(name="Vernetzung", slug="vernetzung", locale=german)
    found = SimpleNamespace(
        home=home,
        toolbox=toolbox,
        section=section,
        templates=templates,
        clusters=clusters,
        cases=cases,
        area=area,
    )
    # Made directly: wagtail-localize takes its time, and the tests that are about it translate their own guides.
    found.area_en = TaskArea.objects.create(
        name="Networking", slug="vernetzung", locale=english, translation_key=area.translation_key
    )
    found.home_en = in_english(root, home, english, title="Lotse", slug="home-en", question="What?")
    found.toolbox_en = in_english(found.home_en, toolbox, english, title="Toolbox", slug="toolbox")
    found.section_en = in_english(found.toolbox_en, section, english, title="Internal", slug="internal")
    found.clusters_en = in_english(found.home_en, clusters, english, title="Clusters", slug="clusters")
    return found


def add_guide(
    site: SimpleNamespace,
    title: str = "Frühstück",
    *,
    parent: Page | None = None,
    live: bool = True,
    step: str = "Ankommen",
    text: str = "<p>Kaffee</p>",
    **fields: Any,
) -> Any:
    """A publishable guide below the toolbox, or below `parent`; `step` and `text` are its one step."""
    values: dict[str, Any] = {
        "summary": "Ein Morgen mit Mitgliedern",
        "kind": PracticeGuide.Kind.EVENT_FORMAT,
        "task_area": site.area,
        "purpose": "<p>Kontakte</p>",
        "steps": [("step", {"title": step, "minutes": 10, "text": text, "tip": ""})],
    }
    return add(parent or site.toolbox, PracticeGuide(title=title, **(values | fields)), live=live)


@pytest.fixture
def make_guide(site: SimpleNamespace) -> Callable[..., PracticeGuide]:
    return partial(add_guide, site)


def afresh(guides: Mapping[str, PracticeGuide]) -> dict[str, PracticeGuide]:
    """The guides of a module's fixture as new objects, for one test."""
    return {name: PracticeGuide.objects.get(pk=guide.pk) for name, guide in guides.items()}


ENGLISH_GUIDE = {
    "title": "Breakfast",
    "slug": "breakfast",
    "summary": "A morning with members",
    "purpose": "Contacts",
}


def english_texts(guide: PracticeGuide) -> dict[str, str]:
    """Every text of a guide made by `make_guide`, in English."""
    step = guide.steps[0].id
    return {**ENGLISH_GUIDE, f"steps.{step}.title": "Arriving", f"steps.{step}.text": "Coffee"}


@pytest.fixture
def make_cluster(site: SimpleNamespace) -> Callable[..., ClusterPage]:
    def make(title: str = "Luftfahrt", **fields: Any) -> Any:
        return add(
            site.clusters, ClusterPage(title=title, summary="Ein Cluster", field="Luftfahrt", **fields)
        )

    return make


@pytest.fixture(scope="module")
def built_people(built_site: SimpleNamespace) -> SimpleNamespace:
    """The people of all tests of a file; goes with the site's transaction."""
    roles = ensure_roles()
    other = Group.objects.create(name="Cluster: Andere")
    found = SimpleNamespace(other_group=other, roles=roles)
    for name, groups in {
        "editor": [roles.editors],
        "reviewer": [roles.reviewers],
        "member": [roles.members],
        "stranger": [other],
    }.items():
        user = User.objects.create_user(name, f"{name}@example.org", "secret")
        user.groups.set(groups)
        setattr(found, name, user)
    found.admin = User.objects.create_superuser("admin", "admin@example.org", "secret")
    return found


@pytest.fixture
def people(built_people: SimpleNamespace, db: None) -> SimpleNamespace:
    """One person of each role, and somebody without any."""
    found = SimpleNamespace(roles=built_people.roles)
    for name, value in vars(built_people).items():
        if name != "roles":  # a user remembers permissions that were asked once
            setattr(found, name, type(value).objects.get(pk=value.pk))
    return found


def signed_in(user: User) -> Client:
    """A browser of its own, so that a test can have several people at once."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor(people: SimpleNamespace) -> Client:
    return signed_in(people.editor)


@pytest.fixture
def reviewer(people: SimpleNamespace) -> Client:
    return signed_in(people.reviewer)


def case_form(cluster: ClusterPage, **fields: str) -> dict[str, Any]:
    """What a browser sends when a case example of `cluster` is written and published."""
    values: dict[str, Any] = {
        "title": "Frühstück an der Rampe",
        "slug": "rampe",
        "year": "2024",
        "cluster": str(cluster.pk),
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "action-publish": "1",
    } | {name: rich_text("<p>Kurz.</p>") for name in ("situation", "action", "result", "lessons")}
    return dict(nested_form_data(values | fields))


def make_private(page: Page, *groups: Group) -> PageViewRestriction:
    """Closes `page` for all but `groups`, or for all who are not logged in."""
    kind = PageViewRestriction.GROUPS if groups else PageViewRestriction.LOGIN
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind)
    restriction.groups.set(groups)
    return restriction
